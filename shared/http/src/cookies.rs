//! The two cookies of a developer's session and the one of an administrator's: what comes in, and the lines that set and clear them.

use http::HeaderValue;
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

/// The path of the refresh route, which the refresh cookie is limited to.
fn refresh_path() -> &'static str {
    routes::all().find(|route| route.function == "refresh-session").map_or("/", |route| route.path)
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
