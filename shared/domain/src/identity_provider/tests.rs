//! How many providers there are, what each is trusted with, and where its secret stays.

use uuid::Uuid;

use super::*;
use crate::sealed::{ClientSecret, SealingKey};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const LATER: Timestamp = Timestamp::from_millis(1_800_000_060_000);

fn id(number: u128) -> IdentityProviderId {
    IdentityProviderId::new(Uuid::from_u128(number))
}

fn mapping_id(number: u128) -> GroupMappingId {
    GroupMappingId::new(Uuid::from_u128(number))
}

fn settings(issuer: &str) -> ProviderSettings {
    ProviderSettings {
        issuer: issuer.to_owned(),
        client_id: "portal".to_owned(),
        scopes: ProviderSettings::SCOPES.map(str::to_owned).to_vec(),
        claims: ClaimMappings::default(),
    }
}

fn secret() -> SealedSecret {
    let secret = ClientSecret::parse("a secret").expect("a secret");
    secret.seal(&SealingKey::new([1; 32]), [2; 24], "here").expect("sealed")
}

fn new(number: u128, enabled: bool) -> NewProvider {
    NewProvider { id: id(number), enabled, settings: settings("https://id.example.com"), secret: Some(secret()) }
}

fn one() -> IdentityProviders {
    let none = IdentityProviders::none(PortalId::new(Uuid::from_u128(9)));
    none.with(new(1, true), NOW).expect("a provider")
}

fn mapping(team: u128, group: &str) -> GroupMapping {
    let group = GroupName::parse(group).expect("a group");
    GroupMapping { team: TeamId::new(Uuid::from_u128(team)), group, created_at: NOW }
}

#[test]
fn one_provider_at_most_is_enabled() {
    let one = one();
    assert_eq!(one.with(new(2, true), NOW), Err(ProviderError::AnotherEnabled));
    let two = one.with(new(2, false), NOW).expect("a second one");
    let on = ProviderEdit { enabled: Some(true), ..ProviderEdit::default() };
    let off = ProviderEdit { enabled: Some(false), ..ProviderEdit::default() };
    assert_eq!(two.edited(id(2), &on, NOW), Err(ProviderError::AnotherEnabled));
    assert_eq!(two.edited(id(2), &off, NOW).map(|same| same == two), Ok(true), "the other one stays enabled");
    let none = two.edited(id(1), &off, NOW).expect("disabled");
    assert!(none.enabled().is_none());
    assert!(none.edited(id(2), &on, NOW).expect("enabled").is_enabled(id(2)));
    assert!(two.without(id(1)).expect("deleted").enabled().is_none(), "a deleted provider signs nobody in");
}

#[test]
fn a_portal_has_only_so_many() {
    let full = (2..=IDENTITY_PROVIDERS as u128).try_fold(one(), |all, number| all.with(new(number, false), NOW)).expect("all");
    assert_eq!(full.with(new(99, false), NOW), Err(ProviderError::TooManyProviders));
}

#[test]
fn a_secret_stays_with_the_issuer_and_the_client_that_it_was_given_for() {
    let elsewhere = ProviderEdit { settings: Some(settings("https://evil.test")), ..ProviderEdit::default() };
    assert_eq!(one().edited(id(1), &elsewhere, NOW), Err(ProviderError::SecretNeeded));
    let other_client = ProviderSettings { client_id: "another".to_owned(), ..settings("https://id.example.com") };
    let other_client = ProviderEdit { settings: Some(other_client), ..ProviderEdit::default() };
    assert_eq!(one().edited(id(1), &other_client, NOW), Err(ProviderError::SecretNeeded));
    let scopes = ProviderSettings { scopes: vec!["openid".to_owned()], ..settings("https://id.example.com") };
    let scopes = ProviderEdit { settings: Some(scopes), ..ProviderEdit::default() };
    let kept = one().edited(id(1), &scopes, LATER).expect("edited");
    assert_eq!(kept.get(id(1)).map(|provider| (provider.secret.clone(), provider.updated_at)), Ok((Some(secret()), LATER)));
}

#[test]
fn another_issuer_is_trusted_with_no_domain_and_with_no_group() {
    let domain = TrustedDomain::parse("Example.COM").expect("a domain");
    let trusting = one().trusting(id(1), &[domain.clone(), domain], NOW).expect("trusting");
    let provider = trusting.get(id(1)).expect("the provider");
    assert_eq!(provider.domains.iter().map(TrustedDomain::as_str).collect::<Vec<_>>(), ["example.com"]);
    let address = |text: &str| EmailAddress::parse(text).expect("an address");
    assert!(provider.is_authority_for(&address("Ada@EXAMPLE.com")));
    for other in ["ada@sub.example.com", "ada@example.com.evil.test", "ada@notexample.com"] {
        assert!(!provider.is_authority_for(&address(other)), "{other}");
    }
    let moved = ProviderEdit {
        settings: Some(settings("https://elsewhere.example.com")),
        secret: Some(secret()),
        ..ProviderEdit::default()
    };
    let mapped = trusting.mapping(id(1), mapping_id(1), &mapping(7, "pilots"), NOW).expect("mapped");
    let moved = mapped.edited(id(1), &moved, LATER).expect("moved");
    assert_eq!(moved.get(id(1)).map(|provider| (provider.domains.len(), provider.mappings.len())), Ok((0, 0)));
}

#[test]
fn a_group_makes_a_team_once_and_teams_come_of_groups_alone() {
    let both = one().mapping(id(1), mapping_id(1), &mapping(7, "/harbour"), NOW).expect("mapped");
    assert_eq!(both.mapping(id(1), mapping_id(2), &mapping(7, "/harbour"), NOW), Err(ProviderError::AlreadyMapped));
    let both = both.mapping(id(1), mapping_id(2), &mapping(7, "pilots"), NOW).expect("another group of the same team");
    let both = both.mapping(id(1), mapping_id(3), &mapping(8, "pilots"), NOW).expect("the same group of another team");
    let teams = |groups: &[&str]| both.get(id(1)).expect("there").teams_of(groups.iter().copied());
    let team = |number| TeamId::new(Uuid::from_u128(number));
    assert_eq!(teams(&["/harbour", "pilots", "others"]), [team(7), team(8)]);
    assert_eq!(teams(&["harbour", "PILOTS"]), []);
    let less = both.unmapping(id(1), mapping_id(3), LATER).expect("unmapped");
    assert_eq!(less.get(id(1)).expect("there").teams_of(["pilots"]), [team(7)]);
    assert_eq!(less.unmapping(id(1), mapping_id(3), LATER), Err(ProviderError::Unknown));
    let full = (10..)
        .take(GROUP_MAPPINGS - 3)
        .try_fold(both, |all, number| all.mapping(id(1), mapping_id(number), &mapping(number, "pilots"), NOW));
    let full = full.expect("full");
    assert_eq!(full.mapping(id(1), mapping_id(1_000), &mapping(1_000, "more"), NOW), Err(ProviderError::TooManyMappings));
}

#[test]
fn the_largest_that_can_be_fits_into_an_item() {
    let long = |number: usize, bytes: usize| format!("{number:0>bytes$}");
    let mut all = IdentityProviders::none(PortalId::new(Uuid::from_u128(9)));
    let mut providers = BTreeMap::new();
    for number in 0..IDENTITY_PROVIDERS {
        let id = id(number as u128);
        let settings = ProviderSettings {
            issuer: long(number, 256),
            client_id: long(number, 256),
            scopes: (0..50).map(|scope| long(scope, 128)).collect(),
            claims: ClaimMappings { name: long(1, 128), email: long(2, 128), groups: long(3, 128) },
        };
        let group = |mapping: usize| GroupName::parse(&long(mapping, GroupName::MAX_BYTES)).expect("a group");
        let mappings = (0..GROUP_MAPPINGS).map(|one| {
            let team = TeamId::new(Uuid::from_u128(one as u128));
            (mapping_id(one as u128), GroupMapping { team, group: group(one), created_at: NOW })
        });
        let secret = ClientSecret::parse(&long(1, ClientSecret::MAX_CHARS)).expect("a secret");
        let provider = IdentityProvider {
            id,
            settings,
            secret: secret.seal(&SealingKey::new([1; 32]), [2; 24], "here").ok(),
            domains: (0..TRUSTED_DOMAINS).map(|domain| TrustedDomain(long(domain, 250))).collect(),
            mappings: mappings.collect(),
            created_at: NOW,
            updated_at: NOW,
        };
        providers.insert(id, provider);
    }
    all.providers = providers;
    let bytes = serde_json::to_vec(&all).expect("JSON").len();
    assert!(bytes < 400_000, "{bytes} bytes");
}
