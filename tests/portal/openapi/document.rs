//! The document: the routes, the shapes of the contract narrowed to what the views send, and what the running portal answered.

use std::collections::{BTreeMap, BTreeSet};

use portico_domain::image;
use portico_domain::specification::Media;
use portico_http::routes::{Caller, Route, Takes, of_the_api};
use portico_http::{Kind, cookies, idempotency};
use portico_tests::contract::{Body, Contract, Operation};
use serde_json::{Map, Value, json};

use super::examples::{Examples, Told};
use super::views;

/// The nodes that a document consists of: an answer of `fetch-api-document`.
const NODES: &str = "application/vnd.konnect.document-nodes+json";
/// Creations that may be sent again under the same `Idempotency-Key`.
const REPEATABLE: [&str; 3] = ["create-app", "generate-credential", "register"];

/// What an operation answers beside its own list and the rules of all (docs/contract/README.md: any route may): a step that the state
/// machine does not have, and what Portico does not do.
const ALSO: &[(&str, u16)] = &[
    ("update-developer", 409),
    ("update-application-registration", 409),
    ("decide-developer", 409),
    ("decide-registration", 409),
    ("create-api", 409),
    ("create-application", 409),
    ("create-application", 422),
    ("update-application", 409),
    ("delete-portal-team", 409),
    ("replace-app-auth-strategy", 409),
    ("update-app-auth-strategy", 409),
    ("create-api-implementation", 422),
    ("create-app-auth-strategy", 422),
    ("replace-app-auth-strategy", 422),
    ("update-app-auth-strategy", 422),
    ("update-portal", 422),
    ("update-portal-authentication-settings", 409),
    ("update-portal-authentication-settings", 422),
    ("create-portal-identity-provider", 422),
    ("update-portal-identity-provider", 422),
    ("update-portal-team-group-mappings", 409),
    ("replace-portal-customization", 422),
    ("update-portal-customization", 422),
];

/// The contract file, the tag, and what that is.
const TAGS: &[(&str, &str, &str)] = &[
    (
        "portal-api-v3",
        "Developers",
        "What developers and visitors call: accounts, the catalog, applications, registrations, credentials.",
    ),
    (
        "portal-management-v3",
        "Portal management",
        "What administrators call about one portal: settings, developers, applications, teams.",
    ),
    ("api-builder-v3", "API builder", "What administrators call about APIs: versions, specifications, documents, publications."),
    ("application-auth-strategies-v2", "Auth strategies", "How applications show who they are."),
    ("portico-v1", "Portico", "What the contract has no room for."),
];

/// The document that is being made.
struct Making {
    schemas: BTreeMap<String, Value>,
    ids: BTreeSet<String>,
    /// The statuses of the problems that some operation has.
    problems: BTreeSet<u16>,
    faults: Vec<String>,
}

/// The whole document.
pub(crate) fn make(examples: &Examples) -> Value {
    let mut making =
        Making { schemas: super::problems::schemas(), ids: BTreeSet::new(), problems: BTreeSet::new(), faults: Vec::new() };
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in of_the_api() {
        let mut operations = Contract::load().operations().iter();
        let Some(operation) = operations.find(|one| one.method == route.method && one.path == route.path) else {
            making.faults.push(format!("docs/contract has no {}", route.key()));
            continue;
        };
        let described = making.operation(route, operation, examples);
        let item = paths.entry(route.path).or_insert_with(|| path_parameters(route.path));
        item.insert(route.method.to_lowercase(), described);
    }
    assert!(making.faults.is_empty(), "{}", making.faults.join("\n"));
    let tags: Vec<_> = TAGS.iter().map(|(_, name, said)| json!({ "name": name, "description": said })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Portico",
            "version": "1",
            "summary": "A self-hosted developer portal for APIs on AWS.",
            "description": "Every operation that the portal serves to programs. Errors are `application/problem+json`.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "The portal's own host." }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": making.schemas,
            "parameters": parameters(),
            "responses": super::problems::responses(&making.problems, examples),
            "securitySchemes": {
                "developerSession": { "type": "apiKey", "in": "cookie", "name": cookies::ACCESS, "description": "The session that `authenticate` opens." },
                "administratorToken": { "type": "http", "scheme": "bearer", "description": "A token that an operator made." },
                "administratorSession": { "type": "apiKey", "in": "cookie", "name": cookies::ADMIN, "description": "The session that a token was exchanged for." },
            },
        },
    })
}

fn parameters() -> Value {
    let query = |name: &str, said: &str, schema: Value| json!({ "name": name, "in": "query", "required": false, "description": said, "schema": schema });
    let key = json!({ "type": "string", "minLength": 1, "maxLength": idempotency::MOST, "pattern": "^[!-~]+$" });
    json!({
        "PageSize": query("page[size]", "How many items a page has.", json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 10 })),
        "PageNumber": query("page[number]", "Which page, from 1.", json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000_000, "default": 1 })),
        "PageAfter": query("page[after]", "Where the page before ended: `next` of its answer.", json!({ "type": "string" })),
        "IdempotencyKey": {
            "name": idempotency::HEADER, "in": "header", "required": false, "schema": key,
            "description": "A request that is sent again under the same key makes nothing twice.",
        },
    })
}

fn path_parameters(path: &str) -> Map<String, Value> {
    let names = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let parameter = |name: &str| {
        let plain = name.contains("Slug") || matches!(name, "credentialId" | "roleId" | "operationId");
        let schema =
            if plain { json!({ "type": "string", "minLength": 1 }) } else { json!({ "type": "string", "format": "uuid" }) };
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    };
    let parameters: Vec<_> = names.map(parameter).collect();
    let mut item = Map::new();
    if !parameters.is_empty() {
        item.insert("parameters".to_owned(), parameters.into());
    }
    item
}

/// The statuses of the problems that a route can answer.
pub(crate) fn refusals(route: &Route, operation: &Operation) -> BTreeSet<u16> {
    let mut statuses: BTreeSet<u16> = operation.errors.iter().copied().collect();
    // A query of too many or broken parameters is refused whatever the route makes of it.
    statuses.extend([400, 429, 503]);
    if route.takes != Takes::Nothing {
        statuses.extend([413, 415]);
    }
    if route.path.contains('{') {
        statuses.insert(404);
    }
    match route.caller {
        Caller::Administrator => statuses.extend([401, 403]),
        Caller::Developer | Caller::Visitor => drop(statuses.insert(401)),
        Caller::Anyone | Caller::Page => {}
    }
    if route.method != "GET" {
        statuses.insert(403); // a browser sent it from another site
    }
    if REPEATABLE.contains(&route.function) {
        statuses.extend([400, 409]);
    }
    statuses.extend(ALSO.iter().filter(|(operation, _)| *operation == route.operation).map(|(_, status)| *status));
    statuses
}

impl Making {
    fn operation(&mut self, route: &Route, operation: &Operation, examples: &Examples) -> Value {
        let told = examples.by_route.get(&route.key());
        if told.is_none() {
            self.faults.push(format!("nobody succeeded with {}", route.key()));
        }
        let id = if self.ids.insert(route.operation.to_owned()) {
            route.operation.to_owned()
        } else {
            format!("admin-{}", route.operation)
        };
        if id.starts_with("admin-") && !self.ids.insert(id.clone()) && id != route.operation {
            self.faults.push(format!("{id} is there twice"));
        }
        let tag = TAGS.iter().find(|(file, ..)| *file == operation.file).map_or("Portico", |(_, tag, _)| tag);
        let mut described = json!({
            "operationId": id, "tags": [tag], "summary": sentence(route.operation), "security": security(route.caller),
            "responses": self.answers(route, operation, told),
        });
        let mut parameters = operation.parameters_json();
        if REPEATABLE.contains(&route.function) {
            parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
        }
        if !parameters.is_empty() {
            described["parameters"] = parameters.into();
        }
        if route.takes != Takes::Nothing {
            match operation.request_json() {
                Some(mut body) => {
                    if route.operation == "create-api-implementation" {
                        // Portico has a form of its own, and no other (docs/contract/README.md).
                        let forms = body.1["anyOf"].as_array().and_then(|forms| forms.last().cloned());
                        body.1 = forms.unwrap_or_default();
                    }
                    let mut content = json!({ "schema": self.named(route, body, "Request") });
                    if let Some(request) = told.and_then(|told| told.request.as_ref()) {
                        content["example"] = request.clone();
                    }
                    described["requestBody"] = json!({ "required": true, "content": { "application/json": content } });
                }
                None => self.faults.push(format!("docs/contract has no request body of {}", route.key())),
            }
        }
        described
    }

    fn answers(&mut self, route: &Route, operation: &Operation, told: Option<&Told>) -> Value {
        let mut answers = Map::new();
        let status = told.map(|told| told.status);
        for (declared, _, body) in operation.answers_json() {
            if status.is_some_and(|status| status != declared) {
                continue; // the contract has another way of it, which Portico does not use
            }
            let mut answer = json!({ "description": sentence_of_status(declared) });
            let content = self.content(route, operation, body, told);
            if !content.is_empty() {
                answer["content"] = content.into();
            }
            if matches!(route.operation, "authenticate" | "refresh" | "logout" | "create-admin-session" | "delete-admin-session")
            {
                answer["headers"] =
                    json!({ "Set-Cookie": { "description": "The session's cookies.", "schema": { "type": "string" } } });
            }
            answers.insert(declared.to_string(), answer);
        }
        if status.is_some_and(|status| !answers.contains_key(&status.to_string())) {
            self.faults.push(format!("{} answers {status:?}, which docs/contract does not have", route.key()));
        }
        if is_image(route) {
            answers.insert("304".to_owned(), json!({ "description": "It is still what the caller has." }));
        }
        for status in refusals(route, operation) {
            self.problems.insert(status);
            answers.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/Problem{status}") }));
        }
        answers.into()
    }

    fn content(&mut self, route: &Route, operation: &Operation, body: Option<Body>, told: Option<&Told>) -> Map<String, Value> {
        let mut content = Map::new();
        if is_image(route) {
            let types = [image::Media::Png, image::Media::Jpeg, image::Media::Gif, image::Media::Icon, image::Media::Svg];
            content.extend(types.map(|media| (media.content_type().to_owned(), json!({}))));
            return content;
        }
        if route.path.ends_with("/raw") {
            content.extend([Media::Json, Media::Yaml].map(|media| (media.content_type().to_owned(), json!({ "schema": {} }))));
            return content;
        }
        let Some((name, schema)) = body else { return content };
        let mut schema = match views::of(route).map(|view| view.sent(&schema)) {
            Some(Ok(sent)) => sent,
            Some(Err(fault)) => {
                self.faults.push(format!("{}: {fault}", route.key()));
                schema
            }
            None => schema,
        };
        if operation.is_numbered() {
            schema["properties"]["meta"] = json!({ "$ref": "#/components/schemas/Page" });
        }
        let mut json = json!({ "schema": self.named(route, (name, schema.clone()), "Response") });
        if let Some(told) =
            told.filter(|told| told.media.as_deref() == Some("application/json") && route.operation != "get-openapi-document")
        {
            json["example"] = told.answer.clone();
        }
        content.insert("application/json".to_owned(), json);
        if operation.accepts().iter().any(|media| media == NODES) {
            content.insert("text/markdown".to_owned(), json!({ "schema": { "type": "string" } }));
            schema["properties"]["content"] = json!({ "type": "object" });
            content.insert(NODES.to_owned(), json!({ "schema": schema }));
        }
        content
    }

    /// A shape under its own name among the document's, or under the operation's where another shape has that.
    fn named(&mut self, route: &Route, (name, schema): Body, what: &str) -> Value {
        let of_operation = || format!("{}{what}", pascal(route.operation));
        let free = |name: &String| self.schemas.get(name).is_none_or(|known| *known == schema);
        let of_function = || format!("{}{what}", pascal(&format!("{}-{}", route.function, route.operation)));
        let names = [Some(name).filter(|name| !name.is_empty() && name != "body"), Some(of_operation()), Some(of_function())];
        let Some(name) = names.into_iter().flatten().find(free) else {
            self.faults.push(format!("no name is free for a shape of {}", route.key()));
            return schema;
        };
        self.schemas.insert(name.clone(), schema);
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }
}

fn is_image(route: &Route) -> bool {
    matches!(
        route.operation,
        "get-portal-logo" | "get-portal-favicon" | "get-portal-asset-logo-raw" | "get-portal-asset-favicon-raw"
    )
}

fn security(caller: Caller) -> Value {
    match caller {
        Caller::Anyone | Caller::Page => json!([]),
        Caller::Visitor => json!([{}, { "developerSession": [] }]),
        Caller::Developer => json!([{ "developerSession": [] }]),
        Caller::Administrator => json!([{ "administratorToken": [] }, { "administratorSession": [] }]),
    }
}

/// `create-application` as people write it.
fn sentence(operation: &str) -> String {
    let words = operation.replace('-', " ").replace("api", "API").replace("openAPI", "OpenAPI");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn pascal(operation: &str) -> String {
    let upper = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
    };
    operation.split('-').map(upper).collect()
}

fn sentence_of_status(status: u16) -> &'static str {
    match status {
        201 => "It was made.",
        202 => "It was taken.",
        204 => "It was done.",
        _ => "It went well.",
    }
}

/// Every kind of problem of a status.
pub(crate) fn kinds(status: u16) -> impl Iterator<Item = &'static Kind> {
    Kind::ALL.iter().filter(move |kind| kind.status().as_u16() == status)
}
