//! Shapes and parameters of the contract in the words of JSON Schema and OpenAPI, for the document that describes the portal.

use serde_json::{Map, Value, json};

use super::lists::operators;
use super::schema::{Bounds, Kind, Schema};
use super::{Operation, Parameter};

/// A shape with its name.
pub type Body = (String, Value);

const UUIDS: &str = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(,[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})*$";

impl Operation {
    /// The shape of its request body, with its name.
    pub fn request_json(&self) -> Option<Body> {
        self.request.as_ref().map(|schema| (schema.name.clone(), schema.json()))
    }

    /// What it answers when all went well: status, content types, shape with its name.
    pub fn answers_json(&self) -> Vec<(u16, Vec<String>, Option<Body>)> {
        let body = |schema: &Schema| (schema.name.clone(), schema.json());
        self.answers.iter().map(|one| (one.status, one.media.clone(), one.body.as_ref().map(body))).collect()
    }

    /// What else it can send if it is asked with `Accept`.
    pub fn accepts(&self) -> &[String] {
        &self.accepts
    }

    /// Its query parameters as OpenAPI has them: each filter with each operator is one.
    pub fn parameters_json(&self) -> Vec<Value> {
        self.query.iter().flat_map(|parameter| self.parameter_json(parameter)).collect()
    }

    fn parameter_json(&self, parameter: &Parameter) -> Vec<Value> {
        match parameter.name.as_str() {
            "page[size]" => return vec![json!({ "$ref": "#/components/parameters/PageSize" })],
            "page[number]" => return vec![json!({ "$ref": "#/components/parameters/PageNumber" })],
            "page[after]" => return vec![json!({ "$ref": "#/components/parameters/PageAfter" })],
            "sort" => return vec![self.sort()],
            _ => {}
        }
        if parameter.inner.is_empty() && parameter.facts.contains("deepObject") {
            let schema = json!({ "type": "object", "additionalProperties": { "type": "string" } });
            let said = format!("`{}[key]=value`, any number of times.", parameter.name);
            return vec![deep(&parameter.name, &said, schema)];
        }
        if parameter.inner.is_empty() {
            let schema = Schema::parse(parameter.facts.trim()).map_or_else(|_| json!({ "type": "string" }), |facts| facts.json());
            return vec![query(&parameter.name, schema)];
        }
        let mut all = Vec::new();
        let mut keyed = Vec::new();
        for (field, kind) in &parameter.inner {
            if matches!(kind.as_str(), "AttributesFieldFilter" | "LabelsFieldFilter") {
                keyed.push(field.as_str());
                continue;
            }
            let name = format!("{}[{field}]", parameter.name);
            let words = operators(kind);
            if words.is_empty() {
                let schema = Schema::parse(kind.trim()).map_or_else(|_| json!({ "type": "string" }), |facts| facts.json());
                all.push(query(&name, schema));
                continue;
            }
            all.push(query(&name, operand(kind, "eq")));
            all.extend(words.split(' ').map(|operator| query(&format!("{name}[{operator}]"), operand(kind, operator))));
        }
        if !keyed.is_empty() {
            let keys = keyed.join("|");
            let schema = json!({
                "type": "object", "additionalProperties": { "type": "string" },
                "propertyNames": { "pattern": format!("^({keys})\\.[a-zA-Z0-9]([a-zA-Z0-9._-]{{0,61}}[a-zA-Z0-9])?$") },
            });
            let said = format!(
                "`{0}[{1}.KEY]=value`, or with an operator as `{0}[{1}.KEY][contains]=value`: `eq`, `neq`, `contains`, `oeq`, `ocontains`.",
                parameter.name, keyed[0]
            );
            all.push(deep(&parameter.name, &said, schema));
        }
        all
    }

    fn sort(&self) -> Value {
        let fields: Vec<_> = self.sortable().into_iter().collect();
        let words = fields.join("|");
        let mut sort = query("sort", json!({ "type": "string" }));
        if !fields.is_empty() {
            sort["schema"]["pattern"] = json!(format!("^(({words})( (asc|desc))?(,({words})( (asc|desc))?)*)?$"));
        }
        sort["description"] =
            json!("Members of the items, separated by commas, each with `desc` behind it where the largest comes first.");
        sort
    }
}

fn query(name: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "schema": schema })
}

fn deep(name: &str, said: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": said, "style": "deepObject", "explode": true, "schema": schema })
}

/// What stands behind a filter.
fn operand(kind: &str, operator: &str) -> Value {
    match (kind, operator) {
        ("UuidFieldFilter", "oeq") => json!({ "type": "string", "pattern": UUIDS }),
        ("UuidFieldFilter", _) => json!({ "type": "string", "format": "uuid" }),
        ("DateTimeFieldFilter", _) => json!({ "type": "string", "format": "date-time" }),
        ("BooleanFieldFilter", _) => json!({ "type": "boolean" }),
        _ => json!({ "type": "string" }),
    }
}

impl Schema {
    /// As JSON Schema 2020-12.
    pub(super) fn json(&self) -> Value {
        let mut json = Map::new();
        let name = match self.kind {
            Kind::Any => None,
            Kind::Array => Some("array"),
            Kind::Boolean => Some("boolean"),
            Kind::Integer => Some("integer"),
            Kind::Number => Some("number"),
            Kind::Object => Some("object"),
            Kind::String => Some("string"),
        };
        if let Some(name) = name {
            json.insert("type".into(), if self.nullable { json!([name, "null"]) } else { json!(name) });
        }
        if let Some(choices) = &self.choices {
            let mut choices = choices.clone();
            if self.nullable && !choices.contains(&Value::Null) {
                choices.push(Value::Null);
            }
            json.insert("enum".into(), choices.into());
        }
        if let Some(format) = &self.format {
            json.insert("format".into(), format.as_str().into());
        }
        if let Some(pattern) = &self.pattern {
            json.insert("pattern".into(), pattern.as_str().into());
        }
        let bounds = [("Length", self.length), ("Items", self.count), ("imum", self.range)];
        for (what, Bounds { min, max }) in bounds {
            json.extend(min.map(|min| (format!("min{what}"), min.into())));
            json.extend(max.map(|max| (format!("max{what}"), max.into())));
        }
        if self.unique {
            json.insert("uniqueItems".into(), true.into());
        }
        if self.write_only {
            json.insert("writeOnly".into(), true.into());
        }
        if self.kind == Kind::Array {
            json.insert("items".into(), self.items.as_ref().map_or_else(|| json!({}), |items| items.json()));
        }
        self.members_json(&mut json);
        if !self.alternatives.is_empty() {
            let mut forms: Vec<_> = self.alternatives.iter().map(Self::json).collect();
            if self.nullable {
                forms.push(json!({ "type": "null" }));
            }
            json.insert("anyOf".into(), forms.into());
        }
        json.into()
    }

    fn members_json(&self, json: &mut Map<String, Value>) {
        let members = self.members.iter().map(|member| {
            let mut schema = member.schema.json();
            // Our own word for every API, where the contract has the id of one (docs/contract/README.md).
            if member.name == "entity_id" && schema["format"] == "uuid" {
                schema = json!({ "type": "string", "anyOf": [{ "format": "uuid" }, { "const": "*" }] });
            }
            (member.name.clone(), schema)
        });
        let members: Map<_, _> = members.collect();
        if !members.is_empty() {
            json.insert("properties".into(), members.into());
        }
        let required: Vec<_> = self.members.iter().filter(|member| member.required).map(|member| member.name.as_str()).collect();
        if !required.is_empty() {
            json.insert("required".into(), required.into());
        }
        match &self.entries {
            Some(entries) => drop(json.insert("additionalProperties".into(), entries.json())),
            None if self.closed => drop(json.insert("additionalProperties".into(), false.into())),
            None => {}
        }
    }
}
