//! Files of the repository that tests make: a test fails when one is stale, and writes it where it is told to.

use std::path::Path;

/// The variable that makes tests write what they would otherwise compare.
pub const WRITE: &str = "PORTICO_WRITE";

/// Requires that a file of the repository says exactly this; with `PORTICO_WRITE=1` it does so afterwards.
pub fn assert_kept(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if std::env::var_os(WRITE).is_some() {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("the folder is there");
        std::fs::write(&file, text).expect("the file is written");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == text, "{path} is stale: run this test with {WRITE}=1, and look at what it changed");
}

/// JSON as such files hold it.
pub fn pretty(value: &serde_json::Value) -> String {
    format!("{}\n", serde_json::to_string_pretty(value).expect("JSON can be written"))
}
