//! Folders of OpenAPI files: each file becomes an API, published once and linked to the local gateway, by the same management
//! operations that an administrator calls.

use std::path::{Path, PathBuf};

use http::{Method, StatusCode};
use portico_domain::portal::Portal as Settings;
use portico_store::Key;
use serde_json::json;

use crate::data::{DataFolder, read_secret, write_secret};
use crate::gateway::published::GATEWAY;
use crate::local::Local;
use crate::management::Management;
use crate::publish::one;
use crate::publish::terms::{Stage, Terms};
use crate::start::CannotStart;

/// The APIs that a portal on a laptop starts with.
pub const DEMO: &[(&str, &str)] =
    &[("tides.yaml", include_str!("../demo/tides.yaml")), ("weather-board.yaml", include_str!("../demo/weather-board.yaml"))];

/// A file to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiFile {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl ApiFile {
    /// The slug that the file's API is reached under: the file's name in lower case, with hyphens.
    #[must_use]
    pub fn slug(&self) -> String {
        let stem = self.name.rsplit_once('.').map_or(self.name.as_str(), |(stem, _)| stem);
        let plain: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
    }
}

/// The portal that the built-in files name as their server.
const DEMO_PORTAL: &str = "http://127.0.0.1:8080";

/// The OpenAPI files of a folder by name, or the built-in ones, whose server is the portal of that origin: what a page gives people to
/// paste must lead here.
///
/// # Errors
/// [`CannotStart::Api`] names what cannot be read.
pub fn files(folder: Option<&Path>, origin: &str) -> Result<Vec<ApiFile>, CannotStart> {
    let Some(folder) = folder else {
        let here = |text: &str| text.replace(DEMO_PORTAL, origin);
        return Ok(DEMO.iter().map(|(name, text)| ApiFile { name: (*name).into(), text: here(text) }).collect());
    };
    let wrong = |path: &Path, reason: String| CannotStart::Api { file: path.display().to_string(), reason };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| wrong(folder, error.to_string()))? {
        let path = entry.map_err(|error| wrong(folder, error.to_string()))?.path();
        let kind = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
        if path.is_file() && ["yaml", "yml", "json"].contains(&kind.as_str()) {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| file(path)).collect()
}

/// One OpenAPI file.
///
/// # Errors
/// [`CannotStart::Api`] if it cannot be read.
pub fn file(path: &Path) -> Result<ApiFile, CannotStart> {
    let wrong = |error: std::io::Error| CannotStart::Api { file: path.display().to_string(), reason: error.to_string() };
    let text = std::fs::read_to_string(path).map_err(wrong)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(ApiFile { name, text })
}

/// Publishes the files that have not been published yet. What an administrator has since changed or deleted stays so. Returns the
/// slugs of the files that have been published, now or before.
///
/// # Errors
/// [`CannotStart::Folder`] if the list of what has been published cannot be read or written.
pub async fn publish(local: &Local, data: &DataFolder, files: &[ApiFile]) -> Result<Vec<String>, CannotStart> {
    let kept = read_secret(&data.published())?.unwrap_or_default();
    let mut published: Vec<String> = String::from_utf8_lossy(&kept).lines().map(str::to_owned).collect();
    let token = read_secret(&data.admin_token())?.unwrap_or_default();
    let management = Management::new(local.portal(), &String::from_utf8_lossy(&token))?;
    let here = Stage::of_each(GATEWAY);
    let terms = Terms { link: Some(&here), ..Terms::default() };
    for file in files {
        let slug = file.slug();
        if published.contains(&slug) {
            continue;
        }
        // One file that the portal cannot take must not keep the others, or the portal, from starting.
        if let Err(reason) = one::publish(&management, file, &slug, &terms).await {
            tracing::error!(file = file.name, reason, "not published; the next start tries again");
            continue;
        }
        published.push(slug);
        write_secret(&data.published(), published.join("\n").as_bytes())?;
    }
    Ok(files.iter().map(ApiFile::slug).filter(|slug| published.contains(slug)).collect())
}

/// Turns both approval switches on, as an administrator would.
///
/// # Errors
/// [`CannotStart::Api`] with what the management API said.
pub async fn approve_by_itself(local: &Local, data: &DataFolder) -> Result<(), CannotStart> {
    let wrong = |reason: String| CannotStart::Api { file: "--auto-approve".to_owned(), reason };
    let portal = local.portal();
    let settings = portal.store.find::<Settings>(&Key::portal(portal.config.portal)).await?;
    if settings.is_some_and(|settings| settings.auto_approve_developers && settings.auto_approve_applications) {
        return Ok(());
    }
    let token = read_secret(&data.admin_token())?.unwrap_or_default();
    let management = Management::new(portal, &String::from_utf8_lossy(&token))?;
    let switches = json!({ "auto_approve_developers": true, "auto_approve_applications": true });
    match management.send(Method::PATCH, &format!("/v3/portals/{}", portal.config.portal), &switches).await.map_err(wrong)? {
        (StatusCode::OK, _) => Ok(()),
        (status, problem) => Err(wrong(format!("{status}: {problem}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slug_of_a_file_is_its_name_in_plain_letters() {
        for (name, slug) in [("tides.yaml", "tides"), ("My API (v2).JSON", "my-api-v2"), ("a.b.yml", "a-b")] {
            assert_eq!(ApiFile { name: name.into(), text: String::new() }.slug(), slug);
        }
    }

    #[test]
    fn the_built_in_files_lead_to_the_portal_under_slugs_of_their_own() {
        let files = files(None, "http://portal.localhost:9999").unwrap();
        let slugs: Vec<_> = files.iter().map(ApiFile::slug).collect();
        assert_eq!(slugs, ["tides", "weather-board"]);
        for file in files {
            assert!(file.text.contains(&format!("http://portal.localhost:9999/gateway/{}", file.slug())));
        }
    }
}
