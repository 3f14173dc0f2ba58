//! The sharp rules of lists.

use super::*;
use crate::invalid::Rule;
use portico_domain::time::Timestamp;
use serde_json::json;

#[derive(Clone, Debug, PartialEq)]
struct City {
    id: Uuid,
    name: String,
    country: Option<String>,
    status: &'static str,
    team: Option<Uuid>,
    founded: Timestamp,
    capital: bool,
    tags: Vec<(String, Vec<String>)>,
}

const COLUMNS: &[Column<City>] = &[
    Column::id("id", |city| Some(city.id)),
    Column::text("name", |city| Some(&city.name)),
    Column::text("country", |city| city.country.as_deref()),
    Column::choice("status", &["open", "closed"], |city| Some(city.status)),
    Column::id("team_id", |city| city.team),
    Column::time("founded", |city| Some(city.founded)),
    Column::flag("capital", |city| Some(city.capital)),
    Column::number("length", |city: &City| i64::try_from(city.name.len()).ok()).sort_only(),
    Column::values("attributes", |city, key| {
        let values = city.tags.iter().filter(|(name, _)| name == key);
        values.flat_map(|(_, values)| values.iter().map(String::as_str)).collect()
    }),
];

fn city(id: u128, name: &str) -> City {
    City {
        id: Uuid::from_u128(id),
        name: name.into(),
        country: None,
        status: "open",
        team: None,
        founded: Timestamp::from_millis(i64::try_from(id).unwrap() * 1000),
        capital: false,
        tags: Vec::new(),
    }
}

fn cities() -> Vec<City> {
    let tags = |values: &[&str]| vec![("env".to_owned(), values.iter().map(|value| (*value).to_owned()).collect())];
    vec![
        City { country: Some("de".into()), capital: true, tags: tags(&["dev"]), ..city(3, "Berlin") },
        City { country: Some("de".into()), status: "closed", ..city(1, "ulm") },
        City { team: Some(Uuid::from_u128(9)), tags: tags(&["Test", "prod"]), ..city(2, "Zürich") },
        city(4, "ULM"),
    ]
}

fn listing(query: &str) -> Result<Listing<City>, Invalid> {
    Listing::parse(&Query::parse(query).unwrap(), COLUMNS)
}

fn names(query: &str) -> Vec<String> {
    listing(query).unwrap().apply(cities()).data.into_iter().map(|city| city.name).collect()
}

fn refused(query: &str) -> Vec<(String, Rule)> {
    let invalid = listing(query).unwrap_err();
    invalid.into_parameters().into_iter().map(|fault| (fault.field, fault.rule)).collect()
}

#[test]
fn a_page_is_cut_and_counted() {
    let rows: Vec<City> = (1..=25).map(|n| city(n, "x")).collect();
    let ids = |query| {
        let page = listing(query).unwrap().apply(rows.clone());
        (page.data.iter().map(|city| city.id.as_u128()).collect::<Vec<_>>(), page.number, page.size, page.total)
    };
    assert_eq!(ids(""), ((1..=10).collect(), 1, 10, 25));
    assert_eq!(ids("page[number]=3"), ((21..=25).collect(), 3, 10, 25));
    assert_eq!(ids("page[size]=100&page[number]="), ((1..=25).collect(), 1, 100, 25));
    assert_eq!(ids("page[number]=1000000000&page[size]=100"), (vec![], 1_000_000_000, 100, 25));
}

#[test]
fn a_page_out_of_range_names_its_field() {
    let one = |query: &str| refused(query).remove(0);
    assert_eq!(one("page[size]=0"), ("page[size]".into(), Rule::Min { minimum: 1 }));
    assert_eq!(one("page[size]=-5"), ("page[size]".into(), Rule::Min { minimum: 1 }));
    assert_eq!(one("page[size]=101"), ("page[size]".into(), Rule::Max { maximum: 100 }));
    assert_eq!(one("page[size]=99999999999999999999999").1, Rule::Max { maximum: 100 });
    for odd in ["x", "1.5", "+1", "%201", "1e1", "-", "0x1"] {
        assert_eq!(one(&format!("page[number]={odd}")), ("page[number]".into(), Rule::IsInteger), "{odd}");
    }
}

#[test]
fn every_wrong_parameter_is_reported_at_once() {
    let found = refused("page[size]=0&page[number]=x&filter[nope]=1&filter[founded]=soon&sort=nope");
    let fields: Vec<_> = found.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["page[number]", "page[size]", "filter[nope]", "filter[founded]", "sort"]);
}

#[test]
fn text_is_equal_exactly_and_contained_in_any_case() {
    assert_eq!(names("filter[name]=ulm"), ["ulm"]);
    assert_eq!(names("filter[name][eq]=ULM"), ["ULM"]);
    assert_eq!(names("filter[name][neq]=ulm"), ["Berlin", "Zürich", "ULM"]);
    assert_eq!(names("filter[name][contains]=UL"), ["ulm", "ULM"]);
    assert_eq!(names("filter[name][contains]=Z%C3%9C"), ["Zürich"]);
    assert_eq!(names("filter[name][oeq]=ulm,Berlin,,"), ["Berlin", "ulm"]);
    assert_eq!(names("filter[name][ocontains]=RLI,rich"), ["Berlin", "Zürich"]);
    assert_eq!(names("filter[name][ocontains]=,"), Vec::<String>::new());
}

#[test]
fn several_filters_must_all_pass() {
    assert_eq!(names("filter[country]=de&filter[status]=closed"), ["ulm"]);
    assert_eq!(names("filter[name][contains]=u&filter[name][neq]=ulm"), ["ULM"]);
}

#[test]
fn a_missing_value_passes_only_neq() {
    assert_eq!(names("filter[country][neq]=de"), ["Zürich", "ULM"]);
    assert_eq!(names("filter[country][contains]=d"), ["Berlin", "ulm"]);
    assert_eq!(names("filter[team_id][eq]=null"), ["Berlin", "ulm", "ULM"]);
    assert_eq!(names("filter[team_id][neq]=null"), ["Zürich"]);
}

#[test]
fn an_empty_value_is_no_filter() {
    assert_eq!(names("filter[name]=&filter[founded][gt]=&sort=").len(), 4);
    assert!(listing("filter[name]=").unwrap().is_unfiltered());
    assert_eq!(refused("filter[nope]=")[0].1, Rule::UnknownProperty);
}

#[test]
fn ids_moments_and_flags_have_operators_of_their_own() {
    let id = |n: u128| Uuid::from_u128(n).to_string();
    assert_eq!(names(&format!("filter[id]={}", id(3))), ["Berlin"]);
    assert_eq!(names(&format!("filter[id][oeq]={},{}", id(3), id(1))), ["Berlin", "ulm"]);
    assert_eq!(names(&format!("filter[id][neq]={}", id(3))).len(), 3);
    assert_eq!(names("filter[founded][lte]=1970-01-01T00:00:02Z"), ["ulm", "Zürich"]);
    assert_eq!(names("filter[founded][lt]=1970-01-01T00:00:02Z"), ["ulm"]);
    assert_eq!(names("filter[founded][gt]=1970-01-01T00:00:03Z"), ["ULM"]);
    assert_eq!(names("filter[founded][gte]=1970-01-01T00:00:03.000Z"), ["Berlin", "ULM"]);
    assert_eq!(names("filter[founded]=1970-01-01T00:00:03Z"), ["Berlin"]);
    assert_eq!(names("filter[capital]=true"), ["Berlin"]);
    assert_eq!(refused("filter[capital]=1")[0].1, Rule::IsBoolean);
    assert_eq!(refused("filter[id]=7")[0].1, Rule::IsUuid);
    assert_eq!(refused("filter[founded]=1970")[0].1, Rule::IsDateTime);
    assert!(matches!(refused("filter[status]=ajar")[0].1, Rule::Enum { .. }));
}

#[test]
fn unknown_fields_and_operators_are_refused_and_other_parameters_ignored() {
    for query in [
        "filter[nope]=1",
        "filter[name][like]=1",
        "filter[id][contains]=1",
        "filter[founded][neq]=1970-01-01T00:00:03Z",
        "filter[capital][neq]=true",
        "filter[length]=3",
        "filter[name][eq][eq]=1",
        "filter[attributes]=1",
        "filter[attributes.]=1",
        "filter[attributesenv]=1",
    ] {
        assert_eq!(refused(query)[0].1, Rule::UnknownProperty, "{query}");
    }
    assert_eq!(names("utm_source=x&page[after]=y&other[a]=b").len(), 4);
}

#[test]
fn attributes_are_filtered_by_key() {
    assert_eq!(names("filter[attributes.env]=prod"), ["Zürich"]);
    assert_eq!(names("filter[attributes.env][ocontains]=dev,test"), ["Berlin", "Zürich"]);
    assert_eq!(names("filter[attributes.env][neq]=prod"), ["Berlin", "ulm", "ULM"]);
    assert_eq!(names("filter[attributes.none]=prod"), Vec::<String>::new());
}

#[test]
fn rows_are_sorted_by_several_fields_and_end_with_the_id() {
    assert_eq!(names("sort=name"), ["Berlin", "ULM", "ulm", "Zürich"]);
    assert_eq!(names("sort=founded%20desc"), ["ULM", "Berlin", "Zürich", "ulm"]);
    assert_eq!(names("sort=founded+asc"), ["ulm", "Zürich", "Berlin", "ULM"]);
    assert_eq!(names("sort=length,name+desc"), ["ulm", "ULM", "Berlin", "Zürich"]);
    assert_eq!(names("sort=status"), ["ulm", "Zürich", "Berlin", "ULM"], "ties by id");
    assert_eq!(names("sort=country,id"), ["ulm", "Berlin", "Zürich", "ULM"], "missing values last");
    assert_eq!(names("sort=country+desc"), ["Zürich", "ULM", "ulm", "Berlin"]);
    assert_eq!(names(""), ["Berlin", "ulm", "Zürich", "ULM"], "as given");
}

#[test]
fn an_order_that_is_not_understood_is_refused() {
    for query in ["sort=nope", "sort=name up", "sort=name desc asc", "sort=,name", "sort=attributes", "sort=-name"] {
        assert!(matches!(refused(query)[0].1, Rule::Enum { .. }), "{query}");
    }
    let many = ["name"; 11].join(",");
    assert_eq!(refused(&format!("sort={many}"))[0].1, Rule::MaxItems { maximum: 10 });
}

#[test]
fn the_filter_may_have_another_name() {
    let query = Query::parse("applicationfilter[name]=ulm&filter[nope]=1").unwrap();
    let listing = Listing::parse_with_filter(&query, COLUMNS, "applicationfilter").unwrap();
    assert_eq!(listing.apply(cities()).total, 1);
}

#[test]
fn a_caller_sees_what_a_column_must_equal() {
    let id = Uuid::from_u128(7);
    let listing = listing(&format!("filter[name]=ulm&filter[team_id]={id}&filter[country][neq]=de")).unwrap();
    assert_eq!(listing.equals("name"), Some("ulm"));
    assert_eq!(listing.equals("country"), None);
    assert_eq!(listing.equals_id("team_id"), Some(id));
    assert_eq!(listing.equals_id("id"), None);
}

#[test]
fn a_page_has_the_shape_of_the_contract() {
    let page = listing("page[size]=1").unwrap().apply(cities()).map(|city| city.name);
    assert_eq!(
        serde_json::to_value(page).unwrap(),
        json!({"meta": {"page": {"number": 1, "size": 1, "total": 4}}, "data": ["Berlin"]})
    );
}
