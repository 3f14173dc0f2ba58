//! What happens to the catalog when many administrators act at the same time, and when the process dies.

use portico_domain::id::ApiId;
use portico_domain::status::Status;
use portico_tests::management::{APIS, publication};
use portico_tests::{Client, Reply, TestPortal};
use serde_json::json;

/// Sends one request from each of many administrators at the same time.
async fn race<F, R>(portal: &TestPortal, times: usize, request: F) -> Vec<Reply>
where
    F: Fn(Client, usize) -> R,
    R: Future<Output = Reply> + Send + 'static,
{
    let started: Vec<_> = (0..times).map(|number| tokio::spawn(request(portal.admin(), number))).collect();
    let mut replies = Vec::with_capacity(times);
    for reply in started {
        replies.push(reply.await.expect("no panic"));
    }
    replies
}

fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

#[tokio::test]
async fn a_slug_is_won_once_however_many_ask_for_it() {
    let portal = TestPortal::start().await;
    let chosen =
        race(&portal, 32, |admin, _| async move { admin.post(APIS, json!({ "name": "Weather", "slug": "weather" })).await })
            .await;
    assert_eq!((count(&chosen, 201), count(&chosen, 409)), (1, 31));
    let apis: Vec<ApiId> = {
        let mut apis = Vec::new();
        for number in 0..8 {
            apis.push(portal.admin().create_api(json!({ "name": format!("Api {number}") })).await);
        }
        apis
    };
    let moved = race(&portal, 8, move |admin, number| {
        let path = format!("{APIS}/{}", apis[number]);
        async move { admin.patch(&path, json!({ "slug": "tides" })).await }
    })
    .await;
    assert_eq!((count(&moved, 200), count(&moved, 409)), (1, 7));
    portal.end().await;
}

#[tokio::test]
async fn apis_of_one_name_get_slugs_of_their_own_however_many_are_made_at_the_same_time() {
    let portal = TestPortal::start().await;
    let made = race(&portal, 32, |admin, _| async move { admin.post(APIS, json!({ "name": "Weather" })).await }).await;
    assert_eq!(count(&made, 201), 32);
    let mut slugs: Vec<_> = made.iter().map(|reply| reply.body["slug"].to_string()).collect();
    slugs.sort();
    slugs.dedup();
    assert_eq!(slugs.len(), 32);
    portal.end().await;
}

#[tokio::test]
async fn a_version_label_and_a_stage_are_won_once() {
    let portal = TestPortal::start().await;
    let api = portal.admin().create_api(json!({ "name": "Weather" })).await;
    portal.admin().publish_api(api, json!({})).await.expect(200);
    let versions = race(&portal, 16, move |admin, _| async move {
        admin.post(&format!("{APIS}/{api}/versions"), json!({ "version": "1", "spec": { "content": "{}" } })).await
    })
    .await;
    assert_eq!((count(&versions, 201), count(&versions, 409)), (1, 15));
    let links = race(&portal, 16, move |admin, _| async move { admin.link_api(api, "local", "weather").await }).await;
    assert_eq!((count(&links, 201), count(&links, 409)), (1, 15));
    portal.end().await;
}

#[tokio::test]
async fn sixty_four_publications_at_the_same_time_end_as_one_of_them() {
    let portal = TestPortal::start().await;
    let other = portal.key_strategy("Other keys", None).await;
    let api = portal.admin().create_api(json!({ "name": "Weather" })).await;
    portal.admin().link_api(api, "local", "weather").await.expect(201);
    let default = portal.strategy;
    let replies = race(&portal, 64, move |admin, number| async move {
        let strategies = match number % 4 {
            0 => json!([default]),
            1 => json!([other]),
            _ => json!(null),
        };
        let terms = json!({ "auth_strategy_ids": strategies, "visibility": if number % 2 == 0 { "public" } else { "private" } });
        admin.publish_api(api, terms).await
    })
    .await;
    // Whoever loses the race every time is told to try again.
    assert_eq!(count(&replies, 200) + count(&replies, 503), 64);
    assert!(count(&replies, 200) > 0);
    let card = portal.card(api).await.expect("the card");
    let link = portal.link("local", "weather").await.expect("the link");
    assert_eq!(link.portals.get(&portal.id()).map(|linked| linked.strategy), card.strategy);
    portal.end().await;
}

#[tokio::test]
async fn a_key_never_passes_by_headers_that_the_strategy_has_given_up() {
    let portal = TestPortal::start().await;
    let strategy = portal.key_strategy("Moving", None).await;
    let api = portal.admin().create_api(json!({ "name": "Weather" })).await;
    portal.admin().publish_api(api, json!({ "auth_strategy_ids": [strategy] })).await.expect(200);
    let replies = race(&portal, 24, move |admin, number| async move {
        let path = format!("/v2/application-auth-strategies/{strategy}");
        match number % 3 {
            0 => admin.patch(&path, json!({ "configs": { "key-auth": { "key_names": [format!("x-key-{number}")] } } })).await,
            1 => admin.link_api(api, "local", &format!("stage-{number}")).await,
            _ => {
                let terms = if number % 2 == 0 {
                    json!({ "auth_strategy_ids": null })
                } else {
                    json!({ "auth_strategy_ids": [strategy] })
                };
                admin.publish_api(api, terms).await
            }
        }
    })
    .await;
    assert!(replies.iter().all(|reply| [200, 201, 503].contains(&reply.status.as_u16())));
    portal.run_jobs().await;
    portal.end().await; // which compares every link with its strategy
}

/// Does something to a published API and dies at every store call in turn, once before the call and once after its commit; then
/// the jobs are run and the same is asked for again.
async fn sweep<F, R>(request: F)
where
    F: Fn(Client, ApiId) -> R,
    R: Future<Output = Reply>,
{
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    let app = ada.create_app("Board").await;
    let mut number = 0;
    let mut published = async || {
        number += 1;
        let name = format!("Api {number}");
        let spec = "{\"openapi\":\"3.0.3\",\"info\":{\"title\":\"x\",\"version\":\"1\"},\"paths\":{}}";
        let api = admin.create_api(json!({ "name": name, "spec_content": spec })).await;
        admin.publish_api(api, json!({})).await.expect(200);
        admin.link_api(api, "local", &format!("stage-{number}")).await.expect(201);
        portal.registration(app, api, Status::Approved).await;
        portal.take_calls();
        api
    };
    let api = published().await;
    let reply = request(portal.admin(), api).await;
    assert!(reply.status.is_success(), "{}", reply.body);
    let calls = portal.take_calls().len();
    assert!(calls >= 4, "there is something to sweep");
    for at in 0..calls {
        for during in [false, true] {
            let api = published().await;
            let faults = portal.database.faults();
            if during {
                faults.crash_during(at)
            } else {
                faults.crash_before(at)
            };
            let cut_off = request(portal.admin(), api).await;
            assert!(cut_off.status.is_success() || cut_off.status == 503, "at {at}: {}", cut_off.body);
            faults.heal();
            portal.run_jobs().await;
            let again = request(portal.admin(), api).await;
            assert!(again.status.is_success() || again.status == 404, "at {at}: {}", again.body);
        }
    }
    portal.end().await;
}

#[tokio::test]
async fn a_crash_at_any_moment_of_a_publication_leaves_the_table_whole() {
    sweep(|admin, api| async move {
        let path = publication(admin.portal(), api);
        admin.put(&path, json!({ "visibility": "public", "auth_strategy_ids": null })).await
    })
    .await;
}

#[tokio::test]
async fn a_crash_at_any_moment_of_the_end_of_a_publication_leaves_the_table_whole() {
    sweep(|admin, api| async move {
        let path = publication(admin.portal(), api);
        admin.delete(&path).await
    })
    .await;
}

#[tokio::test]
async fn a_crash_at_any_moment_of_the_end_of_an_api_leaves_nothing_after_the_jobs() {
    sweep(|admin, api| async move { admin.delete(&format!("{APIS}/{api}")).await }).await;
}

#[tokio::test]
async fn a_crash_at_any_moment_of_an_edit_or_of_a_new_version_leaves_the_table_whole() {
    sweep(|admin, api| async move { admin.patch(&format!("{APIS}/{api}"), json!({ "slug": format!("s-{api}") })).await }).await;
    sweep(|admin, api| async move {
        let reply = admin.post(&format!("{APIS}/{api}/versions"), json!({ "version": "2", "spec": {} })).await;
        // The version of the request that was cut off is there: the label names it.
        if reply.status == 409 { admin.get(&format!("{APIS}/{api}/versions")).await } else { reply }
    })
    .await;
}

#[tokio::test]
async fn a_crash_at_any_moment_of_a_link_or_of_its_end_leaves_the_table_whole() {
    sweep(|admin, api| async move {
        let reply = admin.link_api(api, "a1b2c3", &format!("other-{api}")).await;
        // The link of the request that was cut off is there: the stage names it.
        if reply.status == 409 { admin.get(&format!("{APIS}/{api}")).await } else { reply }
    })
    .await;
    sweep(|admin, api| async move {
        let portal = admin.portal().clone();
        let known = portal.portal.store.api(api).await.ok().flatten();
        let first = known.and_then(|api| api.implementations.first().map(|one| one.id));
        let unknown = api.to_string();
        let id = first.map_or(unknown, |id| id.to_string());
        admin.delete(&format!("{APIS}/{api}/implementations/{id}")).await
    })
    .await;
}

#[tokio::test]
async fn a_crash_at_any_moment_of_a_creation_leaves_all_of_the_api_or_nothing() {
    let portal = TestPortal::start().await;
    let body = |number: String| json!({ "name": format!("Api {number}"), "slug": number, "spec_content": "{}" });
    portal.take_calls();
    portal.admin().create_api(body("first".to_owned())).await;
    let calls = portal.take_calls().len();
    for at in 0..calls {
        for during in [false, true] {
            let name = format!("n-{at}-{during}");
            let faults = portal.database.faults();
            if during {
                faults.crash_during(at)
            } else {
                faults.crash_before(at)
            };
            portal.admin().post(APIS, body(name.clone())).await.expect(503);
            faults.heal();
            let again = portal.admin().post(APIS, body(name)).await;
            assert!([201, 409].contains(&again.status.as_u16()), "{}", again.body);
        }
    }
    portal.end().await;
}

#[tokio::test]
async fn an_api_with_very_many_registrations_ends_at_once_and_its_rows_follow() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let ada = portal.approved_developer("ada@example.test").await;
    let api = admin.create_api(json!({ "name": "Weather" })).await;
    admin.publish_api(api, json!({})).await.expect(200);
    admin.link_api(api, "local", "weather").await.expect(201);
    for number in 0..201 {
        let app = ada.create_app(&format!("Board {number}")).await;
        portal.registration(app, api, Status::Approved).await;
    }
    admin.delete(&format!("{APIS}/{api}")).await.expect(204);
    assert_eq!(portal.link("local", "weather").await, None, "no call passes any more");
    assert_eq!(portal.card(api).await, None);
    assert_eq!(portal.jobs().await.len(), 1);
    portal.run_jobs().await;
    assert_eq!(portal.api(api).await, None);
    portal.end().await;
}
