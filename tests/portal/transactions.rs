//! How a transaction is sent: its bytes and its token are made once, what may pass is tried again, a condition that failed never is.

use portico::faults::{Call, Fault, Matching};
use portico_tests::TestPortal;
use serde_json::json;

const PATH: &str = "/api/v3/applications";

async fn transactions(portal: &TestPortal) -> Vec<Call> {
    portal.take_calls().into_iter().filter(|call| call.operation == "TransactWriteItems").collect()
}

#[tokio::test]
async fn every_try_of_a_transaction_has_the_bytes_of_the_first() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let faults = portal.database.faults();
    for fault in [
        Fault::Conflict { position: 0 },
        Fault::InProgress,
        Fault::Conflict { position: 1 },
        Fault::ServerError,
        Fault::LostReply,
    ] {
        faults.next(Matching::operation("TransactWriteItems"), fault);
    }
    ada.post(PATH, json!({ "name": "Clock" })).await.expect(201);
    let sent = transactions(&portal).await;
    assert_eq!(sent.len(), 6, "five faults and the try that told the end");
    assert!(sent.iter().all(|call| call.bytes == sent[0].bytes), "{sent:?}");
    portal.end().await;
}

#[tokio::test]
async fn a_condition_that_failed_is_not_tried_again() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let new = json!({ "name": "Clock", "client_id": "clock-1" });
    ada.post(PATH, new.clone()).await.expect(201);
    portal.take_calls();
    ada.post(PATH, new).await.expect_problem(409, "reference-id-taken");
    assert_eq!(transactions(&portal).await.len(), 1);
    portal.end().await;
}

#[tokio::test]
async fn two_transactions_are_two_even_if_they_say_the_same() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    for _ in 0..2 {
        ada.post(PATH, json!({ "name": "Clock" })).await.expect(201);
    }
    let sent = transactions(&portal).await;
    assert_ne!(sent[sent.len() - 1].bytes, sent[sent.len() - 2].bytes);
    portal.end().await;
}
