//! Pictures of pages, for people: written when `PORTICO_SCREENSHOTS` is set, and never compared.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::window::Window;

/// Whether pictures are asked for.
pub(crate) fn are_wanted() -> bool {
    std::env::var_os("PORTICO_SCREENSHOTS").is_some()
}

/// The tallest picture.
const TALLEST: f64 = 1400.0;

/// Writes `docs/screenshots/NAME.png`: the page from its top, as far as it goes.
pub(crate) async fn take(window: &Window, name: &str) {
    if !are_wanted() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/screenshots");
    std::fs::create_dir_all(&folder).expect("a folder");
    window.session.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
    // Until what is said in passing has been said, and nothing is under way.
    let rest =
        "const done = arguments[0]; document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() =>
        done([innerWidth, Math.max(innerHeight, document.documentElement.scrollHeight)]))))";
    let size = window.session.script_that_calls_back(rest).await.expect("the page comes to rest");
    let height = size[1].as_f64().expect("a height").min(TALLEST);
    let clip = json!({ "x": 0, "y": 0, "width": size[0], "height": height, "scale": 1 });
    let asked = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
    let picture = window.session.devtools("Page.captureScreenshot", asked).await;
    window.session.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": false })).await;
    let picture = STANDARD.decode(picture["data"].as_str().expect("text")).expect("base64");
    std::fs::write(folder.join(format!("{name}.png")), picture).expect("it is written");
}
