//! Servers that an administrator confirmed: a page that tries calls may send a developer's key to these and to no others.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// The origin of a server: `https://api.example.com`, with a port where it is not the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServerOrigin(String);

/// The text is no origin that a key may be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an https origin, such as https://api.example.com (http for a loopback address alone)")]
pub struct NoServerOrigin;

impl ServerOrigin {
    /// The most that a portal has: each page with a reference names them all in a header.
    pub const MAX: usize = 20;

    /// Reads an origin; a slash may stand at its end.
    ///
    /// # Errors
    /// [`NoServerOrigin`].
    pub fn parse(text: &str) -> Result<Self, NoServerOrigin> {
        let url = Url::parse(text).map_err(|_| NoServerOrigin)?;
        let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let safe = url.scheme() == "https" || (url.scheme() == "http" && loopback);
        let origin = url.origin().ascii_serialization();
        // The parser mends what was written; what is confirmed must be what was read.
        let as_written = text.trim_end_matches('/').eq_ignore_ascii_case(&origin) && text.len() <= origin.len() + 1;
        // A host with a mark in it would say more in a policy than a host.
        let plain = origin.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/.-_[]".contains(&byte));
        if safe && as_written && plain { Ok(Self(origin)) } else { Err(NoServerOrigin) }
    }

    /// The origin.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ServerOrigin {
    type Error = NoServerOrigin;

    fn try_from(text: String) -> Result<Self, NoServerOrigin> {
        Self::parse(&text)
    }
}

impl From<ServerOrigin> for String {
    fn from(origin: ServerOrigin) -> Self {
        origin.0
    }
}

impl fmt::Display for ServerOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_kept_as_browsers_write_it() {
        for (text, origin) in [
            ("https://api.example.test", "https://api.example.test"),
            ("HTTPS://API.example.test/", "https://api.example.test"),
            ("https://api.example.test:8443", "https://api.example.test:8443"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(ServerOrigin::parse(text).map(String::from), Ok(origin.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_would_say_more_than_an_origin_is_refused() {
        for text in [
            "",
            "*",
            "https:",
            "https://",
            "https://*.example.test",
            "https://api.example.test/v1",
            "https://api.example.test?x",
            "https://api.example.test//",
            "https://a@api.example.test",
            "https://api.example.test;script-src *",
            "https://api.example.test 'unsafe-inline'",
            "https://api.example.test,https://evil.test",
            " https://api.example.test",
            "https:\\\\api.example.test",
            "http://api.example.test",
            "http://localhost.evil.test",
            "javascript:alert(1)",
            "data:,x",
            "api.example.test",
        ] {
            assert_eq!(ServerOrigin::parse(text), Err(NoServerOrigin), "{text}");
        }
    }
}
