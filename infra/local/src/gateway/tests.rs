//! Requests as functions see them, and replies as callers see them.

use std::net::{IpAddr, Ipv4Addr};

use http::StatusCode;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::gateway::event::{Incoming, Refused, for_authorizer, for_route};
use crate::gateway::reply;
use crate::gateway::routes::{Routes, TEMPLATE, TemplateError};
use crate::gateway::{BODY_BYTES, EVENT_BYTES, HEADER_BYTES};

fn routes() -> Routes {
    Routes::read(TEMPLATE).unwrap()
}

fn sent(request: http::request::Builder, body: &[u8], stage: &str) -> Result<Value, Refused> {
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let at = OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap();
    let incoming = Incoming { parts: &parts, body, source: IpAddr::V4(Ipv4Addr::LOCALHOST), stage, request_id: "id=", at };
    let matched = routes().find(parts.method.as_str(), parts.uri.path());
    Ok(serde_json::from_str(&for_route(&incoming, &matched)?).unwrap())
}

fn post(path: &str) -> http::request::Builder {
    http::Request::post(path).header("host", "localhost:8080")
}

#[test]
fn every_route_of_the_template_names_a_crate_and_what_is_left_goes_to_default() {
    let routes = routes();
    assert_eq!(routes.all().len(), portico_http::routes::all().count());
    assert_eq!(routes.fallback().function, "unknown-route");
    let found = routes.find("POST", "/api/v3/applications");
    assert_eq!((found.route.logical_id.as_str(), found.route.function.as_str()), ("CreateApp", "create-app"));
    for (method, path) in
        [("PUT", "/api/v3/applications"), ("GET", "/nothing"), ("GET", "/api/v3/apis//versions"), ("GET", "/api/v3/apis/")]
    {
        assert_eq!(routes.find(method, path).route.key, "$default", "{method} {path}");
    }
}

#[test]
fn a_path_parameter_is_decoded_and_may_hold_an_encoded_slash() {
    let found = routes().find("GET", "/api/v3/apis/a%2Fb%20%C3%A9/versions/v1");
    assert_eq!(found.route.key, "GET /api/v3/apis/{apiIdOrSlug}/versions/{versionId}");
    assert_eq!(found.parameters.get("apiIdOrSlug").map(String::as_str), Some("a/b é"));
    assert_eq!(found.parameters.get("versionId").map(String::as_str), Some("v1"));
}

/// A template with one function behind these paths.
fn template(paths: &[(&str, &str)], function: &str) -> String {
    let to = |name: &str| {
        format!("{{ x-amazon-apigateway-integration: {{ $ref: '#/components/x-amazon-apigateway-integrations/{name}' }} }}")
    };
    let paths: Vec<_> = paths.iter().map(|(path, name)| format!("'{path}': {{ get: {} }}", to(name))).collect();
    format!(
        "Resources:\n  One:\n    Type: AWS::Serverless::Function\n    Metadata: {{ BuildProperties: {{ Binary: one }} }}\n    \
         Properties: {{ Role: !GetAtt Some.Arn }}\n  Api:\n    Type: AWS::ApiGatewayV2::Api\n    Properties:\n      Body:\n        \
         paths: {{ {} }}\n        components: {{ x-amazon-apigateway-integrations: {{ One: {{ uri: !Sub 'a:${{Stack}}-{function}/invocations' }} }} }}\n",
        paths.join(", ")
    )
}

#[test]
fn a_template_without_a_default_with_a_route_twice_or_to_no_function_is_refused() {
    let whole = [("/a/{b}", "One"), ("/$default", "One")];
    assert_eq!(Routes::read(&template(&whole, "one")).unwrap().all().len(), 1);
    assert!(matches!(Routes::read(&template(&whole[..1], "one")), Err(TemplateError::NoDefault)));
    let twice = Routes::read(&template(&[("/a/{b}", "One"), ("/a/{c}", "One"), ("/$default", "One")], "one"));
    assert!(matches!(twice, Err(TemplateError::Route { .. })), "{twice:?}");
    let unknown = Routes::read(&template(&[("/a", "Two"), ("/$default", "One")], "one"));
    assert!(matches!(unknown, Err(TemplateError::NoFunction(key)) if key == "GET /a"));
    let other = Routes::read(&template(&whole, "two"));
    assert!(matches!(other, Err(TemplateError::NoFunction(_))), "{other:?}");
}

#[test]
fn a_request_becomes_the_event_that_api_gateway_sends() {
    let request = post("/api/v3/applications/a%20b/credentials?x=1&x=2&y=a%2Bb")
        .header("cookie", "a=1; b=2")
        .header("cookie", "c=3")
        .header("x-twice", "one")
        .header("x-twice", "two")
        .header("x-forwarded-for", "203.0.113.7")
        .header("x-forwarded-proto", "https")
        .header("content-type", "application/json");
    let event = sent(request, b"{}", "$default").unwrap();
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["routeKey"], "POST /api/v3/applications/{applicationId}/credentials");
    assert_eq!(event["rawPath"], "/api/v3/applications/a b/credentials");
    assert_eq!(event["rawQueryString"], "x=1&x=2&y=a%2Bb");
    assert_eq!(event["queryStringParameters"], json!({ "x": "1,2", "y": "a+b" }));
    assert_eq!(event["pathParameters"], json!({ "applicationId": "a b" }));
    assert_eq!(event["cookies"], json!(["a=1", "b=2", "c=3"]));
    assert_eq!(event["headers"]["x-twice"], "one,two");
    assert_eq!(event["headers"].get("cookie"), None);
    assert_eq!(event["headers"]["x-forwarded-for"], "203.0.113.7, 127.0.0.1");
    assert_eq!(event["headers"]["x-forwarded-proto"], "http");
    assert_eq!(event["headers"]["x-forwarded-port"], "8080");
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("{}"), &json!(false)));
    let context = &event["requestContext"];
    assert_eq!(context["http"]["sourceIp"], "127.0.0.1");
    assert_eq!(context["requestId"], "id=");
    assert_eq!(context["stage"], "$default");
    assert_eq!(context["domainName"], "localhost");
    assert_eq!(context["time"], "18/Nov/2026:11:06:40 +0000");
    assert_eq!(context["timeEpoch"], 1_795_000_000_000_i64);
}

#[test]
fn a_named_stage_is_part_of_the_path_but_not_of_the_route() {
    let event = sent(post("/api/v3/developer"), b"", "test").unwrap();
    assert_eq!(event["rawPath"], "/test/api/v3/developer");
    assert_eq!(event["routeKey"], "POST /api/v3/developer");
    assert_eq!(event["requestContext"]["stage"], "test");
    assert_eq!(event.get("body"), None);
}

#[test]
fn what_is_not_text_travels_in_base64() {
    for (kind, body, encoded) in [
        ("application/json", &b"\xff"[..], Some("/w==")),
        ("application/octet-stream", b"{}", Some("e30=")),
        ("application/x-www-form-urlencoded", b"a=b", Some("YT1i")),
        ("application/problem+json; charset=utf-8", b"{}", None),
        ("text/plain", "é".as_bytes(), None),
    ] {
        let event = sent(post("/x").header("content-type", kind), body, "$default").unwrap();
        assert_eq!(event["isBase64Encoded"], encoded.is_some(), "{kind}");
        let text = encoded.unwrap_or_else(|| std::str::from_utf8(body).unwrap());
        assert_eq!(event["body"], text, "{kind}");
    }
}

#[test]
fn what_is_too_large_for_the_cloud_is_too_large_for_the_laptop() {
    let headers = |bytes: usize| post("/x").header("x-long", "a".repeat(bytes));
    assert_eq!(sent(headers(HEADER_BYTES), b"", "$default"), Err(Refused::Headers));
    assert!(sent(headers(HEADER_BYTES - 100), b"", "$default").is_ok());
    let binary = || post("/x").header("content-type", "application/octet-stream");
    assert_eq!(sent(binary(), &vec![0; BODY_BYTES + 1], "$default"), Err(Refused::TooLarge));
    // Base64 makes four bytes of three.
    assert_eq!(sent(binary(), &vec![0; EVENT_BYTES / 4 * 3], "$default"), Err(Refused::TooLarge));
    assert!(sent(binary(), &vec![0; EVENT_BYTES / 4 * 3 - 2000], "$default").is_ok());
    assert_eq!((Refused::Headers.status().as_u16(), Refused::TooLarge.status().as_u16()), (431, 413));
}

#[test]
fn an_authorizer_is_told_who_calls_what_and_never_the_body() {
    let (parts, ()) = post("/v1/tides?at=noon").header("apikey", "k").body(()).unwrap().into_parts();
    let at = OffsetDateTime::UNIX_EPOCH;
    let incoming = Incoming {
        parts: &parts,
        body: b"secret",
        source: IpAddr::V4(Ipv4Addr::LOCALHOST),
        stage: "tides",
        request_id: "id=",
        at,
    };
    let mut matched = routes().find("GET", "/none");
    matched.route.key = "$default".into();
    let event: Value = serde_json::from_str(&for_authorizer(&incoming, &matched, &[], "local").unwrap()).unwrap();
    assert_eq!(event["type"], "REQUEST");
    assert_eq!(event["routeArn"], "arn:aws:execute-api:local:000000000000:local/tides/POST/v1/tides");
    assert_eq!(event["headers"]["apikey"], "k");
    assert_eq!(event["requestContext"]["apiId"], "local");
    assert_eq!(event["requestContext"]["stage"], "tides");
    assert_eq!(event.get("body"), None);
}

#[test]
fn a_reply_becomes_a_response_with_one_line_per_cookie() {
    let reply = json!({
        "statusCode": 201,
        "headers": { "content-type": "application/json", "x-count": 3, "content-length": "99" },
        "cookies": ["a=1; Path=/", "b=2"],
        "body": "e30=",
        "isBase64Encoded": true,
    });
    let response = reply::response(&reply.to_string()).unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.body().as_ref(), b"{}");
    assert_eq!(response.headers().get_all("set-cookie").iter().collect::<Vec<_>>(), ["a=1; Path=/", "b=2"]);
    assert_eq!(response.headers()["x-count"], "3");
    assert!(!response.headers().contains_key("content-length"));
}

#[test]
fn a_reply_that_lambda_or_api_gateway_would_not_carry_is_refused() {
    let large = json!({ "statusCode": 200, "body": "a".repeat(EVENT_BYTES) }).to_string();
    assert!(matches!(reply::response(&large), Err(reply::Malformed::TooLarge(_))));
    for wrong in [
        json!({}),
        json!({ "statusCode": 99 }),
        json!({ "statusCode": 200, "headers": { "a b": "c" } }),
        json!({ "statusCode": 200, "headers": { "a": "b\r\nc" } }),
        json!({ "statusCode": 200, "body": "%", "isBase64Encoded": true }),
    ] {
        assert!(matches!(reply::response(&wrong.to_string()), Err(reply::Malformed::NotAReply(_))), "{wrong}");
    }
}
