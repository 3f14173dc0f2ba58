//! Lambda entry point. The behaviour is in `lib.rs`, which the local portal serves too.

use std::path::PathBuf;

use portico_http::config::Environment;
use portico_http::{StartError, lambda};
use send_email::Folder;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let folder = Environment(|name: &str| std::env::var(name).ok()).required("PORTICO_OUTBOX")?;
    let folder = Folder(PathBuf::from(folder));
    lambda::serve_events(async |portal, batch| Ok::<_, portico_http::Problem>(send_email::handle(portal, &folder, batch).await))
        .await
}
