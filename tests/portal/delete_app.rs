//! `delete-application`.

use http::Method;
use portico::faults::{Fault, Matching};
use portico_domain::event::Name;
use portico_domain::id::{ApiId, ApplicationId};
use portico_domain::status::Status;
use portico_domain::throttle::Limit;
use portico_store::throttles::Counter;
use portico_store::{Key, Update};
use portico_tests::steps::{APPLICATIONS, NOBODYS};
use portico_tests::{Client, TestPortal};
use serde_json::json;

/// Requires that nothing is left of an application but its events, one of which tells of the end.
async fn nothing_is_left(portal: &TestPortal, app: ApplicationId, apis: &[ApiId]) {
    let root = Key::application(app);
    assert_eq!(portal.application(app).await, None, "no tombstone");
    for prefix in ["KEY#", "REG#"] {
        assert!(portal.children(&root, prefix).await.is_empty(), "no {prefix} of {app}");
    }
    let ends = portal.events(&root).await.iter().filter(|name| *name == "application.deleted").count();
    assert_eq!(ends, 1, "one event tells of the end");
    for api in apis {
        let pointers = portal.children(&Key::api(*api), "REG#").await;
        assert!(pointers.iter().all(|pointer| pointer.text("application") != Some(&app.to_string())), "no pointer to {app}");
    }
    assert!(portal.jobs().await.is_empty(), "no job");
}

#[tokio::test]
async fn it_takes_its_keys_and_registrations_along_and_frees_its_reference_id() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let api = portal.published_api("Weather").await;
    let body = json!({ "name": "Weather board", "client_id": "weather-1" });
    let app: ApplicationId = ada.post(APPLICATIONS, body.clone()).await.expect(201).id().parse().expect("an id");
    let registration = ada.register(app, api).await;
    ada.create_key(app).await;
    let path = format!("{APPLICATIONS}/{app}");
    ada.delete(&path).await.expect(204);
    nothing_is_left(&portal, app, &[api]).await;
    let data = portal.event_data(&Key::application(app), Name::ApplicationDeleted).await;
    assert_eq!(data["registrations"], json!([{ "api": api, "registration": registration }]));
    ada.get(&path).await.expect_problem(404, "not-found");
    ada.delete(&path).await.expect_problem(404, "not-found");
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).total(), 0);
    ada.post(APPLICATIONS, body).await.expect(201);
    portal.end().await;
}

#[tokio::test]
async fn from_the_first_transaction_on_nothing_of_it_works() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let api = portal.published_api("Weather").await;
    let app = ada.create_app("Weather board").await;
    let registration = ada.register(app, api).await;
    let key = ada.create_key(app).await;
    // The session and the application are read, the transaction commits, and then the process dies.
    portal.database.faults().crash_before(2);
    let path = format!("{APPLICATIONS}/{app}");
    ada.delete(&path).await.expect(204);
    portal.database.faults().heal();
    let tombstone = portal.application(app).await.expect("a tombstone");
    assert!(!tombstone.is_live() && tombstone.grants.is_empty() && tombstone.card.reference_id.is_none());
    assert_eq!(portal.children(&Key::application(app), "KEY#").await.len(), 1, "the crash left the key's row");
    for (method, below, body) in [
        (Method::GET, String::new(), None),
        (Method::DELETE, String::new(), None),
        (Method::PATCH, String::new(), Some(json!({ "name": "Back" }))),
        (Method::GET, "/credentials".to_owned(), None),
        (Method::POST, "/credentials".to_owned(), Some(json!({}))),
        (Method::PUT, format!("/credentials/{}", key.id), Some(json!({ "display_name": "Back" }))),
        (Method::DELETE, format!("/credentials/{}", key.id), None),
        (Method::GET, "/registrations".to_owned(), None),
        (Method::POST, "/registrations".to_owned(), Some(json!({ "api_id": api }))),
        (Method::GET, format!("/registrations/{registration}"), None),
        (Method::DELETE, format!("/registrations/{registration}"), None),
    ] {
        let unknown = format!("{APPLICATIONS}/{NOBODYS}{below}");
        ada.expect_same_404(method, &format!("{path}{below}"), &unknown, body).await;
    }
    finish_jobs(&portal).await;
    nothing_is_left(&portal, app, &[api]).await;
    portal.end().await;
}

async fn finish_jobs(portal: &TestPortal) {
    for job in portal.jobs().await {
        portal.portal.store.finish_application_removal(&job).await.expect("the job is done");
    }
}

/// An application with twenty keys and a registration for each API.
async fn full_app(portal: &TestPortal, ada: &Client, apis: &[ApiId]) -> ApplicationId {
    let app = ada.create_app("Weather board").await;
    portal.seed_keys(app, 20).await;
    portal.seed_registrations(app, apis, Status::Approved).await;
    app
}

enum Moment {
    Before,
    During,
}

/// Deletes an application and dies at every store call in turn: before the call, or after its commit and before its reply.
async fn crash_sweep(registrations: usize, moments: &[Moment]) {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let mut apis = Vec::new();
    for number in 0..registrations {
        apis.push(portal.published_api(&format!("Api {number}")).await);
    }
    let mut app = full_app(&portal, &ada, &apis).await;
    portal.take_calls();
    ada.delete(&format!("{APPLICATIONS}/{app}")).await.expect(204);
    let calls = portal.take_calls().len();
    assert!(calls >= 7, "there is something to sweep");
    for at in 0..calls {
        for moment in moments {
            app = full_app(&portal, &ada, &apis).await;
            let path = format!("{APPLICATIONS}/{app}");
            match moment {
                Moment::Before => portal.database.faults().crash_before(at),
                Moment::During => portal.database.faults().crash_during(at),
            }
            let reply = ada.delete(&path).await;
            portal.database.faults().heal();
            let tombstoned = portal.application(app).await.is_none_or(|left| !left.is_live());
            match reply.status.as_u16() {
                204 => assert!(tombstoned, "call {at}: what was answered has happened"),
                503 if tombstoned => {
                    ada.delete(&path).await.expect_problem(404, "not-found");
                }
                503 => {
                    ada.delete(&path).await.expect(204);
                }
                other => panic!("call {at}: {other}"),
            }
            finish_jobs(&portal).await;
            nothing_is_left(&portal, app, &apis).await;
        }
    }
    assert_eq!(ada.get(APPLICATIONS).await.expect(200).total(), 0);
    portal.end().await;
}

#[tokio::test]
async fn a_crash_at_any_call_leaves_nothing_without_registrations() {
    crash_sweep(0, &[Moment::Before, Moment::During]).await;
}

#[tokio::test]
async fn a_crash_at_any_call_leaves_nothing_with_one_registration() {
    crash_sweep(1, &[Moment::Before, Moment::During]).await;
}

#[tokio::test]
async fn a_crash_at_any_call_leaves_nothing_with_forty_nine_registrations() {
    crash_sweep(49, &[Moment::Before]).await;
}

#[tokio::test]
async fn a_crash_at_any_call_leaves_nothing_with_fifty_registrations() {
    crash_sweep(50, &[Moment::During]).await;
}

#[tokio::test]
async fn doing_the_job_twice_changes_nothing() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (gone, stays) = (ada.create_app("Gone").await, ada.create_app("Stays").await);
    ada.create_key(gone).await;
    ada.create_key(stays).await;
    portal.database.faults().crash_before(2);
    ada.delete(&format!("{APPLICATIONS}/{gone}")).await.expect(204);
    portal.database.faults().heal();
    let store = &portal.portal.store;
    let both = tokio::join!(store.remove_application_children(gone), store.remove_application_children(gone));
    assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    store.remove_application_children(gone).await.expect("nothing to do");
    store.remove_application_children(stays).await.expect("nothing to do for one that is not deleted");
    assert_eq!(portal.children(&Key::application(stays), "KEY#").await.len(), 1);
    finish_jobs(&portal).await;
    nothing_is_left(&portal, gone, &[]).await;
    portal.end().await;
}

#[tokio::test]
async fn a_registration_that_comes_in_between_is_taken_along() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let (api, app) = (portal.published_api("Weather").await, ada.create_app("Weather board").await);
    let path = format!("{APPLICATIONS}/{app}");
    let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
    let late = tokio::spawn({
        let (ada, path) = (ada.clone(), path.clone());
        async move { ada.delete(&path).await }
    });
    gate.arrived().await;
    let registration = ada.register(app, api).await;
    gate.open();
    late.await.expect("no panic").expect(204);
    nothing_is_left(&portal, app, &[api]).await;
    let data = portal.event_data(&Key::application(app), Name::ApplicationDeleted).await;
    assert_eq!(data["registrations"], json!([{ "api": api, "registration": registration }]));
    portal.end().await;
}

#[tokio::test]
async fn what_comes_too_late_leaves_nothing_behind() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let api = portal.published_api("Weather").await;
    for (below, body) in [("/credentials", json!({})), ("/registrations", json!({ "api_id": api }))] {
        let app = ada.create_app("Weather board").await;
        let path = format!("{APPLICATIONS}/{app}");
        let gate = portal.database.faults().hold(Matching::operation("TransactWriteItems"));
        let late = tokio::spawn({
            let (ada, path) = (ada.clone(), format!("{path}{below}"));
            async move { ada.post(&path, body).await }
        });
        gate.arrived().await;
        ada.delete(&path).await.expect(204);
        gate.open();
        late.await.expect("no panic").expect_problem(404, "not-found");
        nothing_is_left(&portal, app, &[api]).await;
    }
    portal.end().await;
}

#[tokio::test]
async fn creating_and_deleting_in_a_loop_leaves_no_guard_behind() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let eve = portal.approved_developer("eve@example.test").await;
    let wanted = json!({ "name": "Weather board", "client_id": "weather-1" });
    let looped = [ada.clone(), eve, ada.clone()].map(|who| {
        let wanted = wanted.clone();
        tokio::spawn(async move {
            let mut won = 0;
            for _ in 0..20 {
                let reply = who.post(APPLICATIONS, wanted.clone()).await;
                if reply.status == 201 {
                    won += 1;
                    who.delete(&format!("{APPLICATIONS}/{}", reply.id())).await.expect(204);
                } else {
                    reply.expect_problem(409, "reference-id-taken");
                }
            }
            won
        })
    });
    let mut won = 0;
    for looped in looped {
        won += looped.await.expect("no panic");
    }
    assert!(won > 0);
    ada.post(APPLICATIONS, wanted).await.expect(201);
    portal.end().await;
}

#[tokio::test]
async fn of_many_who_delete_it_at_the_same_time_one_does() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let path = format!("{APPLICATIONS}/{app}");
    let replies = futures_util::future::join_all((0..16).map(|_| ada.delete(&path))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 204).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.status == 404).count(), 15);
    nothing_is_left(&portal, app, &[]).await;
    portal.end().await;
}

#[tokio::test]
async fn a_lost_reply_is_one_deletion() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    portal.database.faults().next(Matching::operation("TransactWriteItems"), Fault::LostReply);
    ada.delete(&format!("{APPLICATIONS}/{app}")).await.expect(204);
    nothing_is_left(&portal, app, &[]).await;
    portal.end().await;
}

#[tokio::test]
async fn the_five_hundredth_makes_room_for_another() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Weather board").await;
    let developer = Key::developer(ada.developer.expect("ada"));
    let full = Update::of(developer.clone()).set("app_count", &500);
    portal.portal.store.edit(full).await.expect("the count is set");
    ada.post(APPLICATIONS, json!({ "name": "One more" })).await.expect_problem(403, "quota-reached");
    ada.delete(&format!("{APPLICATIONS}/{app}")).await.expect(204);
    ada.create_app("One more").await;
    let right = Update::of(developer).set("app_count", &1);
    portal.portal.store.edit(right).await.expect("the count is put right");
    portal.end().await;
}

#[tokio::test]
async fn a_storm_of_deletions_is_slowed_down() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let eve = portal.approved_developer("eve@example.test").await;
    let path = |app: ApplicationId| format!("{APPLICATIONS}/{app}");
    let (first, second) = (ada.create_app("First").await, ada.create_app("Second").await);
    ada.delete(&path(first)).await.expect(204);
    // As if there had been as many as pass at once.
    let counter = Counter::deletions(ada.developer.expect("ada"));
    let full = Update::of(counter.key().clone()).set("count", &Limit::DELETIONS_PER_DEVELOPER.burst);
    portal.portal.store.edit(full).await.expect("the counter is set");
    let reply = ada.delete(&path(second)).await.expect_problem(429, "too-many-requests");
    let wait: u64 = reply.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    ada.get(&path(second)).await.expect(200);
    eve.delete(&path(eve.create_app("Eve's").await)).await.expect(204);
    portal.clock.advance(std::time::Duration::from_secs(wait));
    ada.delete(&path(second)).await.expect(204);
    portal.end().await;
}

#[tokio::test]
async fn a_stranger_cannot_delete_it() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let eve = portal.approved_developer("eve@example.test").await;
    let path = format!("{APPLICATIONS}/{}", ada.create_app("Weather board").await);
    eve.expect_same_404(Method::DELETE, &path, &format!("{APPLICATIONS}/{NOBODYS}"), None).await;
    portal.anonymous().delete(&path).await.expect_problem(401, "unauthorized");
    ada.delete(&format!("{APPLICATIONS}/weather")).await.expect_invalid(&["applicationId"]);
    ada.get(&path).await.expect(200);
    portal.end().await;
}
