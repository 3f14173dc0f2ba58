//! One OpenAPI file as an API of the portal: made if it is not there, given a new version if the file has changed, and otherwise left
//! alone. Safe to repeat: what was cut off is made good.

use http::{Method, StatusCode};
use portico_domain::text::ApiDescription;
use serde::Deserialize;
use serde_json::{Value, json};

use super::terms::Terms;
use crate::apis::ApiFile;
use crate::management::{Management, refusal};

#[derive(Deserialize)]
struct Document {
    info: Info,
}

#[derive(Deserialize)]
struct Info {
    title: String,
    version: Scalar,
    description: Option<String>,
}

/// A version such as `1.0` that the file does not quote.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Number(f64),
}

/// What a file says of its API.
struct Said {
    title: String,
    version: String,
    description: Option<String>,
}

fn read(text: &str) -> Result<Said, String> {
    let Document { info } = serde_saphyr::from_str(text).map_err(|error| no_document(&error.to_string()))?;
    let version = match info.version {
        Scalar::Text(version) => version,
        Scalar::Number(version) => version.to_string(),
    };
    // What is too long for the catalog is in the reference all the same.
    let description = info.description.filter(|text| ApiDescription::parse(text).is_ok()).map(|text| text.trim().to_owned());
    Ok(Said { title: info.title, version, description })
}

/// What is wrong with a file that is no OpenAPI document: the reader shows the lines of the file, too, behind its first.
fn no_document(error: &str) -> String {
    let first = error.lines().next().unwrap_or_default();
    format!("is no OpenAPI document: {}", first.strip_prefix("error: ").unwrap_or(first))
}

/// Publishes a file. Returns what was done, in words; nothing if all was so already.
///
/// # Errors
/// What stood in the way, as a sentence fragment.
pub async fn publish(management: &Management<'_>, file: &ApiFile, slug: &str, terms: &Terms<'_>) -> Result<Vec<String>, String> {
    let said = read(&file.text)?;
    let mut done = Vec::new();
    let api = match existing(management, slug).await? {
        Some(api) => {
            let id = text(&api, "id")?;
            if let Some(label) = add_version(management, &id, &said, &file.text).await? {
                done.push(format!("version {label} added"));
            }
            id
        }
        None => {
            let id = create(management, &said, slug, &file.text).await?;
            done.push(format!("made with version {}", said.version));
            id
        }
    };
    if let Some(link) = terms.link {
        done.extend(link_to(management, &api, &link.gateway, &link.stage_of(slug)).await?);
    }
    done.extend(publication(management, &api, terms).await?);
    Ok(done)
}

async fn create(management: &Management<'_>, said: &Said, slug: &str, content: &str) -> Result<String, String> {
    let mut new = json!({ "name": said.title, "version": said.version, "slug": slug, "spec_content": content });
    if let Some(description) = &said.description {
        new["description"] = json!(description);
    }
    match management.send(Method::POST, "/v3/apis", &new).await? {
        (StatusCode::CREATED, api) => text(&api, "id"),
        (status, problem) => Err(refusal(status, &problem)),
    }
}

/// Adds the file as a version, unless it is the one that was added last under its label. A file that changed and kept its label gets
/// the label with `+2`, `+3`, ... behind it, which semantic versioning calls a build.
async fn add_version(management: &Management<'_>, api: &str, said: &Said, content: &str) -> Result<Option<String>, String> {
    let path = format!("/v3/apis/{api}/versions");
    let mut builds: Vec<(u32, String)> = Vec::new();
    for version in all(management, &path).await? {
        let id = text(&version, "id")?;
        builds.extend(build(&said.version, &text(&version, "version")?).map(|number| (number, id)));
    }
    builds.sort();
    let label = match builds.last() {
        None => said.version.clone(),
        Some((number, id)) => {
            let version = get(management, &format!("{path}/{id}")).await?;
            if version.pointer("/spec/content").and_then(Value::as_str) == Some(content) {
                return Ok(None);
            }
            format!("{}+{}", said.version, number + 1)
        }
    };
    let new = json!({ "version": label, "spec": { "content": content } });
    match management.send(Method::POST, &path, &new).await? {
        (StatusCode::CREATED, _) => Ok(Some(label)),
        (status, problem) => Err(refusal(status, &problem)),
    }
}

/// Which build of a version a label is: the label itself is the first.
fn build(version: &str, label: &str) -> Option<u32> {
    match label.strip_prefix(version)? {
        "" => Some(1),
        rest => rest.strip_prefix('+')?.parse().ok().filter(|number| *number > 1),
    }
}

async fn link_to(management: &Management<'_>, api: &str, gateway: &str, stage: &str) -> Result<Option<String>, String> {
    let links = all(management, &format!("/v3/api-implementations?filter%5Bapi_id%5D={api}")).await?;
    let is = |link: &Value, member, wanted| link.pointer(member).and_then(Value::as_str) == Some(wanted);
    if links.iter().any(|link| is(link, "/api_gateway/gateway_id", gateway) && is(link, "/api_gateway/stage", stage)) {
        return Ok(None);
    }
    let link = json!({ "api_gateway": { "gateway_id": gateway, "stage": stage } });
    match management.send(Method::POST, &format!("/v3/apis/{api}/implementations"), &link).await? {
        (StatusCode::CREATED, _) => Ok(Some(format!("linked to gateway {gateway}, stage {stage}"))),
        // A stage belongs to one API.
        (StatusCode::CONFLICT, _) => Err(format!("stage {stage} of gateway {gateway} is linked to another API")),
        (status, problem) => Err(refusal(status, &problem)),
    }
}

/// Publishes the API in the portal, or changes in its publication what the terms name. What they do not name stays as it is.
async fn publication(management: &Management<'_>, api: &str, terms: &Terms<'_>) -> Result<Option<String>, String> {
    let path = format!("/v3/apis/{api}/publications/{}", management.portal());
    let (status, before) = management.send(Method::GET, &path, &Value::Null).await?;
    let (before, word) = match status {
        StatusCode::OK => (before, "publication changed"),
        StatusCode::NOT_FOUND => (json!({}), "published"),
        _ => return Err(refusal(status, &before)),
    };
    let mut asked = serde_json::Map::new();
    for member in ["visibility", "auth_strategy_ids", "auto_approve_registrations"] {
        asked.extend(before.get(member).map(|value| (member.to_owned(), value.clone())));
    }
    asked.extend(terms.visibility.map(|visibility| ("visibility".to_owned(), json!(visibility.as_str()))));
    asked.extend(terms.strategy.clone().map(|ids| ("auth_strategy_ids".to_owned(), ids)));
    if status == StatusCode::OK && asked.iter().all(|(member, value)| before.get(member) == Some(value)) {
        return Ok(None);
    }
    match management.send(Method::PUT, &path, &Value::Object(asked)).await? {
        (StatusCode::OK | StatusCode::CREATED, _) => Ok(Some(word.to_owned())),
        (status, problem) => Err(refusal(status, &problem)),
    }
}

/// The API with a slug.
async fn existing(management: &Management<'_>, slug: &str) -> Result<Option<Value>, String> {
    let apis = all(management, "/v3/apis").await?;
    Ok(apis.into_iter().find(|api| api.get("slug").and_then(Value::as_str) == Some(slug)))
}

/// Everything that a list has.
///
/// # Errors
/// What the list answered instead.
pub(super) async fn all(management: &Management<'_>, path: &str) -> Result<Vec<Value>, String> {
    let mut found = Vec::new();
    let and = if path.contains('?') { '&' } else { '?' };
    for number in 1.. {
        let page = get(management, &format!("{path}{and}page%5Bsize%5D=100&page%5Bnumber%5D={number}")).await?;
        let data = page.get("data").and_then(Value::as_array).ok_or_else(|| format!("{path} answers no list"))?;
        found.extend(data.iter().cloned());
        if data.len() < 100 {
            break;
        }
    }
    Ok(found)
}

async fn get(management: &Management<'_>, path: &str) -> Result<Value, String> {
    match management.send(Method::GET, path, &Value::Null).await? {
        (StatusCode::OK, answer) => Ok(answer),
        (status, problem) => Err(refusal(status, &problem)),
    }
}

fn text(object: &Value, member: &str) -> Result<String, String> {
    object.get(member).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("an answer has no {member}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builds_of_a_version_are_told_from_other_versions() {
        for (label, number) in
            [("1.2", Some(1)), ("1.2+2", Some(2)), ("1.2+10", Some(10)), ("1.20", None), ("1.2+x", None), ("1.2+1", None)]
        {
            assert_eq!(build("1.2", label), number, "{label}");
        }
    }

    #[test]
    fn the_built_in_files_say_what_they_are() {
        for (name, content) in crate::apis::DEMO {
            let said = read(content).unwrap();
            assert!(!said.title.is_empty() && !said.version.is_empty() && said.description.is_some(), "{name}");
        }
    }
}
