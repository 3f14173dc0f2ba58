//! A function of the stream that panics inside the third record of its batch, started as every function is: what Lambda hears of that
//! is looked at in `tests/portal/binaries.rs`.

use lambda_http::aws_lambda_events::dynamodb::Event;
use lambda_http::aws_lambda_events::streams::DynamoDbEventResponse;
use portico_http::{Problem, StartError, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    lambda::serve_events(async |_, batch: Event| {
        for (position, _) in batch.records.iter().enumerate() {
            assert!(position < 2, "the third record is one too many");
        }
        Ok::<_, Problem>(DynamoDbEventResponse::default())
    })
    .await
}
