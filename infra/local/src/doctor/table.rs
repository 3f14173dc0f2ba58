//! The table: is it there, whole in form, and safe from loss?

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::types::{
    KeySchemaElement, KeyType, PointInTimeRecoveryStatus, StreamViewType, TableDescription, TableStatus, TimeToLiveStatus,
};

use super::Finding;
use crate::table;

/// Looks at a table. An emulation has no backups to look at. Returns the stream's ARN.
pub(super) async fn look(client: &Client, name: &str, emulated: bool, findings: &mut Vec<Finding>) -> Option<String> {
    let described = match client.describe_table().table_name(name).send().await {
        Ok(described) => described.table,
        Err(error) => {
            let missing = error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception());
            let remedy =
                if missing { "deploy the stack first, or name its output TableName" } else { "see that you may describe it" };
            findings.push(Finding::wrong("table", if missing { "is not there".to_owned() } else { said(&error) }, remedy));
            return None;
        }
    };
    let table = described?;
    let active = table.table_status == Some(TableStatus::Active);
    findings.push(Finding::check("table", active, "active", "is not active", "wait until AWS is done with it, then look again"));
    findings.push(keys(&table));
    findings.push(match table::format(client, name).await {
        Ok(Some(format)) => Finding::good("format", format!("{format}")),
        Ok(None) => Finding::wrong("format", "nobody has put anything in yet", "portico admin-token create makes the portal"),
        Err(error) => {
            Finding::wrong("format", error.to_string(), "use the version of portico that wrote the table, or a newer one")
        }
    });
    let stream = table.stream_specification.as_ref();
    let whole =
        stream.is_some_and(|stream| stream.stream_enabled && stream.stream_view_type == Some(StreamViewType::NewAndOldImages));
    let remedy = "turn the stream on with new and old images: without it no mail is sent and no event leaves";
    findings.push(Finding::check(
        "stream",
        whole,
        "on, with new and old images",
        "is off, or carries no new and old images",
        remedy,
    ));
    findings.push(expiry(client, name).await);
    if emulated {
        findings
            .push(Finding::skipped("protection and recovery", "an emulation and a laptop have neither: copy the data yourself"));
    } else {
        let protected = table.deletion_protection_enabled == Some(true);
        let remedy = format!("aws dynamodb update-table --table-name {name} --deletion-protection-enabled");
        findings.push(Finding::check("deletion protection", protected, "on", "is off", &remedy));
        findings.push(recovery(client, name).await);
    }
    table.latest_stream_arn.filter(|_| whole)
}

fn keys(table: &TableDescription) -> Finding {
    let is = |keys: &[KeySchemaElement], hash: &str, range: &str| {
        let named = |kind: &KeyType, name: &str| keys.iter().any(|key| key.key_type == *kind && key.attribute_name == name);
        keys.len() == 2 && named(&KeyType::Hash, hash) && named(&KeyType::Range, range)
    };
    let own = is(table.key_schema(), "pk", "sk");
    let lists = table.global_secondary_indexes().iter().find(|index| index.index_name() == Some("lists"));
    let listed = lists.is_some_and(|index| is(index.key_schema(), "list", "list_at"));
    let remedy = "this is another application's table: name the one that the stack made";
    Finding::check("keys", own && listed, "pk and sk, and the index lists", "are not those of a portal's table", remedy)
}

async fn expiry(client: &Client, name: &str) -> Finding {
    let remedy = format!(
        "aws dynamodb update-time-to-live --table-name {name} --time-to-live-specification Enabled=true,AttributeName=ttl"
    );
    match client.describe_time_to_live().table_name(name).send().await {
        Ok(found) => {
            let found = found.time_to_live_description;
            let on = found.is_some_and(|found| {
                found.attribute_name() == Some("ttl")
                    && matches!(found.time_to_live_status(), Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling))
            });
            Finding::check("expiry (TTL)", on, "on, by the attribute ttl", "is off: what is over stays in the table", &remedy)
        }
        Err(error) => Finding::wrong("expiry (TTL)", said(&error), "see that you may dynamodb:DescribeTimeToLive"),
    }
}

async fn recovery(client: &Client, name: &str) -> Finding {
    let remedy = format!(
        "aws dynamodb update-continuous-backups --table-name {name} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
    );
    match client.describe_continuous_backups().table_name(name).send().await {
        Ok(found) => {
            let status = found.continuous_backups_description.and_then(|found| found.point_in_time_recovery_description);
            let on = status.and_then(|status| status.point_in_time_recovery_status) == Some(PointInTimeRecoveryStatus::Enabled);
            Finding::check("point-in-time recovery", on, "on", "is off", &remedy)
        }
        Err(error) => {
            Finding::wrong("point-in-time recovery", said(&error), "see that you may dynamodb:DescribeContinuousBackups")
        }
    }
}

fn said<E: std::error::Error + 'static, R: std::fmt::Debug + Send + Sync + 'static>(error: &SdkError<E, R>) -> String {
    format!("cannot be looked at: {}", DisplayErrorContext(error))
}
