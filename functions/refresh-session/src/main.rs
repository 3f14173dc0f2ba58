//! Lambda entry point. The behaviour is in `lib.rs`, which the local portal serves too.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), portico_http::StartError> {
    portico_http::lambda::serve_with_keys(refresh_session::handle).await
}
