//! The documents of an API as pages: a tree, one page for each, and nothing of what is not published.

use portico_domain::id::ApiId;
use portico_tests::management::APIS;
use portico_tests::{Client, TestPortal};
use serde_json::json;

/// A public API and the path of its documents.
async fn api(portal: &TestPortal) -> (ApiId, String) {
    let api = portal.admin().create_api(json!({ "name": "Tides" })).await;
    portal.admin().publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    (api, format!("{APIS}/{api}/documents"))
}

/// A document with a title and a text, below another one or at the top.
async fn document(admin: &Client, path: &str, title: &str, content: &str, parent: Option<&str>) -> String {
    let new = json!({ "title": title, "content": content, "status": "published", "parent_document_id": parent });
    admin.post(path, new).await.expect(201).id()
}

#[tokio::test]
async fn show_document_has_its_text_its_place_in_the_tree_and_what_comes_before_and_after() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let (_, path) = api(&portal).await;
    let begin = document(&admin, &path, "Getting started", "# Getting started\n\nAsk for **a key**.", None).await;
    let limits = document(&admin, &path, "Limits", "100 calls", Some(&begin)).await;
    let twin = document(&admin, &path, "Getting started", "Another one below", Some(&limits)).await;
    document(&admin, &path, "Errors", "", None).await;
    let visitor = portal.anonymous();
    let page = visitor.page("/apis/tides").await.expect(200).html();
    for place in ["getting-started", "limits", "errors", twin.as_str()] {
        assert!(page.contains(&format!(r#"href="/apis/tides/docs/{place}""#)), "{place}: {page}");
    }
    let first = visitor.page("/apis/tides/docs/getting-started").await.expect(200).html();
    assert!(first.contains("<h1>Getting started</h1>") && first.contains("<strong>a key</strong>"), "{first}");
    assert_eq!(first.matches("Getting started</h").count(), 1, "its title is not said twice: {first}");
    assert!(first.contains(r#"aria-current="page">Getting started</a>"#) && !first.contains(r#"rel="prev""#), "{first}");
    assert!(first.contains(r#"<a class="after" rel="next" href="/apis/tides/docs/limits">"#), "{first}");
    // By its id it is the same page; a slug that two have leads to the one at the top.
    assert_eq!(visitor.page(&format!("/apis/tides/docs/{begin}")).await.expect(200).html(), first);
    let below = visitor.page(&format!("/apis/tides/docs/{twin}")).await.expect(200).html();
    assert!(below.contains("Another one below"), "{below}");
    let trail = r#"<li><a href="/apis/tides/docs/getting-started">Getting started</a></li><li><a href="/apis/tides/docs/limits">Limits</a></li>"#;
    assert!(below.contains(trail) && below.contains(r#"rel="prev" href="/apis/tides/docs/limits""#), "{below}");
    assert!(visitor.page("/apis/tides/docs/errors").await.expect(200).html().contains("Nothing is written here yet."));
    portal.end().await;
}

#[tokio::test]
async fn a_document_that_is_not_published_hides_what_lies_below_it() {
    let portal = TestPortal::start().await;
    let admin = portal.admin();
    let (_, path) = api(&portal).await;
    let begin = document(&admin, &path, "Begin", "", None).await;
    document(&admin, &path, "Below", "Secret", Some(&begin)).await;
    let visitor = portal.anonymous();
    visitor.page("/apis/tides/docs/below").await.expect(200);
    admin.patch(&format!("{path}/{begin}"), json!({ "status": "unpublished" })).await.expect(200);
    for hidden in ["begin", "below", &begin] {
        let html = visitor.page(&format!("/apis/tides/docs/{hidden}")).await.expect(404).html();
        assert!(html.contains("<h1>Not found</h1>"), "{html}");
    }
    let page = visitor.page("/apis/tides").await.expect(200).html();
    assert!(!page.contains("/docs/") && !page.contains(">Documents<"), "{page}");
    for name in ["nothing", "%3Cb%3E"] {
        visitor.page(&format!("/apis/tides/docs/{name}")).await.expect(404);
    }
    portal.end().await;
}

#[tokio::test]
async fn the_page_of_a_document_is_kept_until_it_changes() {
    let portal = TestPortal::start().await;
    let (_, path) = api(&portal).await;
    let begin = document(&portal.admin(), &path, "Begin", "One", None).await;
    let visitor = portal.anonymous();
    let first = visitor.page("/apis/tides/docs/begin").await.expect(200);
    let tag = first.headers["etag"].to_str().expect("text").to_owned();
    let again = visitor.clone().with_header("if-none-match", &tag);
    assert!(again.page("/apis/tides/docs/begin").await.expect(304).bytes.is_empty());
    portal.admin().patch(&format!("{path}/{begin}"), json!({ "content": "Two" })).await.expect(200);
    assert!(again.page("/apis/tides/docs/begin").await.expect(200).html().contains("<p>Two</p>"));
    portal.end().await;
}

#[tokio::test]
async fn the_page_of_an_api_says_what_its_reader_may_do_and_what_to_do_about_the_rest() {
    let portal = TestPortal::start().await;
    let (api, _) = api(&portal).await;
    let ada = portal.approved_developer("ada@example.test").await;
    let shows = async |who: &Client| who.page("/apis/tides").await.expect(200).html();
    let stranger = shows(&portal.anonymous()).await;
    assert!(stranger.contains("Everybody may read it.") && stranger.contains("Sign in to register"), "{stranger}");
    let page = shows(&ada).await;
    assert!(page.contains("You may register your applications for it. An administrator decides"), "{page}");
    portal.admin().publish_api(api, json!({ "visibility": "public", "auto_approve_registrations": true })).await.expect(200);
    assert!(shows(&ada).await.contains("Access is granted at once."));
    portal.admin().publish_api(api, json!({ "visibility": "public", "auth_strategy_ids": null })).await.expect(200);
    let open = shows(&ada).await;
    assert!(open.contains("there is nothing to register for") && !open.contains("/apis/tides/register"), "{open}");
    portal.end().await;
}
