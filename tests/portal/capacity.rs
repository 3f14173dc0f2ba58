//! What each operation consumes of the table, held against the table that is kept in `docs/capacity.csv`: a change of cost is a visible
//! change of that file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use http::Method;
use portico::capacity::Consumed;
use portico_domain::event::Name;
use portico_domain::status::Status;
use portico_http::routes::{Caller, Route, all};
use portico_tests::account::PASSWORD;
use portico_tests::kept::{WRITE, assert_kept};
use portico_tests::management::ADMIN_SESSION;
use portico_tests::portal::ADMIN_TOKEN;
use portico_tests::sign_on::{BEGIN, SignOn};
use portico_tests::{ApiCall, Client, Reply, TestPortal};
use serde_json::json;

use super::tenancy::matrix::Who;
use super::tenancy::scene::Scene;

const KEPT: &str = "docs/capacity.csv";
const OTHER_PASSWORD: &str = "a quiet harbour at dawn";

/// What operations consumed, by function and operation.
type Table = BTreeMap<(&'static str, &'static str), Consumed>;

async fn of<T>(portal: &TestPortal, work: impl Future<Output = T>) -> (T, Consumed) {
    portal.database.faults().take_consumed();
    let done = work.await;
    (done, portal.database.faults().take_consumed())
}

/// The operations of an account, in the order in which somebody comes by them: each needs what the one before has made.
async fn account(table: &mut Table) {
    let portal = TestPortal::start().await;
    let (ada, admin) = (portal.anonymous(), portal.anonymous());
    portal.database.faults().meter();
    let mut kept = |function, operation, (reply, consumed): (Reply, Consumed)| {
        assert!(reply.status.is_success(), "{operation}: {}", reply.body);
        table.insert((function, operation), consumed);
        reply
    };
    kept("signup", "register", of(&portal, ada.sign_up("ada@example.test")).await);
    let token = portal.mailed("ada@example.test", Name::DeveloperSignedUp).await;
    let verified = kept("verify-email", "verify-email", of(&portal, ada.verify_email(&token)).await);
    let token = verified.body["token"].as_str().expect("a token");
    kept("reset-password", "reset-password", of(&portal, ada.reset_password(token, PASSWORD)).await);
    portal.decide(portal.known("ada@example.test").await.id, Status::Approved).await;
    kept("sign-in", "authenticate", of(&portal, ada.authenticate("ada@example.test", PASSWORD)).await);
    kept("refresh-session", "refresh", of(&portal, ada.refresh()).await);
    kept("change-password", "change-password", of(&portal, ada.change_password(PASSWORD, OTHER_PASSWORD)).await);
    kept("forgot-password", "forgot-password", of(&portal, ada.forgot_password("ada@example.test")).await);
    kept("sign-out", "logout", of(&portal, ada.logout()).await);
    kept("admin-session", "create-admin-session", of(&portal, admin.open_admin_session(ADMIN_TOKEN)).await);
    let ended = of(&portal, admin.send(Method::DELETE, ADMIN_SESSION, None)).await;
    kept("admin-session", "delete-admin-session", ended);
    portal.end().await;
}

/// Signing in by an identity provider: somebody who is known, and nothing changes.
async fn sign_on(table: &mut Table) {
    let on = SignOn::start().await;
    on.sign_in(json!({})).await.1.expect(303);
    let ada = on.portal.anonymous();
    on.portal.database.faults().meter();
    let (begun, consumed) = of(&on.portal, ada.get(BEGIN)).await;
    table.insert(("start-sso", "authenticate-sso"), consumed);
    table.insert(("start-sso", "begin-sign-on"), consumed);
    let asked = url::Url::parse(begun.location()).expect("a place");
    let code = on.lying.sign_in(&asked, on.now(), json!({}));
    let (reply, consumed) = of(&on.portal, ada.come_back(&asked, &code)).await;
    reply.expect(303);
    table.insert(("finish-sso", "finish-sign-on"), consumed);
    on.portal.end().await;
}

/// Who may do what a route does, and sees the page that it shows.
async fn callers(scene: &Scene, route: &Route) -> Vec<Client> {
    match route.caller {
        Caller::Administrator => vec![scene.client(Who::Admin)],
        Caller::Page if route.path.starts_with("/admin") => {
            let (admin, nobody) = (scene.portal.anonymous(), scene.portal.anonymous());
            admin.open_admin_session(ADMIN_TOKEN).await.expect(204);
            vec![admin, nobody]
        }
        _ => vec![scene.client(Who::Owner), scene.client(Who::Anonymous)],
    }
}

/// A route over a scene of its own: ada has one application with a registration and a key, two APIs are published.
async fn one(route: &'static Route) -> Option<Consumed> {
    let scene = Scene::start().await;
    let (method, mut path) = (route.method.parse::<Method>().expect("a method"), scene.paths(route.path).0);
    if route.operation == "explain-access" {
        let (application, api) = (&scene.ids["applicationId"], &scene.ids["apiId"]);
        path.push_str(&format!("?application={application}&api={api}"));
    }
    if route.operation == "show-search" {
        path.push_str("?q=tides");
    }
    let mut found = None;
    for caller in callers(&scene, route).await {
        scene.portal.database.faults().meter();
        let asked = caller.send(method.clone(), &path, scene.body(&route.key(), 1));
        let (reply, consumed) = of(&scene.portal, asked).await;
        if reply.status.is_success() {
            found = Some(consumed);
            break;
        }
    }
    scene.portal.end().await;
    found
}

/// A call of a published API with a key, through the authorizer.
async fn authorized(table: &mut Table) {
    let (portal, _, key) = super::authorize::open().await;
    portal.database.faults().meter();
    let call = ApiCall::to("tides").key(&key);
    let (passed, consumed) = of(&portal, portal.call(&call)).await;
    assert!(passed.is_some());
    table.insert(("authorize", "authorize"), consumed);
    portal.end().await;
}

#[tokio::test]
async fn operations_consume_what_the_kept_table_says() {
    let mut table = Table::new();
    account(&mut table).await;
    sign_on(&mut table).await;
    authorized(&mut table).await;
    let mut unknown = Vec::new();
    for route in all().filter(|route| route.operation != "show-asset") {
        if table.contains_key(&(route.function, route.operation)) {
            continue;
        }
        match one(route).await {
            Some(consumed) => {
                table.insert((route.function, route.operation), consumed);
            }
            None => unknown.push(route.key()),
        }
    }
    assert!(unknown.is_empty(), "nobody succeeds with {}", unknown.join(", "));
    let mut csv = "function,operation,calls,read units,write units,bytes sent,bytes received\n".to_owned();
    for ((function, operation), Consumed { calls, read_units, write_units, sent, received }) in &table {
        writeln!(csv, "{function},{operation},{calls},{read_units},{write_units},{sent},{received}").expect("a line");
    }
    if std::env::var_os(WRITE).is_some() || !is_near(&csv) {
        assert_kept(KEPT, &csv);
    }
}

/// Whether calls and units are those of the kept table, and bytes nearly: what is compressed with random ids in it has no fixed size.
fn is_near(csv: &str) -> bool {
    let cells = |line: &str| -> Vec<String> { line.split(',').map(str::to_owned).collect() };
    let near = |one: &str, other: &str| match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => (one - other).abs() <= one.max(other) / 100.0,
        _ => one == other,
    };
    let kept = include_str!("../../docs/capacity.csv");
    kept.lines().count() == csv.lines().count()
        && kept.lines().zip(csv.lines()).map(|(one, other)| (cells(one), cells(other))).all(|(one, other)| {
            one.get(..5) == other.get(..5) && one.iter().zip(&other).skip(5).all(|(one, other)| near(one, other))
        })
}
