//! The embedded table through the real SDK: what it keeps, what the faults do to it, what the record shows.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, Put, TransactWriteItem};

use crate::data::DataFolder;
use crate::engine::Database;
use crate::faults::{Fault, Key, Matching};
use crate::table::{TABLE, TableError, prepare};

type Outcome = Result<(), Box<dyn std::error::Error>>;

async fn prepared() -> Result<Database, Box<dyn std::error::Error>> {
    let database = Database::memory()?;
    prepare(&database.client(), TABLE).await?;
    database.faults().take_calls();
    Ok(database)
}

fn without_retries(database: &Database) -> Client {
    Client::from_conf(database.sdk_config().retry_config(RetryConfig::disabled()).build())
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

async fn put(client: &Client, pk: &str) -> Result<(), String> {
    let put = client.put_item().table_name(TABLE).item("pk", text(pk)).item("sk", text("META"));
    put.send().await.map(drop).map_err(|error| format!("{:?}", error))
}

async fn put_in_transaction(client: &Client, pk: &str) -> Result<(), String> {
    let put = Put::builder()
        .table_name(TABLE)
        .item("pk", text(pk))
        .item("sk", text("META"))
        .condition_expression("attribute_not_exists(pk)")
        .build()
        .map_err(|error| error.to_string())?;
    let action = TransactWriteItem::builder().put(put).build();
    let sent = client.transact_write_items().transact_items(action).send().await;
    sent.map(drop).map_err(|error| format!("{:?}", error))
}

async fn exists(client: &Client, pk: &str) -> Result<bool, Box<dyn std::error::Error>> {
    let get = client.get_item().table_name(TABLE).key("pk", text(pk)).key("sk", text("META"));
    Ok(get.send().await?.item.is_some())
}

#[tokio::test]
async fn a_database_that_nobody_watches_keeps_no_record() -> Outcome {
    let database = Database::memory()?;
    let client = database.client();
    prepare(&client, TABLE).await?;
    put(&client, "DEV#1").await?;
    assert_eq!(database.faults().take_calls(), [], "nobody had asked for it");
    assert!(exists(&client, "DEV#1").await?);
    assert_eq!(database.faults().take_calls().len(), 1);
    database.faults().rest();
    assert!(exists(&client, "DEV#1").await?);
    assert_eq!(database.faults().take_calls(), [], "it rested");
    Ok(())
}

#[tokio::test]
async fn an_item_is_kept_and_preparing_again_changes_nothing() -> Outcome {
    let database = prepared().await?;
    let client = database.client();
    put(&client, "DEV#1").await?;
    prepare(&client, TABLE).await?;
    assert!(exists(&client, "DEV#1").await?);
    assert!(exists(&client, "TABLE").await?);
    Ok(())
}

#[tokio::test]
async fn a_table_of_a_newer_format_is_refused() -> Outcome {
    let database = prepared().await?;
    let client = database.client();
    let newer = client.put_item().table_name(TABLE).item("pk", text("TABLE")).item("sk", text("META"));
    newer.item("format", AttributeValue::N("2".into())).send().await?;
    let refused = prepare(&client, TABLE).await;
    assert!(matches!(refused, Err(TableError::Newer { found: 2 })), "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_the_file_is_opened_again() -> Outcome {
    let folder = std::env::temp_dir().join(format!("portico-engine-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("table.db");
    {
        let database = Database::open(&path)?;
        prepare(&database.client(), TABLE).await?;
        put(&database.client(), "DEV#1").await?;
    }
    let database = Database::open(&path)?;
    prepare(&database.client(), TABLE).await?;
    let there = exists(&database.client(), "DEV#1").await?;
    std::fs::remove_dir_all(&folder)?;
    assert!(there);
    Ok(())
}

#[tokio::test]
async fn a_file_finds_its_streams_end_without_reading_the_stream() -> Outcome {
    let folder = DataFolder::temporary()?;
    prepare(&Database::open(&folder.table())?.client(), TABLE).await?;
    let path = folder.table();
    let storage = dynoxide::storage::Storage::new(path.to_str().ok_or("the path is UTF-8")?)?;
    // The engine's own question at each write.
    let question = "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = 't'";
    let plan: String = storage.conn().query_row(&format!("EXPLAIN QUERY PLAN {question}"), [], |row| row.get(3))?;
    assert!(
        plan.contains("USING INDEX portico_stream_end") || plan.contains("USING COVERING INDEX portico_stream_end"),
        "{plan}"
    );
    Ok(())
}

#[tokio::test]
async fn two_databases_share_nothing() -> Outcome {
    let (one, other) = (prepared().await?, prepared().await?);
    put(&one.client(), "DEV#1").await?;
    assert!(!exists(&other.client(), "DEV#1").await?);
    Ok(())
}

#[tokio::test]
async fn the_sdk_repeats_what_is_worth_repeating_and_each_attempt_is_recorded() -> Outcome {
    for fault in [Fault::Throttled, Fault::Throttling, Fault::ServerError, Fault::Disconnected, Fault::TimedOut, Fault::LostReply]
    {
        let database = prepared().await?;
        database.faults().next(Matching::operation("PutItem").touching("DEV#"), fault.clone());
        put(&database.client(), "DEV#1").await.map_err(|error| format!("{fault:?}: {error}"))?;
        let operations: Vec<_> = database.faults().take_calls().into_iter().map(|call| call.operation).collect();
        assert_eq!(operations, ["PutItem", "PutItem"], "{fault:?}");
        assert!(exists(&database.client(), "DEV#1").await?, "{fault:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_fault_before_the_commit_leaves_nothing_and_a_lost_reply_leaves_the_item() -> Outcome {
    for (fault, kept) in [
        (Fault::Throttled, false),
        (Fault::Throttling, false),
        (Fault::ServerError, false),
        (Fault::Disconnected, false),
        (Fault::TimedOut, false),
        (Fault::Conflict { position: 0 }, false),
        (Fault::LostReply, true),
    ] {
        let database = prepared().await?;
        let client = without_retries(&database);
        database.faults().next(Matching::operation("PutItem"), fault.clone());
        assert!(put(&client, "DEV#1").await.is_err(), "{fault:?}");
        assert_eq!(exists(&client, "DEV#1").await?, kept, "{fault:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_transaction_whose_reply_is_lost_is_repeated_with_its_token_and_counts_once() -> Outcome {
    let database = prepared().await?;
    database.faults().next(Matching::operation("TransactWriteItems"), Fault::LostReply);
    put_in_transaction(&database.client(), "APP#1").await?;
    assert_eq!(database.faults().calls().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_conflict_names_its_position() -> Outcome {
    let database = prepared().await?;
    database.faults().next(Matching::operation("TransactWriteItems"), Fault::Conflict { position: 0 });
    let refused = put_in_transaction(&database.client(), "APP#1").await;
    assert!(refused.as_ref().is_err_and(|error| error.contains("TransactionConflict")), "{refused:?}");
    assert!(!exists(&database.client(), "APP#1").await?);
    Ok(())
}

#[tokio::test]
async fn unprocessed_keys_are_named_and_the_others_read() -> Outcome {
    let database = prepared().await?;
    let client = database.client();
    put(&client, "DEV#1").await?;
    put(&client, "DEV#2").await?;
    for after in [0, 1] {
        database.faults().next(Matching::operation("BatchGetItem"), Fault::Unprocessed { after });
        let key = |pk: &str| HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text("META"))]);
        let wanted = KeysAndAttributes::builder().keys(key("DEV#1")).keys(key("DEV#2")).consistent_read(true).build()?;
        let read = client.batch_get_item().request_items(TABLE, wanted).send().await?;
        let found = read.responses().and_then(|tables| tables.get(TABLE)).map_or(0, Vec::len);
        let left = read.unprocessed_keys().and_then(|tables| tables.get(TABLE)).map_or(0, |left| left.keys().len());
        assert_eq!((found, left), (after, 2 - after));
    }
    Ok(())
}

#[tokio::test]
async fn after_a_crash_nothing_arrives_until_the_faults_are_healed() -> Outcome {
    let database = prepared().await?;
    let client = without_retries(&database);
    database.faults().crash_before(1);
    put(&client, "DEV#1").await?;
    assert!(put(&client, "DEV#2").await.is_err());
    assert!(put(&client, "DEV#3").await.is_err());
    database.faults().heal();
    assert!(exists(&client, "DEV#1").await?);
    assert!(!exists(&client, "DEV#2").await?);

    database.faults().crash_during(0);
    assert!(put(&client, "DEV#4").await.is_err());
    assert!(put(&client, "DEV#5").await.is_err());
    database.faults().heal();
    assert!(exists(&client, "DEV#4").await?);
    assert!(!exists(&client, "DEV#5").await?);
    Ok(())
}

#[tokio::test]
async fn a_held_call_waits_at_its_gate_while_others_pass() -> Outcome {
    let database = prepared().await?;
    let client = database.client();
    let gate = database.faults().hold(Matching::operation("PutItem").touching("DEV#1"));
    let held = tokio::spawn({
        let client = client.clone();
        async move { put(&client, "DEV#1").await }
    });
    gate.arrived().await;
    assert!(!exists(&client, "DEV#1").await?);
    gate.open();
    held.await??;
    assert!(exists(&client, "DEV#1").await?);
    Ok(())
}

#[tokio::test]
async fn the_record_names_operation_index_and_keys() -> Outcome {
    let database = prepared().await?;
    let client = database.client();
    put_in_transaction(&client, "APP#1").await?;
    let query = client.query().table_name(TABLE).key_condition_expression("pk = :p AND begins_with(sk, :prefix)");
    query.expression_attribute_values(":prefix", text("KEY#")).expression_attribute_values(":p", text("APP#1")).send().await?;
    let index = client.query().table_name(TABLE).index_name("lists").key_condition_expression("#l = :list");
    index.expression_attribute_names("#l", "list").expression_attribute_values(":list", text("APIS")).send().await?;
    let calls = database.faults().take_calls();
    let key = |pk: &str, sk: &str| vec![Key { pk: pk.to_owned(), sk: sk.to_owned() }];
    let seen: Vec<_> = calls.iter().map(|call| (call.operation.as_str(), call.index.as_deref(), call.keys.clone())).collect();
    assert_eq!(
        seen,
        [
            ("TransactWriteItems", None, key("APP#1", "META")),
            ("Query", None, key("APP#1", "KEY#")),
            ("Query", Some("lists"), key("APIS", "")),
        ]
    );
    assert!(database.faults().calls().is_empty());
    Ok(())
}
