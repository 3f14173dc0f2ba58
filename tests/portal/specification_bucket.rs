//! Specifications in a bucket: reached as AWS wants it, tried again where that helps, and never waited for longer than a function has.

use portico_store::StoreError;
use portico_store::specifications::Limits;
use portico_tests::TestPortal;
use portico_tests::bucket::{FakeBucket, Fault};
use portico_tests::management::APIS;
use serde_json::json;

const TEXT: &str = "openapi: 3.1.0\ninfo: { title: Weather, version: '2.4' }\npaths: {}\n";

#[tokio::test]
async fn a_portal_over_a_bucket_keeps_and_gives_the_very_bytes() {
    let bucket = FakeBucket::start().await;
    let mut portal = TestPortal::start().await;
    portal.portal.specifications = bucket.specifications("s3://specifications/of/this-portal");
    let admin = portal.admin();
    let api = admin.create_api(json!({ "name": "Weather", "spec_content": TEXT })).await;
    let path = format!("/specifications/of/this-portal/{}", portico_store::sha256_hex(TEXT));
    assert_eq!(bucket.take_requests(), [format!("PUT {path}")]);
    assert_eq!(bucket.objects()[&path], TEXT);
    admin.publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    assert_eq!(bucket.take_requests(), [format!("GET {path}")], "for what search knows of it");
    let visitor = portal.anonymous();
    let version = visitor.get(&format!("/api/v3/apis/{api}/versions")).await.expect(200).each("id").remove(0);
    let raw = visitor.get(&format!("/api/v3/apis/{api}/versions/{version}/raw")).await.expect(200);
    assert_eq!(raw.bytes, TEXT.as_bytes());
    assert_eq!(bucket.take_requests(), [format!("GET {path}")]);
    // The same text once more is one object, which nobody overwrites.
    admin.post(&format!("{APIS}/{api}/versions"), json!({ "version": "2.5", "spec": { "content": TEXT } })).await.expect(201);
    assert_eq!(bucket.objects().len(), 1);
    portal.end().await;
}

#[tokio::test]
async fn a_bucket_that_fails_is_a_503_and_nothing_names_what_it_does_not_have() {
    let bucket = FakeBucket::start().await;
    let mut portal = TestPortal::start().await;
    portal.portal.specifications = bucket.specifications("s3://specifications");
    let admin = portal.admin();
    for fault in [Fault::Broken, Fault::Denied, Fault::Silent] {
        bucket.fail_always(Some(fault));
        let refused = admin.post(APIS, json!({ "name": "Weather", "spec_content": TEXT })).await.expect_problem(503, "busy");
        assert!(refused.headers.contains_key("retry-after"), "{fault:?}");
    }
    bucket.fail_always(None);
    assert_eq!(admin.get(APIS).await.expect(200).total(), 0);
    let api = admin.create_api(json!({ "name": "Weather", "spec_content": TEXT })).await;
    admin.publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    let visitor = portal.anonymous();
    let version = visitor.get(&format!("/api/v3/apis/{api}/versions")).await.expect(200).each("id").remove(0);
    let raw = format!("/api/v3/apis/{api}/versions/{version}/raw");
    for fault in [Fault::Broken, Fault::Denied, Fault::Silent, Fault::Stalled] {
        bucket.fail_always(Some(fault));
        visitor.get(&raw).await.expect_problem(503, "busy");
    }
    bucket.fail_always(None);
    assert_eq!(visitor.get(&raw).await.expect(200).bytes, TEXT.as_bytes());
    portal.end().await;
}

#[tokio::test]
async fn what_passes_is_tried_again_and_a_write_whose_reply_was_lost_is_a_success() {
    let bucket = FakeBucket::start().await;
    let specifications = bucket.specifications("s3://specifications");
    let writes = [
        (vec![Fault::Broken, Fault::Silent], vec!["PUT", "PUT", "PUT"]),
        (vec![Fault::LostReply], vec!["PUT", "PUT", "HEAD"]),
        (vec![], vec!["PUT"]),
    ];
    for (faults, calls) in writes {
        bucket.empty();
        bucket.fail(&faults);
        specifications.keep("digest", TEXT.into()).await.expect("kept");
        let made: Vec<_> = bucket.take_requests().iter().filter_map(|call| call.split(' ').next().map(str::to_owned)).collect();
        assert_eq!(made, calls, "{faults:?}");
        assert_eq!(bucket.objects()["/specifications/digest"], TEXT);
    }
    for faults in [[Fault::Broken, Fault::Broken], [Fault::Silent, Fault::Stalled]] {
        bucket.fail(&faults);
        assert_eq!(specifications.body("digest").await.expect("read"), TEXT, "{faults:?}");
        assert_eq!(bucket.take_requests().len(), 3);
    }
}

#[tokio::test]
async fn a_refusal_is_final_at_once_and_an_object_that_is_missing_is_named() {
    let bucket = FakeBucket::start().await;
    let specifications = bucket.specifications("s3://specifications");
    bucket.fail_always(Some(Fault::Denied));
    assert!(matches!(specifications.keep("digest", TEXT.into()).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(specifications.body("digest").await, Err(StoreError::Unavailable(_))));
    assert_eq!(bucket.take_requests().len(), 2, "no other try changes a refusal");
    bucket.fail_always(None);
    match specifications.body("digest").await {
        Err(StoreError::Corrupt(reason)) => assert!(reason.contains("digest"), "{reason}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn all_tries_together_end_before_the_function_does() {
    let template: serde_json::Value =
        serde_saphyr::from_str(portico::gateway::routes::TEMPLATE).expect("the template can be read");
    let function = template["Globals"]["Function"]["Timeout"].as_u64().expect("a timeout");
    assert!(Limits::FUNCTION.whole.as_secs() * 2 <= function, "a body, and room for the table beside it");
    assert!(Limits::FUNCTION.one_try * 2 < Limits::FUNCTION.whole, "two tries at least");
}

#[test]
fn a_place_that_is_none_is_refused_with_what_it_must_be() {
    let config = portico_aws::SdkConfig::builder().build();
    for (url, says) in [("s3://", "bucket"), ("s3://specifications", "region"), ("https://specifications", "s3://")] {
        let refused = portico_store::specifications::Specifications::in_bucket(url, &config, Limits::FUNCTION);
        assert!(refused.as_ref().is_err_and(|rule| rule.contains(says)), "{url}: {refused:?}");
    }
}
