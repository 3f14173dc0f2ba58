//! A client of an identity provider, as a call shows it: its id and its secret in `Authorization: Basic`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// The most characters of an id, and of a secret.
const MAX_CHARS: usize = 1024;

/// An id and a secret that nobody has checked yet. The secret is never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PresentedClient {
    id: String,
    secret: Zeroizing<String>,
}

impl PresentedClient {
    /// Reads what stands in a header's value; nothing if it is not `Basic` and a whole pair of visible text.
    pub fn read(value: &str) -> Option<Self> {
        let (scheme, encoded) = value.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > 4 * MAX_CHARS {
            return None;
        }
        let pair = Zeroizing::new(String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?);
        let (id, secret) = pair.split_once(':')?;
        let good = |text: &str| (1..=MAX_CHARS).contains(&text.len()) && !text.chars().any(char::is_control);
        (good(id) && good(secret)).then(|| Self { id: id.to_owned(), secret: Zeroizing::new(secret.to_owned()) })
    }

    /// The client's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its secret, for the provider alone.
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

impl fmt::Debug for PresentedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresentedClient").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::PresentedClient;

    fn basic(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    #[test]
    fn a_client_is_an_id_and_a_secret_that_may_have_colons() {
        let client = PresentedClient::read(&basic("weather:s3:cret")).expect("a client");
        assert_eq!((client.id(), client.secret()), ("weather", "s3:cret"));
        assert!(PresentedClient::read(&basic("weather:s").replace("Basic", "bASIC")).is_some());
        assert!(!format!("{client:?}").contains("s3"));
    }

    #[test]
    fn half_a_pair_and_what_is_no_text_is_no_client() {
        let long = "x".repeat(1025);
        for value in [
            String::new(),
            "Basic".to_owned(),
            "Basic ".to_owned(),
            "Basic %%%".to_owned(),
            "Basic YTpi, Basic YTpi".to_owned(),
            format!("Basic {}", STANDARD.encode([b'a', b':', 0xff])),
            basic("weather"),
            basic(":secret"),
            basic("weather:"),
            basic("weather:a\nb"),
            basic(&format!("{long}:a")),
            basic(&format!("a:{long}")),
            basic("weather:secret").replace("Basic", "Bearer"),
        ] {
            assert_eq!(PresentedClient::read(&value), None, "{value:.60}");
        }
    }
}
