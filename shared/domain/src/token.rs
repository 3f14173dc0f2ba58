//! What an identity provider's token says, once its signature is verified: its times, its purpose, its scopes and whose it is.

use serde_json::{Map, Value};

use crate::session::LEEWAY;
use crate::time::Timestamp;

/// The longest reference ID that a token can name.
const MAX_REFERENCE: usize = 1024;
/// Claims that ID tokens have, and access tokens have not (OpenID Connect Core 1.0, 2 and 3.3.2.11).
const OF_ID_TOKENS: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];

/// The claims of a token that its issuer signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// The claims of a token whose signature and issuer were verified.
    pub const fn verified(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    /// Whether it is in force, with [`LEEWAY`] on both sides. `exp` has to be there; `nbf` has to be a time if it is there.
    pub fn is_in_time(&self, now: Timestamp) -> bool {
        let leeway = i64::try_from(LEEWAY.as_secs()).unwrap_or(0);
        let ends = self.0.get("exp").and_then(seconds);
        let begins = self.0.get("nbf").map(|nbf| seconds(nbf).unwrap_or(i64::MAX));
        ends.is_some_and(|exp| now.seconds() <= exp.saturating_add(leeway))
            && begins.is_none_or(|nbf| now.seconds() >= nbf.saturating_sub(leeway))
    }

    /// When it ends, without any leeway.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.0.get("exp").and_then(seconds).map(|exp| Timestamp::from_millis(exp.saturating_mul(1_000)))
    }

    /// Whether it is an access token: no ID, refresh or logout token, by any of the words that providers put into these.
    pub fn is_for_access(&self) -> bool {
        let says = |claim: &str, words: &[&str]| {
            self.0
                .get(claim)
                .is_none_or(|value| value.as_str().is_some_and(|value| words.iter().any(|word| value.eq_ignore_ascii_case(word))))
        };
        // Keycloak's `typ` and Cognito's `token_use`.
        says("typ", &["Bearer"])
            && says("token_use", &["access"])
            && OF_ID_TOKENS.iter().all(|claim| !self.0.contains_key(*claim))
            && !self.0.contains_key("events")
    }

    /// Whether it has every one of these scopes: in `scope`, words or a list, or in `scp`, as some providers call it.
    pub fn has_scopes(&self, wanted: &[String]) -> bool {
        let has =
            |wanted: &String| ["scope", "scp"].iter().filter_map(|name| self.0.get(*name)).any(|value| names(value, wanted));
        wanted.iter().all(has)
    }

    /// The reference ID: what the first of these claims that is there says, if it is one text.
    pub fn reference_id(&self, claims: &[String]) -> Option<&str> {
        let value = claims.iter().find_map(|name| self.0.get(name))?.as_str()?;
        (1..=MAX_REFERENCE).contains(&value.len()).then_some(value)
    }
}

/// A moment in seconds; providers may add parts of one.
#[expect(clippy::cast_possible_truncation, reason = "whole seconds are meant, and a cast saturates")]
fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64))
}

/// Whether scopes as a token has them name one.
fn names(scopes: &Value, wanted: &str) -> bool {
    match scopes {
        Value::String(words) => words.split(' ').any(|word| word == wanted),
        Value::Array(list) => list.iter().any(|one| one.as_str() == Some(wanted)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Claims;
    use crate::time::Timestamp;

    const NOW: i64 = 1_790_000_000;

    fn claims(claims: Value) -> Claims {
        match claims {
            Value::Object(claims) => Claims::verified(claims),
            other => unreachable!("{other} is an object"),
        }
    }

    fn is_in_time(given: Value) -> bool {
        claims(given).is_in_time(Timestamp::from_millis(NOW * 1_000))
    }

    #[test]
    fn a_token_is_in_force_from_nbf_to_exp_and_a_minute_around_them() {
        for (exp, in_force) in [(60, true), (-30, true), (-60, true), (-61, false), (-600, false)] {
            assert_eq!(is_in_time(json!({ "exp": NOW + exp })), in_force, "exp {exp}");
        }
        for (nbf, in_force) in [(-600, true), (30, true), (60, true), (61, false)] {
            assert_eq!(is_in_time(json!({ "exp": NOW + 600, "nbf": NOW + nbf })), in_force, "nbf {nbf}");
        }
        assert!(is_in_time(json!({ "exp": 1_790_000_000.9 })));
        for bad in [json!({}), json!({ "exp": "1790000600" }), json!({ "exp": null }), json!({ "exp": [NOW + 600] })] {
            assert!(!is_in_time(bad.clone()), "{bad}");
        }
        for bad in [json!("0"), json!(null), json!({})] {
            assert!(!is_in_time(json!({ "exp": NOW + 600, "nbf": bad })), "nbf {bad}");
        }
        assert!(is_in_time(json!({ "exp": i64::MAX })) && !is_in_time(json!({ "exp": i64::MIN })));
        assert!(is_in_time(json!({ "exp": f64::MAX })) && !is_in_time(json!({ "exp": NOW + 600, "nbf": f64::MAX })));
    }

    #[test]
    fn tokens_for_anything_but_access_are_told_by_their_claims() {
        for access in [json!({}), json!({ "typ": "Bearer" }), json!({ "token_use": "access" }), json!({ "auth_time": 1 })] {
            assert!(claims(access.clone()).is_for_access(), "{access}");
        }
        for other in [
            json!({ "typ": "ID" }),
            json!({ "typ": "Refresh" }),
            json!({ "typ": "Logout" }),
            json!({ "typ": ["Bearer"] }),
            json!({ "token_use": "id" }),
            json!({ "nonce": "a" }),
            json!({ "at_hash": "a" }),
            json!({ "events": {} }),
        ] {
            assert!(!claims(other.clone()).is_for_access(), "{other}");
        }
    }

    #[test]
    fn every_scope_that_is_asked_for_must_be_there_as_a_word_of_its_own() {
        let has = |given: Value, wanted: &[&str]| {
            claims(given).has_scopes(&wanted.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>())
        };
        assert!(has(json!({}), &[]));
        assert!(has(json!({ "scope": "read write" }), &["write", "read"]));
        assert!(has(json!({ "scp": ["read", "write"] }), &["read"]));
        assert!(has(json!({ "scp": "read", "scope": "write" }), &["read", "write"]));
        for (given, wanted) in [
            (json!({}), "read"),
            (json!({ "scope": "reader" }), "read"),
            (json!({ "scope": "READ" }), "read"),
            (json!({ "scope": 7 }), "7"),
            (json!({ "roles": "read" }), "read"),
        ] {
            assert!(!has(given.clone(), &[wanted]), "{given}");
        }
    }

    #[test]
    fn the_reference_id_is_what_the_first_claim_says_that_is_there() {
        let of = |given: Value| claims(given).reference_id(&["azp".to_owned(), "client_id".to_owned()]).map(str::to_owned);
        assert_eq!(of(json!({ "azp": "a", "client_id": "b" })).as_deref(), Some("a"));
        assert_eq!(of(json!({ "client_id": "b" })).as_deref(), Some("b"));
        for bad in [json!({ "sub": "c" }), json!({ "azp": ["a"] }), json!({ "azp": 7, "client_id": "b" }), json!({ "azp": "" })] {
            assert_eq!(of(bad.clone()), None, "{bad}");
        }
        assert_eq!(of(json!({ "azp": "a".repeat(1025) })), None);
    }
}
