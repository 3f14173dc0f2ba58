//! Takes the script of Swagger UI out of the crate that vendors it (Apache-2.0), compressed as browsers get it. Its style sheet stays
//! there: `assets/reference.css` is in its place.

use std::error::Error;
use std::fs::File;
use std::io::{Cursor, Read as _, Write as _};
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?);
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    let body = file(&mut archive, "/dist/swagger-ui-bundle.js")?;
    let mut short = GzEncoder::new(File::create(out.join("swagger-ui-bundle.js.gz"))?, Compression::best());
    short.write_all(&body)?;
    short.finish()?;
    Ok(())
}

/// The file of an archive whose path ends so.
fn file(archive: &mut ZipArchive<Cursor<&[u8]>>, end: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    for index in 0..archive.len() {
        let mut found = archive.by_index(index)?;
        if found.name()?.ends_with(end) {
            let mut body = Vec::new();
            found.read_to_end(&mut body)?;
            return Ok(body);
        }
    }
    Err(format!("the crate has no {end}").into())
}
