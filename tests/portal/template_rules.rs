//! `infra/template.yaml` keeps our own rules, each of which is shown to fail; it stays far from CloudFormation's limits; and the
//! operators' manual explains each alarm.

mod rules;

use std::collections::BTreeSet;

use portico::gateway::routes::TEMPLATE;
use serde_json::{Value, json};

use rules::{RULES, Template, listed};

fn template() -> Template {
    Template(portico_tests::template::template())
}

#[test]
fn the_template_keeps_every_rule() {
    let template = template();
    let faults =
        |(name, rule): &(&str, rules::Rule)| rule(&template).into_iter().map(|fault| format!("{name}: {fault}")).collect();
    let broken: Vec<String> = RULES.iter().flat_map(|rule| -> Vec<String> { faults(rule) }).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// What breaks a rule: where, and what stands there instead (nothing: it is taken away).
fn breakages() -> Vec<(&'static str, &'static str, Option<Value>)> {
    let statement = "/Resources/SignInRole/Properties/Policies/0/PolicyDocument/Statement/0";
    let of_statement = |member: &str| -> &'static str { Box::leak(format!("{statement}/{member}").into_boxed_str()) };
    let endpoint =
        "/Resources/HttpApi/Properties/Body/servers/0/x-amazon-apigateway-endpoint-configuration/disableExecuteApiEndpoint";
    let integration = "/Resources/HttpApi/Properties/Body/components/x-amazon-apigateway-integrations/SignIn/timeoutInMillis";
    let stage = "/Resources/HttpApiStage/Properties";
    let of_stage = |member: &str| -> &'static str { Box::leak(format!("{stage}/{member}").into_boxed_str()) };
    vec![
        ("no-star", of_statement("Action"), Some(json!(["dynamodb:*"]))),
        ("no-star", of_statement("Action"), Some(json!("dynamodb:Scan"))),
        ("no-star", of_statement("Resource"), Some(json!("*"))),
        ("parameters-used", "/Parameters/Spare", Some(json!({ "Type": "String" }))),
        ("keys-named", of_statement("Condition"), None),
        ("keys-named", of_statement("Condition/ForAllValues:StringLike/dynamodb:LeadingKeys"), Some(json!(["*"]))),
        ("own-role", "/Resources/SignIn/Properties/Role", Some(json!("SignupRole.Arn"))),
        ("own-role", "/Resources/SignInRole/Properties/ManagedPolicyArns", Some(json!(["AdministratorAccess"]))),
        ("own-role", "/Resources/SignIn/Properties/Policies", Some(json!(["AmazonDynamoDBFullAccess"]))),
        (
            "authorizer-reads-alone",
            "/Resources/AuthorizeRole/Properties/Policies/0/PolicyDocument/Statement/0/Action",
            Some(json!(["dynamodb:PutItem"])),
        ),
        ("dead-letters", "/Resources/RunJobsSchedule/Properties/Target/DeadLetterConfig", None),
        ("dead-letters", "/Resources/RunJobs/Properties/DeadLetterQueue", None),
        ("queues", "/Resources/JobsDead", None),
        ("queues", "/Resources/JobDeadLetters/Properties/SqsManagedSseEnabled", Some(json!(false))),
        ("queues", "/Resources/JobDeadLetters/Properties/MessageRetentionPeriod", None),
        ("dead-letters", "/Resources/RelayEventsSource/Properties/DestinationConfig", None),
        ("stream-of-events", "/Resources/RelayEventsSource/Properties/FilterCriteria", None),
        ("stream-of-events", "/Resources/RelayEventsSource/Properties/FunctionResponseTypes", None),
        ("stream-of-events", "/Resources/RelayEventsSource/Properties/MaximumRetryAttempts", None),
        ("stream-of-events", "/Resources/EventsLate", None),
        ("times", "/Resources/Authorize/Properties/Timeout", Some(json!(10))),
        ("times", "/Resources/SignIn/Properties/Timeout", Some(json!(2))),
        ("times", "/Resources/SignIn/Properties/Timeout", Some(json!(60))),
        ("times", integration, Some(json!(30_000))),
        ("logs", "/Resources/FunctionLogs/Properties/RetentionInDays", None),
        ("logs", "/Globals/Function/LoggingConfig/LogFormat", Some(json!("Text"))),
        ("logs", "/Globals/Function/LoggingConfig/LogGroup", None),
        ("logs", "/Globals/Function/Tracing", None),
        ("access-log", of_stage("AccessLogSettings/Format"), Some(json!(r#"{"a":"$context.path"}"#))),
        ("access-log", of_stage("AccessLogSettings"), None),
        ("table", "/Resources/PorticoTable/Properties/DeletionProtectionEnabled", Some(json!(false))),
        ("table", "/Resources/PorticoTable/Properties/PointInTimeRecoverySpecification", None),
        ("table", "/Resources/PorticoTable/Properties/SSESpecification", None),
        ("table", "/Resources/PorticoTable/Properties/StreamSpecification", None),
        ("table", "/Resources/PorticoTable/Properties/TimeToLiveSpecification", None),
        ("table", "/Resources/PorticoTable/Properties/BillingMode", Some(json!("PROVISIONED"))),
        ("table", "/Resources/PorticoTable/DeletionPolicy", None),
        ("bucket", "/Resources/Specifications/Properties/PublicAccessBlockConfiguration/BlockPublicAcls", None),
        ("bucket", "/Resources/Specifications/Properties/VersioningConfiguration", None),
        ("bucket", "/Resources/Specifications/Properties/BucketEncryption", None),
        ("bucket", "/Resources/Specifications/DeletionPolicy", None),
        ("bucket", "/Resources/SpecificationsPolicy", None),
        ("doors", endpoint, Some(json!(false))),
        ("doors", "/Resources/CustomDomain/Properties/DomainNameConfigurations/0/SecurityPolicy", Some(json!("TLS_1_0"))),
        ("throttling", of_stage("RouteSettings/POST ~1api~1v3~1developer"), None),
        (
            "throttling",
            of_stage("RouteSettings/GET ~1nowhere"),
            Some(json!({ "ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 1 })),
        ),
        ("throttling", of_stage("DefaultRouteSettings/ThrottlingRateLimit"), None),
        ("permissions", "/Resources/SignInPermission", None),
        ("permissions", "/Resources/AuthorizeFromHere/Properties/SourceAccount", None),
        ("built-alone", "/Resources/SignIn/Properties/CodeUri", Some(json!(".."))),
        ("built-alone", "/Parameters/Architecture/Default", Some(json!("x86_64"))),
        ("built-alone", "/Globals/Function/Runtime", Some(json!("provided.al2"))),
        ("concurrency", "/Resources/SignIn/Properties/ReservedConcurrentExecutions", Some(json!(5))),
        ("concurrency", "/Parameters/SignInConcurrency/Default", Some(json!(5))),
        ("alarms", "/Resources/ApiErrors/Condition", None),
        ("alarms", "/Resources/ApiErrors/Properties/AlarmActions", None),
        ("alarms", "/Resources/ApiErrors/Properties/TreatMissingData", Some(json!("missing"))),
    ]
}

/// The template with something else there, or nothing.
fn broken(pointer: &str, instead: Option<Value>) -> Template {
    let mut template = template();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = template.0.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} has no parent"));
    let name = name.replace("~1", "/");
    match (parent, instead) {
        (Value::Object(members), Some(instead)) => {
            members.insert(name, instead);
        }
        (Value::Object(members), None) => {
            members.remove(&name).unwrap_or_else(|| panic!("{pointer} is not there"));
        }
        (other, _) => panic!("{pointer}: {other} has no members"),
    }
    template
}

#[test]
fn every_rule_fails_on_a_template_that_breaks_it() {
    let mut shown = BTreeSet::new();
    for (name, pointer, instead) in breakages() {
        let (_, rule) = RULES.iter().find(|(known, _)| *known == name).expect("a rule of that name");
        assert!(!rule(&broken(pointer, instead.clone())).is_empty(), "{name} does not mind {pointer} = {instead:?}");
        shown.insert(name);
    }
    assert_eq!(shown, RULES.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>());
}

/// The longest that the values of parameters and the names that CloudFormation makes up are taken to be.
const EXPANDED: usize = 120;

/// How long something is in a policy, with everything filled in.
fn length(value: &Value) -> usize {
    let text = value.to_string();
    text.len() + EXPANDED * (text.matches(".Arn").count() + text.matches("${").count())
}

#[test]
fn the_template_stays_far_from_cloudformations_limits() {
    let template = template();
    // Roles, permissions, rules and sources are written out (the rule `own-role`): only how a function is called without waiting
    // becomes a resource of its own.
    let functions = template.functions();
    let configured = functions.values().filter(|function| !function["EventInvokeConfig"].is_null()).count();
    let resources = template.0["Resources"].as_object().expect("resources").len() + configured;
    let routes = portico::gateway::routes::Routes::read(TEMPLATE).expect("routes").all().len() + 1;
    let roles = template.of("AWS::IAM::Role").into_iter().map(|(id, role)| (length(&role["Policies"]), id)).max().expect("roles");
    // Who may invoke a function: the policy that a permission for each route would fill.
    let permissions = template.of("AWS::Lambda::Permission");
    let invoking = |function: &str| {
        let of_it = permissions.values().filter(|one| one["FunctionName"] == function);
        of_it.map(|one| length(one) + EXPANDED).sum::<usize>()
    };
    let invoked = functions.keys().map(|id| (invoking(id), *id)).max().expect("functions");
    let parameters = template.0["Parameters"].as_object().expect("parameters").len();
    println!(
        "resources {resources} of 500, routes {routes} of 300, parameters {parameters} of 200, template {} of 1000000 bytes",
        TEMPLATE.len()
    );
    println!("longest role {} of 10240 ({}), longest function policy {} of 20480 ({})", roles.0, roles.1, invoked.0, invoked.1);
    assert!(resources <= 400, "{resources} resources");
    assert!(routes <= 250, "{routes} routes");
    assert!(invoked.0 <= 15 * 1024, "{invoked:?}");
    assert!(roles.0 <= 7680, "{roles:?}");
    assert!(TEMPLATE.len() <= 500_000);
}

#[test]
fn the_manual_has_a_section_on_each_alarm_and_names_each_parameter_and_output() {
    let manual = include_str!("../../docs/operations.md");
    let template = template();
    let sections: BTreeSet<_> = manual.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    for alarm in template.of("AWS::CloudWatch::Alarm").keys() {
        assert!(sections.contains(alarm), "docs/operations.md has no section {alarm}");
    }
    for part in ["Parameters", "Outputs"] {
        for name in template.0[part].as_object().expect("an object").keys() {
            assert!(manual.contains(&format!("`{name}`")), "docs/operations.md does not name {name}");
        }
    }
}

#[test]
fn a_protected_api_caches_nothing_and_says_so() {
    for (file, source) in [
        (
            include_str!("../../infra/examples/protected-http-api.openapi.yaml"),
            "$request.header.apikey, $context.stage, $context.routeKey",
        ),
        (include_str!("../../infra/examples/protected-rest-api.openapi.yaml"), "method.request.header.apikey, context.stage"),
    ] {
        let api: Value = serde_saphyr::from_str(file).expect("an OpenAPI document");
        let authorizer = &api["components"]["securitySchemes"]["portico"]["x-amazon-apigateway-authorizer"];
        assert_eq!(authorizer["authorizerResultTtlInSeconds"], 0);
        assert_eq!(authorizer["identitySource"], source);
        for operations in api["paths"].as_object().expect("paths").values() {
            for operation in operations.as_object().expect("operations").values() {
                assert_eq!(
                    listed(&operation["security"]).collect::<Vec<_>>(),
                    [&json!({ "portico": [] })],
                    "every route is protected"
                );
            }
        }
    }
}
