//! Our own OpenAPI document, as something that replies can be held against: a status, a content type or a member that it does not
//! declare fails whatever test happens to meet it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::Value;

use crate::kept::WRITE;

/// The kept document.
#[derive(Debug)]
pub struct Described {
    document: Value,
    /// Made when they are first needed: operation, status and content type.
    validators: Mutex<BTreeMap<String, &'static Validator>>,
}

impl Described {
    /// The document, read once.
    ///
    /// # Panics
    /// If it is not there.
    pub fn load() -> &'static Self {
        static DESCRIBED: LazyLock<Described> = LazyLock::new(|| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
            let text = std::fs::read_to_string(path).expect("the document is there");
            Described { document: serde_json::from_str(&text).expect("JSON"), validators: Mutex::default() }
        });
        &DESCRIBED
    }

    /// Method and path of every operation.
    pub fn operations(&self) -> impl Iterator<Item = (String, &str)> {
        let items = self.document["paths"].as_object().into_iter().flatten();
        items.flat_map(|(path, item)| {
            let methods =
                item.as_object().into_iter().flatten().map(|(word, _)| word.as_str()).filter(|word| *word != "parameters");
            methods.map(move |method| (method.to_uppercase(), path.as_str()))
        })
    }

    /// Holds a reply against the document. Paths that it does not have are nobody's business here.
    ///
    /// # Errors
    /// What is not declared.
    pub fn check(&self, method: &str, path: &str, status: u16, media: Option<&str>, body: &Value) -> Result<(), Vec<String>> {
        // While it is written anew it may be stale.
        if std::env::var_os(WRITE).is_some() {
            return Ok(());
        }
        let Some((template, operation)) = self.operation(method, path) else { return Ok(()) };
        let place = format!("{method} {template} {status}");
        if status == 405 {
            return Ok(()); // a method that is not described
        }
        let Some(answer) = operation["responses"].get(status.to_string()).map(|answer| self.resolved(answer)) else {
            return Err(vec![format!("{place}: the status is not described")]);
        };
        let media = media.and_then(|media| media.split(';').next()).map(str::trim);
        let content = match (answer.get("content"), media) {
            (None, None) => return Ok(()),
            (None, Some(media)) => {
                return if body.is_null() { Ok(()) } else { Err(vec![format!("{place}: no {media} is described")]) };
            }
            (Some(_), None) => return Err(vec![format!("{place}: a body is described")]),
            (Some(content), Some(media)) => {
                content.get(media).ok_or_else(|| vec![format!("{place}: {media} is not described")])?
            }
        };
        let is_json = media.is_some_and(|media| media.ends_with("json"));
        let Some(schema) = content.get("schema").filter(|_| is_json) else { return Ok(()) };
        let faults: Vec<_> = self
            .validator(&format!("{place} {}", media.unwrap_or_default()), schema)
            .iter_errors(body)
            .map(|fault| format!("{place}: {} {fault}", fault.instance_path()))
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn validator(&self, place: &str, schema: &Value) -> &'static Validator {
        let mut known = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = known.get(place) {
            return validator;
        }
        let whole = self.inlined(schema);
        let made = jsonschema::options().should_validate_formats(true).build(&whole).expect("a schema");
        let made: &'static Validator = Box::leak(Box::new(made));
        known.insert(place.to_owned(), made);
        made
    }

    fn operation(&self, method: &str, path: &str) -> Option<(&str, &Value)> {
        let path = path.split('?').next().unwrap_or_default();
        let method = method.to_lowercase();
        let items = self.document["paths"].as_object()?.iter();
        let fitting = items.filter(|(template, item)| item.get(&method).is_some() && fits(template, path));
        let (template, item) = fitting.min_by_key(|(template, _)| template.matches('{').count())?;
        Some((template, &item[&method]))
    }

    fn resolved<'d>(&'d self, value: &'d Value) -> &'d Value {
        let place = value.get("$ref").and_then(Value::as_str).and_then(|place| place.strip_prefix('#'));
        place.and_then(|place| self.document.pointer(place)).unwrap_or(value)
    }

    /// A schema with whatever it refers to in its place: none of them contains itself.
    fn inlined(&self, schema: &Value) -> Value {
        match self.resolved(schema) {
            Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), self.inlined(value))).collect(),
            Value::Array(items) => items.iter().map(|item| self.inlined(item)).collect(),
            other => other.clone(),
        }
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (mut pattern, mut segments) = (template.split('/'), path.split('/'));
    loop {
        match (pattern.next(), segments.next()) {
            (None, None) => return true,
            (Some(pattern), Some(segment)) if pattern == segment || (pattern.starts_with('{') && !segment.is_empty()) => {}
            _ => return false,
        }
    }
}
