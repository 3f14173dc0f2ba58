//! The catalog: APIs with their versions, publications with their cards, strategies with their uses.

use std::collections::BTreeSet;

use portico_domain::api::{Api, Version};
use portico_domain::document::Document;
use portico_domain::id::{PortalId, StrategyId, VersionId};
use portico_domain::limits::DOCUMENTS_PER_API;
use portico_domain::publication::Publication;

use super::rule::{Rule, Violation};
use super::snapshot::Snapshot;
use crate::Key;

pub(super) fn check(snapshot: &Snapshot, found: &mut BTreeSet<Violation>) {
    for portal in snapshot.portals.values() {
        if let Some(strategy) = portal.default_strategy {
            strategy_is_there(snapshot, Key::portal(portal.id), strategy, found);
        }
    }
    for strategy in snapshot.strategies.values() {
        use_count(snapshot, strategy.id, strategy.use_count, found);
    }
    for api in snapshot.apis.values().filter(|api| api.deleted_at.is_none()) {
        versions(snapshot, api, found);
        publications(snapshot, api, found);
    }
    for card in snapshot.publications.values() {
        check_card(snapshot, card, found);
    }
    for ((portal, api), edition) in &snapshot.searches {
        if snapshot.publications.get(&(*portal, *api)).is_none_or(|card| card.edition != *edition) {
            found.insert(Violation::new(Rule::SearchDiffers, [Key::search(*portal, *api), Key::publication(*portal, *api)]));
        }
    }
    for version in snapshot.versions.values() {
        check_version(snapshot, version, found);
    }
    for document in snapshot.documents.values() {
        check_document(snapshot, document, found);
    }
}

/// Each document hangs in its API's tree, and has its slug alone among its neighbours.
fn check_document(snapshot: &Snapshot, document: &Document, found: &mut BTreeSet<Violation>) {
    let own = Key::document(document.api, document.id);
    if snapshot.api(document.api).is_none() {
        found.insert(Violation::new(Rule::Orphan, [own, Key::api(document.api)]));
        return;
    }
    let parent = |one: &Document| one.parent.and_then(|parent| snapshot.documents.get(&(one.api, parent)));
    // More steps than documents can be: a circle.
    let line = std::iter::successors(Some(document), |one| parent(one)).take(DOCUMENTS_PER_API + 1);
    let top = line.enumerate().last();
    if top.is_none_or(|(steps, top)| steps >= DOCUMENTS_PER_API || top.parent.is_some()) {
        found.insert(Violation::new(Rule::DocumentParent, [own.clone()]));
    }
    let neighbours = snapshot.documents.values().filter(|one| (one.api, one.parent) == (document.api, document.parent));
    let twins = neighbours.filter(|one| one.id > document.id && one.slug == document.slug);
    found.extend(twins.map(|twin| Violation::new(Rule::DocumentSlug, [own.clone(), Key::document(twin.api, twin.id)])));
}

fn strategy_is_there(snapshot: &Snapshot, of: Key, strategy: StrategyId, found: &mut BTreeSet<Violation>) {
    if !snapshot.strategies.contains_key(&strategy) {
        found.insert(Violation::new(Rule::StrategyMissing, [of, Key::strategy(strategy)]));
    }
}

/// Counts live applications and live publications. Where something with the strategy is being removed, its job may be about to
/// count: the tombstones are named, so that the violation is pending.
fn use_count(snapshot: &Snapshot, strategy: StrategyId, says: u64, found: &mut BTreeSet<Violation>) {
    let applications = || snapshot.applications.values().filter(|application| application.card.strategy == strategy);
    let uses = |api: &Api| api.publications.values().filter(|one| one.strategy == Some(strategy)).count();
    let live = snapshot.apis.values().filter(|api| api.deleted_at.is_none());
    let is = applications().filter(|application| application.is_live()).count() + live.map(uses).sum::<usize>();
    if says == is as u64 {
        return;
    }
    let gone = applications().filter(|application| !application.is_live()).map(|one| Key::application(one.card.id));
    let gone_apis = snapshot.apis.values().filter(|api| api.deleted_at.is_some() && uses(api) > 0).map(|api| Key::api(api.id));
    let keys = std::iter::once(Key::strategy(strategy)).chain(gone.chain(gone_apis).take(super::READ_TOGETHER - 1));
    found.insert(Violation::count(Rule::UseCount, keys, says, is as u64));
}

fn versions(snapshot: &Snapshot, api: &Api, found: &mut BTreeSet<Violation>) {
    let root = Key::api(api.id);
    for (label, id) in &api.versions {
        if snapshot.versions.get(&(api.id, *id)).is_none_or(|version| version.version != *label) {
            found.insert(Violation::new(Rule::VersionMissing, [root.clone(), Key::version(api.id, *id)]));
        }
    }
    let listed: BTreeSet<_> = api.specifications.iter().map(|one| (one.id, one.spec_type.as_str())).collect();
    if listed != specified(snapshot, api) {
        found.insert(Violation::new(Rule::SpecificationsDiffer, [root.clone()]));
    }
    if let Some(current) = &api.current_version
        && snapshot.versions.get(&(api.id, current.id)).is_none_or(|version| version.summary() != *current)
    {
        found.insert(Violation::new(Rule::CurrentVersionDiffers, [root, Key::version(api.id, current.id)]));
    }
}

fn check_version(snapshot: &Snapshot, version: &Version, found: &mut BTreeSet<Violation>) {
    let keys = [Key::version(version.api, version.id), Key::api(version.api)];
    match snapshot.api(version.api) {
        None => found.insert(Violation::new(Rule::Orphan, keys)),
        Some(api) if api.versions.get(&version.version) != Some(&version.id) => {
            found.insert(Violation::new(Rule::VersionNotNamed, keys))
        }
        Some(_) => false,
    };
}

fn publications(snapshot: &Snapshot, api: &Api, found: &mut BTreeSet<Violation>) {
    for (portal, published) in &api.publications {
        let (card, root) = (Key::publication(*portal, api.id), Key::api(api.id));
        if let Some(strategy) = published.strategy {
            strategy_is_there(snapshot, root.clone(), strategy, found);
        }
        if !snapshot.publications.contains_key(&(*portal, api.id)) {
            found.insert(Violation::new(Rule::PublicationWithoutCard, [root, card]));
        }
    }
}

fn check_card(snapshot: &Snapshot, card: &Publication, found: &mut BTreeSet<Violation>) {
    let keys = [Key::publication(card.portal, card.api), Key::api(card.api)];
    if !snapshot.portals.contains_key(&card.portal) {
        found.insert(Violation::new(Rule::Orphan, [keys[0].clone(), Key::portal(card.portal)]));
    }
    let Some((api, published)) = snapshot.api(card.api).and_then(|api| Some((api, api.publications.get(&card.portal)?))) else {
        found.insert(Violation::new(Rule::CardWithoutPublication, keys));
        return;
    };
    let mut copied = card.clone();
    copied.copy_from(api);
    copied.strategy = published.strategy;
    if copied != *card {
        found.insert(Violation::new(Rule::CatalogCardDiffers, keys));
    }
}

/// The versions of an API that have a specification of a known kind.
fn specified(snapshot: &Snapshot, api: &Api) -> BTreeSet<(VersionId, &'static str)> {
    let versions = api.versions.values().filter_map(|id| snapshot.versions.get(&(api.id, *id)));
    versions.filter_map(|version| Some((version.id, version.spec_type?.as_str()))).collect()
}

/// Portals in which an API is published with application authentication.
pub(super) fn authenticated(api: &Api) -> impl Iterator<Item = (PortalId, StrategyId)> + '_ {
    api.publications.iter().filter_map(|(portal, published)| Some((*portal, published.strategy?)))
}
