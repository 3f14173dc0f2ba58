//! The operations that a document lists.

use serde_json::{Map, Value};

use super::{SpecType, scalar};

/// The members of a path item that are operations, as OpenAPI writes them.
pub(super) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// One operation of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path template, such as `/stations/{id}`.
    pub path: String,
    /// `operationId`.
    pub operation_id: Option<String>,
    /// `summary`.
    pub summary: Option<String>,
}

impl Operation {
    /// Method and path, which nothing else of its API has.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// What people call it: its summary, else its `operationId`, else method and path.
    pub fn name(&self) -> String {
        let named = [&self.summary, &self.operation_id].into_iter().flatten().find(|text| !text.is_empty());
        named.cloned().unwrap_or_else(|| self.key())
    }
}

/// The path items of a document: what lies under `paths` and begins with a slash.
pub(super) fn path_items(root: &Value) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
    let paths = root.get("paths").and_then(Value::as_object);
    let items = paths.into_iter().flatten().filter(|(path, _)| path.starts_with('/'));
    items.filter_map(|(path, item)| item.as_object().map(|item| (path.as_str(), item)))
}

/// The operations of a path item with their methods.
pub(super) fn of_item(item: &Map<String, Value>) -> impl Iterator<Item = (&'static str, &Map<String, Value>)> {
    METHODS.into_iter().filter_map(|method| item.get(method).and_then(Value::as_object).map(|operation| (method, operation)))
}

pub(super) fn list(root: &Value, spec_type: SpecType) -> Vec<Operation> {
    match spec_type {
        SpecType::Asyncapi => Vec::new(),
        SpecType::Oas2 | SpecType::Oas3 => path_items(root)
            .flat_map(|(path, item)| of_item(item).map(move |(method, operation)| one(path, method, operation)))
            .collect(),
    }
}

fn one(path: &str, method: &str, operation: &Map<String, Value>) -> Operation {
    Operation {
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        operation_id: operation.get("operationId").and_then(scalar),
        summary: operation.get("summary").and_then(scalar),
    }
}
