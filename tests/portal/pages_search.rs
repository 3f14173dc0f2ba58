//! Search as a page: what `search-portal` finds, with links to it.

use portico_domain::id::ApiId;
use portico_tests::management::APIS;
use portico_tests::{Client, TestPortal};
use serde_json::{Value, json};

/// A published API with so many operations that are called rain.
async fn weather(portal: &TestPortal, operations: usize) -> ApiId {
    let path =
        |number: usize| (format!("/rain/{number}"), json!({ "get": { "summary": format!("Rain {number}"), "responses": {} } }));
    let paths: serde_json::Map<String, Value> = (0..operations).map(path).collect();
    let document = json!({ "openapi": "3.1.0", "info": { "title": "Weather", "version": "2.1" }, "paths": paths }).to_string();
    let api = portal
        .admin()
        .create_api(json!({ "name": "Weather", "slug": "weather", "version": "2.1", "spec_content": document }))
        .await;
    portal.admin().publish_api(api, json!({ "visibility": "public" })).await.expect(200);
    api
}

async fn shows(who: &Client, query: &str) -> String {
    who.page(&format!("/search?{query}")).await.expect(200).html()
}

#[tokio::test]
async fn show_search_links_to_the_operation_in_the_reference_and_to_the_document() {
    let portal = TestPortal::start().await;
    let api = weather(&portal, 2).await;
    let documents = format!("{APIS}/{api}/documents");
    let new = json!({ "title": "Umbrellas", "content": "Against rain", "status": "published" });
    let parent = portal.admin().post(&documents, new).await.expect(201).id();
    let new =
        json!({ "title": "Sizes", "content": "Umbrellas come in three", "status": "published", "parent_document_id": parent });
    let child = portal.admin().post(&documents, new).await.expect(201).id();
    let visitor = portal.anonymous();
    let found = shows(&visitor, "q=RAIN%201").await;
    assert!(found.contains(r#"<a href="/apis/weather/reference#GET%20%2Frain%2F1">Rain 1</a>"#), "{found}");
    assert!(found.contains("<code>GET /rain/1</code>") && found.contains("Weather 2.1") && !found.contains("Rain 0"), "{found}");
    assert!(found.contains(r#"name="q" value="RAIN 1""#), "what was searched for stands in the field: {found}");
    let found = shows(&visitor, "q=umbrellas").await;
    for place in ["/apis/weather/docs/umbrellas", &format!("/apis/weather/docs/{child}")] {
        assert!(found.contains(&format!(r#"<a href="{place}">"#)), "{place}: {found}");
        visitor.page(place).await.expect(200);
    }
    let by_name = shows(&visitor, "q=weather").await;
    assert!(by_name.contains(r#"<a href="/apis/weather">Weather</a>"#), "{by_name}");
    portal.end().await;
}

#[tokio::test]
async fn results_come_in_pages_that_lead_to_each_other() {
    let portal = TestPortal::start().await;
    weather(&portal, 23).await;
    let visitor = portal.anonymous();
    let (mut query, mut seen, mut pages) = ("q=rain".to_owned(), 0, 0);
    loop {
        let page = shows(&visitor, &query).await;
        assert_eq!(page.contains(r#"rel="prev""#), pages > 0, "{page}");
        seen += page.matches("Operation</span>").count();
        pages += 1;
        let Some((_, rest)) = page.split_once(r#"rel="next" href="/search?"#) else { break };
        query = rest.split('"').next().expect("an address").replace("&#38;", "&").replace("&amp;", "&");
    }
    assert_eq!((seen, pages), (23, 3));
    portal.end().await;
}

#[tokio::test]
async fn where_nothing_is_found_the_page_says_so_and_leads_on() {
    let portal = TestPortal::start().await;
    let ada = portal.approved_developer("ada@example.test").await;
    weather(&portal, 1).await;
    let visitor = portal.anonymous();
    let nothing = shows(&visitor, "q=wether").await;
    assert!(nothing.contains("Nothing matches “wether”") && nothing.contains("who are signed in"), "{nothing}");
    assert!(!shows(&ada, "q=wether").await.contains("who are signed in"));
    for query in ["", "q=", "q=%20"] {
        assert!(shows(&visitor, query).await.contains("What are you looking for?"), "{query}");
    }
    let long = "x".repeat(257);
    let refused = visitor.page(&format!("/search?q={long}&page%5Bafter%5D=x")).await.expect(400).html();
    assert!(refused.contains("<h1>"), "{refused}");
    portal.end().await;
}
