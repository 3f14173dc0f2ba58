//! The JSON Schema of each public type, from the types that the notices are written with.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::{Notice, Type};

/// A moment on the wire.
pub(super) struct Moment;

impl JsonSchema for Moment {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// The schema of a notice of a type: the envelope with what such a notice holds.
pub(super) fn of<C: JsonSchema>(of_type: Type) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<Notice<C>>().to_value();
    let name = of_type.as_str();
    if let Some(members) = schema.as_object_mut() {
        members.insert("title".to_owned(), json!(name));
    }
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        // Both are always there, and nothing is a status, too.
        if let Some(status) = properties.get_mut("status").and_then(Value::as_object_mut) {
            status.insert("required".to_owned(), json!(["before", "after"]));
        }
        properties.insert("type".to_owned(), json!({ "const": name, "description": "What happened." }));
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.push(json!("type"));
    }
    schema
}
