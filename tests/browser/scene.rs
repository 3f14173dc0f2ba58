//! A scene: the local portal on a socket, with the two demo APIs, and windows on it.

use std::sync::Arc;

use portico::apis;
use portico::data::DataFolder;
use portico::engine::Database;
use portico::local::Local;
use portico::server;
use portico::start::{self, Setup};
use portico_http::clock::{SystemClock, SystemEntropy};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::canary::Canary;
use crate::chromedriver::Chromedriver;
use crate::window::{DESK, Kind, Window};

/// Everything around a test's windows.
pub(crate) struct Scene {
    pub(crate) local: Arc<Local>,
    /// Where the portal is, without a slash at the end.
    pub(crate) origin: String,
    pub(crate) canary: Canary,
    driver: Chromedriver,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
    _folder: DataFolder,
}

impl Scene {
    /// A portal where an administrator approves.
    pub(crate) async fn start() -> Self {
        let folder = DataFolder::temporary().expect("a folder");
        let database = Database::memory().expect("the engine starts");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        let setup = Setup {
            database: &database,
            folder: &folder,
            public_url: &origin,
            auto_approve: false,
            notify: &["owners@example.test".to_owned()],
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        };
        let portal = start::portal(setup).await.expect("the portal starts");
        let local = Arc::new(Local::new(portal, database, &folder).expect("the portal starts"));
        let demo = apis::files(None).expect("the demo is built in");
        assert_eq!(apis::publish(&local, &folder, &demo).await.expect("they are published"), ["tides", "weather-board"]);
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server::serve(Arc::clone(&local), listener, async move {
            let _either_way = stopped.await;
        }));
        let canary = Canary::start().await;
        Self { local, origin, canary, driver: Chromedriver::start(), stop, serving, _folder: folder }
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
