//! Bad input, over every route: refused with a problem, never a 5xx, and nothing stored.

mod addresses;
mod bodies;
mod fuzz;
mod noise;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use portico_http::routes::{Caller, Route, Takes, of_the_api};
use portico_tests::{Client, Reply};
use serde_json::Value;

use super::tenancy::matrix::Who;
use super::tenancy::scene::Scene;

/// A route with somebody who may call it, and its path with ids of the scene.
pub(crate) struct Asked<'s> {
    pub(crate) scene: &'s Scene,
    pub(crate) route: &'static Route,
    pub(crate) client: Client,
    pub(crate) path: String,
}

impl<'s> Asked<'s> {
    pub(crate) fn of(scene: &'s Scene, route: &'static Route) -> Self {
        let who = match route.caller {
            Caller::Anyone | Caller::Page => Who::Anonymous,
            Caller::Visitor | Caller::Developer => Who::Owner,
            Caller::Administrator => Who::Admin,
        };
        Self { scene, route, client: scene.client(who), path: scene.paths(route.path).0 }
    }

    /// A body that the route takes.
    fn good(&self) -> Value {
        self.scene.body(&self.route.key(), 7).expect("every route with a body has one in the scene")
    }

    async fn send(&self, content_type: Option<&str>, body: impl Into<Bytes>) -> Reply {
        let mut request = http::Request::builder().method(self.route.method).uri(&self.path);
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        self.client.send_raw(request.body(body.into()).expect("a request")).await
    }

    async fn json(&self, body: impl Into<Bytes>) -> Reply {
        self.send(Some("application/json"), body).await
    }

    /// What the store was asked since the last time: whether it was asked at all, and whether it was changed.
    fn asked_and_changed(&self) -> (bool, bool) {
        let calls = self.scene.portal.take_calls();
        let reads = ["GetItem", "BatchGetItem", "Query", "TransactGetItems"];
        (!calls.is_empty(), calls.iter().any(|call| !reads.contains(&call.operation.as_str())))
    }
}

/// The routes that take a body.
fn with_body() -> impl Iterator<Item = &'static Route> {
    of_the_api().filter(|route| route.takes != Takes::Nothing)
}
