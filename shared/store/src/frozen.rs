//! The bytes of a transaction, frozen before its first try: whoever compares a repeated request with the first one under the same
//! token compares them as they were sent, the order of their members included.

use std::sync::{Arc, OnceLock};

use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_types::body::SdkBody;

/// Sends what the first call through it sent. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frozen(Arc<OnceLock<Vec<u8>>>);

impl Intercept for Frozen {
    fn name(&self) -> &'static str {
        "Frozen"
    }

    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let sent = request.body().bytes().ok_or("a transaction's body is in memory")?;
        let frozen = self.0.get_or_init(|| sent.to_owned());
        *request.body_mut() = SdkBody::from(frozen.as_slice());
        Ok(())
    }
}
