//! What stands in front of the functions: its log, its addresses, its throttles, who may invoke.

use serde_json::{Map, Value, json};

use super::{Template, faults, listed, text};

pub(super) fn access_log(template: &Template) -> Vec<String> {
    const ALLOWED: &[&str] = &[
        "requestTimeEpoch",
        "requestId",
        "identity.sourceIp",
        "routeKey",
        "status",
        "responseLength",
        "responseLatency",
        "integrationLatency",
        "error.messageString",
    ];
    let format = |stage: &Value| text(&stage["AccessLogSettings"]["Format"]).to_owned();
    let stages = template.of("AWS::ApiGatewayV2::Stage").into_iter();
    faults(stages.flat_map(|(id, stage)| {
        let format = format(stage);
        let variables = format.split("$context.").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
        let mut found: Vec<_> = variables.map(|name| (ALLOWED.contains(&name), format!("{id} logs {name}"))).collect();
        found.push((!found.is_empty(), format!("{id} has no access log")));
        found
    }))
}

pub(super) fn doors(template: &Template) -> Vec<String> {
    let endpoint =
        &template.0["Resources"]["HttpApi"]["Properties"]["Body"]["servers"][0]["x-amazon-apigateway-endpoint-configuration"];
    let closed = endpoint["disableExecuteApiEndpoint"] == json!(["HasDomain", true, false]);
    let domains = template.of("AWS::ApiGatewayV2::DomainName").into_iter().flat_map(|(id, domain)| {
        let configurations: Vec<_> = listed(&domain["DomainNameConfigurations"]).collect();
        configurations.into_iter().map(move |one| (one["SecurityPolicy"] == "TLS_1_2", format!("{id} speaks old TLS")))
    });
    let default = (closed, "API Gateway's own address stays open beside a name".to_owned());
    faults([default].into_iter().chain(domains))
}

/// Everything that writes, and all of administration over the API, has a throttle of its own; and a throttle names a route.
pub(super) fn throttling(template: &Template) -> Vec<String> {
    let stages = template.of("AWS::ApiGatewayV2::Stage");
    let stage = stages.values().next().copied().unwrap_or(&Value::Null);
    let settings = stage["RouteSettings"].as_object().cloned().unwrap_or_default();
    let routes = template.routes();
    let own = |route: &str| {
        let session = route.ends_with("/developer/refresh") || route.ends_with("/developer/logout");
        let administers = [" /v2/", " /v3/", " /portico/"].iter().any(|part| route.contains(part));
        let reads = route.starts_with("GET ") || route.starts_with("HEAD ");
        administers || !reads && !session
    };
    let missing = routes
        .iter()
        .filter(|route| own(route) && !settings.contains_key(*route))
        .map(|route| (false, format!("{route} has no throttle")));
    let spare = settings.keys().filter(|route| !routes.contains(*route)).map(|route| (false, format!("{route} is no route")));
    let limited = |one: &Value| !one["ThrottlingRateLimit"].is_null() && !one["ThrottlingBurstLimit"].is_null();
    let bare = settings.iter().map(|(route, one)| (limited(one), format!("{route} is not bounded")));
    let default = (limited(&stage["DefaultRouteSettings"]), "other routes are not bounded".to_owned());
    faults(missing.chain(spare).chain(bare).chain([default]))
}

/// One permission for each function behind routes, whatever the number of its routes, and none for anybody.
pub(super) fn permissions(template: &Template) -> Vec<String> {
    let all = template.of("AWS::Lambda::Permission");
    let integrations =
        &template.0["Resources"]["HttpApi"]["Properties"]["Body"]["components"]["x-amazon-apigateway-integrations"];
    let of_gateway = |function: &str| {
        all.values().filter(|one| one["FunctionName"] == function && text(&one["SourceArn"]).contains("${HttpApi}")).count()
    };
    let routed = integrations.as_object().into_iter().flat_map(Map::keys);
    let routed = routed.map(|id| (of_gateway(id) == 1, format!("{} permissions for the routes of {id}", of_gateway(id))));
    let bounded = all.iter().map(|(id, one)| {
        let from = !one["SourceArn"].is_null() || !one["SourceAccount"].is_null();
        (from && one["Action"] == "lambda:InvokeFunction" && one["Principal"] != "*", format!("{id} lets anybody in"))
    });
    faults(routed.chain(bounded))
}
