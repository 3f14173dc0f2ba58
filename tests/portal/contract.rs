//! The strict client's yardstick itself: it accepts a right reply and names the fault of a wrong one.

use portico_tests::contract::{Contract, Operation, check_problem};
use serde_json::{Value, json};

const JSON: Option<&str> = Some("application/json");
const ID: &str = "0192f3a4-5b6c-7d8e-9f00-112233445566";
const MOMENT: &str = "2026-11-23T10:00:00.000Z";

#[expect(clippy::unwrap_used, reason = "the test names an operation that exists")]
fn operation(file: &str, id: &str) -> &'static Operation {
    Contract::load().operation(file, id).unwrap()
}

/// A reply of `list-applications` with one change, and what is said about it.
fn said_of_list(change: impl FnOnce(&mut Value)) -> String {
    let mut body = json!({
        "meta": {"page": {"number": 1, "size": 10, "total": 1}},
        "data": [{
            "id": ID, "name": "Weather board", "client_id": "weather-1", "description": null, "created_at": MOMENT,
            "updated_at": MOMENT,
            "auth_strategy": {"id": ID, "name": "Keys", "credential_type": "key_auth", "key_names": ["apikey"]}
        }]
    });
    change(&mut body);
    said(operation("portal-api-v3", "list-applications").check_response(200, JSON, &body))
}

fn said(result: Result<(), Vec<String>>) -> String {
    result.err().unwrap_or_default().join("\n")
}

#[track_caller]
fn names(said: &str, fault: &str) {
    assert!(said.contains(fault), "{fault:?} is not in {said:?}");
}

#[test]
fn all_files_are_read() {
    let contract = Contract::load();
    assert_eq!(contract.operations().iter().filter(|operation| operation.file != "portico-v1").count(), 188);
    let create = operation("portal-api-v3", "create-application");
    assert_eq!((create.method.as_str(), create.path.as_str()), ("POST", "/api/v3/applications"));
    assert!(create.errors.contains(&409));
    for (index, operation) in contract.operations().iter().enumerate() {
        let others = &contract.operations()[..index];
        let same = others.iter().find(|other| (&other.method, &other.path) == (&operation.method, &operation.path));
        assert!(same.is_none(), "{operation:?}");
    }
}

#[test]
fn a_path_leads_to_its_operation() {
    let found = |method, path: &str| Contract::load().match_route(method, path).map(|operation| operation.id.as_str());
    assert_eq!(found("GET", "/api/v3/apis/weather?x=/y"), Some("fetch-api"));
    assert_eq!(found("GET", "/v3/portals/email-templates"), Some("list-default-email-templates"));
    assert_eq!(found("GET", "/v3/portals/7"), Some("get-portal"));
    assert_eq!(found("DELETE", "/v2/application-auth-strategies/7"), Some("delete-app-auth-strategy"));
    assert_eq!(found("POST", "/v3/apis"), Some("create-api"));
    assert_eq!(found("PUT", "/v3/apis"), None);
    assert_eq!(found("GET", "/v3/apis/"), None);
    assert_eq!(found("GET", "/portals"), None);
}

#[test]
fn a_right_reply_is_accepted() {
    assert_eq!(said_of_list(|_| ()), "");
}

#[test]
fn a_wrong_reply_is_named_with_its_path() {
    names(&said_of_list(|body| drop(body["data"][0].as_object_mut().unwrap().remove("name"))), "data[0].name is missing");
    names(&said_of_list(|body| body["data"][0]["owner"] = json!("ada")), "data[0].owner is not in the contract");
    names(&said_of_list(|body| body["data"][0]["name"] = json!(null)), "data[0].name should be a string and is null");
    names(&said_of_list(|body| body["data"][0]["id"] = json!("7")), "\"7\", which is no uuid");
    names(&said_of_list(|body| body["data"][0]["created_at"] = json!(1_795_427_200)), "created_at should be a string");
    names(&said_of_list(|body| body["data"][0]["created_at"] = json!("2026-11-23T10:00:00+01:00")), "is no date-time");
    names(&said_of_list(|body| body["data"][0]["client_id"] = json!("x".repeat(256))), "is 256, more than 255");
    names(&said_of_list(|body| body["meta"]["page"]["total"] = json!("1")), "total should be a number");
    names(&said_of_list(|body| body["data"] = json!({})), "data should be an array");
}

#[test]
fn one_of_several_forms_must_fit() {
    let strategy = |value| said_of_list(|body| body["data"][0]["auth_strategy"]["credential_type"] = json!(value));
    names(&strategy("basic"), "has none of the 2 forms; the nearest is (1)");
    names(&strategy("client_credentials"), "auth_strategy");
    let missing = said_of_list(|body| drop(body["data"][0]["auth_strategy"].as_object_mut().unwrap().remove("key_names")));
    names(&missing, "auth_strategy.key_names is missing");
}

#[test]
fn a_shape_that_is_printed_above_counts_wherever_it_is_named() {
    let registration = |status| {
        json!({
            "id": ID, "created_at": MOMENT, "updated_at": MOMENT, "status": status, "api_name": "Weather", "api_id": ID,
            "api_slug": "weather", "application_id": ID
        })
    };
    for (id, status) in [("create-application-registration", 201), ("get-application-registration", 200)] {
        let operation = operation("portal-api-v3", id);
        assert_eq!(operation.check_response(status, JSON, &registration("pending")), Ok(()));
        names(&said(operation.check_response(status, JSON, &registration("maybe"))), "none of [\"approved\"");
    }
}

#[test]
fn labels_and_slugs_follow_their_patterns() {
    let api = |slug, label| {
        json!({
            "id": ID, "name": "Weather", "description": null, "version": null, "current_version_summary": null, "slug": slug,
            "api_spec_ids": [], "portals": [], "labels": {"env": label}, "attributes": {"env": ["dev"]},
            "created_at": MOMENT, "updated_at": MOMENT
        })
    };
    let fetch = operation("api-builder-v3", "fetch-api");
    assert_eq!(fetch.check_response(200, JSON, &api("weather-1", "dev")), Ok(()));
    names(&said(fetch.check_response(200, JSON, &api("wetter-ü", "dev"))), "body.slug is \"wetter-ü\"");
    names(&said(fetch.check_response(200, JSON, &api("weather-1", "-dev"))), "body.labels.env is \"-dev\"");
}

#[test]
fn a_status_of_another_operation_is_refused() {
    let problem = |status: u16| json!({"status": status, "title": "T", "detail": "D", "instance": "portico:trace:1"});
    let check = |id, status| {
        let operation = operation("portal-api-v3", id);
        said(operation.check_response(status, Some("application/problem+json"), &problem(status)))
    };
    assert_eq!(check("fetch-api-spec", 404), "");
    assert_eq!(check("fetch-api-spec", 503), "", "any route may");
    assert_eq!(check("get-developer-team-developers", 400), "", "a list refuses wrong parameters");
    names(&check("fetch-api-spec", 400), "status 400 is not in the contract");
    names(&check("fetch-api-spec", 410), "status 410 is not in the contract");
    names(&check("fetch-api-spec", 500), "status 500 is not in the contract");
    names(&check("create-application", 200), "status 200 is not in the contract");
    let as_json = operation("portal-api-v3", "fetch-api-spec").check_response(404, JSON, &problem(404));
    names(&said(as_json), "content type");
}

#[test]
fn bodies_and_content_types_belong_to_their_status() {
    let delete = operation("portal-api-v3", "delete-credential");
    assert_eq!(delete.check_response(204, None, &Value::Null), Ok(()));
    names(&said(delete.check_response(204, JSON, &json!({}))), "should be empty");
    let context = operation("portal-api-v3", "get-portal-context");
    names(&said(context.check_response(200, Some("text/html"), &json!("<html>"))), "content type");
    let logo = operation("portal-api-v3", "get-portal-logo");
    assert_eq!(logo.check_response(200, Some("image/png"), &Value::Null), Ok(()));
}

#[test]
fn secrets_that_are_write_only_never_come_back() {
    let get = operation("portal-management-v3", "get-portal-identity-provider");
    let config = json!({"issuer_url": "https://id.example.test", "client_id": "a", "client_secret": "b"});
    names(&said(get.check_response(200, JSON, &json!({"config": config}))), "client_secret is write-only");
    let create = operation("portal-management-v3", "create-portal-identity-provider");
    assert_eq!(create.check_request(&json!({"type": "oidc", "config": config})), Ok(()));
}

#[test]
fn our_form_of_an_implementation_is_accepted_beside_the_contracts() {
    let create = operation("api-builder-v3", "create-api-implementation");
    let ours =
        json!({"id": ID, "created_at": MOMENT, "updated_at": MOMENT, "api_gateway": {"gateway_id": "a1", "stage": "prod"}});
    let theirs = json!({"id": ID, "service": {"id": ID, "control_plane_id": ID}});
    assert_eq!(create.check_response(201, JSON, &ours), Ok(()));
    assert_eq!(create.check_response(201, JSON, &theirs), Ok(()));
    let more = json!({"api_gateway": {"gateway_id": "a1", "stage": "prod", "region": "x"}});
    names(&said(create.check_response(201, JSON, &more)), "has none of the 3 forms");
    let request = json!({"api_gateway": {"gateway_id": "a1", "stage": "prod"}});
    assert_eq!(create.check_request(&request), Ok(()));
    let list = operation("api-builder-v3", "list-api-implementations");
    let page = json!({"meta": {"page": {"number": 1, "size": 10, "total": 0}}, "data": []});
    assert_eq!(list.check_response(200, JSON, &page), Ok(()));
}

#[test]
fn a_request_is_held_against_the_contract_too() {
    let create = operation("portal-api-v3", "create-application");
    assert_eq!(create.check_request(&json!({"name": "Weather", "team_id": null})), Ok(()));
    names(&said(create.check_request(&json!({"client_id": "a"}))), "body.name is missing");
    names(&said(operation("portal-api-v3", "logout").check_request(&json!({}))), "no body");
}

#[test]
fn a_problem_has_its_members_and_its_rules() {
    let with = |parameter: Value| {
        let problem = json!({
            "status": 400, "title": "T", "detail": "D", "instance": "portico:trace:1", "type": "https://portico.example/x",
            "invalid_parameters": [parameter]
        });
        said(check_problem(400, &problem))
    };
    let parameter = |rule: &str| json!({"field": "name", "reason": "is wrong", "source": "body", "rule": rule});
    assert_eq!(with(parameter("required")), "");
    names(&with(parameter("is_odd")), "rule is \"is_odd\"");
    names(&with(parameter("min_length")), "needs minimum");
    names(&with(parameter("enum")), "needs choices");
    names(&with(json!({"field": "a", "reason": "b", "source": "header", "rule": "invalid"})), "source is \"header\"");
    names(&with(json!({"field": "a", "reason": "b", "source": "body", "rule": "invalid", "minimum": 1})), "minimum is not in");
    let plain = json!({"status": 404, "title": "T", "detail": "D", "instance": "portico:trace:1"});
    assert_eq!(check_problem(404, &plain), Ok(()));
    names(&said(check_problem(401, &plain)), "status is");
    let broken = json!({"status": 404, "title": "", "instance": "1", "invalid_parameters": [], "cause": "x"});
    let broken = said(check_problem(404, &broken));
    for fault in ["title", "detail", "not a trace", "at least one item", "belong to a 400", "cause"] {
        names(&broken, fault);
    }
}
