//! Management as code: a tool that knows nothing but the contract brings the portal to what files say, as often as somebody runs it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use portico::data::DataFolder;
use portico_domain::api::Api;
use portico_store::Key;
use portico_tests::management::APIS;
use portico_tests::{Client, TestPortal};
use serde_json::{Value, json};

const STRATEGIES: &str = "/v2/application-auth-strategies";

/// How many APIs there are files for.
const FILES: usize = 30;

/// Writes the files of an API: its specification, and a document in Markdown.
fn write(folder: &Path, number: usize, said: &str) {
    let specification = json!({
        "openapi": "3.1.0",
        "info": { "title": format!("Harbour {number}"), "version": "1.0.0", "description": said },
        "paths": { "/tides": { "get": { "summary": said, "responses": { "200": { "description": "The tides" } } } } },
    });
    fs::write(folder.join(format!("harbour-{number}.json")), specification.to_string()).expect("a file");
    fs::write(folder.join(format!("harbour-{number}.md")), format!("# Harbour {number}\n\n{said}\n")).expect("a file");
}

/// The one thing of a list that has a value; nothing if there is none.
async fn find(admin: &Client, list: &str, member: &str, value: &str) -> Option<Value> {
    let reply = admin.get(&format!("{list}?filter[{member}][eq]={}", value.replace(' ', "%20"))).await.expect(200);
    let found = reply.body["data"].as_array().expect("a list").clone();
    assert!(found.len() < 2, "{list} has {value} twice");
    found.into_iter().next()
}

/// The thing of a list with a value, created or edited to what it is to be; its id.
async fn ensure(admin: &Client, list: &str, member: &str, wanted: &Value, fixed: &[&str]) -> String {
    let value = wanted[member].as_str().expect("what it is known by");
    let Some(found) = find(admin, list, member, value).await else {
        return admin.post(list, wanted.clone()).await.expect(201).id();
    };
    let id = found["id"].as_str().expect("an id").to_owned();
    let mut edit = wanted.clone();
    for member in fixed {
        edit.as_object_mut().expect("an object").remove(*member);
    }
    admin.patch(&format!("{list}/{id}"), edit).await.expect(200);
    id
}

/// Brings the portal to what the files say, sending everything each time.
async fn apply(portal: &TestPortal, folder: &Path) {
    let admin = portal.admin();
    let configs = json!({ "key-auth": { "key_names": ["x-harbour-key"] } });
    let strategy = json!({ "name": "harbours", "display_name": "Harbour keys", "strategy_type": "key_auth", "configs": configs });
    let strategy = ensure(&admin, STRATEGIES, "name", &strategy, &["strategy_type"]).await;
    let mut apis = Vec::with_capacity(FILES);
    for number in 0..FILES {
        let read = |extension| fs::read_to_string(folder.join(format!("harbour-{number}.{extension}"))).expect("a file");
        let name = format!("Harbour {number}");
        let wanted = json!({ "name": name, "labels": { "kept-by": "harbours-repository" }, "attributes": { "sea": ["north"] } });
        let api = ensure(&admin, APIS, "name", &wanted, &[]).await;

        let versions = format!("{APIS}/{api}/versions");
        let version = json!({ "version": "1.0.0", "spec": { "content": read("json") } });
        ensure(&admin, &versions, "version", &version, &[]).await;

        let documents = format!("{APIS}/{api}/documents");
        let document = json!({ "slug": "about", "title": name, "content": read("md"), "status": "published" });
        let tree = admin.get(&documents).await.expect(200).body["data"].clone();
        match tree.as_array().expect("a tree").iter().find(|node| node["slug"] == "about") {
            Some(known) => {
                let id = known["id"].as_str().expect("an id");
                admin.patch(&format!("{documents}/{id}"), document).await.expect(200);
            }
            None => drop(admin.post(&documents, document).await.expect(201)),
        }
        let terms = json!({ "visibility": "private", "auth_strategy_ids": [strategy], "auto_approve_registrations": true });
        admin.send(http::Method::PUT, &format!("{APIS}/{api}/publications/{}", portal.id()), Some(terms)).await.expect(200);
        apis.push(api);
    }
    for (team, role, of) in [("Pilots", "API Consumer", 0..10), ("Fishers", "API Viewer", 5..20)] {
        let id =
            ensure(&admin, &portal.teams_path(), "name", &json!({ "name": team, "description": "Of the harbours" }), &[]).await;
        let place = format!("{}/{id}", portal.teams_path());
        let email = format!("{}@example.test", team.to_lowercase());
        let developers = format!("/v3/portals/{}/developers", portal.id());
        let developer = find(&admin, &developers, "email", &email).await.expect("the developer signed up");
        if find(&admin, &format!("{place}/developers"), "email", &email).await.is_none() {
            admin.post(&format!("{place}/developers"), json!({ "id": developer["id"] })).await.expect(201);
        }
        let given = admin.get(&format!("{place}/assigned-roles?page[size]=100")).await.expect(200).each("entity_id");
        for api in &apis[of] {
            if !given.contains(api) {
                let role = json!({ "role_name": role, "entity_id": api, "entity_type_name": "Services", "entity_region": "eu" });
                admin.post(&format!("{place}/assigned-roles"), role).await.expect(201);
            }
        }
    }
}

/// The items of the table by their keys.
type Rows = BTreeMap<(String, String), HashMap<String, AttributeValue>>;

async fn rows(portal: &TestPortal) -> Rows {
    let store = &portal.portal.store;
    let mut pages = store.client().scan().table_name(store.table()).into_paginator().send();
    let mut rows = Rows::new();
    while let Some(page) = pages.next().await {
        for item in page.expect("a page").items.unwrap_or_default() {
            let key = |name: &str| item[name].as_s().expect("a key").clone();
            rows.insert((key("pk"), key("sk")), item);
        }
    }
    rows
}

/// The keys of what is not as it was.
fn changed(before: &Rows, after: &Rows) -> BTreeSet<(String, String)> {
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    let other = after.iter().filter(|(key, item)| before.get(*key) != Some(*item)).map(|(key, _)| key);
    gone.chain(other).cloned().collect()
}

#[tokio::test]
async fn what_files_say_is_brought_about_once_and_only_what_changes_is_changed() {
    let portal = TestPortal::start().await;
    for team in ["pilots", "fishers"] {
        portal.approved_developer(&format!("{team}@example.test")).await;
    }
    let data = DataFolder::temporary().expect("a folder");
    let folder = data.outbox();
    (0..FILES).for_each(|number| write(&folder, number, "High and low water"));

    apply(&portal, &folder).await;
    let first = rows(&portal).await;
    portal.clock.advance(Duration::from_secs(3_600));
    apply(&portal, &folder).await;
    let second = rows(&portal).await;
    assert_eq!(changed(&first, &second), BTreeSet::new(), "the second time changes nothing");

    let is_edited = |number: &usize| number.is_multiple_of(2);
    (0..FILES).filter(is_edited).for_each(|number| write(&folder, number, "Water and wind"));
    apply(&portal, &folder).await;
    let mut touched = BTreeSet::new();
    for (pk, sk) in changed(&second, &rows(&portal).await) {
        let id = pk.strip_prefix("API#").or_else(|| sk.strip_prefix("PUB#")).or_else(|| sk.strip_prefix("SEARCH#"));
        touched.insert(id.unwrap_or_else(|| panic!("{pk} {sk} is of no API")).to_owned());
    }
    let mut named = BTreeSet::new();
    for id in &touched {
        let api = portal.portal.store.find::<Api>(&Key::api(id.parse().expect("an id"))).await.expect("a read").expect("an API");
        named.insert(api.name);
    }
    let expected: BTreeSet<_> = (0..FILES).filter(is_edited).map(|number| format!("Harbour {number}")).collect();
    assert_eq!(named, expected, "exactly those whose files changed");
    portal.end().await;
}
