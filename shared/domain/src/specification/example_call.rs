//! A call to try: one operation of a document, with its server, and with examples where it has parameters.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{SpecType, operations, scalar};

/// A call that the API takes by its own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleCall {
    /// `GET`, where the document has one.
    pub method: String,
    /// Absolute, `http` or `https`. What the document gives no example of stands in it in capitals.
    pub url: String,
}

/// The longest URL that is kept, in bytes.
const MAX_BYTES: usize = 1024;
/// How many operations are looked at.
const LOOKED_AT: usize = 2000;

/// The call that asks least of whoever tries it: it reads, and there is nothing to fill in.
pub(super) fn of(root: &Value, spec_type: SpecType) -> Option<ExampleCall> {
    let server = match spec_type {
        SpecType::Oas3 => server(root)?,
        SpecType::Oas2 => host(root)?,
        SpecType::Asyncapi => return None,
    };
    let all = operations::path_items(root)
        .flat_map(|(path, item)| operations::of_item(item).map(move |(method, operation)| (path, item, method, operation)));
    let best = all.take(LOOKED_AT).map(|(path, item, method, operation)| {
        let (target, missing) = filled(root, path, &[item.get("parameters"), operation.get("parameters")]);
        (method != "get", missing, method, target)
    });
    let (_, _, method, target) = best.min_by_key(|(writes, missing, _, _)| (*writes, *missing))?;
    let url = format!("{server}{target}");
    (url.len() <= MAX_BYTES).then(|| ExampleCall { method: method.to_ascii_uppercase(), url })
}

/// The first server of an OpenAPI 3 document, with the defaults of its variables, if it is an absolute URL.
fn server(root: &Value) -> Option<String> {
    let server = root.get("servers")?.get(0)?;
    let mut url = server.get("url")?.as_str()?.to_owned();
    for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
        url = url.replace(&format!("{{{name}}}"), variable.get("default").and_then(Value::as_str)?);
    }
    absolute(&url)
}

/// Where an OpenAPI 2 document says that the API is.
fn host(root: &Value) -> Option<String> {
    let scheme = root.get("schemes").and_then(|schemes| schemes.get(0)).and_then(Value::as_str).unwrap_or("https");
    let base = root.get("basePath").and_then(Value::as_str).unwrap_or_default();
    absolute(&format!("{scheme}://{}{base}", root.get("host")?.as_str()?))
}

/// A URL that can be pasted into a terminal as it stands.
fn absolute(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let plain = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/%[]@".contains(&byte));
    (plain && !rest.is_empty() && !rest.starts_with('/')).then(|| url.trim_end_matches('/').to_owned())
}

/// The path and the query of an operation, and how many values nobody knows.
fn filled(root: &Value, path: &str, lists: &[Option<&Value>]) -> (String, usize) {
    let (mut target, mut query, mut missing) = (path.to_owned(), String::new(), 0);
    let parameters = lists.iter().flatten().filter_map(|list| list.as_array()).flatten().filter_map(|one| resolved(root, one));
    for parameter in parameters {
        let text = |member: &str| parameter.get(member).and_then(Value::as_str).unwrap_or_default();
        let (name, place) = (text("name"), text("in"));
        let required = parameter.get("required").and_then(Value::as_bool).unwrap_or(false);
        if name.is_empty() || !(place == "path" || place == "query" && required) {
            missing += usize::from(required && place == "body");
            continue;
        }
        let value = example(parameter).unwrap_or_else(|| {
            missing += 1;
            name.to_ascii_uppercase()
        });
        if place == "path" {
            target = target.replace(&format!("{{{name}}}"), &encoded(&value));
        } else {
            let mark = if query.is_empty() { '?' } else { '&' };
            query.push_str(&format!("{mark}{}={}", encoded(name), encoded(&value)));
        }
    }
    let path: String = target.chars().map(|char| if "{}".contains(char) { '_' } else { char }).collect();
    (format!("{}{query}", keep_slashes(&path)), missing)
}

fn resolved<'v>(root: &'v Value, parameter: &'v Value) -> Option<&'v Map<String, Value>> {
    match parameter.get("$ref").and_then(Value::as_str) {
        Some(reference) => root.pointer(reference.strip_prefix('#')?)?.as_object(),
        None => parameter.as_object(),
    }
}

/// What the document itself says that a value may be.
fn example(parameter: &Map<String, Value>) -> Option<String> {
    let schema = parameter.get("schema");
    let examples = parameter.get("examples").and_then(Value::as_object).and_then(|all| all.values().next());
    let candidates = [
        parameter.get("example"),
        examples.and_then(|example| example.get("value")),
        schema.and_then(|schema| schema.get("example")),
        schema.and_then(|schema| schema.get("examples")).and_then(|examples| examples.get(0)),
        schema.and_then(|schema| schema.get("default")),
        schema.and_then(|schema| schema.get("enum")).and_then(|values| values.get(0)),
        parameter.get("default"),
        parameter.get("enum").and_then(|values| values.get(0)),
    ];
    candidates.into_iter().flatten().find_map(scalar)
}

/// Everything but unreserved characters (RFC 3986) percent-encoded.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A path whose values are encoded already: what else a URL cannot hold is encoded, too.
fn keep_slashes(path: &str) -> String {
    path.split('/').map(|segment| segment.split('%').map(encoded).collect::<Vec<_>>().join("%")).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ExampleCall, of};
    use crate::api::SpecType;

    fn call(document: &Value) -> Option<(String, String)> {
        of(document, SpecType::Oas3).map(|ExampleCall { method, url }| (method, url))
    }

    fn get(url: &str) -> Option<(String, String)> {
        Some(("GET".to_owned(), url.to_owned()))
    }

    #[test]
    fn it_reads_and_leaves_nothing_to_fill_in_where_there_is_such_an_operation() {
        let document = json!({ "servers": [{ "url": "https://api.example.test/v1/" }], "paths": {
            "/a/{id}": { "get": { "parameters": [{ "name": "id", "in": "path", "required": true }] }, "post": {} },
            "/b": { "post": {}, "get": { "parameters": [{ "name": "q", "in": "query" }] } },
        } });
        assert_eq!(call(&document), get("https://api.example.test/v1/b"));
    }

    #[test]
    fn values_come_from_the_document_and_what_it_does_not_say_stands_there_in_capitals() {
        let with = |parameter: Value| {
            json!({ "servers": [{ "url": "https://{where}.example.test", "variables": { "where": { "default": "eu" } } }],
                "components": { "parameters": { "Day": { "name": "day", "in": "query", "required": true, "example": "a/b c" } } },
                "paths": { "/x/{id}": { "parameters": [{ "$ref": "#/components/parameters/Day" }], "get": { "parameters": [parameter] } } } })
        };
        let path = |schema: Value| json!({ "name": "id", "in": "path", "required": true, "schema": schema });
        assert_eq!(call(&with(path(json!({ "default": 7 })))), get("https://eu.example.test/x/7?day=a%2Fb%20c"));
        assert_eq!(call(&with(path(json!({ "enum": ["ä"] })))), get("https://eu.example.test/x/%C3%A4?day=a%2Fb%20c"));
        assert_eq!(call(&with(path(json!({})))), get("https://eu.example.test/x/ID?day=a%2Fb%20c"));
    }

    #[test]
    fn a_write_is_better_than_nothing_and_an_address_that_is_none_is_nothing() {
        let on = |url: &str| json!({ "servers": [{ "url": url }], "paths": { "/x": { "post": {} } } });
        assert_eq!(call(&on("http://api.example.test:8080")), Some(("POST".into(), "http://api.example.test:8080/x".into())));
        for url in [
            "/v1",
            "",
            "https://",
            "javascript:alert(1)",
            "https://a.test/'; rm -rf ~",
            "https://a.test/\u{202e}",
            "ftp://a.test",
        ] {
            assert_eq!(call(&on(url)), None, "{url}");
        }
        assert_eq!(call(&json!({ "paths": { "/x": { "get": {} } } })), None);
    }

    #[test]
    fn what_a_shell_would_act_on_never_stands_in_it() {
        let document = json!({ "servers": [{ "url": "https://a.test" }], "paths": { "/$(id)'\"`;&|<> {x}": { "get": {} } } });
        let (_, url) = call(&document).expect("a call");
        assert!(url.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/%".contains(&byte)), "{url}");
    }

    #[test]
    fn an_old_document_names_its_host() {
        let document = json!({ "swagger": "2.0", "host": "old.example.test", "basePath": "/v2", "schemes": ["http"],
            "paths": { "/pets": { "get": {} } } });
        assert_eq!(of(&document, SpecType::Oas2).map(|call| call.url).as_deref(), Some("http://old.example.test/v2/pets"));
    }
}
