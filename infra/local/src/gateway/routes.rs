//! The routes, read from the very template that AWS deploys, and how API Gateway picks one.

use std::collections::{BTreeMap, HashMap};

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::IgnoredAny;

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
    /// A function with routes does not say which crate it is built from.
    #[error("the function {0} does not name its binary")]
    NoBinary(String),
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

// Only what routing needs; everything else, CloudFormation's tags with it, is passed over.
#[derive(Deserialize)]
struct Template {
    #[serde(rename = "Resources")]
    resources: BTreeMap<String, Resource>,
}

#[derive(Deserialize)]
struct Resource {
    #[serde(rename = "Type")]
    kind: String,
    #[serde(rename = "Metadata", default)]
    metadata: Metadata,
    #[serde(rename = "Properties", default)]
    properties: Properties,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(rename = "BuildProperties", default)]
    build: BuildProperties,
}

#[derive(Default, Deserialize)]
struct BuildProperties {
    #[serde(rename = "Binary")]
    binary: Option<String>,
}

#[derive(Default, Deserialize)]
struct Properties {
    #[serde(rename = "Events", default)]
    events: BTreeMap<String, Event>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Type")]
    kind: String,
    #[serde(rename = "Properties", default)]
    properties: EventProperties,
}

#[derive(Default, Deserialize)]
struct EventProperties {
    #[serde(rename = "Method")]
    method: Option<String>,
    #[serde(rename = "Path")]
    path: Option<String>,
    #[serde(flatten)]
    _others: HashMap<String, IgnoredAny>,
}

impl Routes {
    /// The routes of a template.
    ///
    /// # Errors
    /// [`TemplateError`] names what is wrong with it.
    pub fn read(template: &str) -> Result<Self, TemplateError> {
        let template: Template =
            serde_saphyr::from_str(template).map_err(|error| TemplateError::Unreadable(error.to_string()))?;
        let mut by_method: HashMap<String, matchit::Router<Route>> = HashMap::new();
        let (mut fallback, mut all) = (None, Vec::new());
        for (logical_id, resource) in template.resources {
            if resource.kind != "AWS::Serverless::Function" {
                continue;
            }
            let binary = resource.metadata.build.binary.ok_or_else(|| TemplateError::NoBinary(logical_id.clone()))?;
            for event in resource.properties.events.into_values().filter(|event| event.kind == "HttpApi") {
                let route = |key: String| Route { key, logical_id: logical_id.clone(), function: binary.clone() };
                let (Some(method), Some(path)) = (event.properties.method, event.properties.path) else {
                    fallback = Some(route("$default".to_owned()));
                    continue;
                };
                let route = route(format!("{method} {path}"));
                all.push(route.clone());
                let key = route.key.clone();
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
