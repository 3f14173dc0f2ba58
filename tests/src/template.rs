//! What `infra/template.yaml` says of functions.

use std::collections::{BTreeMap, BTreeSet};

use portico::gateway::routes::TEMPLATE;
use serde_json::Value;

/// The template.
pub fn template() -> Value {
    serde_saphyr::from_str(TEMPLATE).expect("the template can be read")
}

/// The properties of each function, by the name of its folder.
pub fn deployed() -> BTreeMap<String, Value> {
    let template = template();
    let resources = template["Resources"].as_object().expect("resources").values();
    let functions = resources.filter(|resource| resource["Type"] == "AWS::Serverless::Function");
    let name = |function: &Value| function["Metadata"]["BuildProperties"]["Binary"].as_str().expect("a binary").to_owned();
    functions.map(|function| (name(function), function["Properties"].clone())).collect()
}

/// The names of an object's members.
pub fn keys(object: &Value) -> BTreeSet<String> {
    object.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default()
}

/// The variables that a function finds.
pub fn variables(function: &str) -> BTreeSet<String> {
    let of_all = keys(&template()["Globals"]["Function"]["Environment"]["Variables"]);
    of_all.into_iter().chain(keys(&deployed()[function]["Environment"]["Variables"])).collect()
}

/// What of an environment a function finds: Lambda's own variables and those of the template, and no more. It must do with that.
pub fn told<'a>(function: &str, environment: &BTreeMap<&'a str, String>) -> BTreeMap<&'a str, String> {
    let told = variables(function);
    let mut found = environment.clone();
    found.retain(|variable, _| variable.starts_with("AWS_") || told.contains(*variable));
    found
}
