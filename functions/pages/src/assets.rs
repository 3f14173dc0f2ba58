//! Style, script and icon: served under names that change with what they hold, so that browsers keep them for good.

use std::sync::LazyLock;

use bytes::Bytes;
use http::{HeaderValue, header};
use portico_http::{Portal, Problem, Request, Response};
use portico_store::sha256_hex;

use crate::shown::{compressed, for_good};
use crate::{swagger_ui, theme};

const CSS: &str = include_str!("../assets/portico.css");
const SCRIPT: &str = include_str!("../assets/portico.js");
const ICON: &str = include_str!("../assets/icon.svg");
const REFERENCE_CSS: &str = include_str!("../assets/reference.css");
const REFERENCE_SCRIPT: &str = include_str!("../assets/reference.js");

/// The style sheet's plain name.
const PLAIN_NAME: &str = "portico.css";

/// Where pages find them.
#[derive(Debug)]
pub(crate) struct Named {
    /// The style sheet.
    pub(crate) css: String,
    /// The script.
    pub(crate) script: String,
    /// The portal's mark.
    pub(crate) icon: String,
    /// The style sheet of the reference, beside Swagger UI's own.
    pub(crate) reference_css: String,
    /// What starts Swagger UI.
    pub(crate) reference_script: String,
}

struct Asset {
    name: String,
    media: &'static str,
    text: &'static str,
}

struct Assets {
    all: [Asset; 5],
    named: Named,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let all = [
        asset("portico", "css", "text/css; charset=utf-8", CSS),
        asset("portico", "js", "text/javascript; charset=utf-8", SCRIPT),
        asset("icon", "svg", "image/svg+xml", ICON),
        asset("reference", "css", "text/css; charset=utf-8", REFERENCE_CSS),
        asset("reference", "js", "text/javascript; charset=utf-8", REFERENCE_SCRIPT),
    ];
    let path = |asset: &Asset| format!("/assets/{}", asset.name);
    let [css, script, icon, reference_css, reference_script] = &all;
    let named = Named {
        css: path(css),
        script: path(script),
        icon: path(icon),
        reference_css: path(reference_css),
        reference_script: path(reference_script),
    };
    Assets { all, named }
});

fn asset(stem: &str, extension: &str, media: &'static str, text: &'static str) -> Asset {
    let digest = sha256_hex(text);
    let name = format!("{stem}-{}.{extension}", digest.get(..12).unwrap_or(&digest));
    Asset { name, media, text }
}

/// Where they lie.
pub(crate) fn named() -> &'static Named {
    &ASSETS.named
}

/// `GET /assets/{file}`. The style sheet has its plain name too, for a page that does not know what it holds now.
///
/// # Errors
/// A 404 for a name that no asset has now.
pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let wanted = request.parameter("file");
    if wanted == theme::FILE {
        return theme::show(portal, request).await;
    }
    if let Some(answer) = swagger_ui::show(request)? {
        return Ok(answer);
    }
    let plain = wanted == PLAIN_NAME;
    let is_wanted = |asset: &&Asset| asset.name == wanted || plain && asset.media.starts_with("text/css");
    let asset = ASSETS.all.iter().find(is_wanted).ok_or_else(Problem::not_found)?;
    let mut answer = compressed(Bytes::from_static(asset.text.as_bytes()), &request.headers);
    for_good(answer.headers_mut(), asset.media);
    if plain {
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    }
    Ok(answer)
}
