//! How a body travels in a Lambda reply, which is JSON of at most [`EVENT_BYTES`]: as text, which escapes once more what JSON has
//! escaped already, or in base64, whichever is shorter.

use bytes::Bytes;
use lambda_http::Body;

use crate::routes::EVENT_BYTES;

/// What the headers and the rest of a reply take, at most.
const AROUND: usize = 16 * 1024;

/// The body, and whether it is in base64.
pub fn encode(body: Bytes) -> (Option<Body>, bool) {
    if body.is_empty() {
        return (None, false);
    }
    match String::from_utf8(body.into()) {
        Ok(text) if escaped_len(text.as_bytes()) <= base64_len(text.len()) => (Some(Body::Text(text)), false),
        Ok(text) => (Some(Body::Binary(text.into_bytes())), true),
        Err(bytes) => (Some(Body::Binary(bytes.into_bytes())), true),
    }
}

/// Whether a Lambda reply can carry a body.
pub fn fits(body: &[u8]) -> bool {
    escaped_len(body).min(base64_len(body.len())) + AROUND <= EVENT_BYTES
}

fn base64_len(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

/// The length of a text within a JSON string, as `serde_json` writes it.
fn escaped_len(text: &[u8]) -> usize {
    text.iter()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
            0..=0x1f => 6,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn the_length_is_that_of_what_is_sent() {
        let texts = ["plain", "\"quoted\"\n\\", "\u{8}\u{c}\r\t", "\u{1}\u{1f}\u{7f}", "Wetter über Zürich 🌦", ""];
        for text in texts {
            let json = serde_json::to_string(text).unwrap();
            assert_eq!(escaped_len(text.as_bytes()), json.len() - 2, "{text:?}");
            assert_eq!(base64_len(text.len()), STANDARD.encode(text).len(), "{text:?}");
        }
    }

    #[test]
    fn text_stays_text_until_base64_is_shorter() {
        assert!(!encode(Bytes::from_static(b"{\"name\":\"Weather board of the hall\"}")).1);
        assert!(encode(Bytes::from("\"".repeat(100))).1);
        assert!(encode(Bytes::from_static(b"\xff\xfe")).1);
        assert_eq!(encode(Bytes::new()), (None, false));
    }

    #[test]
    fn a_specification_of_three_megabytes_fits_unless_it_is_all_marks() {
        let body = |content: &str| serde_json::to_vec(&serde_json::json!({ "content": content })).unwrap();
        assert!(fits(&body(&"x".repeat(3_000_000))));
        assert!(fits(&body(&"\"name\": \"value\",\n".repeat(3_000_000 / 17))));
        assert!(!fits(&body(&"\"".repeat(3_000_000))));
    }
}
