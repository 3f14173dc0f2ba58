//! Secrets that lie in Parameter Store (SecureString), read when a function starts.

use std::collections::BTreeMap;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ssm::types::ParameterType;
use zeroize::Zeroizing;

use crate::{SdkConfig, Service};

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

/// The values of parameters by name, decrypted, as the environment leads to them. No name, no call.
///
/// # Errors
/// [`ParameterError`]; for a parameter that is missing or not secure the first such name.
pub async fn from_environment(names: &[&str]) -> Result<BTreeMap<String, Zeroizing<String>>, ParameterError> {
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    secrets(&crate::from_environment(Service::Ssm).await, names).await
}

async fn secrets(config: &SdkConfig, names: &[&str]) -> Result<BTreeMap<String, Zeroizing<String>>, ParameterError> {
    let wanted = names.iter().map(|name| (*name).to_owned()).collect();
    let found = Client::new(config).get_parameters().set_names(Some(wanted)).with_decryption(true).send().await;
    // The SDK's own text of an error may hold the answer.
    let found = found.map_err(|error| ParameterError::Call(reason(&error)))?;
    let mut values = BTreeMap::new();
    for parameter in found.parameters.unwrap_or_default() {
        let (Some(name), Some(value)) = (parameter.name, parameter.value.map(Zeroizing::new)) else { continue };
        if parameter.r#type != Some(ParameterType::SecureString) {
            return Err(ParameterError::NotSecure(name));
        }
        values.insert(name, value);
    }
    match names.iter().find(|name| !values.contains_key(**name)) {
        Some(missing) => Err(ParameterError::Missing((*missing).to_owned())),
        None => Ok(values),
    }
}

fn reason<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    match error {
        SdkError::TimeoutError(_) => "does not answer in time".to_owned(),
        SdkError::DispatchFailure(_) => "cannot be reached".to_owned(),
        SdkError::ServiceError(refusal) => format!("answers {}", refusal.err().code().unwrap_or("an error without a code")),
        _ => "gives an answer that cannot be read".to_owned(),
    }
}
