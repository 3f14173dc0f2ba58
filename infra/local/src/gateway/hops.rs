//! Headers of one connection, which end where it ends, and the portal's own cookies, which are for nobody else.

use http::HeaderMap;
use http::header::{CONNECTION, COOKIE, HeaderName, HeaderValue, SET_COOKIE};
use portico_http::cookies::{ACCESS, REFRESH};

const OF_ONE_CONNECTION: &[&str] = &[
    "connection",
    "content-length",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What passes from one connection to the next: without the headers of the first and those that its `Connection` names, and without
/// the portal's cookies, which a browser sends to every path of the host.
pub(super) fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let named: Vec<String> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(',').map(|name| name.trim().to_ascii_lowercase()))
        .collect();
    let passes =
        |name: &HeaderName| !OF_ONE_CONNECTION.contains(&name.as_str()) && !named.iter().any(|named| named == name.as_str());
    let mut passed = HeaderMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| passes(name)) {
        let value = match *name {
            COOKIE => foreign_cookies(value),
            SET_COOKIE => Some(value.clone()).filter(|value| !is_ours(value.as_bytes())),
            _ => Some(value.clone()),
        };
        if let Some(value) = value {
            passed.append(name.clone(), value);
        }
    }
    passed
}

fn foreign_cookies(line: &HeaderValue) -> Option<HeaderValue> {
    let cookies: Vec<_> = line.as_bytes().split(|byte| *byte == b';').filter(|cookie| !is_ours(cookie)).collect();
    HeaderValue::from_bytes(cookies.join(&b';').trim_ascii()).ok().filter(|line| !line.is_empty())
}

fn is_ours(cookie: &[u8]) -> bool {
    let name = cookie.split(|byte| *byte == b'=').next().unwrap_or_default().trim_ascii();
    name == ACCESS.as_bytes() || name == REFRESH.as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_concerns_one_connection_stays_there_and_the_portals_cookies_stay_with_the_portal() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("accept", "*/*"),
            ("connection", "close, X-Hop"),
            ("cookie", "portalaccesstoken=secret; theme=dark; portalrefreshtoken=secret"),
            ("cookie", "portalaccesstoken=secret"),
            ("keep-alive", "timeout=5"),
            ("set-cookie", "portalaccesstoken=planted; Path=/"),
            ("set-cookie", "theme=light"),
            ("te", "trailers"),
            ("x-hop", "1"),
        ] {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let mut passed: Vec<_> =
            passed_on(&headers).iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        passed.sort();
        assert_eq!(passed, ["accept: */*", "cookie: theme=dark", "set-cookie: theme=light"]);
    }
}
