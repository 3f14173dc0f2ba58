//! Who somebody from an identity provider is, and who they are not.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::developer::SignUp;
use crate::id::{DeveloperId, IdentityProviderId, PortalId};
use crate::identity_provider::{ProviderSettings, TrustedDomain};
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const ISSUER: &str = "https://id.example.com";

fn provider(domains: &[&str]) -> IdentityProvider {
    IdentityProvider {
        id: IdentityProviderId::new(Uuid::from_u128(1)),
        settings: ProviderSettings {
            issuer: ISSUER.to_owned(),
            client_id: "portal".to_owned(),
            scopes: Vec::new(),
            claims: ClaimMappings::default(),
        },
        secret: None,
        domains: domains.iter().map(|domain| TrustedDomain::parse(domain).expect("a domain")).collect(),
        mappings: BTreeMap::new(),
        created_at: NOW,
        updated_at: NOW,
    }
}

fn person(claims: Value) -> Person {
    let claims = claims.as_object().expect("claims");
    Person::read(ISSUER, claims, &ClaimMappings::default()).expect("a person")
}

fn ada(more: Value) -> Person {
    let mut claims = json!({ "sub": "ada", "name": "Ada", "email": "ada@example.com" });
    claims.as_object_mut().expect("claims").extend(more.as_object().expect("claims").clone());
    person(claims)
}

fn developer(email: &str) -> Developer {
    let new = SignUp {
        id: DeveloperId::new(Uuid::from_u128(7)),
        portal: PortalId::new(Uuid::from_u128(9)),
        email: email.to_owned(),
        full_name: "Ada".to_owned(),
    };
    Developer { email_verified_at: Some(NOW), ..Developer::sign_up(new, Status::Approved, NOW) }
}

#[test]
fn an_address_leads_to_a_developer_only_if_it_is_proven_and_the_provider_is_the_authority() {
    let there = developer("ada@example.com");
    let met = |said: Value, domains: &[&str]| ada(said).meet(&provider(domains), None, Some(&there), None);
    for said in [json!(false), json!("true"), json!(1)] {
        assert_eq!(met(json!({ "email_verified": said }), &["example.com"]), Err(Refusal::NotProven), "{said}");
    }
    assert_eq!(met(json!({}), &[]), Err(Refusal::NotProven), "the same as where nobody has the address");
    assert_eq!(met(json!({}), &["example.com"]), Err(Refusal::AddressTaken), "for a link it has to say so");
    let proven = json!({ "email_verified": true });
    for domains in [&[][..], &["example.org"], &["sub.example.com"]] {
        assert_eq!(met(proven.clone(), domains), Err(Refusal::AddressTaken), "{domains:?}");
    }
    let changes = Changes { identity: Some(Identity::of(ISSUER, "ada")), ends_sessions: true, ..Changes::default() };
    assert_eq!(met(proven, &["example.com"]), Ok(Meeting::Known(Box::new(there.clone()), changes)));
}

#[test]
fn an_address_that_went_to_somebody_else_at_the_provider_leads_to_nobody() {
    let linked = Developer { identities: vec![Identity::of(ISSUER, "ada")], ..developer("ada@example.com") };
    let newcomer = person(json!({ "sub": "another", "name": "Ada", "email": "ada@example.com", "email_verified": true }));
    assert_eq!(newcomer.meet(&provider(&["example.com"]), None, Some(&linked), None), Err(Refusal::SomebodyElse));
}

#[test]
fn whoever_is_signed_in_as_the_developer_with_the_address_makes_the_identity_theirs() {
    let there = developer("ada@example.com");
    let met = |said: Value, signed_in: u128| {
        ada(said).meet(&provider(&[]), None, Some(&there), Some(DeveloperId::new(Uuid::from_u128(signed_in))))
    };
    let changes = Changes { identity: Some(Identity::of(ISSUER, "ada")), ..Changes::default() };
    assert_eq!(met(json!({ "email_verified": true }), 7), Ok(Meeting::Known(Box::new(there.clone()), changes)));
    assert_eq!(met(json!({}), 7), Err(Refusal::NotProven), "an address that somebody else may have typed in");
    assert_eq!(met(json!({ "email_verified": true }), 8), Err(Refusal::AddressTaken), "as somebody else");
}

#[test]
fn somebody_new_needs_an_address_that_was_proven() {
    let met = |said: Value, domains: &[&str]| ada(said).meet(&provider(domains), None, None, None);
    let new = || match (FullName::parse("Ada"), EmailAddress::parse("ada@example.com")) {
        (Ok(name), Ok(email)) => Ok(Meeting::New(name, email)),
        other => unreachable!("{other:?}"),
    };
    assert_eq!(met(json!({ "email_verified": true }), &[]), new());
    assert_eq!(met(json!({}), &["example.com"]), new(), "who gives out the addresses need not say it of each");
    assert_eq!(met(json!({}), &[]), Err(Refusal::NotProven));
    for denied in [json!(false), json!("true"), json!(null)] {
        assert_eq!(met(json!({ "email_verified": denied }), &["example.com"]), Err(Refusal::NotProven));
    }
    let nobody = person(json!({ "sub": "ada", "name": "Ada", "email_verified": true }));
    assert_eq!(nobody.meet(&provider(&[]), None, None, None), Err(Refusal::NoAddress));
}

#[test]
fn who_was_rejected_or_revoked_stays_out_however_they_come() {
    let proven = ada(json!({ "email_verified": true }));
    for status in [Status::Rejected, Status::Revoked] {
        let refused = Developer { status, ..developer("ada@example.com") };
        let out = Err(Refusal::NotApproved { status, reason: None });
        assert_eq!(proven.meet(&provider(&["example.com"]), Some(&refused), None, None), out);
        assert_eq!(proven.meet(&provider(&["example.com"]), None, Some(&refused), None), out);
    }
    let pending = Developer { status: Status::Pending, ..developer("ada@example.com") };
    assert!(proven.meet(&provider(&[]), Some(&pending), None, None).is_ok());
}

#[test]
fn name_and_address_follow_the_provider_and_an_address_of_somebody_else_does_not() {
    let linked = Developer { identities: vec![Identity::of(ISSUER, "ada")], ..developer("ada@example.com") };
    let moved = json!({ "name": "Ada King", "email": "king@example.com", "email_verified": true });
    let changes = |said: &Value, by_address: Option<&Developer>| match ada(said.clone()).meet(
        &provider(&[]),
        Some(&linked),
        by_address,
        None,
    ) {
        Ok(Meeting::Known(_, changes)) => changes,
        other => unreachable!("{other:?}"),
    };
    let all = changes(&moved, None);
    assert_eq!(all.name.as_ref().map(FullName::as_str), Some("Ada King"));
    assert_eq!(all.email.as_ref().map(EmailAddress::canonical), Some("king@example.com"));
    assert_eq!(changes(&moved, Some(&developer("king@example.com"))).email, None, "it is somebody else's");
    let unproven = json!({ "email": "king@example.com", "email_verified": "true" });
    assert!(changes(&unproven, None).is_empty());
    assert!(changes(&json!({ "email_verified": true }), Some(&linked)).is_empty());
}

#[test]
fn an_address_from_another_claim_is_not_the_one_that_was_proven() {
    let claims = json!({ "sub": "eve", "email": "eve@example.com", "upn": "ada@example.com", "email_verified": true });
    let mappings = ClaimMappings { email: "upn".to_owned(), ..ClaimMappings::default() };
    let eve = Person::read(ISSUER, claims.as_object().expect("claims"), &mappings).expect("a person");
    assert_eq!(eve.proof, Proof::Silent);
    assert_eq!(
        eve.meet(&provider(&["example.com"]), None, Some(&developer("ada@example.com")), None),
        Err(Refusal::AddressTaken)
    );
}

#[test]
fn claims_of_any_shape_are_read_as_far_as_they_can_be() {
    assert_eq!(Person::read(ISSUER, json!({}).as_object().expect("claims"), &ClaimMappings::default()), None);
    for subject in [json!(7), json!(""), json!(null), json!("x".repeat(256))] {
        let claims = json!({ "sub": subject });
        assert_eq!(Person::read(ISSUER, claims.as_object().expect("claims"), &ClaimMappings::default()), None, "{claims}");
    }
    let odd = person(json!({ "sub": "ada", "name": 7, "email": ["ada@example.com"], "groups": ["a", 7, null, "b"] }));
    assert_eq!((odd.name, odd.email, odd.groups), (None, None, vec!["a".to_owned(), "b".to_owned()]));
    let plain = person(json!({ "sub": "ada", "email": "ada@example.com", "groups": "one", "name": " \n" }));
    assert_eq!((plain.name, plain.other_name.as_ref().map(FullName::as_str)), (None, Some("ada")));
    assert_eq!(plain.groups, ["one"]);
}
