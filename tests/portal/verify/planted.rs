//! Every rule of the table, broken on purpose.

use std::fmt::Debug;
use std::str::FromStr;

use portico_domain::api_key::ApiKey;
use portico_domain::document::{Document, DocumentStatus};
use portico_domain::event::{Actor, Name};
use portico_domain::id::{ApiId, DeveloperId, DocumentId, EventId, PortalId, RegistrationId, SessionId, StrategyId, TeamId};
use portico_domain::mail_failure::{MailFailure, Reason};
use portico_domain::owner::Owner;
use portico_domain::reader::Role;
use portico_domain::session::Session;
use portico_domain::status::Status;
use portico_http::clock::Clock as _;
use portico_store::verify::Rule;
use portico_store::{Key, Update};
use portico_tests::steps::NOBODYS;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::world::World;

/// An id that nothing has.
fn nobodys<T: FromStr<Err: Debug>>() -> T {
    NOBODYS.parse().expect("an id")
}

async fn read<T: DeserializeOwned>(world: &World, key: &Key) -> T {
    world.portal.portal.store.find(key).await.expect("the store answers").expect("the item is there")
}

/// Documents of one slug, each with the number of its parent; the key of the first one.
async fn put_documents(world: &World, documents: &[(u128, Option<u128>)]) -> Key {
    let id = |number: u128| format!("01980c0d-e000-7000-8000-{number:012}").parse::<DocumentId>().expect("an id");
    let key = |number: u128| Key::document(world.api, id(number));
    for (number, parent) in documents {
        let document = Document {
            id: id(*number),
            api: world.api,
            title: "Begin".to_owned(),
            slug: "begin".to_owned(),
            status: DocumentStatus::Published,
            parent: parent.map(id),
            position: 0,
            digest: String::new(),
            bytes: 0,
            created_at: world.portal.clock.now(),
            updated_at: world.portal.clock.now(),
        };
        world.put(&key(*number), "document", &document).await;
    }
    key(1)
}

/// Breaks one rule (others may break with it) and says which item shows it.
pub(super) async fn break_rule(world: &World, rule: Rule) -> Key {
    let (portal, application) = (world.portal.id(), Key::application(world.application));
    let card = Key::publication(portal, world.api);
    let pointer = Key::app_pointer(Owner::Developer(world.ada), world.application);
    let registration = Key::registration(world.application, world.api);
    let session = Key::session(world.ada, world.session);
    match rule {
        Rule::TooLarge => application, // cannot be planted
        Rule::UnknownKind => {
            let key = Key::from_parts("SURPRISE", "META");
            world.put(&key, "surprise", &json!({})).await;
            key
        }
        Rule::WrongKey => {
            let key = Key::session(world.ada, nobodys::<SessionId>());
            world.put(&key, "session", &read::<Session>(world, &session).await).await;
            key
        }
        Rule::AddressInEvent => {
            let data = json!({ "to": "ada@example.test" });
            let mut event =
                world.portal.portal.event(Name::ApplicationUpdated, Actor::Developer(world.ada), data).expect("an event");
            event.id = nobodys::<EventId>();
            let key = application.event(event.id);
            world.put(&key, "event", &event).await;
            key
        }
        Rule::MailFailureWithoutEvent => {
            let key = Key::developer(world.ada);
            let failure =
                MailFailure { mail: nobodys(), reason: Reason::Bounced, noted: nobodys(), at: world.portal.clock.now() };
            let update = Update::of(key.clone()).set("mail_failure", &failure);
            world.portal.portal.store.edit(update).await.expect("the store answers");
            key
        }
        Rule::Orphan => {
            let key = Key::session(nobodys::<DeveloperId>(), world.session);
            let session = Session { developer: nobodys(), ..read(world, &session).await };
            world.put(&key, "session", &session).await;
            key
        }
        Rule::GuardWithoutOwner => {
            let key = Key::slug_guard("free");
            world.put(&key, "guard", &json!({ "owner": nobodys::<ApiId>() })).await;
            key
        }
        Rule::GuardOfAnotherValue => {
            let key = Key::email_guard(portal, "another@example.test");
            world.put(&key, "guard", &json!({ "owner": world.ada })).await;
            key
        }
        Rule::TwoLiveTokens => {
            let key = Key::mail_token("verify", &"2".repeat(64));
            world.put(&key, "mail_token", &world.token_of_generation(1)).await;
            key
        }
        Rule::PointerWithoutApplication => {
            let key = Key::app_pointer(Owner::Developer(world.eve), world.application);
            let card = world.portal.application(world.application).await.expect("the application").card;
            world.put(&key, "app_pointer", &card).await;
            key
        }
        Rule::OwnerWithoutGuard => removed(world, Key::slug_guard("tides")).await,
        Rule::SingleSignOnDiffers => {
            world.edit(Update::of(Key::portal(portal)).set("sso_enabled", &false)).await;
            Key::identity_providers(portal)
        }
        Rule::ApplicationWithoutPointer => removed(world, pointer).await,
        Rule::GrantWithoutRegistration => removed(world, registration).await,
        Rule::RegistrationWithoutPointer => removed(world, Key::registration_pointer(world.api, world.application)).await,
        Rule::PublicationWithoutCard => removed(world, card).await,
        Rule::VersionMissing => removed(world, Key::version(world.api, world.version)).await,
        Rule::SearchDiffers => {
            let key = Key::search(portal, world.api);
            world.put(&key, "search", &json!({ "portal": portal, "api": world.api, "edition": 99 })).await;
            key
        }
        Rule::DocumentParent => put_documents(world, &[(1, Some(1))]).await,
        Rule::DocumentSlug => put_documents(world, &[(1, None), (2, None)]).await,
        Rule::ImplementationWithoutLink => removed(world, Key::link("local", "tides")).await,
        Rule::MemberNotNoted => {
            world.edit(Update::of(Key::developer(world.ada)).remove("teams")).await;
            Key::member(world.team, world.ada)
        }
        Rule::NotedWithoutMember => {
            world.remove(&Key::member(world.team, world.ada)).await;
            Key::developer(world.ada)
        }
        Rule::RoleWithoutPointer => {
            world.remove(&Key::role_pointer(world.api, world.team, Role::Viewer)).await;
            Key::team(world.team)
        }
        Rule::PointerWithoutRole => {
            world.edit(Update::of(Key::team(world.team)).set("roles", &json!({}))).await;
            Key::role_pointer(world.api, world.team, Role::Viewer)
        }
        _ => {
            let (edit, wrong) = edit_that_breaks(world, rule, &portal.to_string(), &world.api.to_string());
            world.edit(edit).await;
            wrong
        }
    }
}

async fn removed(world: &World, key: Key) -> Key {
    world.remove(&key).await;
    key
}

/// The rules that one edit breaks: the edit, and the item that shows it.
fn edit_that_breaks(world: &World, rule: Rule, portal: &str, api: &str) -> (Update, Key) {
    let at = |key: Key| (Update::of(key.clone()), key);
    let developer = || at(Key::developer(world.ada));
    let application = || at(Key::application(world.application));
    let the_api = || at(Key::api(world.api));
    let link = || at(Key::link("local", "tides"));
    match rule {
        Rule::Unreadable => edited(developer(), |edit| edit.set("status", "excellent")),
        Rule::SecretInTheClear => {
            let key = ApiKey::generate(world.application, [3; 24]);
            edited(application(), |edit| edit.set("description", &format!("use {}!", key.expose())))
        }
        Rule::NotListed => edited(developer(), |edit| edit.remove("list").remove("list_at")),
        Rule::WronglyListed => edited(at(Key::password(world.ada)), |edit| edit.set("list", "x").set("list_at", "y")),
        Rule::TombstoneWithoutJob => edited(application(), |edit| edit.set("deleted_at", &world.portal.clock.now())),
        Rule::EventCount => edited(application(), |edit| edit.add("ver", 1)),
        Rule::ApplicationCount => edited(developer(), |edit| edit.add("app_count", 1)),
        Rule::PasswordFlag => edited(developer(), |edit| edit.set("has_password", &false)),
        Rule::AddressNotVerified => edited(developer(), |edit| edit.remove("email_verified_at")),
        Rule::SessionOfTheFuture => edited(at(Key::session(world.ada, world.session)), |edit| edit.set("epoch", &9)),
        Rule::TokenOfTheFuture => edited(at(world.token.clone()), |edit| edit.set("generation", &9)),
        Rule::CardDiffers => {
            edited(at(Key::app_pointer(Owner::Developer(world.ada), world.application)), |edit| edit.set("name", "Weather bored"))
        }
        Rule::KeyCount => edited(application(), |edit| edit.add("key_count", 1)),
        Rule::RegistrationWithoutGrant => {
            let (edit, _) = edited(application(), |edit| edit.remove(["grants", api]));
            (edit, Key::registration(world.application, world.api))
        }
        Rule::GrantDiffers => {
            edited(at(Key::registration(world.application, world.api)), |edit| edit.set("status", &Status::Revoked))
        }
        Rule::PointerWithoutRegistration => {
            let other = nobodys::<RegistrationId>();
            edited(at(Key::registration_pointer(world.api, world.application)), |edit| edit.set("registration", &other))
        }
        Rule::StandingDiffers => edited(application(), |edit| edit.set("standing", &Status::Pending)),
        Rule::OtherPortal => edited(application(), |edit| edit.set("portal", &nobodys::<PortalId>())),
        Rule::StrategyMissing => {
            edited(at(Key::portal(world.portal.id())), |edit| edit.set("default_strategy", &nobodys::<StrategyId>()))
        }
        Rule::BroughtWithoutTeam => edited(developer(), |edit| edit.set("teams_by_groups", &[nobodys::<TeamId>()])),
        Rule::MemberCount => edited(at(Key::team(world.team)), |edit| edit.add("member_count", 1)),
        Rule::UseCount => edited(at(Key::strategy(world.portal.strategy)), |edit| edit.add("use_count", 1)),
        Rule::CardWithoutPublication => edited(the_api(), |edit| edit.remove(["publications", portal])),
        Rule::CatalogCardDiffers => edited(at(Key::publication(world.portal.id(), world.api)), |edit| edit.set("name", "Tide")),
        Rule::VersionNotNamed => edited(the_api(), |edit| edit.remove(["versions", "1.0.0"])),
        Rule::SpecificationsDiffer => edited(the_api(), |edit| edit.set("specifications", &json!([]))),
        Rule::CurrentVersionDiffers => edited(the_api(), |edit| edit.set(["current_version", "version"], "9.9.9")),
        Rule::LinkWithoutImplementation => edited(the_api(), |edit| edit.set("implementations", &json!([]))),
        Rule::LinkDiffers => edited(link(), |edit| edit.remove(["portals", portal])),
        Rule::KeyNamesDiffer => edited(link(), |edit| edit.set(["portals", portal, "key_names"], &["x-other"])),
        // A rule that no edit here breaks fails its test: the table stays whole.
        _ => edited(application(), |edit| edit.set("updated_at", &world.portal.clock.now())),
    }
}

fn edited((edit, key): (Update, Key), change: impl FnOnce(Update) -> Update) -> (Update, Key) {
    (change(edit), key)
}
