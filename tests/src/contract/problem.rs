//! Holds a problem (RFC 9457) against docs/contract/README.md, "Errors".

use reqwest::Url;
use serde_json::{Map, Value};

const PLAIN_RULES: &[&str] = &[
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
];

/// Checks the members of a problem and of its invalid parameters.
///
/// # Errors
/// Everything that is wrong, one sentence each.
pub fn check_problem(status: u16, body: &Value) -> Result<(), Vec<String>> {
    let Some(problem) = body.as_object() else {
        return Err(vec![format!("a problem should be an object and is {body}")]);
    };
    let mut faults = Vec::new();
    if problem.get("status") != Some(&Value::from(status)) {
        faults.push(format!("problem.status is {:?} and not {status}", problem.get("status")));
    }
    for name in ["title", "detail", "instance"] {
        text(problem, "problem", name, &mut faults);
    }
    let instance = problem.get("instance").and_then(Value::as_str).unwrap_or_default();
    if instance.strip_prefix("portico:trace:").is_none_or(str::is_empty) {
        faults.push(format!("problem.instance is {instance:?} and not a trace"));
    }
    if let Some(kind) = problem.get("type")
        && kind.as_str().is_none_or(|kind| Url::parse(kind).is_err())
    {
        faults.push(format!("problem.type is {kind} and not a URI"));
    }
    if let Some(parameters) = problem.get("invalid_parameters") {
        match parameters.as_array().filter(|parameters| !parameters.is_empty()) {
            Some(parameters) => parameters.iter().enumerate().for_each(|(place, parameter)| {
                check_parameter(parameter, &format!("invalid_parameters[{place}]"), &mut faults);
            }),
            None => faults.push("invalid_parameters should be an array with at least one item".to_owned()),
        }
        if status != 400 {
            faults.push(format!("invalid_parameters belong to a 400 and not to a {status}"));
        }
    }
    only(problem, "problem", &["status", "title", "detail", "instance", "type", "invalid_parameters"], &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn check_parameter(parameter: &Value, path: &str, faults: &mut Vec<String>) {
    let Some(parameter) = parameter.as_object() else {
        faults.push(format!("{path} should be an object"));
        return;
    };
    for name in ["field", "reason"] {
        text(parameter, path, name, faults);
    }
    let source = parameter.get("source").and_then(Value::as_str).unwrap_or_default();
    if !["body", "query", "path"].contains(&source) {
        faults.push(format!("{path}.source is {source:?}"));
    }
    let rule = parameter.get("rule").and_then(Value::as_str).unwrap_or_default();
    let needs = match rule {
        "min_length" | "min_items" | "min" => Some("minimum"),
        "max_length" | "max_items" | "max" => Some("maximum"),
        "enum" => Some("choices"),
        "dependent_fields" => Some("dependents"),
        plain => {
            if !PLAIN_RULES.contains(&plain) {
                faults.push(format!("{path}.rule is {plain:?}"));
            }
            None
        }
    };
    if let Some(need) = needs {
        let fits = |value: &Value| match need {
            "minimum" | "maximum" => value.is_number(),
            _ => value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(Value::is_string)),
        };
        if !parameter.get(need).is_some_and(fits) {
            faults.push(format!("{path}: the rule {rule} needs {need}"));
        }
    }
    let mut known = vec!["field", "reason", "source", "rule"];
    known.extend(needs);
    only(parameter, path, &known, faults);
}

fn text(object: &Map<String, Value>, path: &str, name: &str, faults: &mut Vec<String>) {
    if object.get(name).and_then(Value::as_str).is_none_or(str::is_empty) {
        faults.push(format!("{path}.{name} should be text and is {:?}", object.get(name)));
    }
}

fn only(object: &Map<String, Value>, path: &str, known: &[&str], faults: &mut Vec<String>) {
    for name in object.keys().filter(|name| !known.contains(&name.as_str())) {
        faults.push(format!("{path}.{name} is not in the contract"));
    }
}
