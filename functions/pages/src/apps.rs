//! My Apps, and a new application.

use askama::Template;
use portico_domain::application::ApplicationCard;
use portico_domain::developer::Developer;
use portico_domain::owner::Owner;
use portico_domain::publication::Publication;
use portico_domain::strategy::Strategy;
use portico_domain::team::Team;
use portico_domain::text::{ApplicationName, Description, ReferenceId};
use portico_http::named_api::NamedApi;
use portico_http::{Portal, Problem, Request};
use portico_store::Key;

use crate::catalog::excerpt;
use crate::frame::{Frame, Part};
use crate::parts::{Empty, Field, When};
use crate::reader;
use crate::shown::{Page, Stop};

struct Row {
    id: String,
    name: String,
    description: String,
    strategy: String,
    created: When,
    /// The team that owns it.
    team: Option<String>,
}

#[derive(Template)]
#[template(path = "apps/list.html")]
struct AppsPage {
    frame: Frame,
    rows: Vec<Row>,
    empty: Empty,
}

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let who = reader::developer(portal, request, []).await?;
    let open = portal.store.applications_open_to(&who.developer).await?;
    let beside = |(owner, card): &(Owner, ApplicationCard)| {
        [Key::strategy(card.strategy)].into_iter().chain(owner.team().map(Key::team)).collect::<Vec<_>>()
    };
    let items = portal.store.load(&open.iter().flat_map(beside).collect::<Vec<_>>()).await?;
    let now = portal.now();
    let mut rows = Vec::with_capacity(open.len());
    for (owner, card) in open {
        let team = owner.team().map(|team| items.get::<Team>(&Key::team(team))).transpose()?.flatten();
        let strategy = items.get::<Strategy>(&Key::strategy(card.strategy))?;
        rows.push(Row {
            id: card.id.to_string(),
            name: card.name,
            description: excerpt(card.description.as_deref().unwrap_or_default()),
            strategy: strategy.map(|strategy| strategy.display_name).unwrap_or_default(),
            created: When::of(card.created_at, now),
            team: team.map(|team| team.name),
        });
    }
    let empty = Empty {
        title: "No applications yet".to_owned(),
        text: "An application holds the credentials that calls are made with. One application can be registered for many APIs."
            .to_owned(),
        action: Some(("New App", "/apps/new".to_owned())),
    };
    Page::own(&AppsPage { frame: Frame::own(&who.portal, &who.developer.full_name, request, Part::Apps, "My Apps"), rows, empty })
}

/// The teams of a developer that may own applications, each by its id and its name.
pub(crate) async fn owning_teams(portal: &Portal, developer: &Developer) -> Result<Vec<(String, String)>, Stop> {
    let teams = if developer.teams.is_empty() { Vec::new() } else { portal.store.teams_of(developer).await? };
    Ok(teams.into_iter().filter(|team| team.can_own_applications).map(|team| (team.id.to_string(), team.name)).collect())
}

/// A strategy to choose.
struct Choice {
    id: String,
    name: String,
    /// The identity provider whose clients these applications are.
    issuer: Option<String>,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "apps/new.html")]
struct NewAppPage {
    frame: Frame,
    /// The reader's teams that may own applications: id and name.
    teams: Vec<(String, String)>,
    /// The API that it is made for: its id, slug and name.
    api: Option<(String, String, String)>,
    strategies: Vec<Choice>,
    name: Field,
    description: Field,
    reference_id: Field,
    /// Why there is nothing to create.
    in_the_way: Option<Empty>,
}

/// What a reference ID is, for whoever fills it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReferenceIds {
    /// A name that the portal can choose.
    Chosen,
    /// The client id at an identity provider.
    ClientIds,
    /// One or the other, as the strategy that is chosen says.
    Either,
}

impl ReferenceIds {
    fn field(self) -> Field {
        let field = Field::text("client_id", "Reference ID").most(ReferenceId::MAX_CHARS);
        match self {
            Self::Chosen => field.hint("Unique in this portal. Leave it out to be given one.").generates(),
            Self::ClientIds => field.required().hint(
                "The client id of this application at the identity provider. Create a client there first: calls with the tokens that it gets are this application's.",
            ),
            Self::Either => field
                .hint("Unique in this portal. With API keys you can leave it out; with OpenID Connect it is the client id at the identity provider.")
                .generates(),
        }
    }
}

/// The fields of an application, new or not. What is emptied is taken away.
pub(crate) fn fields(name: &str, description: &str, (known_as, ids): (&str, ReferenceIds)) -> [Field; 3] {
    [
        Field::text("name", "Name").required().most(ApplicationName::MAX_CHARS).value(name),
        Field::lines("description", "Description").most(Description::MAX_CHARS).value(description),
        ids.field().value(known_as),
    ]
}

pub(crate) async fn new(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let wanted = request.query.get("api").ok().flatten();
    let named = wanted.and_then(NamedApi::parse);
    let who = reader::developer(portal, request, named.as_ref().map(|named| named.key(portal.config.portal))).await?;
    let reads = portal.reader(&who.portal, Some(&who.developer)).await?;
    let api = match named {
        Some(named) => Some(portal.visible_card(&named, &reads, &who.items).await?),
        None if wanted.is_some() => return Err(Problem::not_found().into()),
        None => None,
    };
    let fixed = api.as_ref().map(|card| card.strategy);
    let mut ids = match fixed {
        Some(strategy) => strategy.into_iter().collect(),
        None => {
            let cards = portal.store.cards_of(who.portal.id).await?;
            let seen = cards.iter().filter(|card| card.is_visible_to(&reads)).filter_map(|card| card.strategy);
            seen.chain(who.portal.default_strategy).collect::<Vec<_>>()
        }
    };
    ids.sort();
    ids.dedup();
    let keys: Vec<_> = ids.iter().copied().map(Key::strategy).collect();
    let items = portal.store.load(&keys).await?;
    let mut strategies = Vec::with_capacity(keys.len());
    for key in &keys {
        let strategy = items.get::<Strategy>(key)?;
        strategies.extend(strategy.map(|strategy| Choice {
            id: strategy.id.to_string(),
            issuer: strategy.oidc().map(|oidc| oidc.issuer.clone()),
            chosen: fixed.flatten().or(who.portal.default_strategy) == Some(strategy.id),
            name: strategy.display_name,
        }));
    }
    let title = api.as_ref().map_or_else(|| "New App".to_owned(), |card| format!("New application for {}", card.name));
    let of_clients = strategies.iter().filter(|strategy| strategy.issuer.is_some()).count();
    let ids = match of_clients {
        0 => ReferenceIds::Chosen,
        all if all == strategies.len() => ReferenceIds::ClientIds,
        _ => ReferenceIds::Either,
    };
    let [name, description, reference_id] = fields("", "", ("", ids));
    let in_the_way = strategies.is_empty().then(|| Empty {
        title: "There is nothing to create an application for".to_owned(),
        text: "No auth strategy is in use in this portal. Its administrators can say more.".to_owned(),
        action: Some(("Browse the catalog", "/apis".to_owned())),
    });
    let page = NewAppPage {
        frame: Frame::own(&who.portal, &who.developer.full_name, request, Part::Apps, title),
        api: api.map(|card: Publication| (card.api.to_string(), card.slug, card.name)),
        strategies,
        teams: owning_teams(portal, &who.developer).await?,
        name,
        description,
        reference_id,
        in_the_way,
    };
    Page::own(&page)
}
