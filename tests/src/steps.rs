//! Steps that many tests take: a developer's application, its registrations and its keys, over the wire; and looks at the table
//! behind them.

use http::Method;
use portico_domain::application::Application;
use portico_domain::event::{Event, Name};
use portico_domain::id::{ApiId, ApplicationId};
use portico_domain::job::Job;
use portico_store::jobs::JOBS_LIST;
use portico_store::{Item, Key};
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::portal::TestPortal;

/// Where a developer's applications are.
pub const APPLICATIONS: &str = "/api/v3/applications";
/// An id in the right form that nothing has.
pub const NOBODYS: &str = "0192f3a4-5b6c-7d8e-9f00-112233445566";

/// A key as the one answer that shows it.
#[derive(Clone, Debug)]
pub struct CreatedKey {
    /// The credential's id.
    pub id: String,
    /// The secret.
    pub secret: String,
}

impl Client {
    /// Creates an application with key authentication.
    pub async fn create_app(&self, name: &str) -> ApplicationId {
        let reply = self.post(APPLICATIONS, json!({ "name": name })).await.expect(201);
        reply.id().parse().expect("an application id")
    }

    /// Registers an application for an API; the registration's id.
    pub async fn register(&self, application: ApplicationId, api: ApiId) -> String {
        let path = format!("{APPLICATIONS}/{application}/registrations");
        self.post(&path, json!({ "api_id": api })).await.expect(201).id()
    }

    /// Makes a key.
    pub async fn create_key(&self, application: ApplicationId) -> CreatedKey {
        let reply = self.post(&format!("{APPLICATIONS}/{application}/credentials"), json!({})).await.expect(201);
        let secret = reply.body["credential"].as_str().expect("the secret").to_owned();
        CreatedKey { id: reply.id(), secret }
    }

    /// Requires that a path is to this caller what a path with an id that nothing has is: the same 404, its trace aside.
    pub async fn expect_same_404(&self, method: Method, path: &str, unknown: &str, body: Option<Value>) {
        let seen = self.send(method.clone(), path, body.clone()).await.expect_problem(404, "not-found");
        let nothing = self.send(method.clone(), unknown, body).await.expect_problem(404, "not-found");
        assert_eq!(seen.without_trace(), nothing.without_trace(), "{method} {path}");
    }
}

impl Reply {
    /// The body without the one member that differs from answer to answer.
    pub fn without_trace(&self) -> Value {
        let mut body = self.body.clone();
        if let Some(members) = body.as_object_mut() {
            members.remove("instance");
        }
        body
    }

    /// How many items a list has on all its pages.
    #[track_caller]
    pub fn total(&self) -> u64 {
        self.body["meta"]["page"]["total"].as_u64().expect("a total")
    }

    /// One member of each item of a list.
    #[track_caller]
    pub fn each(&self, member: &str) -> Vec<String> {
        let items = self.body["data"].as_array().expect("a list");
        items.iter().map(|item| item[member].as_str().unwrap_or_default().to_owned()).collect()
    }
}

impl TestPortal {
    /// An application as the table has it, if it is there at all.
    pub async fn application(&self, id: ApplicationId) -> Option<Application> {
        self.portal.store.find(&Key::application(id)).await.expect("the store answers")
    }

    /// What lies in a partition under a prefix of the sort key.
    pub async fn children(&self, root: &Key, prefix: &str) -> Vec<Item> {
        self.portal.store.children(root.pk(), prefix).await.expect("the store answers")
    }

    /// The names of the events of a root in alphabetical order: those of one millisecond have no other.
    pub async fn events(&self, root: &Key) -> Vec<String> {
        let events = self.children(root, "EVENT#").await;
        let mut names: Vec<_> = events.iter().map(|event| event.text("name").unwrap_or_default().to_owned()).collect();
        names.sort();
        names
    }

    /// What the one event of a root says that has this name.
    pub async fn event_data(&self, root: &Key, name: Name) -> Value {
        let events = self.children(root, "EVENT#").await;
        let mut named = events.iter().map(|event| event.read::<Event>().expect("an event")).filter(|event| event.name == name);
        let event = named.next().expect("an event of that name");
        assert_eq!(named.next(), None, "there is one event of that name");
        event.data
    }

    /// The jobs that are not done.
    pub async fn jobs(&self) -> Vec<Job> {
        let (items, _) = self.portal.store.list(JOBS_LIST, 1_000).await.expect("the store answers");
        items.iter().map(|item| item.read().expect("a job")).collect()
    }

    /// The whole table as text: what a secret must not be found in.
    pub async fn dump(&self) -> String {
        let client = self.portal.store.client();
        let mut pages = client.scan().table_name(self.portal.store.table()).into_paginator().send();
        let mut text = String::new();
        while let Some(page) = pages.next().await {
            text.push_str(&format!("{:?}", page.expect("a page").items));
        }
        text
    }
}
