//! Every event item is delivered, in order, at least once, whatever fails in between.

use std::sync::Mutex;

use aws_sdk_dynamodb::types::AttributeValue;

use super::*;
use crate::table::{TABLE, prepare};
use portico_http::clock::SystemClock;

async fn prepared() -> Database {
    let database = Database::memory().unwrap();
    prepare(&database.client(), TABLE).await.unwrap();
    database
}

async fn put(database: &Database, sk: &str) {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let put = database.client().put_item().table_name(TABLE).item("pk", text("DEV#1")).item("sk", text(sk));
    put.send().await.unwrap();
}

fn keys(event: &Event) -> Vec<(String, String)> {
    let read = |record: &aws_lambda_events::event::dynamodb::EventRecord| {
        let key: std::collections::HashMap<String, String> = serde_dynamo::from_item(record.change.keys.clone()).unwrap();
        (key["sk"].clone(), record.change.sequence_number.clone().unwrap_or_default())
    };
    event.records.iter().map(read).collect()
}

#[tokio::test]
async fn new_event_items_are_delivered_in_order_and_only_once_when_all_goes_well() {
    let database = prepared().await;
    let pump = Pump::new(database.clone(), TABLE, None).unwrap();
    let seen = Mutex::new(Vec::new());
    let deliver = |event: Event| {
        seen.lock().unwrap().extend(keys(&event).into_iter().map(|(sk, _)| sk));
        std::future::ready(Ok(Vec::new()))
    };
    put(&database, "META").await;
    for number in 10..35 {
        put(&database, &format!("EVENT#{number}")).await;
    }
    pump.drain(deliver).await.unwrap();
    pump.drain(deliver).await.unwrap();
    put(&database, "EVENT#35").await;
    // A change of an event item is not a new event.
    put(&database, "EVENT#10").await;
    pump.drain(deliver).await.unwrap();
    let expected: Vec<_> = (10..36).map(|number| format!("EVENT#{number}")).collect();
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_failed_record_is_tried_again_with_what_follows_it_and_ends_with_the_dead_letters() {
    let database = prepared().await;
    let folder = std::env::temp_dir().join(format!("portico-dead-{}", std::process::id()));
    let letters = BusFolder::open(folder.join("bus"), folder.join("dead")).unwrap();
    let pump = Pump::new(database.clone(), TABLE, None).unwrap().with_dead_letters(letters, Arc::new(SystemClock));
    for name in ["a", "poison", "z"] {
        put(&database, &format!("EVENT#{name}")).await;
    }
    let seen = Mutex::new(Vec::new());
    let deliver = |event: Event| {
        let mut failed = Vec::new();
        for (sk, sequence) in keys(&event) {
            if sk == "EVENT#poison" {
                failed.push(sequence);
            }
            seen.lock().unwrap().push(sk);
        }
        std::future::ready(Ok(failed))
    };
    let buried = || std::fs::read_dir(folder.join("dead")).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    for _ in 0..TRIES {
        assert_eq!(buried(), Vec::<PathBuf>::new());
        pump.drain(deliver).await.unwrap();
    }
    let letters = buried();
    assert_eq!(letters, [folder.join("dead/poison.relay-events.json")]);
    let letter: Value = serde_json::from_slice(&std::fs::read(&letters[0]).unwrap()).unwrap();
    assert_eq!((&letter["function"], &letter["tries"]), (&json!("relay-events"), &json!(TRIES)));
    assert_eq!(letter["event"]["dynamodb"]["Keys"]["sk"]["S"], "EVENT#poison");
    std::fs::remove_dir_all(&folder).unwrap();
    let count = |name: &str| seen.lock().unwrap().iter().filter(|seen| *seen == &format!("EVENT#{name}")).count();
    assert_eq!((count("a"), count("poison")), (1, TRIES as usize));
    assert!(count("z") > 0);
    let before = seen.lock().unwrap().len();
    pump.drain(deliver).await.unwrap();
    assert_eq!(seen.lock().unwrap().len(), before);
}

#[tokio::test]
async fn the_tries_of_a_record_are_not_those_of_the_one_before_it() {
    let database = prepared().await;
    let pump = Pump::new(database.clone(), TABLE, None).unwrap();
    for name in ["first", "second"] {
        put(&database, &format!("EVENT#{name}")).await;
    }
    let (batches, delivered) = (Mutex::new(0), Mutex::new(Vec::new()));
    let deliver = |event: Event| {
        let mut batch = batches.lock().unwrap();
        *batch += 1;
        // The first record gets through at its last try; only then the second one fails, once.
        let fails = match *batch {
            tried if tried < TRIES => "EVENT#first",
            TRIES => "EVENT#second",
            _ => "",
        };
        let of_batch = keys(&event);
        let failed = of_batch.iter().find(|(sk, _)| sk == fails).map(|(_, sequence)| sequence.clone());
        let through = of_batch.into_iter().take_while(|(sk, _)| sk != fails).map(|(sk, _)| sk);
        delivered.lock().unwrap().extend(through);
        std::future::ready(Ok(failed.into_iter().collect()))
    };
    for _ in 0..=TRIES {
        pump.drain(deliver).await.unwrap();
    }
    assert_eq!(*delivered.lock().unwrap(), ["EVENT#first", "EVENT#second"]);
}

#[tokio::test]
async fn the_position_survives_a_restart_and_a_crash_before_it_was_kept_repeats() {
    let database = prepared().await;
    let kept = std::env::temp_dir().join(format!("portico-cursor-{}", std::process::id()));
    put(&database, "EVENT#1").await;
    let count = Mutex::new(0);
    let deliver = |event: Event| {
        *count.lock().unwrap() += event.records.len();
        std::future::ready(Ok(Vec::new()))
    };
    Pump::new(database.clone(), TABLE, Some(kept.clone())).unwrap().drain(deliver).await.unwrap();
    put(&database, "EVENT#2").await;
    let crashed = |event: Event| {
        *count.lock().unwrap() += event.records.len();
        std::future::ready(Err("crashed".to_owned()))
    };
    Pump::new(database.clone(), TABLE, Some(kept.clone())).unwrap().drain(crashed).await.unwrap();
    Pump::new(database.clone(), TABLE, Some(kept.clone())).unwrap().drain(deliver).await.unwrap();
    std::fs::remove_file(&kept).unwrap();
    assert_eq!(*count.lock().unwrap(), 3);
}
