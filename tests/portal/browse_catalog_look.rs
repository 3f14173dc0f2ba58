//! `browse-catalog`: `get-portal-customization`, `get-portal-logo` and `get-portal-favicon`, for anybody.

use portico_http::cookies::ACCESS;
use portico_tests::TestPortal;
use serde_json::json;

use super::tenancy::scene::PNG;

const LOGO: &str = "/api/v3/assets/logo";
const FAVICON: &str = "/api/v3/assets/favicon";

#[tokio::test]
async fn anybody_sees_the_look_that_the_administrator_chose_even_with_a_session_that_has_ended() {
    let portal = TestPortal::start().await;
    let anonymous = portal.anonymous();
    assert_eq!(anonymous.get("/api/v3/customization").await.expect(200).body["theme"]["mode"], "system");
    let path = format!("/v3/portals/{}/customization", portal.id());
    let look = json!({ "theme": { "mode": "dark", "colors": { "primary": "#abc" } }, "robots": "noindex" });
    let kept = portal.admin().put(&path, look).await.expect(200).body;
    anonymous.set_cookie(ACCESS, "nonsense");
    assert_eq!(anonymous.get("/api/v3/customization").await.expect(200).body, kept);
    anonymous.get(LOGO).await.expect(200);
    portal.end().await;
}

#[tokio::test]
async fn an_image_is_sent_once_to_whoever_keeps_it() {
    let portal = TestPortal::start().await;
    let anonymous = portal.anonymous();
    for path in [LOGO, FAVICON] {
        let first = anonymous.get(path).await.expect(200);
        assert_eq!(first.headers["content-type"], "image/png");
        assert_eq!(first.headers["cache-control"], "public, max-age=300");
        let tag = first.headers["etag"].to_str().expect("a tag").to_owned();
        let keeper = anonymous.clone().with_header("if-none-match", &tag);
        let second = keeper.get(path).await.expect(304);
        assert!(second.bytes.is_empty());
        assert_eq!(
            (&second.headers["etag"], &second.headers["cache-control"]),
            (&first.headers["etag"], &first.headers["cache-control"])
        );
        let asset = format!("/v3/portals/{}/assets/{}", portal.id(), path.rsplit('/').next().expect("a name"));
        portal.admin().put(&asset, json!({ "data": PNG })).await.expect(200);
        let third = keeper.get(path).await.expect(200);
        assert_ne!(third.headers["etag"], first.headers["etag"]);
        assert_eq!(third.bytes.len(), 70);
    }
    portal.end().await;
}
