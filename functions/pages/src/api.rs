//! The page of an API: what it is, its versions, how it is called, and the reader's own registrations for it.

use askama::Template;
use portico_domain::api::{SpecType, newest_first};
use portico_domain::application::ApplicationCard;
use portico_domain::developer::Developer;
use portico_domain::id::ApiId;
use portico_domain::portal::Visibility;
use portico_domain::publication::{NoRegistration, Publication};
use portico_domain::reader::{Reader as Reads, Role};
use portico_domain::registration::Registration;
use portico_domain::strategy::Strategy;
use portico_http::named_api::NamedApi;
use portico_http::{Portal, Problem, Request};
use portico_store::Key;

use crate::document::Nodes;
use crate::examples::{self, Shown};
use crate::frame::{Frame, Part};
use crate::markdown;
use crate::parts::{Code, Pill, When};
use crate::reader::{self, Reader};
use crate::shown::{Page, Stop};

/// A version that has something to read.
struct VersionRow {
    label: String,
    current: bool,
    kind: &'static str,
    raw: String,
    added: When,
}

/// One of the reader's applications that is registered.
struct OwnRow {
    id: String,
    name: String,
    status: Pill,
}

#[derive(Template)]
#[template(path = "api/page.html")]
struct ApiPage {
    frame: Frame,
    slug: String,
    /// HTML.
    description: String,
    version: Option<String>,
    private: bool,
    attributes: Vec<(String, String)>,
    /// The name of the auth strategy and the headers that a key may come in.
    strategy: Option<(String, Vec<String>)>,
    /// The identity provider whose tokens it takes.
    issuer: Option<String>,
    versions: Vec<VersionRow>,
    registered: Vec<OwnRow>,
    documents: Nodes,
    /// Why the reader sees it.
    sees: &'static str,
    /// What keeps the reader from registering for it, and what to do about that.
    not_registered: Option<&'static str>,
    /// What follows from registering.
    registers: &'static str,
    signed_out: bool,
    example: Option<Code>,
    updated: When,
}

/// A kind of specification as people call it.
const fn named(kind: SpecType) -> &'static str {
    match kind {
        SpecType::Oas2 => "OpenAPI 2",
        SpecType::Oas3 => "OpenAPI 3",
        SpecType::Asyncapi => "AsyncAPI",
    }
}

/// The API that the path names, if the reader may see it, and who reads.
pub(crate) async fn visible(portal: &Portal, request: &Request) -> Result<(Reader, Reads, Publication), Stop> {
    let named = NamedApi::parse(request.parameter("apiIdOrSlug"));
    let reader = reader::anybody(portal, request, named.as_ref().map(|named| named.key(portal.config.portal))).await?;
    let named = named.ok_or_else(Problem::not_found)?;
    let reads = reader.reads(portal).await?;
    let found = portal.visible_card(&named, &reads, &reader.items).await?;
    Ok((reader, reads, found))
}

/// The developer's applications, each with its registration for an API if it has one.
pub(crate) async fn own_applications(
    portal: &Portal,
    developer: &Developer,
    api: ApiId,
) -> Result<Vec<(ApplicationCard, Option<Registration>)>, Stop> {
    let open = portal.store.applications_open_to(developer).await?;
    let cards: Vec<_> = open.into_iter().map(|(_, card)| card).collect();
    let keys: Vec<_> = cards.iter().map(|card| Key::registration(card.id, api)).collect();
    let registrations = portal.store.load(&keys).await?;
    let mut rows = Vec::with_capacity(cards.len());
    for card in cards {
        let registration = registrations.get::<Registration>(&Key::registration(card.id, api))?;
        rows.push((card, registration));
    }
    Ok(rows)
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let (reader, reads, card) = visible(portal, request).await?;
    let now = portal.now();
    let strategy = match card.strategy {
        Some(id) => portal.store.find::<Strategy>(&Key::strategy(id)).await?,
        None => None,
    };
    let current = card.current_version.as_ref().map(|current| current.id);
    let mut versions = portal.store.versions_of(card.api).await?;
    versions.retain(|version| version.spec_type.is_some());
    newest_first(&mut versions);
    let versions = versions.iter().map(|version| VersionRow {
        label: version.version.clone(),
        current: current == Some(version.id),
        kind: version.spec_type.map_or("", named),
        raw: format!("/api/v3/apis/{}/versions/{}/raw", card.slug, version.id),
        added: When::of(version.created_at, now),
    });
    let own = match &reader.developer {
        Some(developer) => own_applications(portal, developer, card.api).await?,
        None => Vec::new(),
    };
    let registered = own.into_iter().filter_map(|(card, registration)| {
        Some(OwnRow { id: card.id.to_string(), name: card.name, status: Pill::of(registration?.status) })
    });
    let documents = portal.store.documents_of(card.api).await?.visible();
    let shown = strategy.as_ref().and_then(|strategy| match strategy.oidc() {
        Some(oidc) => oidc.auth_methods.iter().any(|method| method == "bearer").then_some(Shown::Token),
        None => strategy.key_names().first().map(|header| Shown::Key(header)),
    });
    let call = card.current_version.as_ref().and_then(|current| current.example.as_ref());
    let page = ApiPage {
        documents: Nodes::of(&documents, &card.slug, None),
        sees: sees(&card, &reads),
        not_registered: card.why_not_register(&reads).map(said),
        registers: match reader.settings.auto_approve_applications || card.auto_approve_registrations {
            true => "Access is granted at once.",
            false => "An administrator decides about each request.",
        },
        signed_out: card.why_not_register(&reads) == Some(NoRegistration::SignedOut),
        slug: card.slug.clone(),
        description: markdown::html(card.description.as_deref().unwrap_or_default()),
        version: card.current_version.as_ref().map(|current| current.version.clone()).or_else(|| card.version.clone()),
        private: card.visibility == Visibility::Private,
        attributes: card.attributes.iter().map(|(name, values)| (name.clone(), values.join(", "))).collect(),
        example: call.zip(shown).map(|(call, shown)| examples::code("call", call, shown)),
        issuer: strategy.as_ref().and_then(|strategy| strategy.oidc()).map(|oidc| oidc.issuer.clone()),
        strategy: strategy.as_ref().map(|strategy| (strategy.display_name.clone(), strategy.key_names().to_vec())),
        versions: versions.collect(),
        registered: registered.collect(),
        updated: When::of(card.api_updated_at, now),
        frame: Frame::of(&reader, request, Part::Catalog, card.name.clone()),
    };
    Page::open(&page, reader.is_signed_in())
}

/// Why somebody sees an API.
fn sees(card: &Publication, reads: &Reads) -> &'static str {
    match (card.visibility, reads) {
        (Visibility::Public, _) => "Everybody may read it.",
        (Visibility::Private, Reads::WithRoles(roles)) => match roles.on(card.api).map(|held| held.role) {
            Some(Role::Consumer) => "You may read it: one of your teams has the role API Consumer for it.",
            Some(Role::Viewer) | None => "You may read it: one of your teams has the role API Viewer for it.",
        },
        (Visibility::Private, Reads::Approved | Reads::Anyone) => "You may read it, as all developers who are signed in.",
    }
}

/// What keeps somebody from registering, and what to do about it.
const fn said(why: NoRegistration) -> &'static str {
    match why {
        NoRegistration::NothingToRegister => "It is called without a credential: there is nothing to register for.",
        NoRegistration::SignedOut => "Sign in to register an application for it.",
        NoRegistration::ViewerOnly => {
            "You can see this API, and not register for it: ask an administrator of this portal for the role API Consumer."
        }
    }
}

/// A text in paragraphs, as its empty lines divide it.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    let parts = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}
