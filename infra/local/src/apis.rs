//! Folders of OpenAPI files: each file becomes an API, published once and linked to the local gateway, by the same management
//! operations that an administrator calls.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use portico_domain::portal::Portal as Settings;
use portico_store::Key;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::data::{DataFolder, read_secret, write_secret};
use crate::gateway::published::GATEWAY;
use crate::local::Local;
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

#[derive(Deserialize)]
struct Document {
    info: Info,
}

#[derive(Deserialize)]
struct Info {
    title: String,
    version: Scalar,
}

/// A version such as `1.0` that the file does not quote.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Number(f64),
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

/// The OpenAPI files of a folder by name, or the built-in ones.
///
/// # Errors
/// [`CannotStart::Api`] names what cannot be read.
pub fn files(folder: Option<&Path>) -> Result<Vec<ApiFile>, CannotStart> {
    let Some(folder) = folder else {
        return Ok(DEMO.iter().map(|(name, text)| ApiFile { name: (*name).into(), text: (*text).into() }).collect());
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
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).map_err(|error| wrong(&path, error.to_string()))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(ApiFile { name, text })
    };
    paths.into_iter().map(read).collect()
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
    let management = Management { local, token: String::from_utf8_lossy(&token).trim().to_owned() };
    for file in files {
        let slug = file.slug();
        if published.contains(&slug) {
            continue;
        }
        // One file that the portal cannot take must not keep the others, or the portal, from starting.
        if let Err(reason) = management.publish(file, &slug).await {
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
    let management = Management { local, token: String::from_utf8_lossy(&token).trim().to_owned() };
    let switches = json!({ "auto_approve_developers": true, "auto_approve_applications": true });
    match management.send(Method::PATCH, &format!("/v3/portals/{}", portal.config.portal), &switches).await.map_err(wrong)? {
        (StatusCode::OK, _) => Ok(()),
        (status, problem) => Err(wrong(format!("{status}: {problem}"))),
    }
}

struct Management<'a> {
    local: &'a Local,
    token: String,
}

impl Management<'_> {
    /// Safe to repeat: a start that was cut off is made good by the next.
    async fn publish(&self, file: &ApiFile, slug: &str) -> Result<(), String> {
        let document: Document = serde_saphyr::from_str(&file.text).map_err(|error| error.to_string())?;
        let version = match document.info.version {
            Scalar::Text(version) => version,
            Scalar::Number(version) => version.to_string(),
        };
        let new = json!({ "name": document.info.title, "version": version, "slug": slug, "spec_content": file.text });
        let api = match self.send(Method::POST, "/v3/apis", &new).await? {
            (StatusCode::CREATED, api) => text(&api, "id")?,
            (StatusCode::CONFLICT, _) => self.existing(slug).await?,
            (status, problem) => return Err(format!("{status}: {problem}")),
        };
        let link = json!({ "api_gateway": { "gateway_id": GATEWAY, "stage": slug } });
        match self.send(Method::POST, &format!("/v3/apis/{api}/implementations"), &link).await? {
            (StatusCode::CREATED | StatusCode::CONFLICT, _) => {}
            (status, problem) => return Err(format!("{status}: {problem}")),
        }
        let portal = self.local.portal().config.portal;
        match self.send(Method::PUT, &format!("/v3/apis/{api}/publications/{portal}"), &json!({})).await? {
            (StatusCode::OK | StatusCode::CREATED, _) => Ok(()),
            (status, problem) => Err(format!("{status}: {problem}")),
        }
    }

    async fn existing(&self, slug: &str) -> Result<String, String> {
        let mut number = 1;
        loop {
            let page = format!("/v3/apis?page[size]=100&page[number]={number}").replace('[', "%5B").replace(']', "%5D");
            let (status, list) = self.send(Method::GET, &page, &Value::Null).await?;
            let apis = list.get("data").and_then(Value::as_array).filter(|_| status == StatusCode::OK);
            let apis = apis.ok_or_else(|| format!("{status}: {list}"))?;
            if let Some(api) = apis.iter().find(|api| api.get("slug").and_then(Value::as_str) == Some(slug)) {
                return text(api, "id");
            }
            if apis.is_empty() {
                return Err(format!("the slug {slug} belongs to an API that cannot be found"));
            }
            number += 1;
        }
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Result<(StatusCode, Value), String> {
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.local.portal().config.public_url.host())
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.token))
            .body(body)
            .map_err(|error| error.to_string())?;
        let answer = self.local.answer(request, IpAddr::V4(Ipv4Addr::LOCALHOST)).await;
        Ok((answer.status(), serde_json::from_slice(answer.body()).unwrap_or_default()))
    }
}

fn text(object: &Value, member: &str) -> Result<String, String> {
    object.get(member).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("no {member} in {object}"))
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
    fn the_built_in_files_are_openapi_documents_with_slugs_of_their_own() {
        let files = files(None).unwrap();
        let slugs: Vec<_> = files.iter().map(ApiFile::slug).collect();
        assert_eq!(slugs, ["tides", "weather-board"]);
        for file in files {
            let document: Document = serde_saphyr::from_str(&file.text).unwrap();
            assert!(!document.info.title.is_empty());
            assert!(file.text.contains(&format!("/gateway/{}", file.slug())));
        }
    }
}
