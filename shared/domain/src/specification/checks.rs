//! What a document must have so that people and tools can use it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use url::Url;

use super::operations::{METHODS, of_item, path_items};
use super::{Messages, SpecType, UPSTREAM, references, scalar};

/// Members of a path item that are no operations.
const PATH_ITEM_MEMBERS: [&str; 5] = ["$ref", "summary", "description", "servers", "parameters"];

/// The kind of a document by the member that names it; OpenAPI 3 where none does.
pub(super) fn spec_type(root: &Value) -> SpecType {
    if root.get("openapi").is_some() {
        SpecType::Oas3
    } else if root.get("swagger").is_some() {
        SpecType::Oas2
    } else if root.get("asyncapi").is_some() {
        SpecType::Asyncapi
    } else {
        SpecType::Oas3
    }
}

/// An upstream that a gateway can call.
pub(super) fn upstream(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| text.to_owned())
}

/// Adds a message for everything that is wrong.
pub(super) fn check(root: &Value, spec_type: SpecType, messages: &mut Messages) {
    if !root.is_object() {
        return;
    }
    kind(root, messages);
    info(root, messages);
    if let Some(value) = root.get(UPSTREAM)
        && upstream(value).is_none()
    {
        messages.add(format!("\"{UPSTREAM}\" must be a URL that begins with http:// or https://."));
    }
    match spec_type {
        SpecType::Oas2 | SpecType::Oas3 => paths(root, messages),
        SpecType::Asyncapi => channels(root, messages),
    }
    references::check(root, messages);
}

/// The versions whose rules are known here.
fn kind(root: &Value, messages: &mut Messages) {
    let named: Vec<&str> = ["openapi", "swagger", "asyncapi"].into_iter().filter(|name| root.get(name).is_some()).collect();
    let [name] = named.as_slice() else {
        messages.add(match named.as_slice() {
            [] => "One of \"openapi\", \"swagger\" and \"asyncapi\" must say what kind of document this is.",
            _ => "Only one of \"openapi\", \"swagger\" and \"asyncapi\" may say what kind of document this is.",
        });
        return;
    };
    let version = root.get(name).and_then(Value::as_str);
    let (known, versions) = match *name {
        "openapi" => (version.is_some_and(|text| is_version(text, "3.0.") || is_version(text, "3.1.")), "3.0.x or 3.1.x"),
        "swagger" => (version == Some("2.0"), "2.0"),
        _ => (version.is_some_and(|text| is_version(text, "2.") || is_version(text, "3.")), "2.x or 3.x"),
    };
    if !known {
        messages.add(format!("\"{name}\" must be a text with the version {versions}."));
    }
}

/// The prefix, then digits, dots or a pre-release.
fn is_version(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit()))
}

fn is_31(root: &Value) -> bool {
    root.get("openapi").and_then(Value::as_str).is_some_and(|text| text.starts_with("3.1."))
}

fn info(root: &Value, messages: &mut Messages) {
    let Some(info) = root.get("info").and_then(Value::as_object) else {
        messages.add("\"info\" must be an object with a \"title\" and a \"version\".");
        return;
    };
    for member in ["title", "version"] {
        if !info.get(member).is_some_and(|value| value.is_string() && scalar(value).is_some()) {
            messages.add(format!("\"info.{member}\" must be a text that is not empty."));
        }
    }
}

fn channels(root: &Value, messages: &mut Messages) {
    let is_optional = root.get("asyncapi").and_then(Value::as_str).is_some_and(|text| text.starts_with("3."));
    match root.get("channels") {
        Some(Value::Object(_)) => {}
        None if is_optional => {}
        _ => messages.add("\"channels\" must be an object."),
    }
}

fn paths(root: &Value, messages: &mut Messages) {
    match root.get("paths") {
        Some(Value::Object(paths)) => {
            for (path, item) in paths.iter().filter(|(path, _)| !path.starts_with("x-")) {
                if !path.starts_with('/') {
                    messages.add(format!("The path \"{path}\" must begin with a slash."));
                } else if !item.is_object() {
                    messages.add(format!("The path \"{path}\" must be an object."));
                }
            }
        }
        None if is_31(root) && (root.get("components").is_some() || root.get("webhooks").is_some()) => {}
        _ => messages.add("\"paths\" must be an object."),
    }
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (path, item) in path_items(root) {
        if messages.is_full() {
            return;
        }
        members(path, item, messages);
        for (method, operation) in of_item(item) {
            let place = format!("{} {path}", method.to_ascii_uppercase());
            responses(root, &place, operation, messages);
            parameters(root, &place, path, item, operation, messages);
            match operation.get("operationId") {
                None => {}
                Some(Value::String(id)) => {
                    if let Some(first) = seen.insert(id, place.clone()) {
                        messages.add(format!("{first} and {place} have the same operationId \"{id}\"."));
                    }
                }
                Some(_) => messages.add(format!("The operationId of {place} must be a text.")),
            }
        }
    }
}

fn members(path: &str, item: &Map<String, Value>, messages: &mut Messages) {
    for (name, value) in item.iter().filter(|(name, _)| !name.starts_with("x-")) {
        let is_operation = METHODS.contains(&name.as_str());
        if !is_operation && !PATH_ITEM_MEMBERS.contains(&name.as_str()) {
            messages.add(format!("\"{name}\" of the path \"{path}\" is not a method that is known."));
        } else if is_operation && !value.is_object() {
            messages.add(format!("\"{name}\" of the path \"{path}\" must be an object."));
        }
    }
}

/// Optional since OpenAPI 3.1.
fn responses(root: &Value, place: &str, operation: &Map<String, Value>, messages: &mut Messages) {
    match operation.get("responses") {
        Some(Value::Object(responses)) if !responses.is_empty() => {}
        None if is_31(root) => {}
        _ => messages.add(format!("{place} must have \"responses\" with at least one response.")),
    }
}

/// Every `{name}` of the path is a declared parameter, and the other way round.
fn parameters(
    root: &Value,
    place: &str,
    path: &str,
    item: &Map<String, Value>,
    operation: &Map<String, Value>,
    messages: &mut Messages,
) {
    let declared: BTreeSet<&str> = [item.get("parameters"), operation.get("parameters")]
        .into_iter()
        .filter_map(|parameters| parameters.and_then(Value::as_array))
        .flatten()
        .map(|parameter| references::follow(root, parameter))
        .filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some("path"))
        .filter_map(|parameter| parameter.get("name").and_then(Value::as_str))
        .collect();
    let template = template_names(path);
    for name in template.difference(&declared).take(Messages::MAX) {
        messages.add(format!("{place} does not declare its path parameter \"{name}\"."));
    }
    for name in declared.difference(&template).take(Messages::MAX) {
        messages.add(format!("{place} declares a path parameter \"{name}\" that its path does not have."));
    }
}

fn template_names(path: &str) -> BTreeSet<&str> {
    path.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}
