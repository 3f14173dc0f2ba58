//! Steps of an administrator over the management contract: an API, its publication and its link.

use portico::recorded::acting_as;
use portico_domain::api::Api;
use portico_domain::gateway::Link;
use portico_domain::id::ApiId;
use portico_domain::publication::Publication;
use portico_store::Key;
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::portal::TestPortal;

/// Where APIs are managed.
pub const APIS: &str = "/v3/apis";
/// Where an administrator's session is begun and ended.
pub const ADMIN_SESSION: &str = "/portico/v1/session";
/// Where auth strategies are managed.
pub const STRATEGIES: &str = "/v2/application-auth-strategies";

impl Client {
    /// Exchanges an administrator's token for a session.
    pub async fn open_admin_session(&self, token: &str) -> Reply {
        self.post(ADMIN_SESSION, json!({ "token": token })).await
    }

    /// Creates an API.
    pub async fn create_api(&self, body: Value) -> ApiId {
        self.post(APIS, body).await.expect(201).id().parse().expect("an API's id")
    }

    /// Publishes an API in the tests' portal.
    pub async fn publish_api(&self, api: ApiId, terms: Value) -> Reply {
        self.put(&publication(self.portal(), api), terms).await
    }

    /// Links an API to a stage of a gateway.
    pub async fn link_api(&self, api: ApiId, gateway: &str, stage: &str) -> Reply {
        let body = json!({ "api_gateway": { "gateway_id": gateway, "stage": stage } });
        self.post(&format!("{APIS}/{api}/implementations"), body).await
    }
}

/// Where the publication of an API in the tests' portal is managed.
pub fn publication(portal: &TestPortal, api: ApiId) -> String {
    format!("{APIS}/{api}/publications/{}", portal.id())
}

impl TestPortal {
    /// An API as the table has it, tombstones included.
    pub async fn api(&self, id: ApiId) -> Option<Api> {
        self.portal.store.find(&Key::api(id)).await.expect("the store answers")
    }

    /// The card of an API in the portal's catalog.
    pub async fn card(&self, api: ApiId) -> Option<Publication> {
        self.portal.store.find(&Key::publication(self.id(), api)).await.expect("the store answers")
    }

    /// A gateway link.
    pub async fn link(&self, gateway: &str, stage: &str) -> Option<Link> {
        self.portal.store.find(&Key::link(gateway, stage)).await.expect("the store answers")
    }

    /// Does every job, when nobody is at one any more.
    pub async fn run_jobs(&self) {
        self.clock.advance(2 * portico_domain::job::LEASE);
        acting_as("run-jobs", run_jobs::handle(&self.portal, Value::Null)).await.expect("every job can be done");
    }
}
