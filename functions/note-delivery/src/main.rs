//! Lambda entry point. The behaviour is in `lib.rs`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), portico_http::StartError> {
    portico_http::lambda::serve_events(note_delivery::handle).await
}
