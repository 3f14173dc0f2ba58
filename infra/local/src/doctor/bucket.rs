//! The bucket of specifications: is it private, versioned and encrypted?

use portico_aws::Service;

use super::Finding;
use super::rest::Rest;

/// Looks at a bucket.
pub(super) async fn look(rest: &Rest, bucket: &str, findings: &mut Vec<Finding>) {
    let bucket = bucket.trim_start_matches("s3://").split('/').next().unwrap_or_default();
    let blocks = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
    let questions = [
        (
            "bucket: private",
            "publicAccessBlock",
            blocks.iter().map(|block| format!("<{block}>true</{block}>")).collect::<Vec<_>>(),
            "the public could be let in",
            "aws s3api put-public-access-block --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true --bucket",
        ),
        (
            "bucket: versioned",
            "versioning",
            vec!["<Status>Enabled</Status>".to_owned()],
            "versions are not kept: what is deleted is gone",
            "aws s3api put-bucket-versioning --versioning-configuration Status=Enabled --bucket",
        ),
        (
            "bucket: encrypted",
            "encryption",
            vec!["<SSEAlgorithm>".to_owned()],
            "has no encryption of its own",
            "deploy the stack again, which sets it on",
        ),
    ];
    for (what, query, holds, wrong, remedy) in questions {
        let remedy = format!("{remedy} {bucket}");
        let found = match rest.get(Service::S3, &format!("/{bucket}?{query}")).await {
            Err(reason) => Finding::wrong(what, reason, "see that you are signed in to the right account"),
            Ok(said) if said.text.contains("<Code>NoSuchBucket</Code>") => {
                Finding::wrong(what, "there is no such bucket", "name the stack's output SpecificationsBucket")
            }
            // A bucket without that configuration is a 404.
            Ok(said) if said.status == 200 || said.status == 404 => Finding::check(
                what,
                said.status == 200 && holds.iter().all(|part| said.text.contains(part)),
                "yes",
                wrong,
                &remedy,
            ),
            Ok(said) => Finding::wrong(what, said.refusal(), format!("ask for the right to read its {query}")),
        };
        findings.push(found);
    }
}
