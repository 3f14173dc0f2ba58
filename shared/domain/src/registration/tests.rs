//! Which applications may be registered for which APIs, what an edit amounts to, and what a key is called.

use std::collections::BTreeMap;

use super::{Registration, RequestError};
use crate::api::Attributes;
use crate::application::{Application, ApplicationCard, Grant};
use crate::application_edit::ApplicationEdit;
use crate::credential::{Credential, NotKeyAuth};
use crate::id::{ApiId, ApplicationId, CredentialId, DeveloperId, PortalId, RegistrationId, StrategyId, TeamId};
use crate::limits::REGISTRATIONS_PER_APPLICATION;
use crate::owner::Owner;
use crate::portal::{Portal, Visibility};
use crate::publication::Publication;
use crate::reader::{Held, Reader, Role, Roles, Scope};
use crate::status::Status;
use crate::strategy::{KeyTtl, Method, OpenIdConnect, Strategy, TtlUnit};
use crate::text::{ApplicationName, DisplayName, ReferenceId};
use crate::time::Timestamp;
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
const LATER: Timestamp = Timestamp::from_millis(1_790_000_001_000);
const PORTAL: PortalId = PortalId::new(Uuid::from_u128(1));
const STRATEGY: StrategyId = StrategyId::new(Uuid::from_u128(2));
const OTHER: StrategyId = StrategyId::new(Uuid::from_u128(3));
const API: ApiId = ApiId::new(Uuid::from_u128(4));
const REGISTRATION: RegistrationId = RegistrationId::new(Uuid::from_u128(5));

fn application() -> Application {
    Application {
        card: ApplicationCard {
            id: ApplicationId::new(Uuid::from_u128(6)),
            name: "Weather board".to_owned(),
            description: None,
            reference_id: Some("weather-1".to_owned()),
            redirect_uri: Some("https://ada.example.test/back".to_owned()),
            scopes: None,
            strategy: STRATEGY,
            created_at: NOW,
            updated_at: NOW,
        },
        portal: PORTAL,
        owner: Owner::Developer(DeveloperId::new(Uuid::from_u128(7))),
        standing: Status::Approved,
        standing_ver: 1,
        grants: BTreeMap::new(),
        key_count: 2,
        ver: 3,
        deleted_at: None,
    }
}

fn publication() -> Publication {
    Publication {
        portal: PORTAL,
        api: API,
        slug: "weather".to_owned(),
        name: "Weather".to_owned(),
        version: None,
        description: None,
        visibility: Visibility::Private,
        strategy: Some(STRATEGY),
        auto_approve_registrations: false,
        attributes: Attributes::new(),
        current_version: None,
        specifications: Vec::new(),
        edition: 0,
        api_created_at: NOW,
        api_updated_at: NOW,
        created_at: NOW,
        updated_at: NOW,
    }
}

fn request(
    application: impl FnOnce(&mut Application),
    publication: impl FnOnce(&mut Publication),
    portal: impl FnOnce(&mut Portal),
) -> Result<Status, RequestError> {
    let (mut asks, mut wanted, mut settings) =
        (self::application(), self::publication(), Portal::new(PORTAL, "P", STRATEGY, NOW));
    application(&mut asks);
    publication(&mut wanted);
    portal(&mut settings);
    Registration::request(REGISTRATION, &asks, Some(&wanted), &Reader::Approved, None, &settings, NOW)
        .map(|registration| registration.status)
}

fn grants(many: u128, status: Status) -> BTreeMap<ApiId, Grant> {
    let grant = Grant { registration: REGISTRATION, status };
    (0..many).map(|number| (ApiId::new(Uuid::from_u128(100 + number)), grant)).collect()
}

#[test]
fn the_portal_or_the_publication_may_approve_it_and_neither_can_forbid_the_other_to() {
    for (portal, publication, expected) in [
        (false, false, Status::Pending),
        (true, false, Status::Approved),
        (false, true, Status::Approved),
        (true, true, Status::Approved),
    ] {
        let asked = request(
            |_| {},
            |wanted| wanted.auto_approve_registrations = publication,
            |settings| settings.auto_approve_applications = portal,
        );
        assert_eq!(asked, Ok(expected), "{portal} {publication}");
    }
}

#[test]
fn what_cannot_be_registered_for_is_named() {
    let same = |_: &mut Portal| {};
    assert_eq!(request(|_| {}, |wanted| wanted.strategy = None, same), Err(RequestError::TakesNone));
    let other = RequestError::OtherStrategy { application: STRATEGY, api: OTHER };
    assert_eq!(request(|_| {}, |wanted| wanted.strategy = Some(OTHER), same), Err(other));
    let portal = Portal::new(PORTAL, "P", STRATEGY, NOW);
    let unknown = Registration::request(REGISTRATION, &application(), None, &Reader::Approved, None, &portal, NOW);
    assert_eq!(unknown.map(|_| ()), Err(RequestError::UnknownApi));
}

#[test]
fn a_role_to_see_an_api_is_none_to_register_for_it_and_without_one_there_is_no_such_api() {
    let portal = Portal::new(PORTAL, "P", STRATEGY, NOW);
    let asked = |roles: Roles| {
        let reader = Reader::WithRoles(roles);
        Registration::request(REGISTRATION, &application(), Some(&publication()), &reader, None, &portal, NOW)
            .map(|made| made.status)
    };
    let with = |role| {
        let mut roles = Roles::default();
        roles.give(Scope::One(API), Held { role, through: TeamId::new(Uuid::from_u128(9)) });
        roles
    };
    assert_eq!(asked(Roles::default()), Err(RequestError::UnknownApi));
    assert_eq!(asked(with(Role::Viewer)), Err(RequestError::RoleNeeded));
    assert_eq!(asked(with(Role::Consumer)), Ok(Status::Pending));
}

#[test]
fn a_pair_is_registered_once_in_any_status() {
    for status in Status::ALL {
        let before = BTreeMap::from([(API, Grant { registration: REGISTRATION, status })]);
        assert_eq!(request(|asks| asks.grants = before, |_| {}, |_| {}), Err(RequestError::AlreadyRegistered { status }));
    }
}

#[test]
fn the_limit_counts_registrations_in_any_status() {
    let most = u128::from(REGISTRATIONS_PER_APPLICATION);
    assert_eq!(request(|asks| asks.grants = grants(most - 1, Status::Rejected), |_| {}, |_| {}), Ok(Status::Pending));
    assert_eq!(request(|asks| asks.grants = grants(most, Status::Rejected), |_| {}, |_| {}), Err(RequestError::TooMany));
}

#[test]
fn an_edit_names_what_it_changes_and_nothing_that_is_so_already() {
    let name = ApplicationName::parse("Weather board").ok();
    let nothing = ApplicationEdit { name: name.clone(), redirect_uri: None, ..ApplicationEdit::default() };
    assert_eq!(nothing.of(&application(), LATER), None);
    let edit = ApplicationEdit {
        name,
        reference_id: ReferenceId::parse("weather-2").ok(),
        redirect_uri: Some(None),
        description: None,
        scopes: Some(Vec::new()),
        owner: Some(Owner::Team(TeamId::new(Uuid::from_u128(9)))),
    };
    let edited = edit.of(&application(), LATER).expect("it changes something");
    assert_eq!(edited.changed, ["client_id", "redirect_uri", "scopes", "owner"]);
    assert_eq!(edited.owner, Some(Owner::Team(TeamId::new(Uuid::from_u128(9)))));
    let expected = ApplicationCard {
        reference_id: Some("weather-2".to_owned()),
        redirect_uri: None,
        scopes: Some(Vec::new()),
        updated_at: LATER,
        ..application().card
    };
    assert_eq!(edited.card, expected);
}

#[test]
fn a_key_has_the_name_and_the_lifetime_that_are_given_or_else_a_number_and_none() {
    let id = CredentialId::new(Uuid::from_u128(8));
    let mut strategy = Strategy::key_auth_default(STRATEGY, NOW);
    let unnamed = Credential::create(id, &application(), None, &strategy, NOW).expect("key authentication");
    assert_eq!((unnamed.display_name.as_str(), unnamed.expires_at), ("Key 3", None));
    strategy.method = Method::KeyAuth { key_names: Vec::new(), ttl: Some(KeyTtl { value: 2, unit: TtlUnit::Weeks }) };
    let name = DisplayName::parse("Production").ok();
    let named = Credential::create(id, &application(), name, &strategy, NOW).expect("key authentication");
    let fourteen_days = Timestamp::from_millis(NOW.millis() + 14 * 24 * 60 * 60 * 1_000);
    assert_eq!((named.display_name.as_str(), named.expires_at), ("Production", Some(fourteen_days)));
    let oidc = OpenIdConnect { issuer: String::new(), credential_claim: vec![], scopes: vec![], auth_methods: vec![] };
    strategy.method = Method::OpenidConnect { oidc };
    assert_eq!(Credential::create(id, &application(), None, &strategy, NOW), Err(NotKeyAuth));
}
