//! A window: a browser with a profile of its own, where it is, what it shows, and what its console says.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::chromedriver::Chromedriver;
use crate::webdriver::{Element, Refused, Session};

/// What a page is given to show something.
const PATIENCE: Duration = Duration::from_secs(15);
const LOOK: Duration = Duration::from_millis(20);

/// What kind of window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether pages may run scripts.
    pub(crate) scripts: bool,
}

/// On a desk.
pub(crate) const DESK: Kind = Kind { width: 1200, height: 800, scripts: true };

/// In a hand.
pub(crate) const PHONE: Kind = Kind { width: 375, height: 740, scripts: true };

/// A window.
pub(crate) struct Window {
    pub(crate) session: Session,
    origin: String,
    pub(super) clicks: AtomicU32,
}

impl Window {
    /// A window on a portal. Names lead where `rules` say and nowhere else, so that no test leaves the machine.
    pub(crate) async fn open(driver: &Chromedriver, origin: &str, rules: &str, kind: Kind) -> Self {
        let mut preferences = json!({ "credentials_enable_service": false, "profile.password_manager_enabled": false });
        if !kind.scripts {
            preferences["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        let options = json!({
            "args": [
                "--headless=new",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--disable-background-networking",
                "--force-color-profile=srgb",
                "--lang=en",
                format!("--window-size={},{}", kind.width.max(500), kind.height),
                format!("--host-resolver-rules={rules}, MAP localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
            ],
            "prefs": preferences,
        });
        let session = Session::start(driver, options).await;
        // The frame of a window is not part of it, and no window of a desk is as narrow as a phone.
        let phone = kind.width < 500;
        let size = json!({ "width": kind.width, "height": kind.height, "deviceScaleFactor": 1, "mobile": phone });
        session.devtools("Emulation.setDeviceMetricsOverride", size).await;
        Self { session, origin: origin.to_owned(), clicks: AtomicU32::new(0) }
    }

    /// Goes to a path of the portal, or to a whole address.
    pub(crate) async fn goto(&self, place: &str) {
        let url = if place.starts_with('/') { format!("{}{place}", self.origin) } else { place.to_owned() };
        self.session.post("/url", json!({ "url": url })).await.unwrap_or_else(|refused| panic!("{url}: {refused}"));
    }

    /// Prefers light or dark.
    pub(crate) async fn prefer(&self, theme: &str) {
        let features =
            json!([{ "name": "prefers-color-scheme", "value": theme }, { "name": "prefers-reduced-motion", "value": "reduce" }]);
        self.session.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Where it is: path and query on the portal, the whole address elsewhere.
    pub(crate) async fn place(&self) -> String {
        let url = self.session.get("/url").await.expect("an address");
        let url = url.as_str().expect("text");
        url.strip_prefix(&self.origin).unwrap_or(url).to_owned()
    }

    /// Back, as by the browser's button.
    pub(crate) async fn back(&self) {
        self.session.post("/back", json!({})).await.expect("the window goes back");
    }

    /// What a reader sees of the page.
    pub(crate) async fn text(&self) -> String {
        let shown = self.session.script("return document.body ? document.body.innerText : ''", &[]).await;
        shown.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// What a script returns.
    pub(crate) async fn script(&self, script: &str, arguments: &[Value]) -> Value {
        self.session.script(script, arguments).await.unwrap_or_else(|refused| panic!("{script}: {refused}"))
    }

    /// Waits until the page shows a text.
    pub(crate) async fn sees(&self, text: &str) {
        let shown = self.until(async || self.text().await.contains(text).then_some(())).await;
        if shown.is_none() {
            self.fail(&format!("{text:?} is not there")).await;
        }
    }

    /// Waits until the window is at a path of the portal; what follows the path is nobody's business.
    pub(crate) async fn is_at(&self, path: &str) {
        let there = async || {
            let place = self.place().await;
            let loaded = self.session.script("return document.readyState", &[]).await;
            let whole = loaded.is_ok_and(|state| state == "complete");
            (whole && place.split(['?', '#']).next() == Some(path)).then_some(())
        };
        if self.until(there).await.is_none() {
            self.fail(&format!("this is not {path}")).await;
        }
    }

    /// The element that a script returns, as soon as it returns one.
    pub(super) async fn element(&self, script: &str, arguments: &[Value]) -> Option<Element> {
        self.until(async || match self.session.script(script, arguments).await {
            Ok(value) => Element::read(&value),
            Err(refused) => self.passing(refused),
        })
        .await
    }

    /// Looks again and again until there is something, or patience ends.
    pub(super) async fn until<T>(&self, mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
        let late = Instant::now() + PATIENCE;
        loop {
            let found = look().await;
            if found.is_some() || Instant::now() > late {
                return found;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Nothing, for a refusal that another look may not meet.
    #[track_caller]
    pub(super) fn passing<T>(&self, refused: Refused) -> Option<T> {
        assert!(refused.is_of_a_page_that_goes(), "{refused}");
        None
    }

    /// Ends the test with what the window shows.
    pub(super) async fn fail(&self, what: &str) -> ! {
        let (place, text, said) = (self.place().await, self.text().await, self.console().await);
        panic!("{what}, at {place}:\n{text}\n{}", said.join("\n"));
    }

    /// What the console was told since the last time.
    pub(crate) async fn console(&self) -> Vec<String> {
        let lines = self.session.post("/se/log", json!({ "type": "browser" })).await.expect("the console");
        let lines = lines.as_array().cloned().unwrap_or_default();
        lines.iter().filter_map(|line| line["message"].as_str().map(str::to_owned)).collect()
    }

    /// What the console was told of a Content Security Policy that was violated.
    pub(crate) async fn violations(&self) -> Vec<String> {
        let said = self.console().await;
        said.into_iter().filter(|line| line.contains("Content Security Policy")).collect()
    }

    /// How often it was clicked since the last time.
    pub(crate) fn take_clicks(&self) -> u32 {
        self.clicks.swap(0, Ordering::Relaxed)
    }

    /// Closes the window, which no page may have given a reason to complain.
    pub(crate) async fn close(self) {
        assert_eq!(self.violations().await, Vec::<String>::new());
        self.session.delete("").await.expect("the window closes");
    }
}
