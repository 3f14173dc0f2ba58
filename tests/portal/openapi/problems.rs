//! Problems in the document: one shape, and a response for each status with the kinds that it has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::document::kinds;
use super::examples::Examples;

/// Where API Gateway itself answers, in front of every function, and how.
const OF_THE_GATEWAY: [u16; 3] = [413, 429, 503];

/// The shapes that are not the contract's own.
pub(crate) fn schemas() -> BTreeMap<String, Value> {
    let plain = [
        "required",
        "is_array",
        "is_boolean",
        "is_date_time",
        "is_integer",
        "is_null",
        "is_number",
        "is_object",
        "is_string",
        "is_uuid",
        "is_label",
        "matches_regex",
        "unknown_property",
        "missing_reference",
        "invalid",
        "type",
        "min_length",
        "min_items",
        "min",
        "max_length",
        "max_items",
        "max",
        "enum",
        "dependent_fields",
    ];
    let words = json!({ "type": "array", "minItems": 1, "items": { "type": "string" } });
    let parameter = json!({
        "type": "object",
        "description": "What is wrong with one field.",
        "properties": {
            "field": { "type": "string", "minLength": 1, "description": "Its dotted path, or the parameter as it was sent." },
            "reason": { "type": "string", "minLength": 1 },
            "source": { "type": "string", "enum": ["body", "query", "path"] },
            "rule": { "type": "string", "enum": plain },
            "minimum": { "type": "integer" },
            "maximum": { "type": "integer" },
            "choices": words.clone(),
            "dependents": words,
        },
        "required": ["field", "reason", "source", "rule"],
        "additionalProperties": false,
    });
    let problem = json!({
        "type": "object",
        "description": "Why it was refused (RFC 9457).",
        "properties": {
            "status": { "type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status." },
            "title": { "type": "string", "minLength": 1, "description": "The same for every occurrence of the problem." },
            "detail": { "type": "string", "minLength": 1, "description": "What went wrong this time, safe to show to a person." },
            "instance": { "type": "string", "pattern": "^portico:trace:.+$", "description": "The request's trace id, as it is in the logs." },
            "type": { "type": "string", "format": "uri", "description": "The kind of problem." },
            "invalid_parameters": { "type": "array", "minItems": 1, "items": { "$ref": "#/components/schemas/InvalidParameter" } },
        },
        "required": ["status", "title", "detail", "instance"],
        "additionalProperties": false,
    });
    let page = json!({
        "type": "object",
        "description": "Where a page lies in its list.",
        "properties": { "page": {
            "type": "object",
            "properties": {
                "number": { "type": "integer", "minimum": 1 },
                "size": { "type": "integer", "minimum": 1, "maximum": 100 },
                "total": { "type": "integer", "minimum": 0 },
                "total_is_at_least": { "type": "boolean", "description": "The list was too long to count." },
                "next": { "type": "string", "description": "Where it goes on then, for `page[after]`." },
            },
            "required": ["number", "size", "total"],
            "additionalProperties": false,
        } },
        "required": ["page"],
        "additionalProperties": false,
    });
    let gateway = json!({
        "type": "object",
        "description": "What the gateway answers before a function is asked.",
        "properties": { "message": { "type": "string" } },
        "required": ["message"],
        "additionalProperties": false,
    });
    [("InvalidParameter", parameter), ("Problem", problem), ("Page", page), ("GatewayMessage", gateway)]
        .map(|(name, schema)| (name.to_owned(), schema))
        .into()
}

/// A response for each status that a problem has.
pub(crate) fn responses(statuses: &BTreeSet<u16>, examples: &Examples) -> BTreeMap<String, Value> {
    statuses.iter().map(|status| (format!("Problem{status}"), response(*status, examples))).collect()
}

fn response(number: u16, examples: &Examples) -> Value {
    let types: Vec<_> = kinds(number).map(|kind| format!("urn:portico:problem:{}", kind.name())).collect();
    let mut titles: Vec<_> = kinds(number).map(|kind| kind.title()).collect();
    titles.dedup();
    let mut content = json!({ "schema": {
        "allOf": [{ "$ref": "#/components/schemas/Problem" }],
        "properties": { "status": { "const": number }, "title": { "enum": titles }, "type": { "enum": types } },
    } });
    if let Some(example) = examples.problems.get(&number) {
        content["example"] = example.clone();
    }
    let mut response = json!({
        "description": format!("{}.", titles.join(", or ")),
        "content": { "application/problem+json": content },
    });
    if OF_THE_GATEWAY.contains(&number) {
        response["content"]["application/json"] = json!({ "schema": { "$ref": "#/components/schemas/GatewayMessage" } });
    }
    if matches!(number, 429 | 503) {
        let seconds = json!({ "type": "integer", "minimum": 1 });
        response["headers"] =
            json!({ "Retry-After": { "description": "Seconds after which it may be tried again.", "schema": seconds } });
    }
    response
}
