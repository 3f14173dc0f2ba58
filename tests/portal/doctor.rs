//! `portico doctor`: every thing that can be wrong is found, said in words, and no other thing is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use portico_tests::deployed::{client, dynamodb};
use tokio::net::TcpListener;

use crate::command::{self, Folder};
use crate::operator::{portico, said};

/// What AWS answers to a signed GET, by the beginning of its path and query; the longest counts.
#[derive(Clone)]
struct Aws {
    endpoint: String,
    answers: Arc<Mutex<BTreeMap<String, (u16, String)>>>,
}

const PRIVATE: &str = "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>";
const AUTHORIZER: &str = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:123456789012:function:portico-authorize/invocations";

impl Aws {
    /// An account in which all is well.
    async fn well() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let aws = Self { endpoint, answers: Arc::default() };
        let router = Router::new().fallback(answer).with_state(aws.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        aws.says("/specifications?publicAccessBlock", 200, PRIVATE);
        aws.says(
            "/specifications?versioning",
            200,
            "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
        );
        aws.says("/specifications?encryption", 200, "<Rule><SSEAlgorithm>AES256</SSEAlgorithm></Rule>");
        aws.says("/v2/email/account", 200, r#"{"ProductionAccessEnabled":true,"SendingEnabled":true}"#);
        aws.says("/v2/email/identities/", 404, r#"{"message":"not there"}"#);
        aws.says("/v2/email/identities/example%2Etest", 200, r#"{"VerifiedForSendingStatus":true}"#);
        aws.says("/2016-08-19/account-settings/", 200, r#"{"AccountLimit":{"ConcurrentExecutions":1000}}"#);
        aws.says("/2015-03-31/event-source-mappings/", 200, r#"{"EventSourceMappings":[{"State":"Enabled"}]}"#);
        aws.says("/v2/apis?", 200, r#"{"items":[{"apiId":"h1","name":"Tides"}]}"#);
        aws.cache("/v2/apis/h1/authorizers", "items", "0", r#"["$request.header.apikey"]"#);
        aws.says("/restapis?", 200, r#"{"item":[{"id":"r1","name":"Weather"}]}"#);
        aws.cache("/restapis/r1/authorizers", "item", "0", r#""""#);
        aws.says("/api/v3/portal", 200, r#"{"portal_id":"x"}"#);
        aws
    }

    fn says(&self, path: &str, status: u16, body: &str) {
        self.answers.lock().expect("nobody panics with it").insert(path.to_owned(), (status, body.to_owned()));
    }

    fn cache(&self, path: &str, list: &str, ttl: &str, sources: &str) {
        let found =
            format!(r#"{{"authorizerUri":"{AUTHORIZER}","authorizerResultTtlInSeconds":{ttl},"identitySource":{sources}}}"#);
        self.says(path, 200, &format!(r#"{{"{list}":[{found}]}}"#));
    }

    async fn looked_at(&self, folder: &Folder, dynamodb: &str, table: &str) -> (Option<i32>, String) {
        let services = ["S3", "SESV2", "LAMBDA", "APIGATEWAY"].map(|service| format!("AWS_ENDPOINT_URL_{service}"));
        let environment: Vec<_> = services.iter().map(|service| (service.as_str(), self.endpoint.as_str())).collect();
        let arguments = ["doctor", "--table", table, "--endpoint-url", dynamodb, "--bucket", "specifications"];
        let more = ["--mail-from", "Portal <no-reply@example.test>", "--public-url", self.endpoint.as_str()];
        let output = portico(&folder.0, &[&arguments[..], &more].concat(), &environment).await;
        (output.status.code(), said(&output))
    }
}

async fn answer(State(aws): State<Aws>, uri: Uri, headers: HeaderMap) -> Response {
    let asked = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let signed = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let service = match asked.as_str() {
        asked if asked.starts_with("/specifications") => "/s3/aws4_request",
        asked if asked.starts_with("/v2/email") => "/ses/aws4_request",
        asked if asked.starts_with("/20") => "/lambda/aws4_request",
        asked if asked.starts_with("/api/") => "",
        _ => "/apigateway/aws4_request",
    };
    if !signed.contains(service) {
        return (StatusCode::FORBIDDEN, "signed for another service").into_response();
    }
    let answers = aws.answers.lock().expect("nobody panics with it");
    let found = answers.iter().filter(|(path, _)| asked.starts_with(path.as_str())).max_by_key(|(path, _)| path.len());
    match found {
        Some((_, (status, body))) => (StatusCode::from_u16(*status).expect("a status"), body.clone()).into_response(),
        None => (StatusCode::NOT_FOUND, format!("nothing at {asked}")).into_response(),
    }
}

#[tokio::test]
async fn a_sound_account_is_well_and_each_fault_is_named_with_what_to_do() {
    let (folder, dynamodb) = (Folder::new("doctor"), dynamodb().await);
    portico::table::prepare(&client(&dynamodb), "portico").await.expect("the table is made");
    let aws = Aws::well().await;
    let (status, report) = aws.looked_at(&folder, &dynamodb, "portico").await;
    assert_eq!(status, Some(0), "{report}");
    assert!(report.contains("nothing is wrong") && !report.contains("WRONG"), "{report}");
    assert!(report.contains("of 2 authorizer(s)"), "{report}");

    type Fault = (&'static str, fn(&Aws), &'static str);
    let faults: [Fault; 15] = [
        (
            "bucket: private",
            |aws| aws.says("/specifications?publicAccessBlock", 404, "<Code>NoSuchPublicAccessBlockConfiguration</Code>"),
            "put-public-access-block",
        ),
        (
            "bucket: private",
            |aws| aws.says("/specifications?publicAccessBlock", 200, &PRIVATE.replacen("true", "false", 1)),
            "put-public-access-block",
        ),
        (
            "bucket: versioned",
            |aws| aws.says("/specifications?versioning", 200, "<VersioningConfiguration/>"),
            "put-bucket-versioning",
        ),
        ("bucket: encrypted", |aws| aws.says("/specifications?encryption", 404, ""), "no encryption"),
        ("bucket: versioned", |aws| aws.says("/specifications?versioning", 403, ""), "these credentials may not"),
        (
            "mail: sandbox",
            |aws| aws.says("/v2/email/account", 200, r#"{"ProductionAccessEnabled":false,"SendingEnabled":true}"#),
            "production access",
        ),
        (
            "mail: sandbox",
            |aws| aws.says("/v2/email/account", 200, r#"{"ProductionAccessEnabled":true,"SendingEnabled":false}"#),
            "stopped sending",
        ),
        (
            "mail: sender",
            |aws| aws.says("/v2/email/identities/example%2Etest", 200, r#"{"VerifiedForSendingStatus":false}"#),
            "neither no-reply@example.test nor its domain",
        ),
        (
            "concurrency quota",
            |aws| aws.says("/2016-08-19/account-settings/", 200, r#"{"AccountLimit":{"ConcurrentExecutions":10}}"#),
            "only 10 functions",
        ),
        (
            "reader of the stream",
            |aws| aws.says("/2015-03-31/event-source-mappings/", 200, r#"{"EventSourceMappings":[{"State":"Disabled"}]}"#),
            "relay-events",
        ),
        (
            "authorizers' caches",
            |aws| aws.cache("/v2/apis/h1/authorizers", "items", "60", r#"["$request.header.apikey"]"#),
            "Tides (h1) keeps decisions for 60 s",
        ),
        (
            "authorizers' caches",
            |aws| aws.cache("/restapis/r1/authorizers", "item", "null", r#""""#),
            "Weather (r1) keeps decisions for 300 s",
        ),
        ("authorizers' caches", |aws| aws.says("/restapis?", 500, ""), "answers 500"),
        ("public URL", |aws| aws.says("/api/v3/portal", 200, "<html>"), "not like a portal"),
        ("public URL", |aws| aws.says("/api/v3/portal", 502, ""), "answers 502"),
    ];
    for (what, break_it, says) in faults {
        let ill = Aws::well().await;
        break_it(&ill);
        let (status, report) = ill.looked_at(&folder, &dynamodb, "portico").await;
        assert_eq!(status, Some(1), "{what}: {report}");
        let wrong: Vec<_> = report.lines().filter(|line| line.starts_with("WRONG")).collect();
        assert_eq!(wrong.len(), 1, "{what}: {report}");
        assert!(wrong[0].contains(what) && report.contains(says), "{what}: {report}");
    }
}

#[tokio::test]
async fn a_table_that_is_missing_unmarked_or_without_stream_and_expiry_is_found() {
    let (folder, dynamodb) = (Folder::new("doctor-table"), dynamodb().await);
    let aws = Aws::well().await;
    let (status, report) = aws.looked_at(&folder, &dynamodb, "portico").await;
    assert_eq!(status, Some(1));
    assert!(report.contains("WRONG  table: is not there"), "{report}");
    use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
    let key = |kind| KeySchemaElement::builder().attribute_name("id").key_type(kind).build().expect("a key");
    client(&dynamodb)
        .create_table()
        .table_name("portico")
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(
            AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S).build().expect("one"),
        )
        .key_schema(key(KeyType::Hash))
        .send()
        .await
        .expect("a table");
    let (status, report) = aws.looked_at(&folder, &dynamodb, "portico").await;
    assert_eq!(status, Some(1));
    for what in ["keys", "format", "stream", "expiry (TTL)"] {
        assert!(report.contains(&format!("WRONG  {what}")), "{what}: {report}");
    }
    assert!(!report.contains("reader of the stream"), "there is none to be read");
}

#[tokio::test]
async fn on_a_laptop_it_looks_at_the_folder_and_says_what_it_leaves_out() {
    let folder = Folder::new("doctor-here");
    let none = portico(&folder.0, &["doctor"], &[]).await;
    assert_eq!(none.status.code(), Some(2));
    let mut running = command::Portal::start(&folder, &[]);
    assert!(running.interrupt().success());
    let looked = portico(&folder.0, &["doctor"], &[]).await;
    assert_eq!(looked.status.code(), Some(0), "{}", said(&looked));
    for line in ["ok     table: active", "ok     keys: there", "-      bucket, mail", "-      public URL", "nothing is wrong"] {
        assert!(said(&looked).contains(line), "{line}: {}", said(&looked));
    }
    std::fs::write(folder.data().join("keys/mail"), b"short").expect("written");
    let looked = portico(&folder.0, &["doctor"], &[]).await;
    assert_eq!(looked.status.code(), Some(1));
    assert!(said(&looked).contains("the key is damaged"), "{}", said(&looked));
}
