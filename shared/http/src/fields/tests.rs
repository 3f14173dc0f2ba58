//! The sharp rules of reading a body.

use super::kinds::*;
use super::maps::*;
use super::*;
use serde_json::json;

fn faults(invalid: Invalid) -> Vec<(String, Rule)> {
    invalid.into_parameters().into_iter().map(|fault| (fault.field, fault.rule)).collect()
}

/// The faults of one member `x`.
fn fault_of<K: Kind>(kind: K, value: Value) -> Option<(String, Rule)> {
    let body = json!({"x": value});
    let mut fields = Fields::of(&body);
    let x = fields.required("x", kind);
    fields.finish(x).err().map(|invalid| faults(invalid).remove(0))
}

fn broken<K: Kind>(kind: K, value: Value) -> Option<Rule> {
    fault_of(kind, value).map(|(_, rule)| rule)
}

fn choices(words: &[&str]) -> Rule {
    Rule::Enum { choices: words.iter().map(|word| (*word).to_owned()).collect() }
}

#[test]
fn a_good_body_gives_every_value() {
    let body = json!({"name": "Weather", "active": true, "id": "ignored", "tags": ["a", "b"]});
    let mut fields = Fields::of(&body);
    let name = fields.required("name", text().chars(1..=10));
    let active = fields.optional("active", boolean()).or(false);
    let quiet = fields.optional("quiet", boolean()).or(false);
    let tags = fields.required("tags", list(text()));
    fields.read_only(&["id", "created_at"]);
    let (name, active, quiet, tags) = fields.finish((name, active, quiet, tags)).unwrap();
    assert_eq!((name.as_str(), active, quiet), ("Weather", true, false));
    assert_eq!(tags, ["a", "b"]);
}

#[test]
fn every_fault_is_reported_at_once() {
    let body = json!({"name": 7, "count": 0, "mode": "c", "extra": 1, "deep": {"list": ["a", 5], "more": null}});
    let mut fields = Fields::of(&body);
    let name = fields.required("name", text());
    let missing = fields.required("missing", text());
    let count = fields.optional("count", integer(1..=9));
    let mode = fields.required("mode", one_of(&[("a", 1), ("b", 2)]));
    let deep = fields.required("deep", object(|deep| deep.required("list", list(text()))));
    let invalid = fields.finish((name, missing, count, mode, deep)).unwrap_err();
    assert_eq!(
        faults(invalid),
        [
            ("name".into(), Rule::IsString),
            ("missing".into(), Rule::Required),
            ("count".into(), Rule::Min { minimum: 1 }),
            ("mode".into(), choices(&["a", "b"])),
            ("deep.list.1".into(), Rule::IsString),
            ("deep.more".into(), Rule::UnknownProperty),
            ("extra".into(), Rule::UnknownProperty),
        ]
    );
}

#[test]
fn absent_and_null_are_told_apart() {
    let read = |body: Value| {
        let mut fields = Fields::of(&body);
        let x = fields.nullable("x", text());
        fields.finish(x).unwrap()
    };
    assert_eq!(read(json!({})), None);
    assert_eq!(read(json!({"x": null})), Some(None));
    assert_eq!(read(json!({"x": "a"})), Some(Some("a".into())));
}

#[test]
fn null_is_a_wrong_type_where_it_is_not_allowed() {
    let body = json!({"a": null, "b": null});
    let mut fields = Fields::of(&body);
    let read = (fields.required("a", text()), fields.optional("b", uuid()));
    assert_eq!(faults(fields.finish(read).unwrap_err()), [("a".into(), Rule::IsString), ("b".into(), Rule::IsUuid)]);
}

#[test]
fn a_body_that_is_no_object_is_one_fault() {
    let body = json!(["name"]);
    let mut fields = Fields::of(&body);
    let name = fields.required("name", text());
    assert_eq!(faults(fields.finish(name).unwrap_err()), [("body".into(), Rule::IsObject)]);
}

#[test]
fn an_open_object_lets_unknown_members_pass() {
    let body = json!({"value": 1, "else": 2});
    let mut fields = Fields::of(&body);
    fields.open();
    let value = fields.required("value", integer(1..=1));
    assert_eq!(fields.finish(value), Ok(1));
}

#[test]
fn lengths_count_characters_and_not_bytes() {
    let name = || text().chars(2..=3);
    assert_eq!(broken(name(), json!("äöü")), None);
    assert_eq!(broken(name(), json!("ä")), Some(Rule::MinLength { minimum: 2 }));
    assert_eq!(broken(name(), json!("äöüß")), Some(Rule::MaxLength { maximum: 3 }));
}

#[test]
fn a_single_line_has_no_control_characters() {
    for sneaky in ["a\nb", "a\rb", "\u{0}", "a\u{85}b", "a\u{2028}b", "\u{7f}"] {
        assert_eq!(broken(text().single_line(), json!(sneaky)), Some(Rule::Invalid), "{sneaky:?}");
    }
    assert_eq!(broken(text().single_line(), json!("Ünï 天気 😀")), None);
    assert_eq!(broken(text(), json!("two\nlines")), None);
}

#[test]
fn numbers_are_whole_and_in_range() {
    assert_eq!(broken(integer(1..=5), json!(5)), None);
    assert_eq!(broken(integer(1..=5), json!(6)), Some(Rule::Max { maximum: 5 }));
    assert_eq!(broken(integer(1..=5), json!(-1)), Some(Rule::Min { minimum: 1 }));
    assert_eq!(broken(integer(1..=5), json!(2.5)), Some(Rule::IsInteger));
    assert_eq!(broken(integer(1..=5), json!("2")), Some(Rule::IsInteger));
    assert_eq!(broken(integer(1..=i64::MAX), json!(u64::MAX)), Some(Rule::Max { maximum: i64::MAX }));
    assert_eq!(broken(boolean(), json!("true")), Some(Rule::IsBoolean));
}

#[test]
fn a_uuid_has_one_form() {
    assert_eq!(broken(uuid(), json!("0192f3a4-5b6c-7d8e-9f00-112233445566")), None);
    for other in [
        "0192f3a45b6c7d8e9f00112233445566",
        "{0192f3a4-5b6c-7d8e-9f00-112233445566}",
        "urn:uuid:0192f3a4-5b6c-7d8e-9f00-112233445566",
        " 192f3a4-5b6c-7d8e-9f00-112233445566",
        "",
    ] {
        assert_eq!(broken(uuid(), json!(other)), Some(Rule::IsUuid), "{other}");
    }
}

#[test]
fn moments_and_addresses_are_checked() {
    assert_eq!(broken(date_time(), json!("2026-11-23T10:00:00Z")), None);
    assert_eq!(broken(date_time(), json!("2026-11-23")), Some(Rule::IsDateTime));
    assert_eq!(broken(uri(), json!("com.example.app:/callback")), None);
    assert_eq!(broken(uri(), json!("/callback")), Some(Rule::Invalid));
    assert_eq!(broken(uri(), json!("https://a.test/ b")), Some(Rule::Invalid));
    assert_eq!(broken(uri(), json!("java\tscript:alert(1)")), Some(Rule::Invalid));
    assert_eq!(broken(web_url(256), json!("https://id.example.test/")), None);
    assert_eq!(broken(web_url(256), json!("javascript:alert(1)")), Some(Rule::Invalid));
    assert_eq!(broken(web_url(9), json!("https://id.test")), Some(Rule::MaxLength { maximum: 9 }));
}

#[test]
fn lists_are_counted_before_they_are_read() {
    let names = || list(text().chars(1..=3)).items(1..=2).unique();
    assert_eq!(broken(names(), json!([])), Some(Rule::MinItems { minimum: 1 }));
    assert_eq!(broken(names(), json!([1, 2, 3])), Some(Rule::MaxItems { maximum: 2 }));
    assert_eq!(broken(names(), json!(["a", "a"])), Some(Rule::Invalid));
    assert_eq!(broken(names(), json!({})), Some(Rule::IsArray));
    assert_eq!(fault_of(names(), json!(["a", "long"])), Some(("x.1".into(), Rule::MaxLength { maximum: 3 })));
}

#[test]
fn labels_follow_the_pattern_of_the_contract() {
    for good in ["a", "A1", "a-b_c.d", "0"] {
        assert_eq!(broken(labels(), json!({"env": good})), None, "{good}");
    }
    for bad in ["-a", "a.", "ä", "a b", "a/b"] {
        assert_eq!(fault_of(labels(), json!({"env": bad})), Some(("x.env".into(), Rule::IsLabel)), "{bad}");
        assert_eq!(broken(labels(), json!({bad: "a"})), Some(Rule::IsLabel), "{bad}");
    }
    assert_eq!(broken(labels(), json!({"env": "a".repeat(64)})), Some(Rule::MaxLength { maximum: 63 }));
    assert_eq!(broken(labels(), json!({"env": ""})), Some(Rule::MinLength { minimum: 1 }));
    assert_eq!(broken(labels(), json!({"env": null})), Some(Rule::IsString));
    assert_eq!(broken(label_changes(), json!({"env": null})), None);
    let many = |count: usize| (0..count).map(|n| (format!("k{n}"), json!("v"))).collect::<Value>();
    assert_eq!(broken(labels(), many(50)), None);
    assert_eq!(broken(labels(), many(51)), Some(Rule::MaxItems { maximum: 50 }));
}

#[test]
fn attributes_hold_one_to_twenty_values() {
    assert_eq!(broken(attributes(), json!({"env": ["dev", "test"], "old": null})), None);
    assert_eq!(broken(attributes(), json!({"env": []})), Some(Rule::MinItems { minimum: 1 }));
    assert_eq!(broken(attributes(), json!({"env": vec!["v"; 21]})), Some(Rule::MaxItems { maximum: 20 }));
    for bad in ["a,b", "<script", ">"] {
        let fault = fault_of(attributes(), json!({"env": [bad]}));
        assert_eq!(fault, Some(("x.env.0".into(), Rule::MatchesRegex)), "{bad}");
    }
    assert_eq!(broken(attributes(), json!({"env": ["v".repeat(513)]})), Some(Rule::MaxLength { maximum: 512 }));
}

#[test]
fn a_domain_type_says_itself_why_it_refuses() {
    let even = |text: &str| match text.len() % 2 {
        0 => Ok(text.len()),
        _ => Err("must have an even length"),
    };
    let body = json!({"x": "abc", "y": "ab"});
    let mut fields = Fields::of(&body);
    let x = fields.required("x", text().parse_with(even));
    let y = fields.required("y", text().parse_with(even).map(|length| length * 10));
    assert_eq!(y.as_ref(), Some(&20));
    let invalid = fields.finish((x, y)).unwrap_err();
    assert_eq!(invalid.parameters()[0].reason, "must have an even length");
    assert_eq!(faults(invalid), [("x".into(), Rule::Invalid)]);
}

#[test]
fn a_rule_between_fields_is_one_of_the_faults() {
    let body = json!({"client_id": "a"});
    let mut fields = Fields::of(&body);
    let id = fields.optional("client_id", text());
    if fields.has("client_id") && !fields.has("issuer") {
        let rule = Rule::DependentFields { dependents: vec!["issuer".into()] };
        fields.refuse("client_id", rule.clone(), "needs an issuer");
        assert_eq!(faults(fields.finish(id).unwrap_err()), [("client_id".into(), rule)]);
    }
}

#[test]
fn thousands_of_unknown_members_make_a_short_answer() {
    let body: Value = (0..5_000).map(|n| (format!("{}{n}", "k".repeat(1_000)), json!(1))).collect();
    let invalid = Fields::of(&body).finish(()).unwrap_err();
    assert_eq!(invalid.parameters().len(), MAX_REPORTED);
    assert!(serde_json::to_string(invalid.parameters()).unwrap().len() < 50_000);
}
