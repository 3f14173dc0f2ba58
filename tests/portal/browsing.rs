//! The lists that administrators browse: to their cap, beyond it, and read no further than they have to be.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use portico_domain::developer::Developer;
use portico_domain::id::DeveloperId;
use portico_domain::status::Status;
use portico_http::listing::Column;
use portico_http::listing::browse::Browsing;
use portico_http::query::Query;
use portico_store::developers::developers_list;
use portico_store::lists::Start;
use portico_store::{Item, Key, Store};
use portico_tests::TestPortal;
use serde_json::Value;

const COLUMNS: &[Column<Developer>] = &[Column::text("email", |developer| Some(&developer.email))];

/// A portal with the developers `d0` to `d6`, who signed up one after the other, and their ids.
async fn seven_developers() -> (TestPortal, Vec<DeveloperId>) {
    let portal = TestPortal::start().await;
    let mut ids = Vec::new();
    for number in 0..7 {
        ids.push(portal.developer_with_status(&format!("d{number}@example.test"), Status::Pending).await);
        portal.clock.advance(Duration::from_millis(1));
    }
    (portal, ids)
}

#[tokio::test]
async fn a_list_beyond_its_cap_says_so_and_goes_on_where_it_ended() {
    let (portal, _) = seven_developers().await;
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
    let (portal, _) = seven_developers().await;
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

fn keys(items: &[Item]) -> Vec<Key> {
    items.iter().map(Item::key).collect()
}

#[tokio::test]
async fn what_is_counted_is_not_read() {
    let (portal, ids) = seven_developers().await;
    let (store, list) = (&portal.portal.store, developers_list(portal.id()));
    let d = |number: usize| Key::developer(ids[number]);
    let count = async |start: Start<'_>, cap| {
        let counted = store.count(&list, start, 2, cap).await.expect("a count");
        assert!(counted.items.iter().all(|item| !item.has("email")), "the place alone is read");
        (keys(&counted.items), counted.total, counted.next)
    };
    assert_eq!(count(Start::Oldest, 10).await, (vec![d(0), d(1)], 7, None));
    assert_eq!(count(Start::Newest, 10).await, (vec![d(6), d(5)], 7, None));
    let (first, total, next) = count(Start::Oldest, 5).await;
    assert_eq!((first, total), (vec![d(0), d(1)], 5));
    let next = next.expect("there is a rest");
    assert_eq!(count(Start::Behind(&next), 5).await, (vec![d(5), d(6)], 2, None));
    assert_eq!(count(Start::Oldest, 1).await.0, [d(0)], "no more than the cap");
    portal.end().await;
}

#[tokio::test]
async fn what_is_skimmed_is_the_newest() {
    let (portal, ids) = seven_developers().await;
    let (store, list) = (&portal.portal.store, developers_list(portal.id()));
    let skimmed = store.skim(&list, &["email"], 3).await.expect("the newest");
    let emails: Vec<_> = skimmed.items.iter().filter_map(|item| item.text("email")).collect();
    assert_eq!(emails, ["d6@example.test", "d5@example.test", "d4@example.test"]);
    assert!(skimmed.next.is_some(), "there are more");
    let all = store.skim(&list, &["email"], 7).await.expect("all");
    assert_eq!((all.items.len(), all.next), (ids.len(), None));
    portal.end().await;
}

#[tokio::test]
async fn what_is_left_out_is_not_read() {
    let (portal, ids) = seven_developers().await;
    portal.developer_with_status("approved@example.test", Status::Approved).await;
    portal.clock.advance(Duration::from_millis(1));
    let last = portal.developer_with_status("last@example.test", Status::Pending).await;
    let (store, list) = (&portal.portal.store, developers_list(portal.id()));
    let pending = async |cap| keys(&store.walk_with(&list, ("status", "pending"), cap).await.expect("those who wait"));
    let all: Vec<Key> = ids.iter().copied().chain([last]).map(Key::developer).collect();
    assert_eq!(pending(9).await, all, "oldest first");
    assert_eq!(pending(8).await, all[..7], "the eighth is approved");
    assert_eq!(pending(3).await, all[..3]);
    portal.end().await;
}

/// Puts items into a list one after the other, each with so much text, every second of them pending, and says where they are.
async fn listed(store: &Store, list: &str, number: usize, bytes: usize) -> Vec<String> {
    let text = |text: String| AttributeValue::S(text);
    let place = |number: usize| format!("{list}#{number:04}");
    let put = |number: usize| {
        let put = PutRequest::builder()
            .item("pk", text(place(number)))
            .item("sk", text("META".to_owned()))
            .item("list", text(list.to_owned()))
            .item("list_at", text(place(number)))
            .item("status", text(if number.is_multiple_of(2) { "pending" } else { "approved" }.to_owned()))
            .item("text", text("x".repeat(bytes)));
        WriteRequest::builder().put_request(put.build().expect("an item")).build()
    };
    // As many as DynamoDB takes at once.
    for first in (0..number).step_by(25) {
        let puts = (first..number.min(first + 25)).map(put).collect();
        store.client().batch_write_item().request_items(store.table(), puts).send().await.expect("they are put");
    }
    (0..number).map(place).collect()
}

fn places(items: &[Item]) -> Vec<String> {
    items.iter().filter_map(|item| item.text("pk")).map(str::to_owned).collect()
}

/// The table is not checked at the end: these items are nobody's.
#[tokio::test]
async fn a_list_of_several_answers_is_counted_filtered_and_skimmed_whole() {
    let portal = TestPortal::start().await;
    let store = &portal.portal.store;
    // More than one answer looks at, and more than fits into one, which is a megabyte.
    for (list, number, bytes) in [("MANY", 1_150, 1), ("LARGE", 40, 60_000)] {
        let all = listed(store, list, number, bytes).await;
        let newest: Vec<String> = all.iter().rev().cloned().collect();
        for wanted in [1, number - 5, number, number + 5] {
            let counted = store.count(list, Start::Oldest, wanted, 10_000).await.expect("a count");
            assert_eq!((counted.total, counted.next), (number, None), "{list} {wanted}");
            assert!(places(&counted.items) == all[..wanted.min(number)], "{list} {wanted}");
            let counted = store.count(list, Start::Newest, wanted, number - 1).await.expect("a count");
            assert_eq!((counted.total, counted.next.is_some()), (number - 1, true), "{list} {wanted}");
            assert!(places(&counted.items) == newest[..wanted.min(number - 1)], "{list} {wanted}");
        }
        let waiting = store.walk_with(list, ("status", "pending"), 10_000).await.expect("those who wait");
        assert!(places(&waiting).iter().eq(all.iter().step_by(2)), "{list}");
        let skimmed = store.skim(list, &["status"], 10_000).await.expect("all");
        assert!(places(&skimmed.items) == newest && skimmed.next.is_none(), "{list}");
    }
}
