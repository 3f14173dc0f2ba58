//! What is kept: logs, the table, the bucket.

use serde_json::json;

use super::{Template, faults, text};

pub(super) fn logs(template: &Template) -> Vec<String> {
    let globals = &template.0["Globals"]["Function"];
    let groups = template.of("AWS::Logs::LogGroup");
    let kept = groups.iter().map(|(id, group)| (!group["RetentionInDays"].is_null(), format!("{id} is kept for ever")));
    let mut found: Vec<_> = kept.collect();
    let group = text(&globals["LoggingConfig"]["LogGroup"]);
    found.push((groups.contains_key(group), "the functions make log groups of their own".to_owned()));
    found.push((globals["LoggingConfig"]["LogFormat"] == "JSON", "the functions do not log as JSON".to_owned()));
    found.push((globals["Tracing"] == "Active", "the functions are not traced".to_owned()));
    faults(found)
}

pub(super) fn table(template: &Template) -> Vec<String> {
    let resource = &template.0["Resources"]["PorticoTable"];
    let table = &resource["Properties"];
    let wanted = [
        ("BillingMode", json!("PAY_PER_REQUEST")),
        ("DeletionProtectionEnabled", json!(true)),
        ("PointInTimeRecoverySpecification", json!({ "PointInTimeRecoveryEnabled": true })),
        ("SSESpecification", json!({ "SSEEnabled": true })),
        ("StreamSpecification", json!({ "StreamViewType": "NEW_AND_OLD_IMAGES" })),
        ("TimeToLiveSpecification", json!({ "AttributeName": "ttl", "Enabled": true })),
    ];
    let properties =
        wanted.into_iter().map(|(name, value)| (table[name] == value, format!("the table's {name} is {}", table[name])));
    let kept =
        (resource["DeletionPolicy"] == "Retain" && resource["UpdateReplacePolicy"] == "Retain", "the table goes".to_owned());
    faults(properties.chain([kept]))
}

pub(super) fn bucket(template: &Template) -> Vec<String> {
    let resource = &template.0["Resources"]["Specifications"];
    let bucket = &resource["Properties"];
    let blocked = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    let private = blocked.iter().all(|block| bucket["PublicAccessBlockConfiguration"][*block] == true);
    let encryption = &bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]["ServerSideEncryptionByDefault"];
    let tls = template.statements().into_iter().any(|(id, statement)| {
        id == "SpecificationsPolicy"
            && statement["Effect"] == "Deny"
            && statement["Condition"]["Bool"]["aws:SecureTransport"] == "false"
    });
    faults([
        (private, "the bucket is not private".to_owned()),
        (bucket["VersioningConfiguration"]["Status"] == "Enabled", "the bucket keeps no versions".to_owned()),
        (encryption["SSEAlgorithm"].is_string(), "the bucket is not encrypted".to_owned()),
        (resource["DeletionPolicy"] == "Retain" && resource["UpdateReplacePolicy"] == "Retain", "the bucket goes".to_owned()),
        (tls, "the bucket answers without TLS".to_owned()),
    ])
}
