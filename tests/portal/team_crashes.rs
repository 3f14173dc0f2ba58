//! What administrators change about teams, and what ends a membership or a role beside, with a crash at each store call: the same
//! request again ends it, or says that it happened.

use http::Method;
use portico::recorded::acting_as;
use portico_domain::developer::Developer;
use portico_domain::event::{Actor, Name};
use portico_domain::id::{ApiId, DeveloperId, TeamId};
use portico_domain::job::{LEASE, Work};
use portico_domain::status::Status;
use portico_domain::team::Team;
use portico_store::Key;
use portico_tests::TestPortal;
use portico_tests::crashes::each_crash;
use portico_tests::management::APIS;
use portico_tests::teams::{CONSUMER, VIEWER};
use serde_json::{Value, json};

/// A team with a member and a role, and what is not in it yet.
struct Scene {
    number: usize,
    team: TeamId,
    member: DeveloperId,
    other: DeveloperId,
    api: ApiId,
    role: String,
}

async fn scene(portal: &TestPortal, number: usize) -> Scene {
    let member = portal.developer_with_status(&format!("member{number}@example.test"), Status::Approved).await;
    let other = portal.developer_with_status(&format!("other{number}@example.test"), Status::Approved).await;
    let api = portal.admin().post(APIS, json!({ "name": format!("Api {number}") })).await.expect(201).id();
    let api = api.parse().expect("an id");
    let team = portal.team(&format!("Team {number}")).await;
    portal.join(team, member).await;
    let role = portal.give(team, Some(api), VIEWER).await;
    Scene { number, team, member, other, api, role }
}

/// A change, what it answers, what it may answer when it happened before, and its event on the team.
struct Change {
    method: Method,
    path: fn(&TestPortal, &Scene) -> String,
    body: fn(&Scene) -> Option<Value>,
    done: u16,
    done_before: u16,
    event: Option<Name>,
}

fn change(
    method: Method,
    path: fn(&TestPortal, &Scene) -> String,
    body: fn(&Scene) -> Option<Value>,
    answers: (u16, u16),
    event: Option<Name>,
) -> Change {
    Change { method, path, body, done: answers.0, done_before: answers.1, event }
}

fn team(portal: &TestPortal, scene: &Scene) -> String {
    format!("{}/{}", portal.teams_path(), scene.team)
}

fn changes() -> Vec<Change> {
    let nothing: fn(&Scene) -> Option<Value> = |_| None;
    vec![
        // A team has no name that would tell the second request from a wish for two.
        change(
            Method::POST,
            |portal, _| portal.teams_path(),
            |scene| Some(json!({ "name": format!("New {}", scene.number) })),
            (201, 201),
            None,
        ),
        change(Method::PATCH, team, |_| Some(json!({ "name": "Partners" })), (200, 200), Some(Name::TeamUpdated)),
        change(
            Method::POST,
            |portal, scene| format!("{}/developers", team(portal, scene)),
            |scene| Some(json!({ "id": scene.other })),
            (201, 409),
            Some(Name::TeamMemberAdded),
        ),
        change(
            Method::DELETE,
            |portal, scene| format!("{}/developers/{}", team(portal, scene), scene.member),
            nothing,
            (204, 404),
            Some(Name::TeamMemberRemoved),
        ),
        change(
            Method::POST,
            |portal, scene| format!("{}/assigned-roles", team(portal, scene)),
            |scene| {
                let (role, api) = (CONSUMER, scene.api);
                Some(json!({ "role_name": role, "entity_id": api, "entity_type_name": "Services", "entity_region": "eu" }))
            },
            (201, 409),
            Some(Name::TeamRoleAssigned),
        ),
        change(
            Method::DELETE,
            |portal, scene| format!("{}/assigned-roles/{}", team(portal, scene), scene.role),
            nothing,
            (204, 404),
            Some(Name::TeamRoleRemoved),
        ),
        change(Method::DELETE, team, nothing, (204, 404), None),
        // What ends a membership or a role beside.
        change(
            Method::DELETE,
            |portal, scene| format!("/v3/portals/{}/developers/{}", portal.id(), scene.member),
            nothing,
            (204, 404),
            Some(Name::TeamMemberRemoved),
        ),
        change(Method::DELETE, |_, scene| format!("{APIS}/{}", scene.api), nothing, (204, 404), Some(Name::TeamRoleRemoved)),
    ]
}

async fn count(portal: &TestPortal, scene: &Scene, event: Name) -> usize {
    portal.events(&Key::team(scene.team)).await.iter().filter(|known| *known == event.as_str()).count()
}

async fn sweep(change: &Change) {
    let portal = TestPortal::start().await;
    each_crash(
        &portal,
        change.done,
        async |number| scene(&portal, number).await,
        async |scene| portal.admin().send(change.method.clone(), &(change.path)(&portal, scene), (change.body)(scene)).await,
        async |scene, crash| {
            let (path, answer) = ((change.path)(&portal, scene), crash.answer());
            assert!(answer == change.done || answer == change.done_before, "{path}: {crash:?}");
            portal.run_jobs().await;
            if let Some(event) = change.event {
                let before = usize::from(event == Name::TeamMemberAdded || event == Name::TeamRoleAssigned);
                assert_eq!(count(&portal, scene, event).await - before, 1, "{path}: {crash:?}");
            }
        },
    )
    .await;
    portal.end().await;
}

#[tokio::test]
async fn a_change_of_a_team_happens_once_whatever_crashes() {
    futures_util::future::join_all(changes().iter().map(sweep)).await;
}

#[tokio::test]
async fn what_a_crash_left_of_a_team_a_developer_or_an_api_is_removed_by_run_jobs() {
    let portal = TestPortal::start().await;
    let scene = scene(&portal, 0).await;
    let (other, second) = (portal.team("Testers").await, portal.team("Resellers").await);
    for team in [other, second] {
        portal.join(team, scene.member).await;
        portal.give(team, Some(scene.api), CONSUMER).await;
    }
    let store = &portal.portal.store;
    let event = |name, data| portal.portal.event(name, Actor::System("test".to_owned()), data).expect("an event");
    let job = |work| portal.portal.job(work).expect("a job");
    // Each has its tombstone, and whoever made it died with the answer.
    let team: Team = store.find(&Key::team(other)).await.expect("the store answers").expect("a team");
    let told = event(Name::TeamDeleted, json!({ "portal": portal.id(), "team": other }));
    store.delete_team(&team, &told, &job(Work::RemoveTeam { team: other })).await.expect("a tombstone");
    let api = portal.api(scene.api).await.expect("an API");
    let told = event(Name::ApiDeleted, json!({ "api": scene.api, "portals": [] }));
    store.delete_api(&api, &told, &job(Work::RemoveApi { api: scene.api })).await.expect("a tombstone");
    let developer = scene.member;
    let member: Developer = store.find(&Key::developer(developer)).await.expect("the store answers").expect("a member");
    let told = event(
        Name::DeveloperDeleted,
        json!({ "portal": portal.id(), "developer": developer, "before": { "status": "approved" } }),
    );
    store.delete_developer(&member, &told, &job(Work::RemoveDeveloper { developer })).await.expect("a tombstone");
    assert!(store.verify().await.expect("a table").is_whole(), "what is left is what the jobs are at");
    portal.clock.advance(LEASE);
    acting_as("run-jobs", run_jobs::handle(&portal.portal, Value::Null)).await.expect("every job can be done");
    for team in [scene.team, second] {
        let path = format!("{}/{team}", portal.teams_path());
        assert_eq!(portal.admin().get(&format!("{path}/developers")).await.expect(200).total(), 0);
        assert_eq!(portal.admin().get(&format!("{path}/assigned-roles")).await.expect(200).total(), 0);
    }
    portal.end().await;
}
