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
const CSS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.css.gz"));

struct File {
    name: String,
    media: &'static str,
    gzip: &'static [u8],
}

static FILES: LazyLock<[File; 2]> = LazyLock::new(|| {
    let file = |extension: &str, media, gzip| {
        let digest: String = Digest::of(gzip).to_string().chars().take(12).collect();
        File { name: format!("swagger-ui-{digest}.{extension}"), media, gzip }
    };
    [file("js", "text/javascript; charset=utf-8", SCRIPT), file("css", "text/css; charset=utf-8", CSS)]
});

/// Where the script lies.
pub(crate) fn script() -> String {
    let [script, _] = &*FILES;
    format!("/assets/{}", script.name)
}

/// Where the style sheet lies.
pub(crate) fn css() -> String {
    let [_, css] = &*FILES;
    format!("/assets/{}", css.name)
}

/// Answers `GET /assets/{file}` for a file of Swagger UI; nothing for any other.
///
/// # Errors
/// A 500 if it cannot be decompressed for whoever takes it in no other way.
pub(crate) fn show(request: &Request) -> Result<Option<Response>, Problem> {
    let wanted = request.parameter("file");
    // Most files are none of these, and the digests of these take a while.
    if !wanted.starts_with("swagger-ui-") {
        return Ok(None);
    }
    let Some(file) = FILES.iter().find(|file| file.name == wanted) else { return Ok(None) };
    let mut answer = if takes_gzip(&request.headers) {
        let mut answer = Response::new(Bytes::from_static(file.gzip));
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        answer
    } else {
        let mut plain = Vec::new();
        GzDecoder::new(file.gzip).read_to_end(&mut plain).map_err(|error| Problem::internal(error.to_string()))?;
        Response::new(Bytes::from(plain))
    };
    for_good(answer.headers_mut(), file.media);
    Ok(Some(answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_those_of_swagger_ui() {
        for (file, begins) in FILES.iter().zip(["/*! For license", ".swagger-ui"]) {
            let mut plain = String::new();
            GzDecoder::new(file.gzip).read_to_string(&mut plain).expect("text");
            let head: String = plain.chars().take(60).collect();
            assert!(plain.starts_with(begins), "{}: {head}", file.name);
            assert!(file.gzip.len() < 500_000, "{} has {} bytes", file.name, file.gzip.len());
        }
    }
}
