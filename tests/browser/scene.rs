//! A scene: the local portal on a socket, with the two demo APIs, a clock that can be put forward, and windows on it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use portico::apis;
use portico::data::DataFolder;
use portico::engine::Database;
use portico::local::Local;
use portico::server;
use portico::start::{self, Setup};
use portico_domain::time::Timestamp;
use portico_http::clock::{Clock, SystemClock, SystemEntropy};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::canary::Canary;
use crate::chromedriver::Chromedriver;
use crate::window::{DESK, Kind, Window};

/// The machine's clock, put forward: mails and lists are ordered by time, so it must not stand still.
#[derive(Debug, Default)]
pub(crate) struct AheadClock(AtomicI64);

impl AheadClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).expect("a short while"), Ordering::SeqCst);
    }
}

impl Clock for AheadClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(SystemClock.now().millis() + self.0.load(Ordering::SeqCst))
    }
}

/// An item as text, its members in the order of the alphabet.
fn sorted(members: &HashMap<String, AttributeValue>) -> String {
    let members: BTreeMap<_, _> = members.iter().map(|(name, value)| (name, written(value))).collect();
    format!("{members:?}")
}

fn written(value: &AttributeValue) -> String {
    match value {
        AttributeValue::M(members) => sorted(members),
        AttributeValue::L(values) => format!("{:?}", values.iter().map(written).collect::<Vec<_>>()),
        plain => format!("{plain:?}"),
    }
}

/// Everything around a test's windows.
pub(crate) struct Scene {
    pub(crate) local: Arc<Local>,
    pub(crate) clock: Arc<AheadClock>,
    /// Where the portal is, without a slash at the end.
    pub(crate) origin: String,
    /// The administrator's token.
    pub(crate) token: String,
    pub(crate) canary: Canary,
    driver: Chromedriver,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
    _folder: DataFolder,
}

impl Scene {
    /// A portal where an administrator approves.
    pub(crate) async fn start() -> Self {
        Self::with(false).await
    }

    /// A portal that approves by itself.
    pub(crate) async fn approving_by_itself() -> Self {
        Self::with(true).await
    }

    async fn with(auto_approve: bool) -> Self {
        let folder = DataFolder::temporary().expect("a folder");
        let database = Database::memory().expect("the engine starts");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        let clock = Arc::new(AheadClock::default());
        let setup = Setup {
            database: &database,
            folder: &folder,
            public_url: &origin,
            auto_approve,
            notify: &["owners@example.test".to_owned()],
            clock: clock.clone(),
            entropy: Arc::new(SystemEntropy),
        };
        let portal = start::portal(setup).await.expect("the portal starts");
        let local = Arc::new(Local::new(portal, database, &folder).expect("the portal starts"));
        let demo = apis::files(None, &origin).expect("the demo is built in");
        assert_eq!(apis::publish(&local, &folder, &demo).await.expect("they are published"), ["tides", "weather-board"]);
        let token = std::fs::read_to_string(folder.admin_token()).expect("the administrator's token").trim().to_owned();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server::serve(Arc::clone(&local), listener, async move {
            let _either_way = stopped.await;
        }));
        let canary = Canary::start().await;
        Self { local, clock, origin, token, canary, driver: Chromedriver::start(), stop, serving, _folder: folder }
    }

    /// A window on a desk.
    pub(crate) async fn window(&self) -> Window {
        self.window_of(DESK).await
    }

    /// A window of another kind.
    pub(crate) async fn window_of(&self, kind: Kind) -> Window {
        let rules = format!("{}, MAP *.evil.test 127.0.0.1", self.canary.rules());
        Window::open(&self.driver, &self.origin, &rules, kind).await
    }

    /// The last link in the newest mail to an address.
    pub(crate) async fn link(&self, to: &str) -> String {
        self.local.pump().await;
        self.local.outbox().last_link(to).expect("the outbox").expect("a mail with a link")
    }

    /// Signs the administrator in.
    pub(crate) async fn administer(&self, window: &Window) {
        window.goto("/admin/login").await;
        window.fill("Token", &self.token).await;
        window.press_near("Token", "Sign in").await;
        window.is_at("/admin").await;
    }

    /// The portal's path in the management contract.
    pub(crate) fn portal(&self) -> String {
        format!("/v3/portals/{}", self.local.portal().config.portal)
    }

    /// The whole table as text, for what must not change it.
    pub(crate) async fn dump(&self) -> String {
        let store = &self.local.portal().store;
        let mut pages = store.client().scan().table_name(store.table()).into_paginator().send();
        let mut text = String::new();
        while let Some(page) = pages.next().await {
            let mut items: Vec<_> = page.expect("a page").items().iter().map(sorted).collect();
            items.sort();
            text.push_str(&items.join("\n"));
        }
        text
    }

    /// Ends a test: the table must be in order, and nobody may have gone to `canary.test`.
    pub(crate) async fn end<const N: usize>(self, windows: [Window; N]) {
        for window in windows {
            window.close().await;
        }
        let _gone = self.stop.send(());
        self.serving.await.expect("the portal ends").expect("the socket held");
        let report = self.local.portal().store.verify().await.expect("the table can be read");
        assert!(report.is_whole(), "{report}");
        assert_eq!(self.canary.visits(), 0, "something that somebody typed was fetched");
    }
}
