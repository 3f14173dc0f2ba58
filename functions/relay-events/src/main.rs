//! Lambda entry point. The behaviour is in `lib.rs`, which the local portal serves too.

use portico_delivery::bus::EventBus;
use portico_http::config::Environment;
use portico_http::{StartError, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let name = Environment(|name: &str| std::env::var(name).ok()).required("PORTICO_BUS")?;
    let bus = EventBus::from_environment(&name).await;
    lambda::serve_events(async |portal, batch| relay_events::handle(portal, &bus, batch).await).await
}
