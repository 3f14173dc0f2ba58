//! Lambda entry point. The behaviour is in `lib.rs`, which the local portal serves too.

use portico_delivery::mail::Mailer;
use portico_http::{StartError, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let mailer = Mailer::from_environment().await;
    lambda::serve_events_with_keys(async |portal, event| send_email::handle(portal, &mailer, event).await).await
}
