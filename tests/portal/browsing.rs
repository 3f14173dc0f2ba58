//! The lists that administrators browse: to their cap, beyond it, and read no further than they have to be.

use std::time::Duration;

use portico_domain::developer::Developer;
use portico_domain::status::Status;
use portico_http::listing::Column;
use portico_http::listing::browse::Browsing;
use portico_http::query::Query;
use portico_store::developers::developers_list;
use portico_store::lists::Start;
use portico_store::{Item, Key};
use portico_tests::TestPortal;
use serde_json::Value;

const COLUMNS: &[Column<Developer>] = &[Column::text("email", |developer| Some(&developer.email))];

/// A portal with the developers `d0` to `d6`, who signed up one after the other.
async fn seven_developers() -> TestPortal {
    let portal = TestPortal::start().await;
    for number in 0..7 {
        portal.developer_with_status(&format!("d{number}@example.test"), Status::Pending).await;
        portal.clock.advance(Duration::from_millis(1));
    }
    portal
}

#[tokio::test]
async fn a_list_beyond_its_cap_says_so_and_goes_on_where_it_ended() {
    let portal = seven_developers().await;
    let list = developers_list(portal.id());
    let mut address = "/v3/developers?page[size]=2&sort=email%20desc&filter[email][contains]=example".to_owned();
    let (mut seen, mut totals) = (Vec::new(), Vec::new());
    loop {
        let (path, query) = address.split_once('?').expect("a query");
        let query = Query::parse(query).expect("a query");
        let browsing = Browsing::of(path, &query, COLUMNS).expect("a good query");
        let page = browsing.browse(&portal.portal.store, &list, 3).await.expect("a page");
        totals.push(page.total);
        seen.extend(page.data.iter().map(|developer| developer.email.replace("@example.test", "")));
        let wire = serde_json::to_value(page.map(|developer| developer.email)).expect("JSON");
        match wire["meta"]["page"]["next"].as_str() {
            Some(next) => {
                assert_eq!(wire["meta"]["page"]["total_is_at_least"], true);
                address = next.to_owned();
            }
            None => {
                assert!(wire["meta"]["page"].get("total_is_at_least").is_none());
                break;
            }
        }
    }
    assert_eq!(totals, [3, 3, 1]);
    assert_eq!(seen, ["d2", "d1", "d5", "d4", "d6"], "each walk is sorted by itself, and shows the page that was asked for");
    portal.end().await;
}

/// The page at an address, as it is answered.
async fn page(portal: &TestPortal, address: &str, cap: usize) -> Value {
    let (path, query) = address.split_once('?').expect("a query");
    let browsing = Browsing::of(path, &Query::parse(query).expect("a query"), COLUMNS).expect("a good query");
    let page = browsing.browse(&portal.portal.store, &developers_list(portal.id()), cap).await.expect("a page");
    serde_json::to_value(page.map(|developer| developer.email)).expect("JSON")
}

#[tokio::test]
async fn a_list_that_is_counted_is_the_one_that_is_read() {
    const PASSED_BY_ALL: &str = "&filter%5Bemail%5D%5Bcontains%5D=example";
    let portal = seven_developers().await;
    let mut pages = 0;
    for (cap, size, number) in [3, 4, 6, 7, 8]
        .into_iter()
        .flat_map(|cap| [1, 3, 7, 100].into_iter().flat_map(move |size| (1..=8).map(move |number| (cap, size, number))))
    {
        let mut address = format!("/v3/developers?page[size]={size}&page[number]={number}");
        // The first part of the list, and whatever lies beyond the cap.
        loop {
            let counted = page(&portal, &address, cap).await;
            let mut read = page(&portal, &format!("{address}{PASSED_BY_ALL}"), cap).await;
            let next = counted["meta"]["page"]["next"].as_str().map(str::to_owned);
            if let Some(said) = read["meta"]["page"].get_mut("next") {
                *said = said.as_str().expect("text").replace(PASSED_BY_ALL, "").into();
            }
            assert_eq!(counted, read, "{address} with a cap of {cap}");
            pages += 1;
            let Some(next) = next else { break };
            address = next;
        }
    }
    assert!(pages > 5 * 4 * 8, "some went on beyond their cap: {pages}");
    portal.end().await;
}

#[tokio::test]
async fn what_is_counted_is_not_read() {
    let portal = seven_developers().await;
    let (store, list) = (&portal.portal.store, developers_list(portal.id()));
    let count = async |start: Start<'_>, cap| {
        let counted = store.count(&list, start, 2, cap).await.expect("a count");
        let names: Vec<_> = counted.items.iter().filter_map(|item| item.text("email")?.split('@').next()).collect();
        (names.join(" "), counted.total, counted.next)
    };
    assert_eq!(count(Start::Oldest, 10).await, ("d0 d1".to_owned(), 7, None));
    assert_eq!(count(Start::Newest, 10).await, ("d6 d5".to_owned(), 7, None));
    let (names, total, next) = count(Start::Oldest, 5).await;
    assert_eq!((names.as_str(), total), ("d0 d1", 5));
    let next = next.expect("there is a rest");
    assert_eq!(count(Start::Behind(&next), 5).await, ("d5 d6".to_owned(), 2, None));
    assert_eq!(count(Start::Oldest, 1).await.0, "d0", "no more than the cap");
    portal.end().await;
}

#[tokio::test]
async fn what_is_skimmed_is_the_newest() {
    let portal = seven_developers().await;
    let newest = portal.developer_with_status("d7@example.test", Status::Approved).await;
    let (store, list) = (&portal.portal.store, developers_list(portal.id()));
    let skimmed = store.skim(&list, &["email"], 3).await.expect("the newest");
    let emails: Vec<_> = skimmed.items.iter().filter_map(|item| item.text("email")).collect();
    assert_eq!(emails, ["d7@example.test", "d6@example.test", "d5@example.test"]);
    assert!(skimmed.next.is_some(), "there are more");
    let all = store.skim(&list, &["email"], 8).await.expect("all");
    assert_eq!((all.items.len(), all.next), (8, None));

    let pending = store.skim_with(&list, ("status", "pending"), 3).await.expect("those who wait");
    assert_eq!(pending.len(), 2, "of the newest three");
    let approved = store.skim_with(&list, ("status", "approved"), 8).await.expect("who is approved");
    assert_eq!(approved.iter().map(Item::key).collect::<Vec<_>>(), [Key::developer(newest)]);
    portal.end().await;
}
