//! What `update-developer` and `delete-developer` shut, before they answer and wherever they crash.

use portico::faults::{Fault, Matching};
use portico::recorded::acting_as;
use portico_domain::developer::Developer;
use portico_domain::event::Name;
use portico_domain::id::{ApplicationId, DeveloperId};
use portico_domain::status::Status;
use portico_store::Key;
use portico_tests::steps::APPLICATIONS;
use portico_tests::{ApiCall, Client, TestPortal};
use serde_json::{Value, json};

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

/// A developer with so many applications, each with so many keys, and one registration that calls pass by.
struct Owner {
    client: Client,
    id: DeveloperId,
    applications: Vec<ApplicationId>,
    keys: Vec<String>,
}

async fn owner(portal: &TestPortal, email: &str, applications: usize, keys_each: usize) -> Owner {
    let client = portal.approved_developer(email).await;
    let api = portal.published_api("Tides").await;
    let mut owner = Owner { id: client.developer.expect("an id"), client, applications: Vec::new(), keys: Vec::new() };
    for number in 0..applications {
        let application = portal.application_of(&owner.client, &format!("App {number}")).await;
        portal.registration(application, api, Status::Approved).await;
        for _ in 0..keys_each {
            owner.keys.push(portal.api_key(application).await);
        }
        owner.applications.push(application);
    }
    owner
}

impl Owner {
    async fn keys_that_pass(&self, portal: &TestPortal) -> usize {
        let mut pass = 0;
        for key in &self.keys {
            pass += usize::from(portal.call(&ApiCall::to("tides").key(key)).await.is_some());
        }
        pass
    }
}

#[tokio::test]
async fn revoking_a_developer_shuts_every_gate_before_the_answer_and_approving_opens_them() {
    let portal = TestPortal::start().await;
    let ada = owner(&portal, "ada@example.test", 60, 3).await;
    assert_eq!(ada.keys_that_pass(&portal).await, 180);
    portal.take_calls();
    decide(&portal, ada.id, "revoked").await.expect(200);
    let updates = portal.take_calls().iter().filter(|call| call.operation == "UpdateItem").count();
    assert_eq!(updates, 60, "one conditional write for each application");
    assert_eq!(ada.keys_that_pass(&portal).await, 0);
    ada.client.get(APPLICATIONS).await.expect_problem(401, "unauthorized");
    decide(&portal, ada.id, "approved").await.expect(200);
    assert_eq!(ada.keys_that_pass(&portal).await, 180);
    ada.client.get(APPLICATIONS).await.expect_problem(401, "unauthorized");
    portal.end().await;
}

#[tokio::test]
async fn a_revocation_that_crashed_anywhere_is_ended_by_run_jobs_or_by_asking_again() {
    for skip in 0.. {
        // Each call is reached twice, before and during it; both ways of ending what it left take turns.
        let asks_again = (skip / 2 + skip) % 2 == 0;
        let portal = TestPortal::start().await;
        let ada = owner(&portal, "ada@example.test", 3, 1).await;
        if skip % 2 == 0 {
            portal.database.faults().crash_before(skip / 2);
        } else {
            portal.database.faults().crash_during(skip / 2);
        }
        portal.take_calls();
        let reply = decide(&portal, ada.id, "revoked").await;
        let unharmed = portal.take_calls().len() <= skip / 2;
        portal.database.faults().heal();
        let revoked = stored(&portal, ada.id).await.expect("there").status == Status::Revoked;
        assert!(revoked || reply.status != 200, "a success is true");
        if reply.status == 200 {
            assert_eq!(ada.keys_that_pass(&portal).await, 0, "a success means that every gate is shut");
        }
        if asks_again {
            decide(&portal, ada.id, "revoked").await.expect(200);
        }
        portal.clock.advance(portico_domain::job::LEASE);
        acting_as("run-jobs", run_jobs::handle(&portal.portal, Value::Null)).await.expect("the jobs are done");
        let passing = if revoked || asks_again { 0 } else { 3 };
        assert_eq!(ada.keys_that_pass(&portal).await, passing, "crashed at {skip}");
        let events = portal.events(&Key::developer(ada.id)).await;
        assert_eq!(events.iter().filter(|name| *name == "developer.revoked").count(), usize::from(passing == 0));
        portal.end().await;
        if unharmed {
            assert!(skip > 8, "the sweep reached every call");
            break;
        }
    }
}

#[tokio::test]
async fn delete_developer_leaves_events_and_nothing_else() {
    let portal = TestPortal::start().await;
    let id = portal.account("ada.of.the.test@example.test", Status::Approved).await;
    let ada = portal.anonymous();
    ada.authenticate("ada.of.the.test@example.test", portico_tests::account::PASSWORD).await.expect(204);
    let api = portal.published_api("Tides").await;
    let application = ada.create_app("Weather board").await;
    ada.register(application, api).await;
    let key = ada.create_key(application).await;
    portal.admin().delete(&path(&portal, id)).await.expect(204);
    assert!(portal.call(&ApiCall::to("tides").key(&key.secret)).await.is_none());
    ada.get(APPLICATIONS).await.expect_problem(401, "unauthorized");
    assert_eq!(stored(&portal, id).await, None);
    let dump = portal.dump().await;
    assert!(!dump.contains("ada.of.the.test"), "no item has the address");
    assert!(!dump.contains("Ada Lovelace"), "no item has the name");
    for prefix in ["SESSION#", "APP#", "PASSWORD"] {
        assert!(portal.children(&Key::developer(id), prefix).await.is_empty(), "no {prefix}");
    }
    let data = portal.event_data(&Key::developer(id), Name::DeveloperDeleted).await;
    assert_eq!(data, json!({ "portal": portal.id(), "developer": id, "before": { "status": "approved" } }));
    portal.admin().delete(&path(&portal, id)).await.expect_problem(404, "not-found");
    portal.admin().get(&path(&portal, id)).await.expect_problem(404, "not-found");
    portal.anonymous().sign_up("ada.of.the.test@example.test").await.expect(201);
    assert_eq!(portal.admin().get(&developers(&portal)).await.expect(200).total(), 1, "the address is free");
    portal.end().await;
}

#[tokio::test]
async fn a_developer_with_many_applications_is_gone_at_once_and_removed_by_run_jobs() {
    let portal = TestPortal::start().await;
    let ada = owner(&portal, "ada@example.test", 25, 1).await;
    portal.admin().delete(&path(&portal, ada.id)).await.expect(204);
    assert_eq!(ada.keys_that_pass(&portal).await, 0);
    portal.admin().get(&path(&portal, ada.id)).await.expect_problem(404, "not-found");
    assert_eq!(portal.admin().get(&developers(&portal)).await.expect(200).total(), 0);
    assert!(!portal.dump().await.contains("ada@example.test"));
    assert_eq!(portal.jobs().await.len(), 1);
    assert_eq!(
        acting_as("run-jobs", run_jobs::handle(&portal.portal, Value::Null)).await.expect("done").done,
        1,
        "without waiting for a lease"
    );
    assert_eq!(stored(&portal, ada.id).await, None);
    for application in ada.applications {
        assert_eq!(portal.application(application).await, None);
    }
    portal.end().await;
}

#[tokio::test]
async fn a_deletion_that_crashed_anywhere_is_ended_by_run_jobs_or_by_asking_again() {
    for skip in 0.. {
        // Each call is reached twice, before and during it; both ways of ending what it left take turns.
        let asks_again = (skip / 2 + skip) % 2 == 0;
        let portal = TestPortal::start().await;
        let ada = owner(&portal, "ada@example.test", 1, 1).await;
        if skip % 2 == 0 {
            portal.database.faults().crash_before(skip / 2);
        } else {
            portal.database.faults().crash_during(skip / 2);
        }
        portal.take_calls();
        let reply = portal.admin().delete(&path(&portal, ada.id)).await;
        let unharmed = portal.take_calls().len() <= skip / 2;
        portal.database.faults().heal();
        let deleted = stored(&portal, ada.id).await.is_none_or(|developer| developer.deleted_at.is_some());
        if reply.status == 204 {
            assert_eq!(ada.keys_that_pass(&portal).await, 0, "a success means that every gate is shut");
        }
        if asks_again {
            let again = portal.admin().delete(&path(&portal, ada.id)).await.status.as_u16();
            assert!(again == 204 || (deleted && again == 404), "crashed at {skip}: {again}");
        }
        portal.clock.advance(portico_domain::job::LEASE);
        acting_as("run-jobs", run_jobs::handle(&portal.portal, Value::Null)).await.expect("the jobs are done");
        let gone = deleted || asks_again;
        assert_eq!(stored(&portal, ada.id).await.is_none(), gone, "crashed at {skip}");
        assert_eq!(ada.keys_that_pass(&portal).await, if gone { 0 } else { 1 });
        assert_eq!(portal.dump().await.contains("ada@example.test"), !gone);
        portal.end().await;
        if unharmed {
            assert!(skip > 8, "the sweep reached every call");
            break;
        }
    }
}

#[tokio::test]
async fn revoking_a_developer_shuts_every_gate_also_where_a_transaction_holds_an_application() {
    let portal = TestPortal::start().await;
    let ada = owner(&portal, "ada@example.test", 3, 1).await;
    for _ in 0..4 {
        portal.database.faults().next(Matching::operation("UpdateItem"), Fault::Conflict { position: 0 });
    }
    decide(&portal, ada.id, "revoked").await.expect(200);
    assert_eq!(ada.keys_that_pass(&portal).await, 0);
    portal.end().await;
}
