//! `run-jobs`: what a crash left is done, once, by whoever takes it.

use portico::recorded::acting_as;
use portico_domain::id::{DeveloperId, TeamId};
use portico_domain::job::{LEASE, Work};
use portico_domain::status::Status;
use portico_store::{Key, StoreError, Transaction, Update};
use portico_tests::TestPortal;
use serde_json::{Value, json};

async fn put(portal: &TestPortal, work: Work) {
    let job = portal.portal.job(work).expect("a job");
    Transaction::<StoreError>::new().job(&job).commit(&portal.portal.store).await.expect("the job is put");
}

async fn run(portal: &TestPortal) -> usize {
    acting_as("run-jobs", run_jobs::handle(&portal.portal, json!({ "source": "aws.scheduler" })))
        .await
        .expect("the jobs are done")
        .done
}

/// What a revocation leaves that died right after its transaction.
async fn half_revoked(portal: &TestPortal) -> (DeveloperId, portico_domain::id::ApplicationId) {
    let ada = portal.approved_developer("ada@example.test").await;
    let application = portal.application_of(&ada, "Weather board").await;
    let id = ada.developer.expect("ada");
    let revoke = Update::of(Key::developer(id)).set("status", &Status::Revoked).add("standing_ver", 1).add("epoch", 1);
    portal.portal.store.edit(revoke).await.expect("revoked");
    put(portal, Work::Standing { developer: id }).await;
    (id, application)
}

#[tokio::test]
async fn a_job_is_left_to_whoever_put_it_until_its_lease_has_run_out() {
    let portal = TestPortal::start().await;
    let (_, application) = half_revoked(&portal).await;
    assert_eq!(run(&portal).await, 0);
    assert_eq!(portal.application(application).await.expect("there").standing, Status::Approved);
    portal.clock.advance(LEASE);
    assert_eq!(run(&portal).await, 1);
    assert_eq!(portal.application(application).await.expect("there").standing, Status::Revoked);
    assert_eq!(run(&portal).await, 0);
    portal.end().await;
}

#[tokio::test]
async fn of_two_runs_at_once_one_takes_a_job() {
    let portal = TestPortal::start().await;
    half_revoked(&portal).await;
    portal.clock.advance(LEASE);
    let job =
        portal.portal.store.free_jobs(portico_http::clock::Clock::now(portal.clock.as_ref())).await.expect("jobs").remove(0);
    let now = portico_http::clock::Clock::now(portal.clock.as_ref());
    let first = portal.portal.store.take_job(&job, now).await.expect("an answer");
    assert_eq!(first.map(|job| job.tries), Some(2));
    assert_eq!(portal.portal.store.take_job(&job, now).await.expect("an answer"), None);
    assert_eq!(run(&portal).await, 0, "it is taken");
    portal.clock.advance(LEASE);
    assert_eq!(run(&portal).await, 1, "whoever took it has died");
    portal.end().await;
}

#[tokio::test]
async fn a_run_that_dies_anywhere_is_ended_by_the_next() {
    for skip in 0.. {
        let portal = TestPortal::start().await;
        let (_, application) = half_revoked(&portal).await;
        portal.clock.advance(LEASE);
        portal.take_calls();
        portal.database.faults().crash_during(skip);
        let died = acting_as("run-jobs", run_jobs::handle(&portal.portal, Value::Null)).await;
        let unharmed = portal.take_calls().len() <= skip;
        portal.database.faults().heal();
        assert_eq!(died.is_ok(), unharmed, "a run that could not do its jobs says so");
        portal.clock.advance(LEASE);
        run(&portal).await;
        assert_eq!(portal.application(application).await.expect("there").standing, Status::Revoked);
        portal.end().await;
        if unharmed {
            assert!(skip > 4, "the sweep reached every call");
            break;
        }
    }
}

/// A portal with APIs that search knows nothing of, as an older Portico would have left them.
async fn published_by_an_older_one() -> TestPortal {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    for (name, operation) in [("Tides", "listTides"), ("Winds", "listWinds")] {
        let get = json!({ "operationId": operation, "responses": {} });
        let content = json!({ "openapi": "3.1.0", "info": { "title": name, "version": "1" }, "paths": { "/": { "get": get } } });
        let api = admin.create_api(json!({ "name": name, "spec_content": content.to_string() })).await;
        admin.publish_api(api, json!({ "visibility": "public" })).await.expect(200);
        portal.portal.store.remove(&Key::search(portal.id(), api)).await.expect("gone");
    }
    portal.set("search_form", 0).await;
    portal
}

async fn found(portal: &TestPortal) -> usize {
    portal.anonymous().get("/api/v3/search?q=list").await.expect(200).each("name").len()
}

#[tokio::test]
async fn what_an_older_portico_published_is_found_after_the_next_run_and_read_for_once() {
    let portal = published_by_an_older_one().await;
    assert_eq!(found(&portal).await, 0);
    let first = acting_as("run-jobs", run_jobs::handle(&portal.portal, Value::Null)).await.expect("it runs");
    assert_eq!((first.renewed, found(&portal).await), (2, 2));
    portal.take_calls();
    let second = acting_as("run-jobs", run_jobs::handle(&portal.portal, Value::Null)).await.expect("it runs");
    let calls: Vec<_> = portal.take_calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(second.renewed, 0);
    assert_eq!(calls, ["Query", "GetItem"]);
    portal.end().await;
}

#[tokio::test]
async fn telling_search_anew_goes_on_where_it_died() {
    for skip in 0.. {
        let portal = published_by_an_older_one().await;
        portal.take_calls();
        portal.database.faults().crash_during(skip);
        let died = acting_as("run-jobs", run_jobs::handle(&portal.portal, Value::Null)).await;
        let unharmed = portal.take_calls().len() <= skip;
        portal.database.faults().heal();
        assert_eq!(died.is_ok(), unharmed, "a run that could not do its work says so");
        portal.run_jobs().await;
        assert_eq!(found(&portal).await, 2);
        portal.end().await;
        if unharmed {
            assert!(skip > 6, "the sweep reached every call");
            break;
        }
    }
}

#[tokio::test]
async fn a_job_whose_work_is_done_or_undone_changes_nothing() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let id = ada.developer.expect("ada");
    let application = portal.application_of(&ada, "Weather board").await;
    let api = portal.published_api("Tides").await;
    let team = portal.team("Partners").await;
    let nobody = portal.portal.new_id::<DeveloperId>().expect("an id");
    for work in [
        Work::Standing { developer: id },
        Work::Standing { developer: nobody },
        Work::RemoveDeveloper { developer: id },
        Work::RemoveDeveloper { developer: nobody },
        Work::RemoveApplication { application },
        Work::RemoveApi { api },
        Work::RemoveTeam { team },
        Work::RemoveTeam { team: TeamId::new(nobody.uuid()) },
        Work::KeyNames { strategy: portal.strategy },
    ] {
        put(&portal, work).await;
    }
    let before = portal.application(application).await;
    portal.clock.advance(LEASE);
    assert_eq!(run(&portal).await, 9);
    assert_eq!(portal.application(application).await, before);
    ada.get("/api/v3/developer/me").await.expect(200);
    portal.end().await;
}
