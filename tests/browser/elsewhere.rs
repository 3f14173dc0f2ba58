//! Another site: it serves one page, under any name that leads to it.

use axum::Router;
use axum::response::Html;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server of somebody else's.
pub(crate) struct Elsewhere {
    port: u16,
    serving: JoinHandle<()>,
}

impl Elsewhere {
    /// Serves a page at every path.
    pub(crate) async fn serving(page: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let router = Router::new().fallback(move || {
            let page = page.clone();
            async { Html(page) }
        });
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { port, serving }
    }

    /// Another site altogether.
    pub(crate) fn cross_site(&self) -> String {
        format!("http://prize.evil.test:{}/", self.port)
    }

    /// Another origin of the portal's own site, to which its cookies are sent along.
    pub(crate) fn same_site(&self) -> String {
        format!("http://localhost:{}/", self.port)
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
