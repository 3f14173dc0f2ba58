//! A sign-in by an identity provider, from the moment that a browser begins it until it comes back (B42).
//!
//! The browser keeps 32 random bytes in a cookie. `state`, `nonce` and the proof key of the code (RFC 7636) are derived from them, and
//! `state` covers everything else that the cookie says, so that nothing has to be kept here: an answer fits the browser that asked,
//! what it asked for, and no other.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

use crate::id::IdentityProviderId;
use crate::keyed_hash::hmac_sha256;
use crate::session::LEEWAY;
use crate::time::Timestamp;

/// How long somebody may take to sign in at the provider.
pub const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// The longest cookie that is looked at.
const MAX_COOKIE: usize = 2_048;

/// A sign-in that a browser began.
pub struct Attempt {
    secret: [u8; 32],
    provider: IdentityProviderId,
    began_at: Timestamp,
    to: String,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").field("provider", &self.provider).field("began_at", &self.began_at).finish_non_exhaustive()
    }
}

impl Attempt {
    /// Begins one. `to` is where the person was going.
    pub fn begin(secret: [u8; 32], provider: IdentityProviderId, to: &str, now: Timestamp) -> Self {
        Self { secret, provider, began_at: now, to: to.to_owned() }
    }

    /// What the browser keeps.
    pub fn cookie(&self) -> String {
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let secret = encoded(&self.secret);
        format!("{secret}.{}.{}.{}", self.provider, self.began_at.millis(), encoded(self.to.as_bytes()))
    }

    /// Reads what a browser kept; nothing if it is no attempt.
    pub fn read(cookie: &str) -> Option<Self> {
        let parts: Vec<&str> = cookie.split('.').collect();
        let (&[secret, provider, began_at, to], true) = (parts.as_slice(), cookie.len() <= MAX_COOKIE) else { return None };
        Some(Self {
            secret: URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?,
            provider: provider.parse().ok()?,
            began_at: Timestamp::from_millis(began_at.parse().ok()?),
            to: String::from_utf8(URL_SAFE_NO_PAD.decode(to).ok()?).ok()?,
        })
    }

    /// The provider that it was begun with.
    pub const fn provider(&self) -> IdentityProviderId {
        self.provider
    }

    /// Where the person was going, as the browser says: nobody has checked it.
    pub fn to(&self) -> &str {
        &self.to
    }

    /// Whether it is neither too old nor of the future.
    pub fn is_in_time(&self, now: Timestamp) -> bool {
        now < self.began_at.plus(PATIENCE) && self.began_at <= now.plus(LEEWAY)
    }

    /// What the provider is told, and has to say again: a provider that was made another one meanwhile is not the one that was asked.
    pub fn state(&self, issuer: &str, client_id: &str) -> String {
        self.derived(&format!("state {} {} {issuer} {client_id} {}", self.provider, self.began_at.millis(), self.to))
    }

    /// Whether an answer is to this attempt.
    pub fn fits(&self, state: &str, issuer: &str, client_id: &str) -> bool {
        self.state(issuer, client_id).as_bytes().ct_eq(state.as_bytes()).into()
    }

    /// What the ID token has to hold.
    pub fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// The proof that whoever redeems the code is who asked for it: 43 characters.
    pub fn verifier(&self) -> String {
        self.derived("verifier")
    }

    fn derived(&self, purpose: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac_sha256(&self.secret, purpose))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ISSUER: &str = "https://id.example.com";
    const CLIENT: &str = "portal";
    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn attempt(secret: u8) -> Attempt {
        Attempt::begin([secret; 32], IdentityProviderId::new(Uuid::from_u128(1)), "/apps?page=2", NOW)
    }

    #[test]
    fn an_attempt_comes_back_from_its_cookie_as_it_was() {
        let read = Attempt::read(&attempt(1).cookie()).expect("an attempt");
        assert_eq!((read.provider(), read.to()), (attempt(1).provider(), "/apps?page=2"));
        assert!(read.fits(&attempt(1).state(ISSUER, CLIENT), ISSUER, CLIENT));
        assert_eq!((read.nonce(), read.verifier()), (attempt(1).nonce(), attempt(1).verifier()));
    }

    #[test]
    fn an_answer_fits_the_attempt_that_it_answers_and_no_other() {
        let state = attempt(1).state(ISSUER, CLIENT);
        assert!(!attempt(2).fits(&state, ISSUER, CLIENT));
        assert!(!attempt(1).fits("", ISSUER, CLIENT) && !attempt(1).fits(&attempt(1).nonce(), ISSUER, CLIENT));
        let other_place = Attempt { to: "/admin".to_owned(), ..attempt(1) };
        let other_provider = Attempt { provider: IdentityProviderId::new(Uuid::from_u128(2)), ..attempt(1) };
        let later = Attempt { began_at: NOW.plus(PATIENCE), ..attempt(1) };
        assert!(!attempt(1).fits(&state, "https://evil.test", CLIENT) && !attempt(1).fits(&state, ISSUER, "another"));
        assert!(
            !other_place.fits(&state, ISSUER, CLIENT)
                && !other_provider.fits(&state, ISSUER, CLIENT)
                && !later.fits(&state, ISSUER, CLIENT)
        );
    }

    #[test]
    fn what_goes_to_the_provider_says_nothing_of_the_other_parts() {
        let one = attempt(1);
        let parts = [one.state(ISSUER, CLIENT), one.nonce(), one.verifier()];
        assert!(parts.iter().all(|part| part.len() == 43));
        assert_ne!(parts[0], parts[1]);
        assert_ne!(parts[1], parts[2]);
        assert!(!format!("{one:?}").contains(&one.cookie()[..43]));
    }

    #[test]
    fn an_attempt_lasts_ten_minutes_and_does_not_begin_in_the_future() {
        assert!(attempt(1).is_in_time(NOW));
        assert!(attempt(1).is_in_time(NOW.plus(PATIENCE - Duration::from_millis(1))));
        assert!(!attempt(1).is_in_time(NOW.plus(PATIENCE)));
        let early = |seconds| Attempt { began_at: NOW.plus(Duration::from_secs(seconds)), ..attempt(1) };
        assert!(early(60).is_in_time(NOW) && !early(61).is_in_time(NOW));
    }

    #[test]
    fn what_is_no_attempt_is_nothing() {
        let cookie = attempt(1).cookie();
        let long = "a".repeat(MAX_COOKIE);
        for bad in
            ["", "...", "a.b.c.d", &cookie[1..], &format!("{cookie}.x"), &cookie.replace('.', ","), &format!("{cookie}{long}")]
        {
            assert!(Attempt::read(bad).is_none(), "{bad}");
        }
    }
}
