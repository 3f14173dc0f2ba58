//! What a scan of the table saw, sorted by kind. The only scan in the code.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use portico_domain::admin::{AdminSession, AdminToken};
use portico_domain::api::{Api, Version};
use portico_domain::application::{Application, ApplicationCard};
use portico_domain::credential::Credential;
use portico_domain::developer::Developer;
use portico_domain::document::Document;
use portico_domain::event::{Event, Name};
use portico_domain::gateway::Link;
use portico_domain::id::{
    ApiId, ApplicationId, DeveloperId, DocumentId, EventId, JobId, PortalId, StrategyId, TeamId, VersionId,
};
use portico_domain::identity_provider::IdentityProviders;
use portico_domain::job::Job;
use portico_domain::owner::Owner;
use portico_domain::portal::Portal;
use portico_domain::publication::Publication;
use portico_domain::registration::Registration;
use portico_domain::session::Session;
use portico_domain::strategy::Strategy;
use portico_domain::team::{Member, Team};
use serde::de::DeserializeOwned;

use super::rows::{GuardRow, MailTokenRow, PasswordRow, RegistrationPointerRow};
use super::rule::{Rule, Violation};
use super::{forms, sizes};
use crate::arrived;
use crate::idempotency::Kept;
use crate::search;
use crate::team_roles::RolePointer;
use crate::{Item, Key, Store, StoreError};

/// The table as one scan saw it.
#[derive(Default)]
pub(super) struct Snapshot {
    pub(super) count: usize,
    /// What is wrong with items by themselves.
    pub(super) faults: BTreeSet<Violation>,
    pub(super) admin_tokens: BTreeSet<Key>,
    pub(super) admin_sessions: Vec<Key>,
    pub(super) portals: BTreeMap<PortalId, Portal>,
    pub(super) identity_providers: BTreeMap<PortalId, IdentityProviders>,
    pub(super) publications: BTreeMap<(PortalId, ApiId), Publication>,
    /// The edition that search knows of each API.
    pub(super) searches: BTreeMap<(PortalId, ApiId), u64>,
    pub(super) developers: BTreeMap<DeveloperId, Developer>,
    pub(super) passwords: BTreeSet<DeveloperId>,
    pub(super) sessions: Vec<Session>,
    pub(super) app_pointers: BTreeMap<(Owner, ApplicationId), ApplicationCard>,
    pub(super) guards: BTreeMap<Key, GuardRow>,
    pub(super) mail_tokens: BTreeMap<Key, MailTokenRow>,
    pub(super) applications: BTreeMap<ApplicationId, Application>,
    pub(super) credentials: BTreeMap<ApplicationId, Vec<Key>>,
    pub(super) registrations: BTreeMap<(ApplicationId, ApiId), Registration>,
    pub(super) registration_pointers: BTreeMap<(ApiId, ApplicationId), RegistrationPointerRow>,
    pub(super) apis: BTreeMap<ApiId, Api>,
    pub(super) versions: BTreeMap<(ApiId, VersionId), Version>,
    pub(super) documents: BTreeMap<(ApiId, DocumentId), Document>,
    pub(super) links: BTreeMap<Key, Link>,
    pub(super) strategies: BTreeMap<StrategyId, Strategy>,
    pub(super) teams: BTreeMap<TeamId, Team>,
    pub(super) members: BTreeMap<(TeamId, DeveloperId), Member>,
    pub(super) role_pointers: BTreeMap<Key, RolePointer>,
    pub(super) jobs: BTreeMap<JobId, Job>,
    /// How many events each partition has.
    pub(super) events: HashMap<String, u64>,
    /// The events that noted a mail that never arrived.
    pub(super) mail_failures: BTreeSet<(String, EventId)>,
    /// Items as they were read, of the keys that were asked for.
    kept: HashMap<Key, Item>,
}

impl Snapshot {
    /// Scans the table to its end and keeps the items at some keys as they were read.
    pub(super) async fn read(store: &Store, keep: &HashSet<Key>) -> Result<Self, StoreError> {
        let mut snapshot = Self::default();
        let mut start = None;
        loop {
            let answer = store
                .client()
                .scan()
                .table_name(store.table())
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| StoreError::from_sdk(&error))?;
            for item in answer.items.unwrap_or_default().into_iter().map(Item::from) {
                let key = item.key();
                snapshot.take(&key, &item);
                if keep.contains(&key) {
                    snapshot.kept.insert(key, item);
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(snapshot);
            }
        }
    }

    /// An item as it was read.
    pub(super) fn kept(&self, key: &Key) -> Option<&Item> {
        self.kept.get(key)
    }

    pub(super) fn developer(&self, id: DeveloperId) -> Option<&Developer> {
        self.developers.get(&id).filter(|developer| developer.deleted_at.is_none())
    }

    pub(super) fn application(&self, id: ApplicationId) -> Option<&Application> {
        self.applications.get(&id).filter(|application| application.is_live())
    }

    pub(super) fn api(&self, id: ApiId) -> Option<&Api> {
        self.apis.get(&id).filter(|api| api.deleted_at.is_none())
    }

    pub(super) fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.get(&id).filter(|team| team.is_live())
    }

    /// How many applications each owner's list holds.
    pub(super) fn owned(&self) -> BTreeMap<Owner, u64> {
        self.app_pointers.keys().fold(BTreeMap::new(), |mut owned, (owner, _)| {
            *owned.entry(*owner).or_default() += 1;
            owned
        })
    }

    fn fault(&mut self, rule: Rule, key: &Key) {
        self.faults.insert(Violation::new(rule, [key.clone()]));
    }

    /// The entity of an item, if it is one and lies where its ids say.
    fn entity<T: DeserializeOwned>(&mut self, key: &Key, item: &Item, own_key: impl FnOnce(&T) -> Option<Key>) -> Option<T> {
        let Ok(entity) = item.read::<T>() else {
            self.fault(Rule::Unreadable, key);
            return None;
        };
        if own_key(&entity).as_ref() != Some(key) {
            self.fault(Rule::WrongKey, key);
            return None;
        }
        Some(entity)
    }

    fn take(&mut self, key: &Key, item: &Item) {
        self.count += 1;
        if sizes::of(item) > sizes::MOST {
            self.fault(Rule::TooLarge, key);
        }
        self.faults.extend(forms::faults(key, item));
        match item.kind() {
            "table" => self.check_key(key, *key == Key::table()),
            // It outlives the session that it was used for: nothing else is asked of it.
            "used_answer" => self.check_key(key, key.pk.starts_with("SSO#") && key.sk == "USED"),
            "throttle" => self.check_key(key, key.pk.starts_with("THROTTLE#") && key.sk == "THROTTLE"),
            // It outlives what it names: nothing else is asked of it.
            "idempotency" => {
                let known = |_: &Kept| (key.pk.starts_with("IDEMPOTENCY#") && key.sk == "IDEMPOTENCY").then(|| key.clone());
                self.entity::<Kept>(key, item, known);
            }
            "decision" => {
                let known = |_: &arrived::Kept| (key.pk.starts_with("DECISION#") && key.sk == "DECISION").then(|| key.clone());
                self.entity::<arrived::Kept>(key, item, known);
            }
            "admin_token" => {
                let found = self.entity::<AdminToken>(key, item, |_| Some(Key::admin_token(key.pk.strip_prefix("ADMIN#")?)));
                self.admin_tokens.extend(found.map(|_| key.clone()));
            }
            "admin_session" => {
                let own =
                    |_: &AdminSession| Some(Key::admin_session(key.pk.strip_prefix("ADMIN#")?, key.sk.strip_prefix("SESSION#")?));
                let found = self.entity::<AdminSession>(key, item, own);
                self.admin_sessions.extend(found.map(|_| key.clone()));
            }
            "portal" => {
                if let Some(portal) = self.entity::<Portal>(key, item, |portal| Some(Key::portal(portal.id))) {
                    self.portals.insert(portal.id, portal);
                }
            }
            "identity_providers" => {
                let found = self.entity::<IdentityProviders>(key, item, |all| Some(Key::identity_providers(all.portal)));
                self.identity_providers.extend(found.map(|all| (all.portal, all)));
            }
            "publication" => {
                let found = self.entity::<Publication>(key, item, |card| Some(Key::publication(card.portal, card.api)));
                self.publications.extend(found.map(|card| ((card.portal, card.api), card)));
            }
            "developer" => {
                let found = self.entity::<Developer>(key, item, |developer| Some(Key::developer(developer.id)));
                self.developers.extend(found.map(|developer| (developer.id, developer)));
            }
            "password" => {
                let developer = id_after(&key.pk, "DEV#");
                let found = self.entity::<PasswordRow>(key, item, |_| developer.map(Key::password));
                self.passwords.extend(found.and(developer));
            }
            "session" => {
                let found = self.entity::<Session>(key, item, |session| Some(Key::session(session.developer, session.id)));
                self.sessions.extend(found);
            }
            "app_pointer" => {
                let team = || id_after(&key.pk, "TEAM#").map(Owner::Team);
                let owner = id_after(&key.pk, "DEV#").map(Owner::Developer).or_else(team);
                let found = self.entity::<ApplicationCard>(key, item, |card| Some(Key::app_pointer(owner?, card.id)));
                self.app_pointers.extend(found.and_then(|card| Some(((owner?, card.id), card))));
            }
            "guard" => {
                let known = |_: &GuardRow| (key.pk.starts_with("UNIQUE#") && key.sk == "GUARD").then(|| key.clone());
                let found = self.entity::<GuardRow>(key, item, known);
                self.guards.extend(found.map(|guard| (key.clone(), guard)));
            }
            "mail_token" => {
                let digest = key.pk.rsplit('#').next().unwrap_or_default();
                let found = self.entity::<MailTokenRow>(key, item, |token| Some(Key::mail_token(token.purpose.as_str(), digest)));
                self.mail_tokens.extend(found.map(|token| (key.clone(), token)));
            }
            "strategy" => {
                let found = self.entity::<Strategy>(key, item, |strategy| Some(Key::strategy(strategy.id)));
                self.strategies.extend(found.map(|strategy| (strategy.id, strategy)));
            }
            "job" => {
                let found = self.entity::<Job>(key, item, |job| Some(Key::job(job.id)));
                self.jobs.extend(found.map(|job| (job.id, job)));
            }
            "event" => {
                let root = Key::from_parts(&key.pk, "META");
                let found = self.entity::<Event>(key, item, |event| Some(root.event(event.id)));
                *self.events.entry(key.pk.clone()).or_default() += u64::from(found.is_some());
                let failed = found.filter(|event| event.name == Name::DeveloperMailFailed);
                self.mail_failures.extend(failed.map(|event| (key.pk.clone(), event.id)));
            }
            kind => self.take_of_team(kind, key, item),
        }
    }

    /// The kinds of a team.
    fn take_of_team(&mut self, kind: &str, key: &Key, item: &Item) {
        match kind {
            "team" => {
                let found = self.entity::<Team>(key, item, |team| Some(Key::team(team.id)));
                self.teams.extend(found.map(|team| (team.id, team)));
            }
            "member" => {
                let found = self.entity::<Member>(key, item, |one| Some(Key::member(one.team, one.developer)));
                self.members.extend(found.map(|one| ((one.team, one.developer), one)));
            }
            "role_pointer" => {
                let own = |one: &RolePointer| Some(Key::role_pointer(one.api, one.team, one.role));
                let found = self.entity::<RolePointer>(key, item, own);
                self.role_pointers.extend(found.map(|one| (key.clone(), one)));
            }
            kind => self.take_of_catalog(kind, key, item),
        }
    }

    /// The kinds of an application and of an API.
    fn take_of_catalog(&mut self, kind: &str, key: &Key, item: &Item) {
        match kind {
            "application" => {
                let found = self.entity::<Application>(key, item, |application| Some(Key::application(application.card.id)));
                self.applications.extend(found.map(|application| (application.card.id, application)));
            }
            "credential" => {
                let digest = key.sk.strip_prefix("KEY#");
                let found = self.entity::<Credential>(key, item, |one| Some(Key::credential(one.application, digest?)));
                if let Some(credential) = found {
                    self.credentials.entry(credential.application).or_default().push(key.clone());
                }
            }
            "registration" => {
                let found = self.entity::<Registration>(key, item, |one| Some(Key::registration(one.application, one.api)));
                self.registrations.extend(found.map(|one| ((one.application, one.api), one)));
            }
            "registration_pointer" => {
                let own = |one: &RegistrationPointerRow| Some(Key::registration_pointer(one.api, one.application));
                let found = self.entity::<RegistrationPointerRow>(key, item, own);
                self.registration_pointers.extend(found.map(|one| ((one.api, one.application), one)));
            }
            "api" => {
                let found = self.entity::<Api>(key, item, |api| Some(Key::api(api.id)));
                self.apis.extend(found.map(|api| (api.id, api)));
            }
            "version" => {
                let found = self.entity::<Version>(key, item, |version| Some(Key::version(version.api, version.id)));
                self.versions.extend(found.map(|version| ((version.api, version.id), version)));
            }
            "document" => {
                let found = self.entity::<Document>(key, item, |one| Some(Key::document(one.api, one.id)));
                self.documents.extend(found.map(|one| ((one.api, one.id), one)));
            }
            "search" => {
                let found = self.entity::<search::Row>(key, item, |row| Some(Key::search(row.portal, row.api)));
                self.searches.extend(found.map(|row| ((row.portal, row.api), row.edition)));
            }
            "link" => {
                let found = self.entity::<Link>(key, item, |link| Some(Key::link(&link.gateway, &link.stage)));
                self.links.extend(found.map(|link| (key.clone(), link)));
            }
            _ => self.fault(Rule::UnknownKind, key),
        }
    }

    fn check_key(&mut self, key: &Key, is_right: bool) {
        if !is_right {
            self.fault(Rule::WrongKey, key);
        }
    }
}

/// The id in a partition key.
pub(super) fn id_after<T: std::str::FromStr>(pk: &str, prefix: &str) -> Option<T> {
    pk.strip_prefix(prefix)?.parse().ok()
}
