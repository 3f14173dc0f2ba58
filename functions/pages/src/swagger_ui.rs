//! Swagger UI as `build.rs` took it out of the crate that vendors it: compressed in the binary, and sent so.

use std::io::Read as _;
use std::sync::LazyLock;

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::{HeaderValue, header};
use portico_domain::digest::Digest;
use portico_http::{Problem, Request, Response};

use crate::shown::{for_good, takes_gzip};

const SCRIPT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js.gz"));

/// Where the script lies: under a name that changes with what it holds.
static PATH: LazyLock<String> = LazyLock::new(|| {
    let digest: String = Digest::of(SCRIPT).to_string().chars().take(12).collect();
    format!("/assets/swagger-ui-{digest}.js")
});

/// Where the script lies.
pub(crate) fn script() -> &'static str {
    &PATH
}

/// Answers `GET /assets/{file}` for the script of Swagger UI; nothing for any other file.
///
/// # Errors
/// A 500 if it cannot be decompressed for whoever takes it in no other way.
pub(crate) fn show(request: &Request) -> Result<Option<Response>, Problem> {
    let wanted = request.parameter("file");
    // Most files are not this one, and its digest takes a while.
    if !wanted.starts_with("swagger-ui-") || PATH.strip_prefix("/assets/") != Some(wanted) {
        return Ok(None);
    }
    let mut answer = if takes_gzip(&request.headers) {
        let mut answer = Response::new(Bytes::from_static(SCRIPT));
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        answer
    } else {
        let mut plain = Vec::new();
        GzDecoder::new(SCRIPT).read_to_end(&mut plain).map_err(|error| Problem::internal(error.to_string()))?;
        Response::new(Bytes::from(plain))
    };
    for_good(answer.headers_mut(), "text/javascript; charset=utf-8");
    Ok(Some(answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_that_of_swagger_ui() {
        let mut plain = String::new();
        GzDecoder::new(SCRIPT).read_to_string(&mut plain).expect("text");
        let head: String = plain.chars().take(60).collect();
        assert!(plain.starts_with("/*! For license"), "{head}");
        assert!(SCRIPT.len() < 500_000, "it has {} bytes", SCRIPT.len());
    }
}
