//! `canary.test`: what an injected script, style or picture would ask for. Nobody may.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A listener that counts whoever comes.
pub(crate) struct Canary {
    visits: Arc<AtomicUsize>,
    port: u16,
    listening: JoinHandle<()>,
}

impl Canary {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let visits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visits);
        let listening = tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { visits, port, listening }
    }

    /// Where the name leads, by HTTP and by HTTPS.
    pub(crate) fn rules(&self) -> String {
        let port = self.port;
        format!("MAP canary.test:80 127.0.0.1:{port}, MAP canary.test:443 127.0.0.1:{port}")
    }

    pub(crate) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.listening.abort();
    }
}
