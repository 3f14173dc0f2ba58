//! Every gate, shut and open.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{Authorized, Gate, Loaded, PresentedKey, PresentedToken, Shown, Stands, authorize, gates};
use crate::api_key::ApiKey;
use crate::application::{Application, ApplicationCard, Grant};
use crate::credential::Credential;
use crate::gateway::{Link, LinkedPublication};
use crate::id::{ApiId, ApplicationId, CredentialId, DeveloperId, ImplementationId, PortalId, RegistrationId, StrategyId};
use crate::owner::Owner;
use crate::presented_token::{BEARER, CLIENT_CREDENTIALS};
use crate::status::Status;
use crate::strategy::OpenIdConnect;
use crate::time::Timestamp;
use crate::token::Claims;
use uuid::Uuid;

const PORTAL: PortalId = PortalId::new(Uuid::from_u128(1));
const ADA: DeveloperId = DeveloperId::new(Uuid::from_u128(2));
const APPLICATION: ApplicationId = ApplicationId::new(Uuid::from_u128(3));
const STRATEGY: StrategyId = StrategyId::new(Uuid::from_u128(4));
const API: ApiId = ApiId::new(Uuid::from_u128(5));
const REGISTRATION: RegistrationId = RegistrationId::new(Uuid::from_u128(6));
const CREDENTIAL: CredentialId = CredentialId::new(Uuid::from_u128(7));
const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// A call and all that stands behind it, to be spoiled in one place.
struct Call {
    headers: Vec<(String, String)>,
    link: Option<Link>,
    application: Option<Application>,
    credential: Option<Credential>,
    store_answers: bool,
}

/// What a publication asks for that takes tokens.
fn tokens() -> OpenIdConnect {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    OpenIdConnect {
        issuer: "https://id.example.test".to_owned(),
        credential_claim: texts(&["azp"]),
        scopes: texts(&["read"]),
        auth_methods: texts(&["bearer"]),
    }
}

fn key(random: u8) -> String {
    ApiKey::generate(APPLICATION, [random; 24]).expose().to_owned()
}

fn open() -> Call {
    let card = ApplicationCard {
        id: APPLICATION,
        name: "Weather board".to_owned(),
        description: None,
        reference_id: Some("weather-1".to_owned()),
        redirect_uri: None,
        scopes: None,
        strategy: STRATEGY,
        created_at: NOW,
        updated_at: NOW,
    };
    let publication =
        LinkedPublication { strategy: STRATEGY, key_names: vec!["apikey".to_owned(), "X-Api-Key".to_owned()], oidc: None };
    Call {
        headers: vec![("ApiKey".to_owned(), key(1))],
        link: Some(Link {
            gateway: "local".to_owned(),
            stage: "weather".to_owned(),
            api: API,
            implementation: ImplementationId::new(Uuid::from_u128(8)),
            portals: BTreeMap::from([(PORTAL, publication)]),
        }),
        application: Some(Application {
            card,
            portal: PORTAL,
            owner: Owner::Developer(ADA),
            standing: Status::Approved,
            standing_ver: 1,
            grants: BTreeMap::from([(API, Grant { registration: REGISTRATION, status: Status::Approved })]),
            key_count: 1,
            ver: 1,
            deleted_at: None,
        }),
        credential: Some(Credential {
            id: CREDENTIAL,
            application: APPLICATION,
            display_name: "Key".to_owned(),
            created_at: NOW,
            expires_at: Some(Timestamp::from_millis(NOW.millis() + 1)),
        }),
        store_answers: true,
    }
}

impl Call {
    fn decide(&self) -> Result<Authorized, Gate> {
        let presented = PresentedKey::find(self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())))?;
        let loaded =
            Loaded { link: self.link.as_ref(), application: self.application.as_ref(), credential: self.credential.as_ref() };
        authorize(Shown::Key(&presented), self.store_answers.then_some(loaded), NOW)
    }

    fn link(&mut self) -> impl Iterator<Item = &mut Link> {
        self.link.iter_mut()
    }

    fn publication(&mut self) -> impl Iterator<Item = &mut LinkedPublication> {
        self.link().filter_map(|link| link.portals.get_mut(&PORTAL))
    }

    fn application(&mut self) -> impl Iterator<Item = &mut Application> {
        self.application.iter_mut()
    }

    fn credential(&mut self) -> impl Iterator<Item = &mut Credential> {
        self.credential.iter_mut()
    }

    /// Shuts exactly one gate. No wildcard: a new gate has to say how it is shut.
    fn shut(&mut self, gate: Gate) {
        match gate {
            Gate::UnknownGateway => self.link = None,
            Gate::NoKey => self.headers.clear(),
            Gate::TwoKeys => self.headers.push(("x-other".to_owned(), key(2))),
            Gate::MalformedKey => self.headers = vec![("apikey".to_owned(), format!("{} ", key(1)))],
            Gate::WrongHeader => self.headers = vec![("x-other".to_owned(), key(1))],
            Gate::UnknownApplication => self.application = None,
            Gate::UnknownKey => self.credential = None,
            Gate::ExpiredKey => self.credential().for_each(|it| it.expires_at = Some(NOW)),
            Gate::OwnerNotApproved => self.application().for_each(|it| it.standing = Status::Revoked),
            Gate::NotPublished => self.link().for_each(|it| it.portals.clear()),
            Gate::OtherStrategy => self.publication().for_each(|it| it.strategy = StrategyId::new(Uuid::from_u128(99))),
            Gate::NotRegistered => self.application().for_each(|it| it.grants.clear()),
            Gate::RegistrationNotApproved => self.grant(Status::Pending),
            Gate::NoToken => self.publication().for_each(|it| it.oidc = Some(tokens())),
            Gate::StoreUnavailable => self.store_answers = false,
            Gate::UntrustedToken
            | Gate::ProviderUnavailable
            | Gate::ExpiredToken
            | Gate::MethodNotOffered
            | Gate::MethodNotSupported
            | Gate::RefusedClient
            | Gate::MissingScope
            | Gate::NoReferenceId => unreachable!("{gate} is no gate of keys"),
        }
    }

    fn grant(&mut self, status: Status) {
        self.application().for_each(|it| {
            it.grants.insert(API, Grant { registration: REGISTRATION, status });
        });
    }
}

#[test]
fn a_call_passes_with_every_gate_open_and_says_on_whose_behalf() {
    let authorized = Authorized {
        application: APPLICATION,
        reference_id: "weather-1".to_owned(),
        owner: Owner::Developer(ADA),
        api: API,
        registration: REGISTRATION,
        credential: Some(CREDENTIAL),
    };
    assert_eq!(open().decide(), Ok(authorized));
}

#[test]
fn each_gate_alone_refuses_the_call_by_its_name() {
    for gate in Gate::OF_KEYS {
        let mut call = open();
        call.shut(gate);
        assert_eq!(call.decide(), Err(gate));
    }
}

#[test]
fn no_two_shut_gates_open_each_other() {
    for one in Gate::OF_KEYS {
        for two in Gate::OF_KEYS {
            let mut call = open();
            call.shut(one);
            call.shut(two);
            assert!(call.decide().is_err(), "{one} {two}");
        }
    }
}

#[test]
fn gates_have_different_names_in_kebab_case() {
    let gates: std::collections::HashSet<Gate> = Gate::OF_KEYS.into_iter().chain(Gate::OF_TOKENS).collect();
    let names: BTreeSet<&str> = gates.iter().map(|gate| gate.name()).collect();
    assert_eq!(names.len(), gates.len());
    assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
    assert_eq!(Gate::UntrustedToken.to_string(), "untrusted-token");
}

#[test]
fn only_approved_lets_calls_pass() {
    for status in Status::ALL.into_iter().filter(|status| *status != Status::Approved) {
        let mut call = open();
        call.grant(status);
        assert_eq!(call.decide(), Err(Gate::RegistrationNotApproved), "{status}");
        let mut call = open();
        call.application().for_each(|it| it.standing = status);
        assert_eq!(call.decide(), Err(Gate::OwnerNotApproved), "{status}");
    }
}

#[test]
fn a_key_is_refused_from_the_very_millisecond_of_its_expiry() {
    for (expires_at, passes) in [(None, true), (Some(1), true), (Some(0), false), (Some(-1), false)] {
        let mut call = open();
        let expires_at = expires_at.map(|later| Timestamp::from_millis(NOW.millis() + later));
        call.credential().for_each(|it| it.expires_at = expires_at);
        assert_eq!(call.decide().is_ok(), passes, "{expires_at:?}");
    }
}

#[test]
fn what_is_left_of_a_deleted_application_is_unknown() {
    let mut call = open();
    call.application().for_each(|it| it.deleted_at = Some(NOW));
    assert_eq!(call.decide(), Err(Gate::UnknownApplication));
}

#[test]
fn an_item_of_another_application_does_not_stand_in() {
    let mut call = open();
    call.application().for_each(|it| it.card.id = ApplicationId::new(Uuid::from_u128(99)));
    assert_eq!(call.decide(), Err(Gate::UnknownApplication));
    let mut call = open();
    call.credential().for_each(|it| it.application = ApplicationId::new(Uuid::from_u128(99)));
    assert_eq!(call.decide(), Err(Gate::UnknownKey));
}

#[test]
fn any_of_the_key_names_will_do_and_a_spoiled_one_will_not() {
    let mut call = open();
    call.headers = vec![("x-api-key".to_owned(), key(1))];
    assert!(call.decide().is_ok());
    call.headers.push(("apikey".to_owned(), key(1).to_uppercase()));
    assert_eq!(call.decide(), Err(Gate::MalformedKey));
    call.headers = vec![("apikey".to_owned(), key(1)), ("user-agent".to_owned(), "portico_sdk/1".to_owned())];
    assert!(call.decide().is_ok());
}

#[test]
fn a_bearer_key_passes_only_where_authorization_is_a_key_name() {
    let mut call = open();
    call.headers = vec![("Authorization".to_owned(), format!("Bearer {}", key(1)))];
    assert_eq!(call.decide(), Err(Gate::WrongHeader));
    call.publication().for_each(|it| it.key_names.push("authorization".to_owned()));
    assert!(call.decide().is_ok());
}

#[test]
fn an_api_that_is_published_in_another_portal_only_is_not_published() {
    let mut call = open();
    call.application().for_each(|it| it.portal = PortalId::new(Uuid::from_u128(99)));
    assert_eq!(call.decide(), Err(Gate::NotPublished));
}

/// Where the gates stand for whoever has no call to show.
fn without_a_call(call: &Call) -> Vec<(Gate, Stands)> {
    let loaded =
        Loaded { link: call.link.as_ref(), application: call.application.as_ref(), credential: call.credential.as_ref() };
    gates(None, &loaded, NOW).to_vec()
}

#[test]
fn what_is_explained_is_what_is_decided() {
    // Where tokens are asked for, the gates of tokens are explained: that a call shows a key instead is the call's.
    let of_calls = [Gate::NoKey, Gate::TwoKeys, Gate::MalformedKey, Gate::WrongHeader, Gate::NoToken, Gate::StoreUnavailable];
    for gate in Gate::OF_KEYS.into_iter().filter(|gate| !of_calls.contains(gate)) {
        let mut call = open();
        call.shut(gate);
        let shut = without_a_call(&call).into_iter().find(|(_, stands)| *stands == Stands::Shut);
        assert_eq!(shut.map(|(gate, _)| gate), call.decide().err(), "{gate}");
    }
}

#[test]
fn without_a_call_only_what_its_headers_would_show_is_undecided() {
    let undecided: Vec<_> = without_a_call(&open()).into_iter().filter(|(_, stands)| *stands != Stands::Open).collect();
    assert_eq!(undecided, [(Gate::MalformedKey, Stands::Undecided), (Gate::WrongHeader, Stands::Undecided)]);
}

#[test]
fn a_gate_whose_ground_is_missing_is_undecided_and_the_others_are_told_all_the_same() {
    let mut call = open();
    call.shut(Gate::UnknownKey);
    call.shut(Gate::RegistrationNotApproved);
    let stands = without_a_call(&call);
    let of = |wanted| stands.iter().find(|(gate, _)| *gate == wanted).map(|(_, stands)| *stands);
    assert_eq!(of(Gate::UnknownKey), Some(Stands::Shut));
    assert_eq!(of(Gate::ExpiredKey), Some(Stands::Undecided));
    assert_eq!(of(Gate::RegistrationNotApproved), Some(Stands::Shut));
    assert_eq!(of(Gate::OtherStrategy), Some(Stands::Open));
}

/// A call with a token of the provider, and all that stands behind it.
fn open_to_tokens() -> (Call, PresentedToken) {
    let mut call = open();
    call.publication().for_each(|it| *it = LinkedPublication { strategy: STRATEGY, key_names: Vec::new(), oidc: Some(tokens()) });
    call.credential = None;
    (call, presented(json!({ "azp": "weather-1", "scope": "read", "exp": NOW.seconds() + 60 })).expect("a good token"))
}

fn presented(claims: serde_json::Value) -> Result<PresentedToken, Gate> {
    let claims = claims.as_object().cloned().unwrap_or_default();
    PresentedToken::of(&Claims::verified(claims), BEARER, PORTAL, &tokens(), NOW)
}

impl Call {
    fn decide_by(&self, token: &PresentedToken) -> Result<Authorized, Gate> {
        let loaded =
            Loaded { link: self.link.as_ref(), application: self.application.as_ref(), credential: self.credential.as_ref() };
        authorize(Shown::Token(token), self.store_answers.then_some(loaded), NOW)
    }
}

#[test]
fn a_token_passes_with_every_gate_open_and_each_gate_that_it_shares_with_keys_refuses_it() {
    let (call, token) = open_to_tokens();
    let passed = call.decide_by(&token).expect("it passes");
    assert_eq!((passed.application, passed.reference_id.as_str(), passed.credential), (APPLICATION, "weather-1", None));
    for gate in [
        Gate::UnknownGateway,
        Gate::UnknownApplication,
        Gate::OwnerNotApproved,
        Gate::NotPublished,
        Gate::OtherStrategy,
        Gate::NotRegistered,
        Gate::RegistrationNotApproved,
        Gate::StoreUnavailable,
    ] {
        let (mut call, token) = open_to_tokens();
        call.shut(gate);
        assert_eq!(call.decide_by(&token), Err(gate));
    }
}

#[test]
fn a_token_counts_for_the_very_terms_that_it_was_checked_against_and_for_its_own_portal_and_reference_id() {
    for change in [
        |oidc: &mut OpenIdConnect| oidc.issuer.push('/'),
        |oidc: &mut OpenIdConnect| oidc.credential_claim.insert(0, "sub".to_owned()),
        |oidc: &mut OpenIdConnect| oidc.scopes.push("write".to_owned()),
        |oidc: &mut OpenIdConnect| oidc.auth_methods.clear(),
    ] {
        let (mut call, token) = open_to_tokens();
        call.publication().filter_map(|it| it.oidc.as_mut()).for_each(change);
        assert_eq!(call.decide_by(&token), Err(Gate::UntrustedToken));
    }
    let (mut call, token) = open_to_tokens();
    call.publication().for_each(|it| it.oidc = None);
    assert_eq!(call.decide_by(&token), Err(Gate::UntrustedToken));
    let (mut call, token) = open_to_tokens();
    call.application().for_each(|it| it.card.reference_id = Some("weather-2".to_owned()));
    assert_eq!(call.decide_by(&token), Err(Gate::UnknownApplication));
    let (mut call, token) = open_to_tokens();
    call.application().for_each(|it| it.portal = PortalId::new(Uuid::from_u128(99)));
    assert_eq!(call.decide_by(&token), Err(Gate::UnknownApplication));
}

#[test]
fn what_a_token_lacks_is_named() {
    let good = json!({ "azp": "weather-1", "scope": "read write", "exp": NOW.seconds() + 60 });
    assert_eq!(presented(good.clone()).map(|token| token.reference_id().to_owned()).as_deref(), Ok("weather-1"));
    for (claim, value, gate) in [
        ("typ", json!("ID"), Gate::UntrustedToken),
        ("exp", json!(NOW.seconds() - 61), Gate::ExpiredToken),
        ("scope", json!("write"), Gate::MissingScope),
        ("azp", json!(["weather-1"]), Gate::NoReferenceId),
    ] {
        let mut claims = good.clone();
        claims[claim] = value;
        assert_eq!(presented(claims).err(), Some(gate));
    }
    let claims = Claims::verified(good.as_object().cloned().unwrap_or_default());
    for (methods, method, gate) in [
        (vec!["client_credentials"], BEARER, Gate::MethodNotOffered),
        (vec!["bearer"], CLIENT_CREDENTIALS, Gate::MethodNotOffered),
        (vec!["introspection", "password"], BEARER, Gate::MethodNotSupported),
        (Vec::new(), BEARER, Gate::MethodNotSupported),
    ] {
        let auth_methods = methods.into_iter().map(str::to_owned).collect();
        let other = OpenIdConnect { auth_methods, ..tokens() };
        assert_eq!(PresentedToken::of(&claims, method, PORTAL, &other, NOW).err(), Some(gate));
    }
}

#[test]
fn without_a_call_a_token_is_undecided_where_tokens_are_asked_for() {
    let (call, _) = open_to_tokens();
    let undecided: Vec<_> = without_a_call(&call).into_iter().filter(|(_, stands)| *stands != Stands::Open).collect();
    let of_calls = [Gate::UntrustedToken, Gate::ExpiredToken, Gate::MissingScope].map(|gate| (gate, Stands::Undecided));
    assert_eq!(undecided, of_calls);
    let (mut call, _) = open_to_tokens();
    call.publication().filter_map(|it| it.oidc.as_mut()).for_each(|oidc| oidc.auth_methods = vec!["introspection".to_owned()]);
    let shut = without_a_call(&call).into_iter().find(|(_, stands)| *stands == Stands::Shut);
    assert_eq!(shut.map(|(gate, _)| gate), Some(Gate::MethodNotSupported));
}
