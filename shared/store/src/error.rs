//! What can go wrong below every use case.

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// The store could not answer. Never a rule of the product: those have errors of their own.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Throttled, or a race lost too often: the same request may succeed in a moment.
    #[error("the store is busy: {0}")]
    Busy(String),
    /// No answer, or an answer that says that something is broken there.
    #[error("the store did not answer: {0}")]
    Unavailable(String),
    /// An item that this code cannot read.
    #[error("an item of the table is not as expected: {0}")]
    Corrupt(String),
}

/// Codes that mean "later, please".
const BUSY: &[&str] = &[
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "ThrottlingError",
    "RequestLimitExceeded",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ThrottledException",
];

impl StoreError {
    /// Sorts an error of the SDK; its text goes to the log only.
    pub(crate) fn from_sdk<E, R>(error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        let text = DisplayErrorContext(error).to_string();
        match error.code() {
            Some(code) if BUSY.contains(&code) => Self::Busy(text),
            _ => Self::Unavailable(text),
        }
    }
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(error: serde_dynamo::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}
