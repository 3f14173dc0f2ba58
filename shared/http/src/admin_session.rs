//! How an administrator's request shows who it is from: a bearer token, or the cookie of a session that a token was exchanged for.
//!
//! The cookie is the digest of the token and a random value, `<64 hexadecimal digits>.<43 characters>`. The digest is where the
//! session lies and opens nothing by itself; of the random value the table has a digest alone.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, header};
use portico_store::{Key, sha256_hex};

use crate::cookies::{ADMIN, Cookies};
use crate::problem::Problem;

/// Bytes of the random value.
const SECRET_BYTES: usize = 32;
/// Characters of it in the cookie.
const SECRET_CHARS: usize = 43;
/// Hexadecimal digits of a digest.
const DIGEST_CHARS: usize = 64;

/// What a request shows of an administrator, by digests: the texts are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A token.
    Token(String),
    /// A session, and the token behind it.
    Session {
        /// The digest of the token.
        token: String,
        /// The digest of the session's random value.
        session: String,
    },
}

impl Shown {
    /// Reads the request: the token in `Authorization`, else the session's cookie. A header that holds no token is not passed over.
    ///
    /// # Errors
    /// A 401 for neither, for two cookies of the name, and for what has the form of none.
    pub fn of(headers: &HeaderMap, cookies: &Cookies) -> Result<Self, Problem> {
        let Some(sent) = headers.get(header::AUTHORIZATION) else {
            let value = cookies.one(ADMIN)?;
            return value.and_then(Self::session).ok_or_else(Problem::unauthorized);
        };
        let token = sent.to_str().ok().and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let token = token.filter(|token| !token.is_empty()).ok_or_else(Problem::unauthorized)?;
        Ok(Self::Token(sha256_hex(token)))
    }

    /// The session that a cookie names, if it has the form of one.
    pub fn session(cookie: &str) -> Option<Self> {
        let (token, secret) = cookie.split_once('.')?;
        let digest = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let is_one =
            token.len() == DIGEST_CHARS && token.bytes().all(digest) && secret.len() == SECRET_CHARS && secret.bytes().all(safe);
        is_one.then(|| Self::Session { token: token.to_owned(), session: sha256_hex(secret) })
    }

    /// Where the token lies.
    pub fn token_key(&self) -> Key {
        let (Self::Token(token) | Self::Session { token, .. }) = self;
        Key::admin_token(token)
    }

    /// Where the session lies, if it is one.
    pub fn session_key(&self) -> Option<Key> {
        match self {
            Self::Token(_) => None,
            Self::Session { token, session } => Some(Key::admin_session(token, session)),
        }
    }
}

/// The random value of a new session. `Debug` does not show it.
pub struct Secret(String);

impl Secret {
    /// Out of random bytes.
    pub fn new(random: [u8; SECRET_BYTES]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// What the table knows it by.
    pub fn digest(&self) -> String {
        sha256_hex(&self.0)
    }

    /// The cookie of the session of a token.
    pub fn cookie(&self, token_digest: &str) -> String {
        format!("{token_digest}.{}", self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(authorization: Option<&str>, cookies: &[&str]) -> Option<Shown> {
        let mut headers = HeaderMap::new();
        if let Some(value) = authorization {
            headers.insert(header::AUTHORIZATION, value.parse().expect("a header"));
        }
        Shown::of(&headers, &Cookies::parse(cookies.iter().copied())).ok()
    }

    #[test]
    fn a_cookie_names_its_session_and_where_its_token_lies() {
        let (token, secret) = (sha256_hex("a token"), Secret::new([7; SECRET_BYTES]));
        let cookie = secret.cookie(&token);
        let session = Shown::Session { token: token.clone(), session: secret.digest() };
        assert_eq!(shown(None, &[&format!("{ADMIN}={cookie}")]), Some(session.clone()));
        assert_eq!(session.token_key(), Key::admin_token(&token));
        assert_eq!(session.session_key(), Some(Key::admin_session(&token, &secret.digest())));
        assert!(!format!("{secret:?} {session:?}").contains(cookie.split('.').nth(1).expect("the secret")));
    }

    #[test]
    fn what_has_another_form_is_no_session() {
        let cookie = Secret::new([7; SECRET_BYTES]).cookie(&sha256_hex("a token"));
        for other in [
            String::new(),
            ".".to_owned(),
            cookie.to_uppercase(),
            format!("{cookie}A"),
            format!("A{cookie}"),
            cookie.replace('.', ""),
            cookie.replace('.', "#"),
            format!("{}é", cookie.get(..cookie.len() - 2).expect("most of it")),
        ] {
            assert_eq!(Shown::session(&other), None, "{other}");
        }
    }

    #[test]
    fn a_header_counts_before_the_cookie_and_is_not_passed_over() {
        let cookie = format!("{ADMIN}={}", Secret::new([7; SECRET_BYTES]).cookie(&sha256_hex("a token")));
        let by_token = Some(Shown::Token(sha256_hex("another")));
        assert_eq!(shown(Some("bearer another"), &[&cookie]), by_token);
        for header in ["Basic YTpi", "Bearer", "Bearer ", "another"] {
            assert_eq!(shown(Some(header), &[&cookie]), None, "{header}");
        }
        assert_eq!(shown(None, &[&cookie, &cookie]), None, "one of two was planted");
        assert_eq!(shown(None, &[]), None);
    }
}
