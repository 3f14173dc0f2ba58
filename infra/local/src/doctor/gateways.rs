//! Gateways that ask the portal's authorizer: for how long do they keep its decisions?

use portico_aws::Service;
use serde_json::Value;

use super::Finding;
use super::rest::Rest;

const WHAT: &str = "authorizers' caches";
/// API Gateway keeps decisions of a REST API for so long if nobody says otherwise.
const REST_DEFAULT: u64 = 300;

/// The two kinds of APIs: where they are listed, and under which name their list stands.
const KINDS: [(&str, &str, &str, &str); 2] =
    [("/v2/apis", "items", "apiId", "nextToken"), ("/restapis", "item", "id", "position")];

/// Looks at every API of the account and region.
pub(super) async fn look(rest: &Rest, authorizer: Option<&str>, at_most: u64, findings: &mut Vec<Finding>) {
    let (mut asked, mut wrong) = (0_usize, Vec::new());
    for (path, list, id, next) in KINDS {
        let apis = match all(rest, path, list, next).await {
            Ok(apis) => apis,
            Err(reason) => return findings.push(Finding::wrong(WHAT, reason, "ask for the right to apigateway:GET")),
        };
        for api in &apis {
            let text = |member: &str| api.get(member).and_then(Value::as_str).unwrap_or_default();
            let authorizers = match all(rest, &format!("{path}/{}/authorizers", text(id)), list, next).await {
                Ok(authorizers) => authorizers,
                Err(reason) => return findings.push(Finding::wrong(WHAT, reason, "ask for the right to apigateway:GET")),
            };
            for found in authorizers.iter().filter(|found| is_ours(found, authorizer)) {
                asked += 1;
                if let Some(fault) = fault(found, path == "/restapis", at_most) {
                    wrong.push(format!("{} ({}) {fault}", text("name"), text(id)));
                }
            }
        }
    }
    let remedy = "set its TTL to 0 (infra/examples has both kinds), or deploy Portico and doctor with the number that you accept";
    findings.push(match (asked, wrong.is_empty()) {
        (0, _) => Finding::skipped(WHAT, "no API of this account and region asks the portal's authorizer"),
        (asked, true) => {
            Finding::good(WHAT, format!("of {asked} authorizer(s), none keeps a decision for longer than {at_most} s"))
        }
        (_, false) => Finding::wrong(WHAT, wrong.join("; "), remedy),
    });
}

/// What is wrong with an authorizer, in words.
fn fault(authorizer: &Value, of_rest_api: bool, at_most: u64) -> Option<String> {
    let default = if of_rest_api { REST_DEFAULT } else { 0 };
    let kept = authorizer.get("authorizerResultTtlInSeconds").and_then(Value::as_u64).unwrap_or(default);
    let sources = authorizer.get("identitySource").map(Value::to_string).unwrap_or_default();
    if kept > at_most {
        Some(format!("keeps decisions for {kept} s: a revoked key passes for so long"))
    } else if kept > 0 && !of_rest_api && !sources.contains("$context.routeKey") {
        Some("keeps a decision about one route for all: its identity sources lack $context.routeKey".to_owned())
    } else {
        None
    }
}

/// Whether it is the portal's: the function that was named, or one that is called `authorize` in some stack.
fn is_ours(authorizer: &Value, named: Option<&str>) -> bool {
    let uri = authorizer.get("authorizerUri").and_then(Value::as_str).unwrap_or_default();
    let function = uri.rsplit_once("/functions/").map(|(_, end)| end.trim_end_matches("/invocations")).unwrap_or_default();
    match named {
        Some(named) => function.starts_with(named),
        None => function.split(':').nth(6).is_some_and(|name| name == "authorize" || name.ends_with("-authorize")),
    }
}

/// All pages of a list.
async fn all(rest: &Rest, path: &str, list: &str, next: &str) -> Result<Vec<Value>, String> {
    let parameter = if next == "position" { "limit=500" } else { "maxResults=500" };
    let (mut items, mut from) = (Vec::new(), String::new());
    loop {
        let said = rest.get(Service::ApiGateway, &format!("{path}?{parameter}{from}")).await?;
        let mut page = said.json().ok_or_else(|| said.refusal())?;
        if let Some(found) = page.get_mut(list).and_then(Value::as_array_mut) {
            items.append(found);
        }
        match page.get(next).and_then(Value::as_str) {
            Some(token) => {
                let token = percent_encoding::utf8_percent_encode(token, percent_encoding::NON_ALPHANUMERIC);
                from = format!("&{next}={token}");
            }
            None => return Ok(items),
        }
    }
}
