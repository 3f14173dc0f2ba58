//! Lambda entry point under `cargo lambda watch` alone. The behaviour is in `laptop_routes.rs`.

use lambda_http::lambda_runtime::{Error, LambdaEvent, run, service_fn};
use portico::laptop_routes::LaptopRoutes;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let routes = LaptopRoutes::from_environment()?;
    let routes = &routes;
    run(service_fn(async |event: LambdaEvent<_>| Ok::<_, std::convert::Infallible>(routes.answer(event.payload).await))).await
}
