//! The routes, read from the very template that AWS deploys, and how API Gateway picks one.

use std::collections::{BTreeMap, HashMap};

use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::template::Template;

/// `infra/template.yaml`, as it was when this binary was built.
pub const TEMPLATE: &str = include_str!("../../../template.yaml");

/// Which function answers which request.
#[derive(Debug)]
pub struct Routes {
    by_method: HashMap<String, matchit::Router<Route>>,
    fallback: Route,
    all: Vec<Route>,
}

/// One route of the template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `GET /api/v3/apis`, or `$default`.
    pub key: String,
    /// The function's logical id in the template.
    pub logical_id: String,
    /// The crate that is deployed there.
    pub function: String,
}

/// A request's route and the path parameters in it, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The route.
    pub route: Route,
    /// Decoded path parameters by name.
    pub parameters: BTreeMap<String, String>,
}

/// What is wrong with a template.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It is not YAML, or not a template.
    #[error("the template cannot be read: {0}")]
    Unreadable(String),
    /// A route's integration is not one of a function that says which crate it is built from.
    #[error("the route {0} leads to no function of the template")]
    NoFunction(String),
    /// Two routes take the same requests, or a path is malformed.
    #[error("the route {key} cannot be added: {reason}")]
    Route {
        /// The route's key.
        key: String,
        /// Why.
        reason: String,
    },
    /// No function answers what no route takes.
    #[error("the template has no $default route")]
    NoDefault,
}

// All that routing needs of a resource.
#[derive(Default, Deserialize)]
struct Properties {
    #[serde(rename = "Body")]
    body: Option<OpenApi>,
}

// The API's own OpenAPI document: methods by path, and for each the integration that it refers to by name.
#[derive(Deserialize)]
struct OpenApi {
    paths: BTreeMap<String, BTreeMap<String, Operation>>,
    components: Components,
}

#[derive(Deserialize)]
struct Operation {
    #[serde(rename = "x-amazon-apigateway-integration")]
    integration: Reference,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "$ref")]
    to: String,
}

#[derive(Deserialize)]
struct Components {
    #[serde(rename = "x-amazon-apigateway-integrations")]
    integrations: BTreeMap<String, Integration>,
}

#[derive(Deserialize)]
struct Integration {
    uri: String,
}

/// Where an operation finds its integration.
const INTEGRATIONS: &str = "#/components/x-amazon-apigateway-integrations/";

/// The path under which the document names what answers everything else.
const DEFAULT_PATH: &str = "/$default";

impl Routes {
    /// The routes of a template.
    ///
    /// # Errors
    /// [`TemplateError`] names what is wrong with it.
    pub fn read(template: &str) -> Result<Self, TemplateError> {
        let Template::<Properties> { resources, .. } =
            serde_saphyr::from_str(template).map_err(|error| TemplateError::Unreadable(error.to_string()))?;
        let binary = |logical_id: &str| resources.get(logical_id)?.function().map(str::to_owned);
        let apis = resources.values().filter(|resource| resource.kind == "AWS::ApiGatewayV2::Api");
        let document = apis.filter_map(|api| api.properties.body.as_ref()).next().ok_or(TemplateError::NoDefault)?;
        let mut by_method: HashMap<String, matchit::Router<Route>> = HashMap::new();
        let (mut fallback, mut all) = (None, Vec::new());
        for (path, operations) in &document.paths {
            for (method, operation) in operations {
                let method = method.to_ascii_uppercase();
                let key = if path == DEFAULT_PATH { "$default".to_owned() } else { format!("{method} {path}") };
                let no_function = || TemplateError::NoFunction(key.clone());
                let logical_id = operation.integration.to.strip_prefix(INTEGRATIONS).ok_or_else(no_function)?.to_owned();
                let function = binary(&logical_id).ok_or_else(no_function)?;
                let integration = document.components.integrations.get(&logical_id).ok_or_else(no_function)?;
                // The function is called by its name there, since it is told the API's address itself.
                if !integration.uri.ends_with(&format!("-{function}/invocations")) {
                    return Err(no_function());
                }
                let route = Route { key: key.clone(), logical_id, function };
                if path == DEFAULT_PATH {
                    fallback = Some(route);
                    continue;
                }
                all.push(route.clone());
                by_method
                    .entry(method)
                    .or_default()
                    .insert(path, route)
                    .map_err(|error| TemplateError::Route { key, reason: error.to_string() })?;
            }
        }
        let fallback = fallback.ok_or(TemplateError::NoDefault)?;
        Ok(Self { by_method, fallback, all })
    }

    /// The route of a request; what no route takes goes to `$default`.
    #[must_use]
    pub fn find(&self, method: &str, path: &str) -> Matched {
        let found = self.by_method.get(method).and_then(|routes| routes.at(path).ok());
        // An empty segment is no parameter.
        let found = found.filter(|found| found.params.iter().all(|(_, value)| !value.is_empty()));
        match found {
            None => Matched { route: self.fallback.clone(), parameters: BTreeMap::new() },
            Some(found) => Matched {
                route: found.value.clone(),
                parameters: found.params.iter().map(|(name, value)| (name.to_owned(), decoded(value))).collect(),
            },
        }
    }

    /// Every route but `$default`.
    #[must_use]
    pub fn all(&self) -> &[Route] {
        &self.all
    }

    /// The route of everything else.
    #[must_use]
    pub fn fallback(&self) -> &Route {
        &self.fallback
    }
}

/// A path or a part of it, decoded as API Gateway does.
pub(crate) fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}
