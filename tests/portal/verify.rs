//! The whole-table check: it names every rule that is broken, and nothing that is only under way.

mod planted;
mod world;

use portico::faults::{Fault, Gate, Matching};
use portico_domain::job::{Job, Work};
use portico_domain::status::Status;
use portico_http::clock::Clock as _;
use portico_store::verify::Rule;
use portico_store::{Item, Key, StoreError, Transaction, Update};
use portico_tests::TestPortal;
use portico_tests::steps::NOBODYS;
use serde_json::json;

use world::World;

#[tokio::test]
async fn a_table_with_one_of_everything_is_whole() {
    let world = World::start().await;
    world.portal.take_calls();
    let report = world.verify().await;
    assert!(report.is_whole(), "{report}");
    assert_eq!(report.pending, []);
    assert_eq!(report.to_string(), format!("the table is whole: {} items", report.items));
    let calls: Vec<_> = world.portal.take_calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["Scan"], "one scan, and nothing is written");
    world.portal.end().await;
}

#[tokio::test]
async fn every_rule_that_is_broken_is_named_with_the_items_that_show_it() {
    for rule in Rule::ALL {
        if *rule == Rule::TooLarge {
            continue; // the engine, like DynamoDB, takes no such item: a unit test of the store holds the sizes
        }
        let world = World::start().await;
        let wrong = planted::break_rule(&world, *rule).await;
        let report = world.verify().await;
        let named = report.violations.iter().any(|violation| violation.rule == *rule && violation.keys.contains(&wrong));
        assert!(named, "{rule} at {wrong:?}: {report}");
        assert!(!report.is_whole() && report.to_string().contains(rule.name()), "{report}");
        for personal in ["ada@example.test", "ada", "Weather board"] {
            let text = report.to_string();
            assert!(!text.split([' ', '#', '/', '\n']).any(|word| word == personal), "{personal} is in {text}");
        }
    }
}

#[tokio::test]
async fn an_identity_has_its_guard_and_the_guard_its_identity() {
    let world = World::start().await;
    let (ada, guard) = (Key::developer(world.ada), Key::identity_guard(world.portal.id(), &world.identity().digest));
    let broken = async |rule: Rule, at: &Key| {
        let report = world.verify().await;
        assert!(report.violations.iter().any(|one| one.rule == rule && one.keys.contains(at)), "{rule}: {report}");
    };
    world.edit(Update::of(ada.clone()).remove("identities")).await;
    broken(Rule::GuardOfAnotherValue, &guard).await;
    world.edit(Update::of(ada.clone()).set("identities", &[world.identity()])).await;
    world.put(&guard, "guard", &json!({ "owner": world.eve })).await;
    broken(Rule::OwnerWithoutGuard, &ada).await;
    world.put(&guard, "guard", &json!({ "owner": NOBODYS })).await;
    broken(Rule::GuardWithoutOwner, &guard).await;
    world.remove(&guard).await;
    broken(Rule::OwnerWithoutGuard, &ada).await;
}

#[tokio::test]
async fn the_names_of_the_rules_differ() {
    let mut names: Vec<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

/// The work of a job on what a world has.
type WorkOf = fn(&World) -> Work;

#[tokio::test]
async fn what_a_live_job_is_at_is_pending_and_broken_when_the_job_is_gone() {
    let cases: [(Rule, WorkOf); 4] = [
        (Rule::TombstoneWithoutJob, |world| Work::RemoveApplication { application: world.application }),
        (Rule::StandingDiffers, |world| Work::Standing { developer: world.ada }),
        (Rule::KeyNamesDiffer, |world| Work::KeyNames { strategy: world.portal.strategy }),
        (Rule::PublicationWithoutCard, |world| Work::RemoveApi { api: world.api }),
    ];
    for (rule, work) in cases {
        let world = World::start().await;
        planted::break_rule(&world, rule).await;
        let job = put_job(&world.portal, work(&world)).await;
        let report = world.verify().await;
        assert!(report.pending.iter().any(|violation| violation.rule == rule), "{rule}: {report}");
        assert!(report.violations.iter().all(|violation| violation.rule != rule), "{rule}: {report}");
        assert_eq!(report.jobs.len(), 1, "{rule}");
        world.portal.portal.store.remove(&job).await.expect("the job is removed");
        let report = world.verify().await;
        assert!(report.violations.iter().any(|violation| violation.rule == rule), "{rule}: {report}");
    }
}

#[tokio::test]
async fn a_job_of_one_application_does_not_excuse_another() {
    let world = World::start().await;
    put_job(&world.portal, Work::RemoveApplication { application: world.eves_application }).await;
    planted::break_rule(&world, Rule::KeyCount).await;
    let report = world.verify().await;
    assert!(report.violations.iter().any(|violation| violation.rule == Rule::KeyCount), "{report}");
}

#[tokio::test]
async fn it_may_run_while_the_portal_works() {
    let world = World::start().await;
    fill_pages(&world.portal).await;
    let scans = {
        world.portal.take_calls();
        world.verify().await;
        world.portal.take_calls().len()
    };
    assert!(scans > 2, "the table has more than one page: {scans} calls");
    let ada = world.portal.sign_in(world.ada).await;
    for page in 0..scans {
        let gate = Gate::default();
        world.portal.database.faults().after(page, Matching::operation("Scan"), Fault::Held(gate.clone()));
        let store = world.portal.portal.store.clone();
        let running = tokio::spawn(async move { store.verify().await });
        gate.arrived().await;
        let application = world.portal.application_of(&ada, "Born during the check").await;
        world.portal.registration(application, world.api, Status::Approved).await;
        world.portal.api_key(application).await;
        world.portal.api_key(world.application).await;
        gate.open();
        let report = running.await.expect("no panic").expect("the table can be read");
        assert!(report.is_whole(), "changed before page {page}: {report}");
    }
    world.portal.end().await;
}

#[tokio::test]
async fn what_is_put_right_before_the_last_look_is_not_reported() {
    let world = World::start().await;
    let key = planted::break_rule(&world, Rule::KeyCount).await;
    let gate = world.portal.database.faults().hold(Matching::operation("TransactGetItems"));
    let store = world.portal.portal.store.clone();
    let running = tokio::spawn(async move { store.verify().await });
    let looked = tokio::time::timeout(std::time::Duration::from_secs(20), gate.arrived());
    looked.await.expect("what looks wrong is read again in a transaction");
    world.edit(Update::of(key).add("key_count", -1)).await;
    gate.open();
    let report = running.await.expect("no panic").expect("the table can be read");
    assert!(report.is_whole(), "{report}");
    world.portal.end().await;
}

#[tokio::test]
async fn a_table_that_cannot_be_read_to_its_end_is_not_said_to_be_whole() {
    let world = World::start().await;
    fill_pages(&world.portal).await;
    world.portal.database.faults().after(1, Matching::operation("Scan"), Fault::Disconnected);
    world.portal.database.faults().always(Matching::operation("Scan"), Fault::ServerError);
    assert!(world.portal.portal.store.verify().await.is_err());
}

#[tokio::test]
async fn what_a_team_owns_is_counted_on_it_listed_there_and_stands_by_itself() {
    let world = World::start().await;
    let portal = &world.portal;
    let ada = portal.sign_in(world.ada).await;
    portal.let_own(world.team, true).await;
    let application = ada.create_app_of(world.team, "Of the team").await;
    let (team, root) = (Key::team(world.team), Key::application(application));
    assert!(world.verify().await.is_whole());
    for (rule, breaks, mends) in [
        (Rule::ApplicationCount, Update::of(team.clone()).add("app_count", 1), Update::of(team).add("app_count", -1)),
        (
            Rule::StandingDiffers,
            Update::of(root.clone()).set("standing", "pending"),
            Update::of(root.clone()).set("standing", "approved"),
        ),
        (
            Rule::ApplicationWithoutPointer,
            Update::of(root.clone()).set("team", "0192f3a4-5b6c-7d8e-9f00-112233445566"),
            Update::of(root).set("team", &world.team),
        ),
    ] {
        world.edit(breaks).await;
        let report = world.verify().await;
        assert!(report.violations.iter().any(|violation| violation.rule == rule), "{rule:?}: {report}");
        world.edit(mends).await;
        assert!(world.verify().await.is_whole(), "{rule:?}");
    }
    world.portal.end().await;
}

async fn put_job(portal: &TestPortal, job: Work) -> Key {
    let (id, now) = (portal.portal.new_id().expect("an id"), portal.clock.now());
    let job = Job { id, job, created_at: now, lease_until: now, tries: 0 };
    Transaction::<StoreError>::new().job(&job).commit(&portal.portal.store).await.expect("the job is put");
    Key::job(id)
}

/// Enough bytes that a scan has several pages (of 1 MB).
async fn fill_pages(portal: &TestPortal) {
    for number in 0..10 {
        let key = Key::throttle("sign-in", &number.to_string());
        let item = Item::new(&key, "throttle", &json!({ "count": 1, "since": 0, "filler": "x".repeat(300_000) }));
        Transaction::<StoreError>::new().put(item).commit(&portal.portal.store).await.expect("the item is put");
    }
}
