//! Finding what a call presents, before anything is read: its API key by its form, in whichever header it is, a bearer token, or the id
//! and the secret of a client.

use crate::api_key::{ApiKey, ParsedKey, looks_like_key};
use crate::authorization::Gate;
use crate::presented_client::PresentedClient;

/// What a call presents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presented<'a> {
    /// One API key.
    Key(PresentedKey),
    /// One bearer token that is no API key. Nothing of it is believed yet.
    Token(&'a str),
    /// The id and the secret of one client.
    Client(PresentedClient),
}

impl<'a> Presented<'a> {
    /// Looks through the headers of a call, as [`PresentedKey::find`] does.
    ///
    /// # Errors
    /// Its own, and [`Gate::TwoKeys`] for two values of `Authorization`.
    pub fn find(headers: &[(&'a str, &'a str)]) -> Result<Self, Gate> {
        match PresentedKey::find(headers.iter().copied()) {
            Ok(key) => Ok(Self::Key(key)),
            Err(Gate::NoKey) => {
                let named = |name: &str| name.eq_ignore_ascii_case("authorization");
                let values: Vec<&'a str> = headers.iter().filter(|(name, _)| named(name)).map(|(_, value)| *value).collect();
                match values.as_slice() {
                    [one] => match bearer_token("authorization", one) {
                        Some(token) => Ok(Self::Token(token)),
                        None => PresentedClient::read(one).map(Self::Client).ok_or(Gate::NoKey),
                    },
                    [] => Err(Gate::NoKey),
                    _ => Err(Gate::TwoKeys),
                }
            }
            Err(gate) => Err(gate),
        }
    }
}

/// The one well-formed key that a call presents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedKey {
    key: ParsedKey,
    /// Lower-case names of the headers that hold it.
    headers: Vec<String>,
    /// Lower-case names of the headers that hold what means to be a key and is none.
    spoiled: Vec<String>,
}

impl PresentedKey {
    /// Looks through the headers of a call. A header that was sent twice may come as two pairs, or as one value joined by
    /// commas, as API Gateway's payload 2.0 does. The query string is not looked at: a key in there never counts.
    ///
    /// # Errors
    /// * [`Gate::TwoKeys`] for two keys, for a key twice in one header, and for a key beside another bearer token;
    /// * [`Gate::MalformedKey`] if what means to be a key is none, to the last character;
    /// * [`Gate::NoKey`] for none of these.
    pub fn find<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Gate> {
        let mut found: Vec<(String, ParsedKey)> = Vec::new();
        let mut spoiled = Vec::new();
        let mut bearer = false;
        for (name, value) in headers {
            let name = name.to_ascii_lowercase();
            let value = match bearer_token(&name, value) {
                Some(token) => {
                    bearer |= !looks_like_key(token);
                    token
                }
                None => value,
            };
            match read(value) {
                Reading::Nothing => {}
                Reading::Spoiled => spoiled.push(name),
                Reading::Key(key) if found.iter().all(|(other, seen)| *other != name && *seen == key) => found.push((name, key)),
                Reading::Key(_) | Reading::Keys => return Err(Gate::TwoKeys),
            }
        }
        match found.first() {
            Some(_) if bearer => Err(Gate::TwoKeys),
            Some((_, key)) => Ok(Self { key: *key, headers: found.into_iter().map(|(name, _)| name).collect(), spoiled }),
            None if !spoiled.is_empty() => Err(Gate::MalformedKey),
            None => Err(Gate::NoKey),
        }
    }

    /// The key.
    pub fn key(&self) -> ParsedKey {
        self.key
    }

    /// Whether one of these header names (in any case) holds the key.
    pub(crate) fn is_in(&self, key_names: &[String]) -> bool {
        any_of(&self.headers, key_names)
    }

    /// Whether one of these header names (in any case) holds something that means to be a key and is none.
    pub(crate) fn is_spoiled_in(&self, key_names: &[String]) -> bool {
        any_of(&self.spoiled, key_names)
    }
}

fn any_of(headers: &[String], key_names: &[String]) -> bool {
    key_names.iter().any(|name| headers.iter().any(|header| header.eq_ignore_ascii_case(name)))
}

/// What one header value holds.
enum Reading {
    Nothing,
    Spoiled,
    Key(ParsedKey),
    Keys,
}

fn read(value: &str) -> Reading {
    if let Ok(key) = ApiKey::parse(value) {
        return Reading::Key(key);
    }
    let parts = || value.split(',').map(str::trim);
    if parts().filter(|part| ApiKey::parse(part).is_ok()).count() > 1 {
        Reading::Keys
    } else if parts().any(looks_like_key) {
        Reading::Spoiled
    } else {
        Reading::Nothing
    }
}

/// The token of `Authorization: Bearer <token>`.
fn bearer_token<'a>(name: &str, value: &'a str) -> Option<&'a str> {
    let (scheme, token) = value.split_once(' ')?;
    (name == "authorization" && scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::{Gate, PresentedKey};
    use crate::api_key::ApiKey;
    use crate::id::ApplicationId;
    use uuid::Uuid;

    fn key(random: u8) -> String {
        ApiKey::generate(ApplicationId::new(Uuid::from_u128(7)), [random; 24]).expose().to_owned()
    }

    fn headers_of(headers: &[(&str, &str)]) -> Result<Vec<String>, Gate> {
        PresentedKey::find(headers.iter().copied()).map(|presented| presented.headers)
    }

    #[test]
    fn a_key_is_found_in_whichever_header_it_is() {
        let key = key(1);
        for name in ["apikey", "X-API-Key", "x-anything", "Authorization"] {
            assert_eq!(
                headers_of(&[("accept", "*/*"), (name, &key), ("user-agent", "curl/8")]),
                Ok(vec![name.to_ascii_lowercase()])
            );
        }
        assert_eq!(headers_of(&[("Authorization", &format!("Bearer {key}"))]), Ok(vec!["authorization".to_owned()]));
        assert_eq!(
            PresentedKey::find([("apikey", key.as_str())]).map(|presented| presented.key()).ok(),
            ApiKey::parse(&key).ok()
        );
    }

    #[test]
    fn a_call_without_a_key_has_none() {
        assert_eq!(headers_of(&[]), Err(Gate::NoKey));
        assert_eq!(
            headers_of(&[("apikey", ""), ("authorization", "Basic YTpi"), ("authorization", "Bearer "), ("x", ",,")]),
            Err(Gate::NoKey)
        );
        assert_eq!(headers_of(&[("referer", &format!("https://example.test/?apikey={}", key(1)))]), Err(Gate::NoKey));
    }

    #[test]
    fn two_different_keys_are_refused_in_any_headers() {
        let (one, two) = (key(1), key(2));
        for headers in [
            [("apikey", one.as_str()), ("x-api-key", two.as_str())],
            [("apikey", one.as_str()), ("apikey", two.as_str())],
            [("x-unlisted", one.as_str()), ("apikey", two.as_str())],
        ] {
            assert_eq!(headers_of(&headers), Err(Gate::TwoKeys));
        }
        assert_eq!(headers_of(&[("apikey", &format!("{one},{two}"))]), Err(Gate::TwoKeys));
        assert_eq!(headers_of(&[("apikey", &one), ("authorization", &format!("Bearer {two}"))]), Err(Gate::TwoKeys));
    }

    #[test]
    fn one_key_twice_in_a_header_is_refused_and_in_two_headers_it_is_one_key() {
        let key = key(1);
        assert_eq!(headers_of(&[("apikey", &format!("{key},{key}"))]), Err(Gate::TwoKeys));
        assert_eq!(headers_of(&[("apikey", &format!("{key}, {key}"))]), Err(Gate::TwoKeys));
        assert_eq!(headers_of(&[("apikey", &key), ("ApiKey", &key)]), Err(Gate::TwoKeys));
        assert_eq!(headers_of(&[("apikey", &key), ("x-api-key", &key)]), Ok(vec!["apikey".to_owned(), "x-api-key".to_owned()]));
    }

    #[test]
    fn a_key_beside_another_bearer_token_is_refused() {
        let key = key(1);
        assert_eq!(headers_of(&[("apikey", &key), ("authorization", "Bearer e30.e30.c2ln")]), Err(Gate::TwoKeys));
        assert_eq!(
            headers_of(&[("authorization", &format!("Bearer {key}")), ("apikey", &key)]).map(|headers| headers.len()),
            Ok(2)
        );
        assert_eq!(headers_of(&[("apikey", &key), ("authorization", "Basic YTpi")]), Ok(vec!["apikey".to_owned()]));
        assert_eq!(headers_of(&[("authorization", "bearer e30.e30.c2ln")]), Err(Gate::NoKey));
    }

    #[test]
    fn a_key_in_any_other_spelling_is_malformed_and_never_passes() {
        let key = key(1);
        for value in [
            format!(" {key}"),
            format!("{key} "),
            format!("{key}\t"),
            format!("{key},"),
            format!("{key},x"),
            format!("x,{key}"),
            format!("{key}\0"),
            format!("\0{key}"),
            format!("\"{key}\""),
            key.to_uppercase(),
            key.to_lowercase(),
            key.replace('_', "%5F"),
            key.replace('0', "%30") + "%00",
            format!("{key}{key}"),
            format!("portico_{}", "x".repeat(10_240)),
        ] {
            assert_eq!(headers_of(&[("apikey", &value)]), Err(Gate::MalformedKey), "{value:.120?}");
            assert_eq!(
                headers_of(&[("authorization", &format!("Bearer {value}"))]).err(),
                Some(Gate::MalformedKey),
                "Bearer {value:.120?}"
            );
        }
    }

    #[test]
    fn what_only_looks_like_a_key_does_not_spoil_a_good_one_in_another_header() {
        let key = key(1);
        let presented = PresentedKey::find([("user-agent", "portico_sdk/1.0"), ("apikey", key.as_str())]);
        assert_eq!(presented.as_ref().map(|presented| presented.is_in(&["APIKEY".to_owned()])), Ok(true));
        assert_eq!(presented.as_ref().map(|presented| presented.is_spoiled_in(&["apikey".to_owned()])), Ok(false));
        assert_eq!(presented.as_ref().map(|presented| presented.is_spoiled_in(&["User-Agent".to_owned()])), Ok(true));
    }
}
