//! Secrets that lie in Parameter Store (SecureString), read when a function starts.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::signed::{Call, Said, Tries};
use crate::{Service, TRIES, TRY_TIMEOUT};

/// Secrets cannot be read. Nothing in here repeats one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// Parameter Store has no parameter of that name.
    #[error("names {0}, which Parameter Store does not have")]
    Missing(String),
    /// A parameter that anybody could read who may list parameters.
    #[error("names {0}, which is not a SecureString")]
    NotSecure(String),
    /// The call failed.
    #[error("cannot be looked up: Parameter Store {0}")]
    Call(String),
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    names: &'a [&'a str],
    with_decryption: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    parameters: Vec<Parameter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    name: String,
    r#type: String,
    value: String,
}

/// An error, as AWS's JSON protocols have it.
#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default, rename = "__type")]
    code: String,
}

/// The values of parameters by name, decrypted, as the environment leads to them. No name, no call.
///
/// # Errors
/// [`ParameterError`]; for a parameter that is missing or not secure the first such name.
pub async fn from_environment(names: &[&str]) -> Result<BTreeMap<String, Zeroizing<String>>, ParameterError> {
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let unreadable = || ParameterError::Call("gives an answer that cannot be read".to_owned());
    let asked = serde_json::to_vec(&Asked { names, with_decryption: true }).map_err(|_| unreadable())?;
    let config = crate::identity_from_environment(Service::Ssm).await;
    let endpoint = config.endpoint_url();
    let call = Call {
        service: Service::Ssm,
        endpoint,
        method: "POST",
        path: "/",
        headers: &[("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AmazonSSM.GetParameters")],
        body: Bytes::from(asked),
    };
    let tries = Tries { one: TRY_TIMEOUT, more: TRIES - 1 };
    let said = call.answer(&config, &crate::connector(endpoint), tries).await;
    let said = said.map_err(|error| ParameterError::Call(error.to_string()))?;
    if said.status != 200 {
        return Err(ParameterError::Call(refusal(&said)));
    }
    let found: Found = serde_json::from_slice(&said.body).map_err(|_| unreadable())?;
    if let Some(open) = found.parameters.iter().find(|parameter| parameter.r#type != "SecureString") {
        return Err(ParameterError::NotSecure(open.name.clone()));
    }
    let found = found.parameters.into_iter().map(|parameter| (parameter.name, Zeroizing::new(parameter.value)));
    let values: BTreeMap<_, _> = found.collect();
    match names.iter().find(|name| !values.contains_key(**name)) {
        Some(missing) => Err(ParameterError::Missing((*missing).to_owned())),
        None => Ok(values),
    }
}

/// The code of an error, which may have a namespace before it. Nothing else of an answer is repeated.
fn refusal(said: &Said) -> String {
    let refusal: Refusal = serde_json::from_slice(&said.body).unwrap_or_default();
    match refusal.code.rsplit('#').next().unwrap_or_default() {
        "" => format!("answers {}", said.status),
        code => format!("answers {code}"),
    }
}
