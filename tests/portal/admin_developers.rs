//! `admin-developers`: `create-developer`, `list-portal-developers`, `get-developer`, `update-developer`, `delete-developer`.

use std::time::Duration;

use portico::faults::{Fault, Matching};
use portico_domain::developer::Developer;
use portico_domain::event::Name;
use portico_domain::id::DeveloperId;
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::account::with_status;
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use serde_json::json;

fn developers(portal: &TestPortal) -> String {
    format!("/v3/portals/{}/developers", portal.id())
}

fn path(portal: &TestPortal, id: DeveloperId) -> String {
    format!("{}/{id}", developers(portal))
}

async fn stored(portal: &TestPortal, id: DeveloperId) -> Option<Developer> {
    portal.portal.store.find(&Key::developer(id)).await.expect("the store answers")
}

async fn decide(portal: &TestPortal, id: DeveloperId, status: &str) -> portico_tests::Reply {
    portal.admin().patch(&path(portal, id), json!({ "status": status })).await
}

#[tokio::test]
async fn create_developer_follows_the_portals_switch_unless_it_names_a_status() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let create = async |email: &str, status: Option<&str>| {
        let mut body = json!({ "email": email, "full_name": " Ada Lovelace " });
        if let Some(status) = status {
            body["status"] = json!(status);
        }
        admin.post(&developers(&portal), body).await.expect(201).body
    };
    let ada = create("Ada@Example.TEST", None).await;
    assert_eq!(ada["status"], "pending");
    assert_eq!(ada["email"], "ada@example.test");
    assert_eq!(ada["full_name"], "Ada Lovelace");
    portal.set("auto_approve_developers", true).await;
    assert_eq!(create("eve@example.test", None).await["status"], "approved");
    for status in ["pending", "approved", "rejected", "revoked"] {
        assert_eq!(create(&format!("{status}@example.test"), Some(status)).await["status"], status);
    }
    let id: DeveloperId = ada["id"].as_str().expect("an id").parse().expect("an id");
    assert_eq!(admin.get(&path(&portal, id)).await.expect(200).body, ada);
    let events = portal.events(&Key::developer(id)).await;
    assert_eq!(events, ["developer.created"]);
    portal.end().await;
}

#[tokio::test]
async fn an_address_is_created_once_in_whatever_spelling() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let replies = admin
        .race(16, |number, admin| {
            let path = developers(admin.portal());
            let email = if number % 2 == 0 { "ada@example.test" } else { "ADA@Example.Test" };
            async move { admin.post(&path, json!({ "email": email, "full_name": "Ada" })).await }
        })
        .await;
    assert_eq!(with_status(&replies, 201), 1);
    for reply in replies.into_iter().filter(|reply| reply.status != 201) {
        reply.expect_problem(409, "address-taken");
    }
    portal.end().await;
}

#[tokio::test]
async fn create_developer_names_every_wrong_field_and_takes_no_password() {
    let portal = TestPortal::start().await;
    let body = json!({ "email": "ada", "full_name": "A\nB", "status": "banned", "send_invitation_email": "yes", "password": "chosen-by-admin-1" });
    let reply = portal.admin().post(&developers(&portal), body).await;
    reply.expect_invalid(&["email", "full_name", "status", "send_invitation_email", "password"]);
    portal.end().await;
}

#[tokio::test]
async fn an_invited_developer_sets_a_password_with_the_link_of_the_mail() {
    let portal = TestPortal::start().await;
    let body = json!({ "email": "ada@example.test", "full_name": "Ada", "status": "approved", "send_invitation_email": true });
    let id: DeveloperId = portal.admin().post(&developers(&portal), body).await.expect(201).id().parse().expect("an id");
    assert_eq!(portal.events(&Key::developer(id)).await, ["developer.invited"]);
    let token = portal.mailed("ada@example.test", Name::DeveloperInvited).await;
    assert!(!portal.dump().await.contains(&token), "the token is nowhere in the table");
    let ada = portal.anonymous();
    portal.clock.advance(Duration::from_secs(6 * 24 * 60 * 60));
    ada.reset_password(&token, "Nimbus-4711-lantern!").await.expect(204);
    ada.authenticate("ada@example.test", "Nimbus-4711-lantern!").await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn the_invitation_is_over_after_a_week() {
    let portal = TestPortal::start().await;
    let body = json!({ "email": "ada@example.test", "full_name": "Ada", "status": "approved", "send_invitation_email": true });
    portal.admin().post(&developers(&portal), body).await.expect(201);
    let token = portal.mailed("ada@example.test", Name::DeveloperInvited).await;
    portal.clock.advance(Duration::from_secs(7 * 24 * 60 * 60));
    portal.anonymous().reset_password(&token, "Nimbus-4711-lantern!").await.expect_problem(410, "gone");
    portal.end().await;
}

#[tokio::test]
async fn list_portal_developers_pages_filters_and_sorts() {
    let portal = TestPortal::start().await;
    for (name, status) in
        [("carol", Status::Pending), ("ada", Status::Approved), ("bob", Status::Pending), ("dan", Status::Revoked)]
    {
        portal.developer_with_status(&format!("{name}@example.test"), status).await;
        portal.clock.advance(Duration::from_millis(1));
    }
    let admin = portal.admin();
    let list = async |query: &str| admin.get(&format!("{}{query}", developers(&portal))).await.expect(200);
    assert_eq!(list("").await.each("full_name"), ["carol", "ada", "bob", "dan"], "oldest first");
    assert_eq!(list("?sort=email").await.each("full_name"), ["ada", "bob", "carol", "dan"]);
    assert_eq!(list("?sort=created_at%20desc").await.each("full_name"), ["dan", "bob", "ada", "carol"]);
    let page = list("?sort=full_name&page[size]=2&page[number]=2").await;
    assert_eq!((page.each("full_name"), page.total()), (vec!["carol".to_owned(), "dan".to_owned()], 4));
    assert_eq!(list("?filter[status]=pending&sort=full_name").await.each("full_name"), ["bob", "carol"]);
    assert_eq!(list("?filter[status][neq]=pending&sort=full_name").await.each("full_name"), ["ada", "dan"]);
    assert_eq!(list("?filter[name][contains]=A&sort=full_name").await.each("full_name"), ["ada", "carol", "dan"]);
    assert_eq!(list("?filter[email][ocontains]=bob,dan&sort=full_name").await.each("full_name"), ["bob", "dan"]);
    let wrong =
        admin.get(&format!("{}?filter[status]=banned&sort=password&page[size]=101&page[after]=x", developers(&portal))).await;
    wrong.expect_invalid(&["filter[status]", "sort", "page[size]", "page[after]"]);
    portal.end().await;
}

#[tokio::test]
async fn a_filter_by_address_asks_the_guard_and_not_the_index() {
    let portal = TestPortal::start().await;
    portal.developer_with_status("ada@example.test", Status::Pending).await;
    let admin = portal.admin();
    let list = async |query: &str| admin.get(&format!("{}{query}", developers(&portal))).await.expect(200);
    portal.take_calls();
    let found = list("?filter[email]=ADA@example.test").await;
    assert_eq!((found.each("full_name"), found.total()), (vec!["ada".to_owned()], 1));
    assert!(portal.take_calls().iter().all(|call| call.index.is_none()));
    assert_eq!(list("?filter[email]=ada@example.test&filter[status]=approved").await.total(), 0);
    assert_eq!(list("?filter[email]=nobody@example.test").await.total(), 0);
    assert_eq!(list("?filter[email]=nonsense").await.total(), 0);
    portal.end().await;
}

#[tokio::test]
async fn update_developer_takes_each_step_of_the_state_machine_and_no_other() {
    let portal = TestPortal::start().await;
    let all = [Status::Pending, Status::Approved, Status::Rejected, Status::Revoked];
    for from in all {
        for to in all {
            let email = format!("{from}-{to}@example.test");
            let id = portal.developer_with_status(&email, from).await;
            let reply = decide(&portal, id, to.as_str()).await;
            let legal = [
                (Status::Pending, Status::Approved),
                (Status::Pending, Status::Rejected),
                (Status::Approved, Status::Revoked),
                (Status::Rejected, Status::Approved),
                (Status::Revoked, Status::Approved),
            ];
            let told = portal.events(&Key::developer(id)).await;
            if from == to {
                assert_eq!(reply.expect(200).body["status"], to.as_str());
                assert_eq!(told, ["developer.created"], "the same status again has no event");
            } else if legal.contains(&(from, to)) {
                assert_eq!(reply.expect(200).body["status"], to.as_str());
                let mut expected = vec!["developer.created".to_owned(), format!("developer.{to}")];
                expected.sort();
                assert_eq!(told, expected);
            } else {
                let detail = reply.expect_problem(409, "illegal-status-change").body["detail"].clone();
                assert!(detail.as_str().expect("a text").contains(from.as_str()), "{detail} names {from}");
                assert_eq!(stored(&portal, id).await.expect("there").status, from);
            }
        }
    }
    portal.end().await;
}

#[tokio::test]
async fn a_decision_is_told_with_who_made_it_and_what_was_before() {
    let portal = TestPortal::start().await;
    let id = portal.developer_with_status("ada@example.test", Status::Pending).await;
    decide(&portal, id, "approved").await.expect(200);
    let data = portal.event_data(&Key::developer(id), Name::DeveloperApproved).await;
    let (before, after) = (json!({ "status": "pending" }), json!({ "status": "approved" }));
    assert_eq!(data, json!({ "portal": portal.id(), "developer": id, "before": before, "after": after }));
    let events = portal.children(&Key::developer(id), "EVENT#").await;
    let approved = events.iter().find(|event| event.text("name") == Some("developer.approved")).expect("the event");
    assert_eq!((approved.text("actor_type"), approved.text("actor")), (Some("administrator"), Some("test-admin")));
    portal.admin().patch(&path(&portal, id), json!({})).await.expect(200);
    portal
        .admin()
        .patch(&path(&portal, id), json!({ "status": "gone", "email": "x@example.test" }))
        .await
        .expect_invalid(&["status", "email"]);
    portal.end().await;
}

#[tokio::test]
async fn of_two_administrators_who_approve_and_reject_at_once_one_wins() {
    for round in 0..8 {
        let portal = TestPortal::start().await;
        let id = portal.developer_with_status("ada@example.test", Status::Pending).await;
        let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
        let [first, second] = if round % 2 == 0 { ["approved", "rejected"] } else { ["rejected", "approved"] };
        let held = tokio::spawn({
            let portal = portal.clone();
            async move { decide(&portal, id, first).await }
        });
        gate.arrived().await;
        decide(&portal, id, second).await.expect(200);
        gate.open();
        let reply = held.await.expect("no panic");
        if second == "approved" {
            reply.expect_problem(409, "illegal-status-change"); // approved -> rejected is no step
        } else {
            reply.expect(200); // rejected -> approved is one
        }
        portal.end().await;
    }
}

#[tokio::test]
async fn neither_a_decision_nor_its_event_is_there_without_the_other() {
    for fault in [Fault::Disconnected, Fault::ServerError, Fault::LostReply] {
        let portal = TestPortal::start().await;
        let id = portal.developer_with_status("ada@example.test", Status::Pending).await;
        portal.database.faults().always(Matching::operation("TransactWriteItems"), fault);
        decide(&portal, id, "approved").await;
        portal.database.faults().heal();
        let approved = stored(&portal, id).await.expect("there").status == Status::Approved;
        assert_eq!(portal.events(&Key::developer(id)).await.len(), if approved { 2 } else { 1 });
        portal.end_with_jobs().await;
    }
}

#[tokio::test]
async fn nobody_else_sees_or_changes_a_developer() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let id = ada.developer.expect("ada");
    let elsewhere = portal.portal.new_id().expect("an id");
    portal.keep_admin_token("of-another-portal", "other", Some(vec![elsewhere])).await;
    let (own, all) = (path(&portal, id), developers(&portal));
    for (client, status, kind) in [
        (portal.anonymous(), 401, "unauthorized"),
        (ada.clone(), 401, "unauthorized"),
        (portal.anonymous().with_bearer("made-up"), 401, "unauthorized"),
        (portal.anonymous().with_bearer("of-another-portal"), 403, "forbidden"),
    ] {
        client.post(&all, json!({ "email": "x@example.test", "full_name": "X" })).await.expect_problem(status, kind);
        client.get(&all).await.expect_problem(status, kind);
        client.get(&own).await.expect_problem(status, kind);
        client.patch(&own, json!({ "status": "revoked" })).await.expect_problem(status, kind);
        client.delete(&own).await.expect_problem(status, kind);
    }
    ada.get(APPLICATIONS).await.expect(200);
    let admin = portal.admin();
    for unknown in [NOBODYS, "nonsense"] {
        admin.get(&format!("{all}/{unknown}")).await.expect_problem(404, "not-found");
        admin.delete(&format!("{all}/{unknown}")).await.expect_problem(404, "not-found");
    }
    admin.patch(&format!("{all}/nonsense"), json!({ "status": "revoked" })).await.expect_invalid(&["developerId"]);
    admin.patch(&format!("{all}/{NOBODYS}"), json!({ "status": "revoked" })).await.expect_problem(404, "not-found");
    portal.end().await;
}
