//! What is taken back stops working at once: every call that starts after the answer is refused, whoever is calling meanwhile. And
//! nothing else than what is granted works at any time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use portico_domain::id::{ApiId, ApplicationId, ImplementationId};
use portico_store::Key;
use portico_tests::steps::{APPLICATIONS, CreatedKey};
use portico_tests::{ApiCall, Client, TestPortal};
use serde_json::json;

/// Every way in which somebody takes something back.
#[derive(Clone, Copy, Debug)]
enum Way {
    DeleteKey,
    DeleteApplication,
    AdminDeletesApplication,
    DeleteRegistration,
    AdminRevokesRegistration,
    AdminDeletesRegistration,
    RevokeDeveloper,
    DeleteDeveloper,
    Unpublish,
    PublishWithAnotherStrategy,
    PublishWithoutStrategy,
    RenameHeader,
    Unlink,
    DeleteApi,
}

const WAYS: [Way; 14] = [
    Way::DeleteKey,
    Way::DeleteApplication,
    Way::AdminDeletesApplication,
    Way::DeleteRegistration,
    Way::AdminRevokesRegistration,
    Way::AdminDeletesRegistration,
    Way::RevokeDeveloper,
    Way::DeleteDeveloper,
    Way::Unpublish,
    Way::PublishWithAnotherStrategy,
    Way::PublishWithoutStrategy,
    Way::RenameHeader,
    Way::Unlink,
    Way::DeleteApi,
];

/// A portal where ada's key calls an API.
struct Working {
    portal: TestPortal,
    ada: Client,
    api: ApiId,
    application: ApplicationId,
    registration: String,
    key: CreatedKey,
}

impl Working {
    async fn start() -> Self {
        let portal = TestPortal::start().await;
        portal.set("auto_approve_applications", true).await;
        let ada = portal.approved_developer("ada@example.test").await;
        let api = portal.published_api("Tides").await;
        let application = ada.create_app("Weather board").await;
        let registration = ada.register(application, api).await;
        let key = ada.create_key(application).await;
        Self { portal, ada, api, application, registration, key }
    }

    fn call(&self) -> ApiCall {
        ApiCall::to("tides").key(&self.key.secret)
    }

    /// Takes it back, over the wire.
    async fn take_back(&self, way: Way) {
        let (admin, ada) = (self.portal.admin(), &self.ada);
        let mine = format!("{APPLICATIONS}/{}", self.application);
        let portal = format!("/v3/portals/{}", self.portal.id());
        let theirs = format!("{portal}/applications/{}", self.application);
        let developer = format!("{portal}/developers/{}", ada.developer.expect("ada"));
        let api = format!("/v3/apis/{}", self.api);
        let publication = format!("{api}/publications/{}", self.portal.id());
        let registration = &self.registration;
        match way {
            Way::DeleteKey => ada.delete(&format!("{mine}/credentials/{}", self.key.id)).await.expect(204),
            Way::DeleteApplication => ada.delete(&mine).await.expect(204),
            Way::AdminDeletesApplication => admin.delete(&theirs).await.expect(204),
            Way::DeleteRegistration => ada.delete(&format!("{mine}/registrations/{registration}")).await.expect(204),
            Way::AdminRevokesRegistration => {
                admin.patch(&format!("{theirs}/registrations/{registration}"), json!({ "status": "revoked" })).await.expect(200)
            }
            Way::AdminDeletesRegistration => admin.delete(&format!("{theirs}/registrations/{registration}")).await.expect(204),
            Way::RevokeDeveloper => admin.patch(&developer, json!({ "status": "revoked" })).await.expect(200),
            Way::DeleteDeveloper => admin.delete(&developer).await.expect(204),
            Way::Unpublish => admin.delete(&publication).await.expect(204),
            Way::PublishWithAnotherStrategy => {
                let other = self.portal.key_strategy("another", None).await;
                admin.put(&publication, json!({ "auth_strategy_ids": [other] })).await.expect(200)
            }
            Way::PublishWithoutStrategy => admin.put(&publication, json!({ "auth_strategy_ids": null })).await.expect(200),
            Way::RenameHeader => {
                let configs = json!({ "configs": { "key-auth": { "key_names": ["x-new-header"] } } });
                admin.patch(&format!("/v2/application-auth-strategies/{}", self.portal.strategy), configs).await.expect(200)
            }
            Way::Unlink => {
                let implementation: ImplementationId = {
                    let known: portico_domain::api::Api =
                        self.portal.portal.store.find(&Key::api(self.api)).await.expect("the store answers").expect("the API");
                    known.implementations[0].id
                };
                admin.delete(&format!("{api}/implementations/{implementation}")).await.expect(204)
            }
            Way::DeleteApi => admin.delete(&api).await.expect(204),
        };
    }
}

const CALLERS: usize = 8;
const CALLS_AFTERWARDS: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_that_starts_after_the_answer_is_refused_while_eight_tasks_call() {
    for way in WAYS {
        let working = Working::start().await;
        let (answered, passed_before) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let (portal, call) = (working.portal.clone(), working.call());
                let (answered, passed_before) = (Arc::clone(&answered), Arc::clone(&passed_before));
                tokio::spawn(async move {
                    let (mut afterwards, mut passed) = (0, 0);
                    while afterwards < CALLS_AFTERWARDS {
                        let started_after = answered.load(Ordering::SeqCst);
                        let has_passed = portal.call(&call).await.is_some();
                        if started_after {
                            afterwards += 1;
                            passed += usize::from(has_passed);
                        } else {
                            passed_before.fetch_add(usize::from(has_passed), Ordering::SeqCst);
                        }
                    }
                    passed
                })
            })
            .collect();
        while passed_before.load(Ordering::SeqCst) < CALLERS {
            tokio::task::yield_now().await;
        }
        working.take_back(way).await;
        answered.store(true, Ordering::SeqCst);
        for caller in callers {
            assert_eq!(caller.await.expect("no panic"), 0, "{way:?}: a call that started after the answer has passed");
        }
        working.portal.end().await;
    }
}

#[tokio::test]
async fn what_is_given_back_works_at_once() {
    let working = Working::start().await;
    let admin = working.portal.admin();
    let portal = format!("/v3/portals/{}", working.portal.id());
    let developer = format!("{portal}/developers/{}", working.ada.developer.expect("ada"));
    let registration = format!("{portal}/applications/{}/registrations/{}", working.application, working.registration);
    for path in [developer, registration] {
        for (status, passes) in [("revoked", false), ("approved", true)] {
            admin.patch(&path, json!({ "status": status })).await.expect(200);
            assert_eq!(working.portal.call(&working.call()).await.is_some(), passes, "{path} {status}");
        }
    }
    working.portal.end().await;
}

/// What the model knows: who may call what, step by step.
#[derive(Default)]
struct Model {
    /// The application of each key.
    keys: BTreeMap<String, ApplicationId>,
    /// Approved registrations.
    granted: BTreeSet<(ApplicationId, ApiId)>,
    owner_approved: bool,
}

#[tokio::test]
async fn twenty_keys_may_call_exactly_what_their_applications_are_approved_for_after_every_step() {
    const STAGES: [&str; 5] = ["one", "two", "three", "four", "five"];
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    let admin = portal.admin();
    let mut apis = Vec::new();
    for stage in STAGES {
        apis.push((portal.published_api(stage).await, stage));
    }
    let mut model = Model { owner_approved: true, ..Model::default() };
    let applications = [ada.create_app("First").await, ada.create_app("Second").await];
    for application in applications {
        for _ in 0..10 {
            model.keys.insert(portal.api_key(application).await, application);
        }
    }
    let of_portal = format!("/v3/portals/{}", portal.id());
    let mut registrations: BTreeMap<(ApplicationId, ApiId), (String, &str)> = BTreeMap::new();
    // A walk that is the same every time and comes to every kind of step.
    for step in 0..32_usize {
        let application = applications[step % 2];
        let (api, _) = apis[(step * 7 / 3) % apis.len()];
        let pair = (application, api);
        let known = registrations.get(&pair).cloned();
        match (known, step % 8) {
            (None, _) => {
                let id = portal.registration(application, api, portico_domain::status::Status::Pending).await;
                registrations.insert(pair, (id.to_string(), "pending"));
            }
            (Some((id, "approved")), 3) => {
                // The developer's own routes are closed to a revoked one.
                let path = format!("{of_portal}/applications/{application}/registrations/{id}");
                admin.delete(&path).await.expect(204);
                registrations.remove(&pair);
                model.granted.remove(&pair);
            }
            (Some((id, status)), _) => {
                let (to, granted) = if status == "approved" { ("revoked", false) } else { ("approved", true) };
                let path = format!("{of_portal}/applications/{application}/registrations/{id}");
                admin.patch(&path, json!({ "status": to })).await.expect(200);
                registrations.insert(pair, (id, to));
                if granted {
                    model.granted.insert(pair)
                } else {
                    model.granted.remove(&pair)
                };
            }
        }
        if step % 10 == 9 {
            model.owner_approved = !model.owner_approved;
            let status = if model.owner_approved { "approved" } else { "revoked" };
            let developer = format!("{of_portal}/developers/{}", ada.developer.expect("ada"));
            admin.patch(&developer, json!({ "status": status })).await.expect(200);
        }
        for (key, application) in &model.keys {
            for (api, stage) in &apis {
                let expected = model.owner_approved && model.granted.contains(&(*application, *api));
                let decided = portal.call(&ApiCall::to(stage).key(key)).await;
                assert_eq!(decided.is_some(), expected, "step {step}: a key of {application} at {stage}");
                if let Some(context) = decided {
                    assert_eq!(context["application_id"], application.to_string());
                    assert_eq!(context["api_id"], api.to_string());
                    assert_eq!(context["registration_id"], registrations[&(*application, *api)].0);
                }
            }
        }
    }
    assert!(!model.granted.is_empty(), "the walk ends with something granted");
    portal.end().await;
}
