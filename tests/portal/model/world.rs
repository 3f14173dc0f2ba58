//! The portal that a walk goes through: three developers, an administrator, three APIs behind a gateway, two strategies. It takes the
//! steps over the wire.

use http::Method;
use portico_domain::id::{ApiId, DeveloperId};
use portico_domain::status::Status;
use portico_tests::management::{STRATEGIES, publication};
use portico_tests::steps::APPLICATIONS;
use portico_tests::{ApiCall, Client, Reply, TestPortal};
use serde_json::{Value, json};

use super::product::{APIS, Answer, DEVELOPERS, REFERENCES, Step};

/// A key as the one answer that showed it.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) app: String,
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// A registration that was made.
#[derive(Clone)]
pub(crate) struct Registration {
    pub(crate) app: String,
    pub(crate) id: String,
}

/// The portal, and what has been made in it so far; numbers in steps are places in these lists.
pub(crate) struct World {
    pub(crate) portal: TestPortal,
    pub(crate) admin: Client,
    pub(crate) ids: [DeveloperId; DEVELOPERS],
    pub(crate) developers: Vec<Client>,
    pub(crate) apis: [ApiId; APIS],
    pub(crate) strategies: [String; 2],
    pub(crate) apps: Vec<String>,
    pub(crate) registrations: Vec<Registration>,
    pub(crate) keys: Vec<Key>,
}

/// The stage of an API at the gateway.
pub(crate) fn stage(api: usize) -> String {
    format!("stage-{api}")
}

impl World {
    pub(crate) async fn start() -> Self {
        let portal = TestPortal::start().await;
        let admin = portal.admin();
        let mut ids = Vec::new();
        let mut developers = Vec::new();
        for name in ["ada", "eve", "bob"] {
            let id = portal.developer_with_status(&format!("{name}@example.test"), Status::Approved).await;
            developers.push(portal.sign_in(id).await);
            ids.push(id);
        }
        let mut apis = Vec::new();
        for number in 0..APIS {
            let api = admin.create_api(json!({ "name": format!("Api {number}") })).await;
            admin.link_api(api, "local", &stage(number)).await.expect(201);
            apis.push(api);
        }
        let other = json!({
            "name": "partners", "display_name": "Partners", "strategy_type": "key_auth",
            "configs": { "key-auth": { "key_names": ["apikey"] } },
        });
        let other = admin.post(STRATEGIES, other).await.expect(201).id();
        Self {
            strategies: [portal.strategy.to_string(), other],
            portal,
            admin,
            ids: ids.try_into().expect("three"),
            developers,
            apis: apis.try_into().expect("three"),
            apps: Vec::new(),
            registrations: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// The request of a step: who asks, and for what. Signing in is none.
    pub(crate) fn request(&self, step: Step) -> Option<(Client, Method, String, Option<Value>)> {
        let portal = format!("/v3/portals/{}", self.portal.id());
        let own = |app: usize| format!("{APPLICATIONS}/{}", self.apps[app]);
        let key = |key: usize| format!("{APPLICATIONS}/{}/credentials/{}", self.keys[key].app, self.keys[key].id);
        let registration = |root: &str, number: usize| {
            let Registration { app, id } = &self.registrations[number];
            format!("{root}/{app}/registrations/{id}")
        };
        let admin_applications = format!("{portal}/applications");
        let by = |developer: usize| self.developers[developer].clone();
        let admin = self.admin.clone();
        Some(match step {
            Step::SignIn { .. } => return None,
            Step::CreateApp { developer, reference, strategy } => {
                let mut body = json!({ "name": "Board" });
                if let Some(reference) = reference {
                    body["client_id"] = json!(REFERENCES[reference]);
                }
                if let Some(strategy) = strategy {
                    body["auth_strategy_id"] = json!(self.strategies[strategy]);
                }
                (by(developer), Method::POST, APPLICATIONS.to_owned(), Some(body))
            }
            Step::RenameApp { developer, app } => {
                (by(developer), Method::PATCH, own(app), Some(json!({ "name": format!("Board of {developer}") })))
            }
            Step::ChangeReference { developer, app, reference } => {
                (by(developer), Method::PATCH, own(app), Some(json!({ "client_id": REFERENCES[reference] })))
            }
            Step::DeleteApp { developer, app } => (by(developer), Method::DELETE, own(app), None),
            Step::Register { developer, app, api } => {
                (by(developer), Method::POST, format!("{}/registrations", own(app)), Some(json!({ "api_id": self.apis[api] })))
            }
            Step::Cancel { developer, registration: number } => {
                (by(developer), Method::DELETE, registration(APPLICATIONS, number), None)
            }
            Step::CreateKey { developer, app } => {
                (by(developer), Method::POST, format!("{}/credentials", own(app)), Some(json!({})))
            }
            Step::RenameKey { developer, key: number } => {
                (by(developer), Method::PUT, key(number), Some(json!({ "display_name": format!("Key of {developer}") })))
            }
            Step::DeleteKey { developer, key: number } => (by(developer), Method::DELETE, key(number), None),
            Step::DecideDeveloper { developer, status } => {
                let path = format!("{portal}/developers/{}", self.ids[developer]);
                (admin, Method::PATCH, path, Some(json!({ "status": status })))
            }
            Step::DecideRegistration { registration: number, status } => {
                (admin, Method::PATCH, registration(&admin_applications, number), Some(json!({ "status": status })))
            }
            Step::DeleteRegistration { registration: number } => {
                (admin, Method::DELETE, registration(&admin_applications, number), None)
            }
            Step::RemoveApp { app } => (admin, Method::DELETE, format!("{admin_applications}/{}", self.apps[app]), None),
            Step::Publish { api, terms } => {
                let strategies = terms.strategy.map(|strategy| [&self.strategies[strategy]]);
                let body = json!({ "auth_strategy_ids": strategies, "auto_approve_registrations": terms.loose });
                (admin, Method::PUT, publication(&self.portal, self.apis[api]), Some(body))
            }
            Step::Unpublish { api } => (admin, Method::DELETE, publication(&self.portal, self.apis[api]), None),
            Step::ApproveByItself { on } => (admin, Method::PATCH, portal, Some(json!({ "auto_approve_applications": on }))),
        })
    }

    /// Takes a step; what it made gets the next number.
    pub(crate) async fn take(&mut self, step: Step) -> Answer {
        let Some((who, method, path, body)) = self.request(step) else {
            if let Step::SignIn { developer } = step {
                self.sign_in(developer).await;
            }
            return Answer::Done(0, None);
        };
        let reply = who.send(method, &path, body).await;
        self.made(step, &reply);
        answer(&reply)
    }

    /// Signs a developer in, if they are approved: the steps of `authenticate` have tests of their own.
    pub(crate) async fn sign_in(&mut self, developer: usize) {
        let path = format!("/v3/portals/{}/developers/{}", self.portal.id(), self.ids[developer]);
        if self.admin.get(&path).await.expect(200).body["status"] == "approved" {
            self.developers[developer] = self.portal.sign_in(self.ids[developer]).await;
        }
    }

    /// Keeps what a step made.
    pub(crate) fn made(&mut self, step: Step, reply: &Reply) {
        if reply.status != 201 {
            return;
        }
        match step {
            Step::CreateApp { .. } => self.apps.push(reply.id()),
            Step::Register { app, .. } => self.registrations.push(Registration { app: self.apps[app].clone(), id: reply.id() }),
            Step::CreateKey { app, .. } => {
                let secret = reply.body["credential"].as_str().expect("the secret").to_owned();
                self.keys.push(Key { app: self.apps[app].clone(), id: reply.id(), secret });
            }
            _ => {}
        }
    }

    /// Whether the authorizer lets a call with a key pass to an API.
    pub(crate) async fn passes(&self, key: &Key, api: usize) -> bool {
        self.portal.call(&ApiCall::to(&stage(api)).key(&key.secret)).await.is_some()
    }
}

fn answer(reply: &Reply) -> Answer {
    let status = reply.status.as_u16();
    if status < 400 {
        // What is `active` or the like is not what is decided about.
        let shown = reply.body["status"].as_str().and_then(|word| word.parse().ok());
        return Answer::Done(status, shown);
    }
    let kind = reply.body["type"].as_str().and_then(|kind| kind.strip_prefix("urn:portico:problem:"));
    Answer::Problem(status, Box::leak(kind.expect("a kind").to_owned().into_boxed_str()))
}
