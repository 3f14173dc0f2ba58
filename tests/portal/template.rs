//! One word in four places: the folders of `functions/`, the routes of the code, `infra/template.yaml` and the samples agree. And no
//! function is told, or may do, more than its code needs.

use std::collections::BTreeSet;
use std::path::Path;

use portico::functions::FUNCTIONS;
use portico::gateway::routes::{Routes, TEMPLATE};
use portico::watch_router;
use portico_http::routes;
use portico_tests::template::{deployed, template, variables};
use serde_json::Value;

fn names(folder: &str, suffix: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    names.map(|name| name.trim_end_matches(suffix).to_owned()).collect()
}

#[test]
fn the_template_routes_what_the_code_serves_to_the_function_that_serves_it() {
    let template = Routes::read(TEMPLATE).expect("the template can be read");
    let of_template: BTreeSet<_> = template.all().iter().map(|route| (route.key.clone(), route.function.clone())).collect();
    let of_code: BTreeSet<_> = routes::all().map(|route| (route.key(), route.function.to_owned())).collect();
    assert_eq!(of_template, of_code);
    assert_eq!(template.fallback().function, "unknown-route");
}

#[test]
fn a_functions_logical_id_is_its_name() {
    let template = Routes::read(TEMPLATE).expect("the template can be read");
    for route in template.all() {
        let words = route.function.split('-').map(|word| {
            let mut chars = word.chars();
            chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
        });
        assert_eq!(route.logical_id, words.collect::<String>());
    }
}

#[test]
fn every_folder_of_functions_is_served_and_has_a_sample() {
    let folders = names("functions", "");
    let of_events =
        ["authorize", "decide-approval", "note-delivery", "relay-events", "run-jobs", "send-email"].map(str::to_owned);
    let served: BTreeSet<_> = FUNCTIONS.iter().map(|(name, _)| (*name).to_owned()).chain(of_events).collect();
    assert_eq!(folders, served);
    // A sample with a point in its name is one of a type of event (tests/portal/event_samples.rs), and so is that of a decision.
    let samples: BTreeSet<_> =
        names("events", ".json").into_iter().filter(|name| !name.contains('.') && name != "approval-decided").collect();
    assert_eq!(folders, samples);
    for name in &folders {
        assert!(TEMPLATE.contains(&format!("Binary: {name}")), "{name} is in the template");
    }
}

/// What a function may do by the policies of its own role: actions and where.
fn grants(properties: &Value) -> Vec<(String, String)> {
    let template = template();
    let role = properties["Role"].as_str().and_then(|role| role.strip_suffix(".Arn")).expect("a role of the template");
    let policies = template["Resources"][role]["Properties"]["Policies"].as_array().into_iter().flatten();
    let statements = policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().expect("statements"));
    let grants = statements.flat_map(|statement| {
        assert_eq!(statement["Effect"], "Allow");
        let place = statement["Resource"].as_str().expect("one resource").to_owned();
        let actions = statement["Action"].as_array().expect("a list of actions").iter();
        actions.map(move |action| (action.as_str().expect("an action").to_owned(), place.clone()))
    });
    grants.collect()
}

#[test]
fn a_secret_is_named_to_the_functions_that_use_it_and_lies_in_no_environment() {
    let template = template();
    let sessions = ["finish-sso", "refresh-session", "sign-in"].as_slice();
    let sealed = ["admin-identity", "finish-sso"].as_slice();
    let links = ["admin-developers", "forgot-password", "send-email", "signup", "verify-email"].as_slice();
    let place = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${KeysPath}";
    for (function, properties) in deployed() {
        let (grants, told) = (grants(&properties), variables(&function));
        for (variable, leaf, functions) in [
            ("PORTICO_SESSION_PRIVATE_KEY", "session-private-key", sessions),
            ("PORTICO_REFRESH_KEY", "refresh-key", sessions),
            ("PORTICO_MAIL_KEY", "mail-key", links),
            ("PORTICO_SEALING_KEY", "sealing-key", sealed),
        ] {
            let named = &properties["Environment"]["Variables"][format!("{variable}_PARAMETER")];
            let may_read = grants.contains(&("ssm:GetParameters".to_owned(), format!("{place}/{leaf}")));
            let needs = functions.contains(&function.as_str());
            assert_eq!(named.as_str() == Some(&format!("${{KeysPath}}/{leaf}")), needs, "{function}: {variable}");
            assert_eq!(may_read, needs, "{function}: {leaf}");
            assert!(!told.contains(variable), "{function} is told {variable} itself");
        }
    }
    let parameters = template["Parameters"].as_object().expect("parameters");
    assert!(parameters.values().all(|parameter| parameter.get("NoEcho").is_none()), "a secret is no parameter of the stack");
}

#[test]
fn every_function_is_told_what_it_cannot_start_without() {
    for function in names("functions", "") {
        let told = variables(&function);
        for variable in ["PORTICO_TABLE", "PORTICO_PORTAL_ID", "PORTICO_PUBLIC_URL", "PORTICO_SESSION_PUBLIC_KEYS"] {
            assert!(told.contains(variable), "{function} lacks {variable}");
        }
        let bodies = ["admin-catalog", "admin-documents", "admin-portal", "browse-catalog", "pages", "run-jobs"]
            .contains(&function.as_str());
        assert_eq!(told.contains("PORTICO_SPECIFICATIONS"), bodies, "{function}");
    }
    for variable in ["PORTICO_MAIL_FROM", "PORTICO_MAIL_CONFIGURATION_SET", "PORTICO_NOTIFY"] {
        assert!(variables("send-email").contains(variable), "{variable}");
    }
    let told: Vec<_> =
        names("functions", "").into_iter().filter(|function| variables(function).contains("PORTICO_BUS")).collect();
    assert_eq!(told, ["relay-events"]);
}

#[test]
fn no_function_may_do_more_than_its_code_does() {
    let mail = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:";
    let (identity, reports) = (format!("{mail}identity/${{MailIdentity}}"), format!("{mail}configuration-set/${{MailReports}}"));
    // Which keys a function may read has a test of its own.
    let of_keys = |(action, _): &(String, String)| action == "ssm:GetParameters";
    let places = [
        identity.as_str(),
        reports.as_str(),
        "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}",
        "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}/index/lists",
        "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}/stream/*",
        "${Specifications.Arn}/*",
        "EventDeadLetters.Arn",
        "JobDeadLetters.Arn",
        "MailReportDeadLetters.Arn",
        "EventDeadLetters.Arn",
        "Bus.Arn",
        "DecisionDeadLetters.Arn",
        "MailDeadLetters.Arn",
    ];
    let stream = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"];
    let reads = [["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "s3:GetObject"], stream].concat();
    let writes = [
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "s3:PutObject",
        "ses:SendEmail",
        "sqs:SendMessage",
        "events:PutEvents",
    ];
    let readers = [
        "authorize",
        "browse-catalog",
        "describe-portal",
        "pages",
        "search-catalog",
        "start-sso",
        "unknown-route",
        "view-apps",
        "view-profile",
    ];
    for (function, properties) in deployed() {
        let grants: Vec<_> = grants(&properties).into_iter().filter(|grant| !of_keys(grant)).collect();
        for (action, place) in &grants {
            assert!(reads.contains(&action.as_str()) || writes.contains(&action.as_str()), "{function}: {action}");
            assert!(places.contains(&place.as_str()), "{function}: {action} on {place}");
            assert_eq!(action.starts_with("s3:"), place.starts_with("${Spec"), "{function}: {action} on {place}");
            assert_eq!(action.starts_with("ses:"), place.starts_with(mail), "{function}: {action} on {place}");
            assert!(!action.starts_with("ses:") || function == "send-email", "{function}: {action}");
        }
        let writes = grants.iter().any(|(action, _)| writes.contains(&action.as_str()));
        assert_eq!(writes, !readers.contains(&function.as_str()), "{function}");
    }
    let only = |function: &str| {
        let grants = grants(&deployed()[function]).into_iter().filter(|grant| !of_keys(grant));
        grants.map(|(action, _)| action).collect::<Vec<_>>()
    };
    let relays = [&["dynamodb:BatchGetItem"][..], &stream[..], &["events:PutEvents", "sqs:SendMessage"]].concat();
    assert_eq!(only("relay-events"), relays);
    assert_eq!(only("authorize"), ["dynamodb:BatchGetItem", "dynamodb:GetItem"]);
    assert_eq!(only("view-profile"), ["dynamodb:BatchGetItem", "dynamodb:Query"]);
    assert_eq!(only("sign-out"), ["dynamodb:BatchGetItem", "dynamodb:DeleteItem"]);
    assert_eq!(only("start-sso"), ["dynamodb:BatchGetItem"]);
    assert!(only("unknown-route").is_empty());
    assert!(deployed()["authorize"]["Timeout"].as_u64().is_some_and(|seconds| seconds <= 8));
}

#[test]
fn cargo_lambda_watch_is_told_the_routes_of_the_template() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let manifest = std::fs::read_to_string(&path).expect("the manifest is there");
    let section = watch_router::section(&Routes::read(TEMPLATE).expect("the template can be read"));
    if std::env::var_os("PORTICO_WRITE_ROUTES").is_some() {
        std::fs::write(&path, watch_router::replaced(&manifest, &section)).expect("the manifest is written");
    } else {
        assert!(manifest.contains(&section), "Cargo.toml has other routes than infra/template.yaml: run `make routes`");
    }
}
