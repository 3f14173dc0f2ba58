//! The cookies: two of a developer's session, two of single sign-on, one of an administrator's session. What comes in, and the lines that
//! set and clear them.

use http::HeaderValue;
use portico_domain::id::SessionId;
use portico_domain::sign_on_attempt::{Attempt, PATIENCE};
use portico_domain::time::Timestamp;

use crate::config::PublicUrl;
use crate::problem::Problem;
use crate::routes;

/// Holds the access JWT; its name is fixed by the contract.
pub const ACCESS: &str = "portalaccesstoken";
/// Holds the refresh token; sent to the refresh route alone.
pub const REFRESH: &str = "portalrefreshtoken";
/// Holds an administrator's session.
pub const ADMIN: &str = "porticoadmin";

/// Holds the ID token of a developer who came from an identity provider, for signing out there; sent to the sign-out alone.
pub const ID_TOKEN: &str = "portalidtoken";
/// The longest value that every browser keeps beside a name and attributes (RFC 6265, 6.1).
const MAX_VALUE: usize = 3_800;

/// Holds what a browser knows of a sign-in by an identity provider that it began. With its prefix no neighbouring host can plant one
/// (B42); where there is no TLS, no browser would take the prefix.
pub fn attempt_name(url: &PublicUrl) -> &'static str {
    if url.is_plain_loopback() { "portalsso" } else { "__Host-portalsso" }
}

/// The cookies of a request, as they came.
#[derive(Clone, Debug, Default)]
pub struct Cookies(Vec<(String, String)>);

impl Cookies {
    /// Reads `name=value` pairs, each possibly a whole `Cookie` line.
    pub fn parse<'a>(lines: impl IntoIterator<Item = &'a str>) -> Self {
        let pairs = lines.into_iter().flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        Self(pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect())
    }

    /// The value of a cookie. Two of one name are refused: one of them may have been planted by a neighbouring host.
    ///
    /// # Errors
    /// A 401.
    pub fn one(&self, wanted: &str) -> Result<Option<&str>, Problem> {
        let mut values = self.0.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            (_, Some(_)) => Err(Problem::unauthorized()),
        }
    }
}

/// The path of a function's only route, which a cookie is limited to.
fn path_of(function: &str) -> &'static str {
    routes::all().find(|route| route.function == function).map_or("/", |route| route.path)
}

fn refresh_path() -> &'static str {
    path_of("refresh-session")
}

fn line(name: &str, value: &str, same_site: &str, path: &str, max_age: u64, url: &PublicUrl) -> Result<HeaderValue, Problem> {
    let secure = if url.is_plain_loopback() { "" } else { "; Secure" };
    HeaderValue::from_str(&format!("{name}={value}; Path={path}; Max-Age={max_age}; HttpOnly; SameSite={same_site}{secure}"))
        .map_err(|error| Problem::internal(error.to_string()))
}

/// The two lines that set a session. Both cookies live as long as the session may; the JWT inside the first expires by itself.
///
/// # Errors
/// A 500 if a value cannot stand in a header.
pub fn set(access: &str, refresh: &str, until: Timestamp, now: Timestamp, url: &PublicUrl) -> Result<[HeaderValue; 2], Problem> {
    let max_age = until.since(now).as_secs();
    Ok([line(ACCESS, access, "Lax", "/", max_age, url)?, line(REFRESH, refresh, "Strict", refresh_path(), max_age, url)?])
}

/// The two lines that clear a session.
///
/// # Errors
/// A 500 if a value cannot stand in a header, which none of these can cause.
pub fn clear(url: &PublicUrl) -> Result<[HeaderValue; 2], Problem> {
    Ok([line(ACCESS, "", "Lax", "/", 0, url)?, line(REFRESH, "", "Strict", refresh_path(), 0, url)?])
}

/// The line that keeps a sign-in that a browser begins, for as long as one may take. `Lax`: the provider's answer comes from another site.
///
/// # Errors
/// A 500 if the value cannot stand in a header.
pub fn set_attempt(attempt: &Attempt, url: &PublicUrl) -> Result<HeaderValue, Problem> {
    line(attempt_name(url), &attempt.cookie(), "Lax", "/", PATIENCE.as_secs(), url)
}

/// The line that forgets it.
///
/// # Errors
/// A 500 if the value cannot stand in a header, which this cannot cause.
pub fn clear_attempt(url: &PublicUrl) -> Result<HeaderValue, Problem> {
    line(attempt_name(url), "", "Lax", "/", 0, url)
}

/// The line that keeps an ID token, and which session it came with, as long as that may last. One that no browser would keep is left out:
/// whoever signs out is asked by the provider then.
///
/// # Errors
/// A 500 if the value cannot stand in a header.
pub fn set_id_token(
    session: SessionId,
    token: &str,
    until: Timestamp,
    now: Timestamp,
    url: &PublicUrl,
) -> Result<HeaderValue, Problem> {
    let token = if token.len() <= MAX_VALUE { token } else { WITHOUT };
    line(ID_TOKEN, &format!("{session}~{token}"), "Strict", path_of("sign-out"), until.since(now).as_secs(), url)
}

/// In the place of an ID token that is too long: the session came from the provider all the same.
const WITHOUT: &str = "none";

/// The line that forgets an ID token.
///
/// # Errors
/// A 500 if the value cannot stand in a header, which this cannot cause.
pub fn clear_id_token(url: &PublicUrl) -> Result<HeaderValue, Problem> {
    line(ID_TOKEN, "", "Strict", path_of("sign-out"), 0, url)
}

/// The line that sets an administrator's session, which lives as long as its cookie.
///
/// # Errors
/// A 500 if the value cannot stand in a header.
pub fn set_admin(value: &str, until: Timestamp, now: Timestamp, url: &PublicUrl) -> Result<HeaderValue, Problem> {
    line(ADMIN, value, "Strict", "/", until.since(now).as_secs(), url)
}

/// The line that clears an administrator's session.
///
/// # Errors
/// A 500 if the value cannot stand in a header, which this cannot cause.
pub fn clear_admin(url: &PublicUrl) -> Result<HeaderValue, Problem> {
    line(ADMIN, "", "Strict", "/", 0, url)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use portico_domain::time::Timestamp;

    use super::{Cookies, set};
    use crate::config::PublicUrl;

    #[test]
    fn secure_is_left_out_only_on_plain_http_on_a_loopback_name() {
        let now = Timestamp::from_millis(0);
        for (url, secure) in [
            ("http://localhost:8080", false),
            ("http://127.0.0.1:8080", false),
            ("http://[::1]:8080", false),
            ("http://portal.localhost", false),
            ("https://localhost", true),
            ("https://portal.example.test", true),
            ("http://portal.example.test", true),
            ("http://localhost.example.test", true),
        ] {
            let url = PublicUrl::parse(url).expect("a URL");
            for line in set("a", "r", now.plus(Duration::from_secs(60)), now, &url).expect("two lines") {
                let line = line.to_str().expect("text");
                assert_eq!(line.ends_with("; Secure"), secure, "{url:?}: {line}");
                assert!(line.contains("; HttpOnly") && line.contains("; Max-Age=60") && !line.contains("Domain"), "{line}");
            }
        }
    }

    #[test]
    fn a_cookie_that_came_twice_is_refused_wherever_it_stood() {
        let cookies = Cookies::parse(["a=1; b=2", "b=3"]);
        assert_eq!(cookies.one("a").ok(), Some(Some("1")));
        assert_eq!(cookies.one("c").ok(), Some(None));
        assert!(cookies.one("b").is_err());
    }
}
