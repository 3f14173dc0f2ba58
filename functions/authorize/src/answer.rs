//! What API Gateway is told.

use portico_domain::authorization::Authorized;
use serde_json::{Value, json};

use crate::call::{Call, Format};

/// Who a policy that denies is for.
const NOBODY: &str = "nobody";

/// The call passes. The context is what the backend may know of the caller: ids, as strings.
pub(crate) fn allow(call: &Call<'_>, authorized: &Authorized) -> Value {
    let context = json!({
        "application_id": authorized.application,
        "reference_id": authorized.reference_id,
        "owner_type": authorized.owner.kind(),
        "owner_id": authorized.owner.uuid(),
        "api_id": authorized.api,
        "registration_id": authorized.registration,
    });
    match (call.format, call.arn) {
        (Format::Simple, _) => json!({ "isAuthorized": true, "context": context }),
        (Format::Policy, Some(arn)) => {
            let mut answer = policy(&authorized.application.to_string(), "Allow", arn);
            if let Some(answer) = answer.as_object_mut() {
                answer.insert("context".to_owned(), context);
            }
            answer
        }
        (Format::Policy, None) => refuse(call), // a policy that names nothing allows nothing
    }
}

/// The call does not pass. Callers are not told why: the log is.
pub(crate) fn refuse(call: &Call<'_>) -> Value {
    match call.format {
        Format::Simple => json!({ "isAuthorized": false }),
        Format::Policy => policy(NOBODY, "Deny", call.arn.unwrap_or("*")),
    }
}

fn policy(principal: &str, effect: &str, arn: &str) -> Value {
    json!({
        "principalId": principal,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{ "Action": "execute-api:Invoke", "Effect": effect, "Resource": resource(effect, arn) }],
        },
    })
}

/// What an answer is about: every call of the stage, since a link makes a stage one API, and neither method nor path is asked for.
/// API Gateway may keep a policy for its key's next calls: one for the called path alone would refuse them elsewhere in the API.
/// An ARN of another form is taken as it is.
fn resource(effect: &str, arn: &str) -> String {
    let mut parts = arn.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(api), Some(stage), Some(_)) if !stage.contains('*') && !stage.is_empty() => format!("{api}/{stage}/*"),
        _ if effect == "Deny" => "*".to_owned(),
        _ => arn.to_owned(),
    }
}
