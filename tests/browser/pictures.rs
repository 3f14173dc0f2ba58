//! Pictures of pages, for people: written when `PORTICO_SCREENSHOTS` is set, and never compared.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::window::Window;

/// Writes `docs/screenshots/NAME.png`, with what is in the window, and no more.
pub(crate) async fn take(window: &Window, name: &str) {
    if std::env::var_os("PORTICO_SCREENSHOTS").is_none() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/screenshots");
    std::fs::create_dir_all(&folder).expect("a folder");
    let picture = window.session.get("/screenshot").await.expect("a picture");
    let picture = STANDARD.decode(picture.as_str().expect("text")).expect("base64");
    std::fs::write(folder.join(format!("{name}.png")), picture).expect("it is written");
}
