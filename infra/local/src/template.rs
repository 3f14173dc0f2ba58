//! `infra/template.yaml` for whoever needs something of its resources: everything else, CloudFormation's tags with it, is passed over.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A template, with those properties of its resources that the reader needs.
#[derive(Deserialize)]
#[serde(bound(deserialize = "P: Deserialize<'de> + Default"))]
pub(crate) struct Template<P> {
    /// What every function has that says nothing else.
    #[serde(rename = "Globals", default)]
    pub(crate) globals: Globals<P>,
    /// The resources by their logical ids.
    #[serde(rename = "Resources")]
    pub(crate) resources: BTreeMap<String, Resource<P>>,
}

#[derive(Default, Deserialize)]
#[serde(bound(deserialize = "P: Deserialize<'de> + Default"))]
pub(crate) struct Globals<P> {
    #[serde(rename = "Function", default)]
    pub(crate) function: P,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "P: Deserialize<'de> + Default"))]
pub(crate) struct Resource<P> {
    /// Such as `AWS::CloudWatch::Alarm`.
    #[serde(rename = "Type")]
    pub(crate) kind: String,
    #[serde(rename = "Metadata", default)]
    metadata: Metadata,
    #[serde(rename = "Properties", default)]
    pub(crate) properties: P,
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

impl<P> Resource<P> {
    /// The crate that is deployed there, if it is a function.
    pub(crate) fn function(&self) -> Option<&str> {
        self.metadata.build.binary.as_deref().filter(|_| self.kind == "AWS::Serverless::Function")
    }
}
