//! What the contract says a list can be filtered and sorted by, and what a request must have: for tests over all operations.

use super::Operation;
use super::schema::{Kind, Schema};
use serde_json::Value;
use std::collections::BTreeSet;

const ID: &str = "0192f3a4-5b6c-7d8e-9f00-112233445566";

impl Operation {
    /// Whether it answers with pages that have numbers; search goes on by a cursor.
    pub fn is_numbered(&self) -> bool {
        self.query.iter().any(|parameter| parameter.name == "page[number]")
    }

    /// The name of its filter: `filter`, but for one list.
    pub fn filter_name(&self) -> &str {
        self.query.iter().map(|parameter| parameter.name.as_str()).find(|name| name.ends_with("filter")).unwrap_or("filter")
    }

    /// Every filter that is documented, with every operator of its kind and a value that fits: `filter[name][eq]=x`.
    pub fn filters(&self) -> Vec<String> {
        let mut all = Vec::new();
        for parameter in self.query.iter().filter(|parameter| parameter.name.contains("filter")) {
            if let Some((_, field)) = parameter.name.split_once('[') {
                let field = field.split(']').next().unwrap_or_default();
                all.push(format!("{}={}", parameter.name, self.example(field, &parameter.facts)));
            }
            for (field, kind) in &parameter.inner {
                let value = self.example(field, kind);
                let operators = operators(kind);
                let field = match kind.as_str() {
                    "AttributesFieldFilter" | "LabelsFieldFilter" => format!("{field}.env"),
                    _ if operators.is_empty() => continue,
                    _ => field.clone(),
                };
                let filter = format!("{}[{field}]", parameter.name);
                all.push(format!("{filter}={value}"));
                all.extend(operators.split(' ').map(|operator| format!("{filter}[{operator}]={value}")));
            }
        }
        all
    }

    /// Every scalar member of the items of its list.
    pub fn sortable(&self) -> BTreeSet<String> {
        let Some(items) = self.items() else { return BTreeSet::new() };
        let scalar = |schema: &Schema| matches!(schema.kind, Kind::Boolean | Kind::Integer | Kind::Number | Kind::String);
        let members = forms(items).into_iter().flat_map(|form| &form.members);
        members.filter(|member| scalar(&member.schema)).map(|member| member.name.clone()).collect()
    }

    /// The members that a request body must have, whichever of its forms it takes.
    pub fn required(&self) -> BTreeSet<String> {
        let Some(schema) = &self.request else { return BTreeSet::new() };
        let of = |form: &Schema| -> BTreeSet<String> {
            form.members.iter().filter(|member| member.required).map(|member| member.name.clone()).collect()
        };
        let in_every_form = schema.alternatives.iter().map(of).reduce(|left, right| &left & &right);
        &of(schema) | &in_every_form.unwrap_or_default()
    }

    fn items(&self) -> Option<&Schema> {
        let page = self.answers.iter().find(|answer| answer.status == 200)?.body.as_ref()?;
        page.members.iter().find(|member| member.name == "data")?.schema.items.as_deref()
    }

    /// A value that a filter on that member takes.
    fn example(&self, field: &str, kind: &str) -> String {
        let choices = |schema: &Schema| schema.choices.as_ref()?.first()?.as_str().map(str::to_owned);
        let told = kind.split_once("enum=").and_then(|(_, list)| serde_json::from_str::<Vec<Value>>(list.trim()).ok());
        let told = told.and_then(|choices| choices.first()?.as_str().map(str::to_owned));
        let members = self.items().map(forms).into_iter().flatten().flat_map(|form| &form.members);
        let chosen = members.filter(|member| member.name == field).find_map(|member| choices(&member.schema));
        match (told.or(chosen), kind, field) {
            (Some(choice), ..) => choice,
            (None, "BooleanFieldFilter", _) => "true".to_owned(),
            (None, "DateTimeFieldFilter", _) => "2026-11-23T10:00:00Z".to_owned(),
            (None, _, "type") => "oas3".to_owned(),
            (None, kind, field) if kind == "UuidFieldFilter" || field.ends_with("id") => ID.to_owned(),
            _ => "x".to_owned(),
        }
    }
}

/// The operators of a kind of filter, separated by blanks.
pub(super) fn operators(kind: &str) -> &'static str {
    match kind {
        "UuidFieldFilter" => "eq oeq neq",
        "DateTimeFieldFilter" => "eq lt lte gt gte",
        "BooleanFieldFilter" => "eq",
        "StringFieldFilter" | "AttributesFieldFilter" | "LabelsFieldFilter" => "eq neq contains oeq ocontains",
        _ => "",
    }
}

/// A shape and its alternatives.
fn forms(schema: &Schema) -> Vec<&Schema> {
    std::iter::once(schema).chain(&schema.alternatives).collect()
}
