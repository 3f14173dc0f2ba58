//! Who sees an API and who may register for it: every kind of reader against every kind of publication.

use std::collections::BTreeMap;

use super::{NoRegistration, Publication, Terms};
use crate::api::{Api, Attributes};
use crate::id::{ApiId, PortalId, StrategyId, TeamId};
use crate::portal::{Labels, Visibility};
use crate::reader::{Held, Reader, Role, Roles, Scope};
use crate::time::Timestamp;
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
const API: ApiId = ApiId::new(Uuid::from_u128(1));
const OTHER: ApiId = ApiId::new(Uuid::from_u128(2));

fn card(visibility: Visibility, strategy: Option<StrategyId>) -> Publication {
    let api = Api {
        id: API,
        name: "Weather".to_owned(),
        description: None,
        version: None,
        slug: "weather".to_owned(),
        labels: Labels::new(),
        attributes: Attributes::new(),
        current_version: None,
        versions: BTreeMap::new(),
        specifications: Vec::new(),
        implementations: Vec::new(),
        publications: BTreeMap::new(),
        edition: 1,
        ver: 1,
        created_at: NOW,
        updated_at: NOW,
        deleted_at: None,
    };
    let terms = Terms { visibility, strategy, auto_approve_registrations: false };
    Publication::new(PortalId::new(Uuid::from_u128(3)), &api, terms, NOW)
}

fn with(roles: &[(Scope, Role)]) -> Reader {
    let mut all = Roles::default();
    for (scope, role) in roles {
        all.give(*scope, Held { role: *role, through: TeamId::new(Uuid::from_u128(4)) });
    }
    Reader::WithRoles(all)
}

#[test]
fn who_sees_an_api_and_who_may_register_for_it() {
    let strategy = Some(StrategyId::new(Uuid::from_u128(5)));
    let (public, private) = (card(Visibility::Public, strategy), card(Visibility::Private, strategy));
    // Who reads; whether they may register for a public one, see a private one, register for a private one.
    let rows = [
        (Reader::Anyone, false, false, false),
        (Reader::Approved, true, true, true),
        (with(&[]), true, false, false),
        (with(&[(Scope::One(OTHER), Role::Consumer)]), true, false, false),
        (with(&[(Scope::One(API), Role::Viewer)]), true, true, false),
        (with(&[(Scope::One(API), Role::Consumer)]), true, true, true),
        (with(&[(Scope::All, Role::Viewer)]), true, true, false),
        (with(&[(Scope::All, Role::Viewer), (Scope::One(API), Role::Consumer)]), true, true, true),
    ];
    for (reader, registers_public, sees_private, registers_private) in rows {
        assert!(public.is_visible_to(&reader), "{reader:?}");
        assert_eq!(public.may_register(&reader), registers_public, "{reader:?}");
        assert_eq!(private.is_visible_to(&reader), sees_private, "{reader:?}");
        assert_eq!(private.may_register(&reader), registers_private, "{reader:?}");
    }
}

#[test]
fn without_application_authentication_there_is_nothing_to_register_for() {
    let open = card(Visibility::Public, None);
    assert!(open.is_visible_to(&Reader::Approved) && !open.may_register(&Reader::Approved));
    assert_eq!(open.why_not_register(&Reader::Anyone), Some(NoRegistration::NothingToRegister));
}

#[test]
fn what_keeps_somebody_from_registering_has_a_name() {
    let strategy = Some(StrategyId::new(Uuid::from_u128(5)));
    let (public, private) = (card(Visibility::Public, strategy), card(Visibility::Private, strategy));
    let (viewer, consumer) = (with(&[(Scope::All, Role::Viewer)]), with(&[(Scope::One(API), Role::Consumer)]));
    assert_eq!(public.why_not_register(&Reader::Anyone), Some(NoRegistration::SignedOut));
    assert_eq!(private.why_not_register(&viewer), Some(NoRegistration::ViewerOnly));
    assert_eq!((public.why_not_register(&viewer), private.why_not_register(&consumer)), (None, None));
}
