//! What an item shows by itself: secrets in the clear, and its place in the lists that administrators browse.

use aws_sdk_dynamodb::types::AttributeValue;
use portico_domain::api_key::ApiKey;

use super::rule::{Rule, Violation};
use crate::{Item, Key};

pub(super) fn faults(key: &Key, item: &Item) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut fault = |rule| found.push(Violation::new(rule, [key.clone()]));
    if item.attributes.iter().any(|(name, value)| any_text(value, &|text| is_secret(item.kind(), name, text))) {
        fault(Rule::SecretInTheClear);
    }
    if item.kind() == "event" && item.attributes.get("data").is_some_and(|data| any_text(data, &|text| text.contains('@'))) {
        fault(Rule::AddressInEvent);
    }
    let place = |name| item.text(name).map(str::to_owned);
    let listed = (place("list"), place("list_at"));
    let expected = expected(item).map_or((None, None), |(list, list_at)| (Some(list), Some(list_at)));
    if listed != expected {
        fault(if expected.0.is_some() { Rule::NotListed } else { Rule::WronglyListed });
    }
    found
}

/// The list that an item belongs to, and its place there.
fn expected(item: &Item) -> Option<(String, String)> {
    if item.has("deleted_at") {
        return None;
    }
    let of_portal = |list| item.text("portal").map(|portal| format!("{portal}#{list}"));
    let list = match item.kind() {
        "portal" => "PORTALS".to_owned(),
        "strategy" => "STRATEGIES".to_owned(),
        "api" => "APIS".to_owned(),
        "job" => "JOBS".to_owned(),
        "admin_token" => "ADMIN_TOKENS".to_owned(),
        "developer" => of_portal("DEVELOPERS")?,
        "application" => of_portal("APPLICATIONS")?,
        "registration" => of_portal("REGISTRATIONS")?,
        "team" => of_portal("TEAMS")?,
        _ => return None,
    };
    // An administrator's token has no id: its digest is its key.
    let id = item.text("id").or_else(|| item.text("pk")?.strip_prefix("ADMIN#"))?;
    Some((list, format!("{:013}#{id}", item.number("created_at")?)))
}

fn any_text(value: &AttributeValue, is: &dyn Fn(&str) -> bool) -> bool {
    match value {
        AttributeValue::S(text) => is(text),
        AttributeValue::Ss(texts) => texts.iter().any(|text| is(text)),
        AttributeValue::L(values) => values.iter().any(|value| any_text(value, is)),
        AttributeValue::M(values) => values.iter().any(|(name, value)| is(name) || any_text(value, is)),
        _ => false,
    }
}

fn is_secret(kind: &str, attribute: &str, text: &str) -> bool {
    let hashed_in_its_place = kind == "password" && attribute == "phc";
    let words = || text.split(|c: char| !c.is_ascii_alphanumeric() && !"_-.".contains(c));
    (text.contains("$argon2") && !hashed_in_its_place) || words().any(|word| ApiKey::parse(word).is_ok() || is_jwt(word))
}

/// Three parts in base64url, the first of which begins a JSON object.
fn is_jwt(word: &str) -> bool {
    let parts: Vec<_> = word.split('.').collect();
    matches!(parts.as_slice(), [header, payload, signature]
        if header.starts_with("eyJ") && payload.starts_with("eyJ") && signature.len() >= 40)
}
