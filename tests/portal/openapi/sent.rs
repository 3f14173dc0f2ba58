//! What is really sent of a shape of the contract: the members of the view that makes the answer, with the facts of the contract.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::views::View;

/// The members of an object, each with all the forms that it has.
type Members<'v> = BTreeMap<&'v str, Vec<&'v Value>>;

impl View {
    /// The contract's shape without what this view never sends, and closed.
    ///
    /// # Errors
    /// What the view sends and the contract does not have, and what the contract requires and the view does not send.
    pub(crate) fn sent(&self, contract: &Value) -> Result<Value, String> {
        self.narrow(contract, &[&self.schema], "body")
    }

    fn narrow(&self, contract: &Value, views: &[&Value], path: &str) -> Result<Value, String> {
        if contract.get("writeOnly") == Some(&json!(true)) {
            return Ok(json!({ "type": "null" })); // where the contract requires one in an answer all the same
        }
        let mut narrowed = contract.clone();
        if let Some(forms) = contract.get("anyOf").and_then(Value::as_array).filter(|forms| forms.iter().any(is_object)) {
            let possible = forms.iter().filter(|form| !is_object(form) || self.may_be(form, views));
            let possible: Result<Vec<_>, _> = possible.map(|form| self.narrow(form, views, path)).collect();
            let mut possible = possible?;
            match possible.len() {
                0 => return Err(format!("{path}: the view has none of the forms")),
                1 if !contract.get("properties").is_some_and(Value::is_object) => return Ok(possible.remove(0)),
                _ => narrowed["anyOf"] = possible.into(),
            }
            return Ok(narrowed);
        }
        if let Some(properties) = contract.get("properties").and_then(Value::as_object) {
            let members = self.members(views);
            if members.is_empty() {
                return Ok(narrowed);
            }
            let more: Vec<_> = self.always(views).into_iter().filter(|name| !properties.contains_key(*name)).collect();
            if is_closed(contract) && !more.is_empty() {
                return Err(format!("{path}: the contract has no {}", more.join(", ")));
            }
            let mut sent = Map::new();
            for (name, schema) in properties {
                match members.get(name.as_str()) {
                    Some(views) => drop(sent.insert(name.clone(), self.narrow(schema, views, &format!("{path}.{name}"))?)),
                    None if required(contract).any(|one| one == name) => return Err(format!("{path}.{name} is never sent")),
                    None => {}
                }
            }
            for (name, forms) in members.iter().filter(|(name, _)| !is_closed(contract) && !properties.contains_key(**name)) {
                sent.insert((*name).to_owned(), self.inlined(forms[0]));
            }
            narrowed["properties"] = sent.into();
            narrowed["additionalProperties"] = json!(false);
            return Ok(narrowed);
        }
        if let Some(items) = contract.get("items") {
            let of_views: Vec<_> = views.iter().flat_map(|view| self.forms(view)).filter_map(|form| form.get("items")).collect();
            if !of_views.is_empty() {
                narrowed["items"] = self.narrow(items, &of_views, &format!("{path}[]"))?;
            }
            return Ok(narrowed);
        }
        let words: Vec<_> =
            views.iter().flat_map(|view| self.forms(view)).filter_map(|form| form["enum"].as_array()).flatten().collect();
        let closed =
            views.iter().flat_map(|view| self.forms(view)).all(|form| form.get("enum").is_some() || form["type"] == "null");
        if let (Some(choices), true) = (contract["enum"].as_array(), closed && !words.is_empty()) {
            let narrow: Vec<_> = choices.iter().filter(|choice| choice.is_null() || words.contains(choice)).cloned().collect();
            if narrow.is_empty() {
                return Err(format!("{path}: none of {choices:?} is sent"));
            }
            narrowed["enum"] = narrow.into();
        }
        Ok(narrowed)
    }

    /// Whether an answer can have this form: the view has all that it requires, and the form has room for all that is always sent.
    fn may_be(&self, form: &Value, views: &[&Value]) -> bool {
        let members = self.members(views);
        let room = !is_closed(form) || self.always(views).into_iter().all(|name| form["properties"].get(name).is_some());
        room && required(form).all(|name| members.contains_key(name))
    }

    /// The members that are there whatever the form.
    fn always<'v>(&'v self, views: &[&'v Value]) -> BTreeSet<&'v str> {
        let all = views.iter().map(|view| self.always_of(view)).filter(|names| !names.is_empty());
        all.reduce(|left, right| &left & &right).unwrap_or_default()
    }

    fn always_of<'v>(&'v self, view: &'v Value) -> BTreeSet<&'v str> {
        let view = self.resolved(view);
        let mut names: BTreeSet<_> = required(view).collect();
        let parts = |word: &str| view.get(word).and_then(Value::as_array).into_iter().flatten().collect::<Vec<_>>();
        names.extend(parts("allOf").into_iter().flat_map(|part| self.always_of(part)));
        for word in ["oneOf", "anyOf"] {
            names.extend(self.always(&parts(word)));
        }
        names
    }

    fn members<'v>(&'v self, views: &[&'v Value]) -> Members<'v> {
        let mut members = Members::new();
        for form in views.iter().flat_map(|view| self.forms(view)) {
            for (name, schema) in form.get("properties").and_then(Value::as_object).into_iter().flatten() {
                members.entry(name).or_default().push(schema);
            }
        }
        members
    }

    /// A schema and whatever it is made of.
    fn forms<'v>(&'v self, view: &'v Value) -> Vec<&'v Value> {
        let view = self.resolved(view);
        let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|word| view.get(word)?.as_array()).flatten();
        let parts: Vec<_> = parts.flat_map(|part| self.forms(part)).collect();
        if parts.is_empty() || view.get("properties").is_some() { [vec![view], parts].concat() } else { parts }
    }

    /// A schema with whatever it refers to in its place. Only what the contract leaves open is taken from a view alone, and none of
    /// that contains itself.
    fn inlined(&self, view: &Value) -> Value {
        match self.resolved(view) {
            Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), self.inlined(value))).collect(),
            Value::Array(items) => items.iter().map(|item| self.inlined(item)).collect(),
            other => other.clone(),
        }
    }

    fn resolved<'v>(&'v self, view: &'v Value) -> &'v Value {
        let name = view.get("$ref").and_then(Value::as_str).and_then(|place| place.rsplit('/').next());
        name.and_then(|name| self.parts.get(name)).map_or(view, |part| self.resolved(part))
    }
}

fn is_object(schema: &Value) -> bool {
    schema.get("properties").is_some()
}

fn is_closed(schema: &Value) -> bool {
    schema.get("additionalProperties") == Some(&json!(false))
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}
