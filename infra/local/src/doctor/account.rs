//! Lambda: does the account let the functions run, and does something read the table's stream?

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use portico_aws::Service;
use serde_json::Value;

use super::Finding;
use super::rest::Rest;

/// With fewer, a burst of sign-ins keeps the authorizer waiting. A new account has 10.
const ENOUGH: u64 = 100;

/// Looks at Lambda.
pub(super) async fn look(rest: &Rest, stream: Option<&str>, findings: &mut Vec<Finding>) {
    const QUOTA: &str = "concurrency quota";
    findings.push(match rest.get(Service::Lambda, "/2016-08-19/account-settings/").await {
        Err(reason) => Finding::wrong(QUOTA, reason, "see that you are signed in to the right account"),
        Ok(said) => match said.json().as_ref().and_then(|found| found.pointer("/AccountLimit/ConcurrentExecutions")?.as_u64()) {
            None => Finding::wrong(QUOTA, said.refusal(), "ask for the right to lambda:GetAccountSettings"),
            Some(quota) if quota < ENOUGH => Finding::wrong(
                QUOTA,
                format!("only {quota} functions may run at a time"),
                "ask for 1,000 in Service Quotas (Lambda, Concurrent executions): it costs nothing; until then reserve none",
            ),
            Some(quota) => Finding::good(QUOTA, format!("{quota} at a time")),
        },
    });
    if let Some(stream) = stream {
        findings.push(reader(rest, stream).await);
    }
}

async fn reader(rest: &Rest, stream: &str) -> Finding {
    const WHAT: &str = "reader of the stream";
    let stream = utf8_percent_encode(stream, NON_ALPHANUMERIC);
    let said = match rest.get(Service::Lambda, &format!("/2015-03-31/event-source-mappings/?EventSourceArn={stream}")).await {
        Err(reason) => return Finding::wrong(WHAT, reason, "see that you are signed in to the right account"),
        Ok(said) => said,
    };
    let Some(found) = said.json() else {
        return Finding::wrong(WHAT, said.refusal(), "ask for the right to lambda:ListEventSourceMappings");
    };
    let mappings = found.get("EventSourceMappings").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let on = mappings.iter().any(|mapping| mapping.get("State").and_then(Value::as_str) == Some("Enabled"));
    let wrong = "no function reads it: no mail is sent, no event leaves, and after 24 hours they are lost";
    Finding::check(WHAT, on, "on", wrong, "turn the event source mapping of relay-events on, or deploy the stack again")
}
