//! The local portal through its front door.

use std::sync::Arc;

use portico_http::clock::{SystemClock, SystemEntropy};

use super::*;
use crate::start::{self, Setup};

async fn started(folder: &DataFolder) -> Local {
    let database = Database::memory().unwrap();
    let setup = Setup {
        database: &database,
        folder,
        public_url: "http://127.0.0.1:8080",
        auto_approve: false,
        notify: &[],
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    let portal = start::portal(setup).await.unwrap();
    Local::new(portal, database, folder).unwrap()
}

async fn get(local: &Local, path: &str) -> Response<Bytes> {
    let request = Request::get(path).header("host", "127.0.0.1:8080").body(Bytes::new()).unwrap();
    local.answer(request, IpAddr::from([127, 0, 0, 1])).await
}

#[tokio::test]
async fn what_no_route_takes_is_a_problem_and_a_call_without_a_key_is_refused_as_api_gateway_does() {
    let folder = DataFolder::temporary().unwrap();
    let local = started(&folder).await;
    let missing = get(&local, "/nothing").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert_eq!(missing.headers()[header::CONTENT_TYPE], "application/problem+json");
    let refused = get(&local, "/gateway/tides/harbours").await;
    assert_eq!((refused.status(), refused.body().as_ref()), (StatusCode::FORBIDDEN, &br#"{"message":"Forbidden"}"#[..]));
}

#[tokio::test]
async fn mails_are_listed_shown_and_their_last_link_is_plain_text() {
    let folder = DataFolder::temporary().unwrap();
    let local = started(&folder).await;
    let mail = b"From: a@x.test\r\nTo: ada+b@x.test\r\nSubject: Hello\r\n\r\nGo to http://h/login?token=1 now.\r\n";
    std::fs::write(local.outbox().folder().join("01-a.eml"), mail).unwrap();
    let link = get(&local, "/_local/mail?to=ada%2Bb@x.test&link").await;
    assert_eq!(link.body().as_ref(), b"http://h/login?token=1\n");
    let list = get(&local, "/_local/mail").await;
    assert!(String::from_utf8_lossy(list.body()).contains("\"subject\": \"Hello\""), "{list:?}");
    let shown = get(&local, "/_local/mail/01-a").await;
    assert!(String::from_utf8_lossy(shown.body()).contains("Go to http://h/login"), "{shown:?}");
    for none in ["/_local/mail?to=eve@x.test&link", "/_local/mail/02", "/_local/mail/..%2f..%2fadmin-token", "/_local/other"] {
        assert_eq!(get(&local, none).await.status(), StatusCode::NOT_FOUND, "{none}");
    }
}

#[tokio::test]
async fn an_address_to_notify_that_is_none_ends_the_start_and_is_named() {
    let folder = DataFolder::temporary().unwrap();
    let database = Database::memory().unwrap();
    let setup = Setup {
        database: &database,
        folder: &folder,
        public_url: "http://127.0.0.1:8080",
        auto_approve: false,
        notify: &["nobody".to_owned()],
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    let refused = start::portal(setup).await.unwrap_err().to_string();
    assert!(refused.starts_with("--notify nobody: "), "{refused}");
}

#[tokio::test]
async fn a_second_start_finds_the_portal_its_token_and_its_keys() {
    let folder = DataFolder::temporary().unwrap();
    let database = Database::open(&folder.table()).unwrap();
    let setup = || Setup {
        database: &database,
        folder: &folder,
        public_url: "http://127.0.0.1:8080",
        auto_approve: false,
        notify: &[],
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    let first = start::portal(setup()).await.unwrap();
    let token = std::fs::read(folder.admin_token()).unwrap();
    let second = start::portal(setup()).await.unwrap();
    assert_eq!(first.config.portal, second.config.portal);
    assert_eq!(std::fs::read(folder.admin_token()).unwrap(), token);
    assert_eq!(crate::admin_tokens::list(&second.store).await.unwrap().len(), 1);
    // A start that was cut off before the token was written makes another, and the unread one is gone.
    std::fs::remove_file(folder.admin_token()).unwrap();
    start::portal(setup()).await.unwrap();
    assert_ne!(std::fs::read(folder.admin_token()).unwrap(), token);
    assert_eq!(crate::admin_tokens::list(&second.store).await.unwrap().len(), 1);
}

#[tokio::test]
async fn mails_are_shown_to_whoever_asks_on_this_machine_and_to_nobody_else() {
    let folder = DataFolder::temporary().unwrap();
    let local = started(&folder).await;
    let loopback = IpAddr::from([127, 0, 0, 1]);
    let ask = async |source: IpAddr, host: &str, more: Option<&str>| {
        let mut request = Request::get("/_local/mail").header("host", host);
        if let Some(name) = more {
            request = request.header(name, "203.0.113.7");
        }
        local.answer(request.body(Bytes::new()).unwrap(), source).await.status()
    };
    for host in ["localhost:8080", "127.0.0.1", "[::1]:8080", "[::1]", "PORTAL.localhost:1"] {
        assert_eq!(ask(loopback, host, None).await, StatusCode::OK, "{host}");
    }
    assert_eq!(ask("::ffff:127.0.0.1".parse().unwrap(), "localhost", None).await, StatusCode::OK);
    // From another machine; under a name that another site pointed here; through a proxy.
    assert_eq!(ask(IpAddr::from([192, 0, 2, 7]), "localhost", None).await, StatusCode::NOT_FOUND);
    for host in ["portal.example.test", "evil.test:8080", "127.0.0.1.evil.test", "localhost.evil.test", ""] {
        assert_eq!(ask(loopback, host, None).await, StatusCode::NOT_FOUND, "{host}");
    }
    for header in ["x-forwarded-for", "forwarded", "via"] {
        assert_eq!(ask(loopback, "localhost", Some(header)).await, StatusCode::NOT_FOUND, "{header}");
    }
}
