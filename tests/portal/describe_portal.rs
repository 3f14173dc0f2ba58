//! `describe-portal`: `get-openapi-document`.

use portico_tests::TestPortal;
use portico_tests::kept::{assert_kept, pretty};

#[tokio::test]
async fn get_openapi_document_answers_anyone_with_what_the_kept_file_says() {
    let portal = TestPortal::start().await;
    let reply = portal.anonymous().get("/api/portico/v1/openapi.json").await.expect(200);
    assert_eq!(reply.headers["content-type"], "application/json");
    assert_eq!(reply.headers["cache-control"], "public, max-age=300");
    assert_eq!(reply.body["openapi"], "3.1.0");
    assert!(!reply.bytes.contains(&b'\n'), "it is served without its indentation");
    if std::env::var_os(portico_tests::kept::WRITE).is_none() {
        assert_kept("docs/openapi.json", &pretty(&reply.body));
    }
    portal.end().await;
}
