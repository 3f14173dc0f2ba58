//! Writes the document without its indentation, which is half of it: what is served is read by programs.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let kept = "../../docs/openapi.json";
    println!("cargo::rerun-if-changed={kept}");
    let document: serde_json::Value = serde_json::from_str(&fs::read_to_string(kept)?)?;
    let out = env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    fs::write(Path::new(&out).join("openapi.json"), document.to_string())?;
    Ok(())
}
