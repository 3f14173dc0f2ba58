//! What the authorizer reads out of API Gateway's event. Whatever is missing or of another type is absent; nothing can panic.

use serde_json::Value;

/// How the gateway wants its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// HTTP APIs, payload 2.0: `isAuthorized`.
    Simple,
    /// REST APIs (and HTTP APIs with payload 1.0): an IAM policy.
    Policy,
}

/// A call to a published API.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) format: Format,
    /// Id of the API Gateway API that was called.
    pub(crate) gateway: Option<&'a str>,
    /// Its stage.
    pub(crate) stage: Option<&'a str>,
    /// Every header. One that was sent twice is either joined by commas or there twice.
    pub(crate) headers: Vec<(&'a str, &'a str)>,
    /// `arn:aws:execute-api:region:account:api/stage/METHOD/path` of the call, for a policy.
    pub(crate) arn: Option<&'a str>,
    /// The gateway's id for the request.
    pub(crate) request_id: Option<&'a str>,
}

impl<'a> Call<'a> {
    pub(crate) fn read(event: &'a Value) -> Self {
        let text = |name| event.get(name).and_then(Value::as_str);
        let context = |name| event.get("requestContext")?.get(name)?.as_str();
        let arn = text("methodArn");
        let format = if arn.is_some() { Format::Policy } else { Format::Simple };
        // A REST API's event of type TOKEN has no request context; its ARN names the same two.
        let mut of_arn = arn.and_then(|arn| arn.split(':').nth(5)).unwrap_or_default().split('/');
        let (gateway, stage) = (of_arn.next(), of_arn.next());
        let present = |text: &&str| !text.is_empty();
        Self {
            format,
            gateway: context("apiId").or(gateway).filter(present),
            stage: context("stage").or(stage).filter(present),
            headers: headers(event),
            arn,
            request_id: context("requestId"),
        }
    }
}

/// Headers in either form. `headers` of a REST API has only the last value of each: `multiValueHeaders` has all of them, and wins.
fn headers(event: &Value) -> Vec<(&str, &str)> {
    let all = event.get("multiValueHeaders").and_then(Value::as_object);
    let one_each = event.get("headers").and_then(Value::as_object);
    let mut headers: Vec<(&str, &str)> = Vec::new();
    for (name, values) in all.into_iter().flatten() {
        let values = values.as_array().into_iter().flatten().filter_map(Value::as_str);
        headers.extend(values.map(|value| (name.as_str(), value)));
    }
    for (name, value) in one_each.into_iter().flatten() {
        if let Some(value) = value.as_str()
            && !all.is_some_and(|all| all.keys().any(|known| known.eq_ignore_ascii_case(name)))
        {
            headers.push((name, value));
        }
    }
    headers
}
