//! Auth strategies: how applications prove who they are.

use askama::Template;
use portico_domain::id::StrategyId;
use portico_domain::strategy::{Method, Strategy};
use portico_domain::text::StrategyName;
use portico_http::{Portal, Problem, Request};
use portico_store::Key;

use crate::frame::Frame;
use crate::parts::{Confirm, Field, When, counted};
use crate::shown::{Page, Stop};

use super::{Admin, Place, Side};

struct Row {
    id: String,
    name: String,
    kind: &'static str,
    detail: String,
    uses: u64,
    is_default: bool,
    created: When,
}

#[derive(Template)]
#[template(path = "admin/strategies.html")]
struct StrategiesPage {
    frame: Frame,
    side: Side,
    rows: Vec<Row>,
}

pub(crate) async fn list(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let admin = Admin::of(portal, request, []).await?;
    let now = portal.now();
    let row = |strategy: Strategy| Row {
        id: strategy.id.to_string(),
        kind: if strategy.is_key_auth() { "API key" } else { "OpenID Connect" },
        detail: match &strategy.method {
            Method::KeyAuth { key_names, .. } => key_names.join(", "),
            Method::OpenidConnect { oidc } => oidc.issuer.clone(),
        },
        uses: strategy.use_count,
        is_default: admin.settings.default_strategy == Some(strategy.id),
        created: When::of(strategy.created_at, now),
        name: strategy.display_name,
    };
    let page = StrategiesPage {
        frame: admin.frame(request, "Auth strategies"),
        side: Side::at(Place::Strategies),
        rows: super::api::strategies(portal).await?.into_iter().map(row).collect(),
    };
    Page::own(&page)
}

/// What is filled into the fields of a strategy.
struct Fields {
    display_name: Field,
    name: Field,
    key_names: Field,
    issuer: Field,
    claims: Field,
    scopes: Field,
    methods: Field,
}

impl Fields {
    fn of(strategy: Option<&Strategy>) -> Self {
        let text = |read: fn(&Strategy) -> &str| strategy.map(read).unwrap_or_default().to_owned();
        let oidc = strategy.and_then(|strategy| match &strategy.method {
            Method::OpenidConnect { oidc } => Some(oidc),
            Method::KeyAuth { .. } => None,
        });
        let lines = |lines: Option<&Vec<String>>, default: &str| lines.map_or_else(|| default.to_owned(), |all| all.join("\n"));
        let key_names = strategy.map_or_else(|| "apikey".to_owned(), |strategy| strategy.key_names().join("\n"));
        Self {
            display_name: Field::text("display_name", "Name that developers see")
                .required()
                .most(StrategyName::MAX_CHARS)
                .value(text(|strategy| &strategy.display_name)),
            name: Field::text("name", "Name in the API")
                .required()
                .most(StrategyName::MAX_CHARS)
                .hint("For automation. Developers do not see it.")
                .value(text(|strategy| &strategy.name)),
            key_names: Field::lines("configs.key-auth.key_names", "Headers")
                .required()
                .hint("1 to 10 headers that may carry the key, one on each line.")
                .value(key_names)
                .list(),
            issuer: Field::text("configs.openid-connect.issuer", "Issuer")
                .required()
                .hint("The address of your identity provider, with https.")
                .value(oidc.map(|oidc| oidc.issuer.clone()).unwrap_or_default()),
            claims: Field::lines("configs.openid-connect.credential_claim", "Claims")
                .required()
                .hint("Claims that may hold the client id, one on each line.")
                .value(lines(oidc.map(|oidc| &oidc.credential_claim), "azp"))
                .list(),
            scopes: Field::lines("configs.openid-connect.scopes", "Scopes")
                .hint("Scopes that a token needs, one on each line.")
                .value(lines(oidc.map(|oidc| &oidc.scopes), "openid"))
                .list(),
            methods: Field::lines("configs.openid-connect.auth_methods", "Ways to present a token")
                .required()
                .value(lines(oidc.map(|oidc| &oidc.auth_methods), "bearer"))
                .list(),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/new_strategy.html")]
struct NewStrategyPage {
    frame: Frame,
    side: Side,
    openid: bool,
    fields: Fields,
}

pub(crate) async fn new(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let admin = Admin::of(portal, request, []).await?;
    let openid = super::asked(request, "type") == "openid_connect";
    let page = NewStrategyPage {
        frame: admin.frame(request, "New auth strategy"),
        side: Side::at(Place::Strategies),
        openid,
        fields: Fields::of(None),
    };
    Page::own(&page)
}

#[derive(Template)]
#[template(path = "admin/strategy.html")]
struct StrategyPage {
    frame: Frame,
    side: Side,
    id: String,
    openid: bool,
    fields: Fields,
    ttl: Option<String>,
    uses: u64,
    is_default: bool,
    delete: Confirm,
}

pub(crate) async fn edit(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let id = request.parameter("authStrategyId").parse::<StrategyId>().ok();
    let admin = Admin::of(portal, request, id.map(Key::strategy)).await?;
    let id = id.ok_or_else(Problem::not_found)?;
    let strategy = admin.items.get::<Strategy>(&Key::strategy(id))?.ok_or_else(Problem::not_found)?;
    let ttl = match &strategy.method {
        Method::KeyAuth { ttl: Some(ttl), .. } => Some(counted(usize::try_from(ttl.value).unwrap_or(0), ttl.unit.word())),
        _ => None,
    };
    let page = StrategyPage {
        frame: admin.frame(request, strategy.display_name.clone()),
        side: Side::at(Place::Strategies),
        openid: !strategy.is_key_auth(),
        fields: Fields::of(Some(&strategy)),
        ttl,
        uses: strategy.use_count,
        is_default: admin.settings.default_strategy == Some(id),
        delete: Confirm {
            id: "delete-strategy".to_owned(),
            title: format!("Delete {}?", strategy.display_name),
            text: "No application and no API uses it, so that no calls stop. This cannot be undone.".to_owned(),
            action: format!("/v2/application-auth-strategies/{id}"),
            method: "DELETE",
            button: "Delete auth strategy",
            type_name: None,
            next: Some("/admin/auth-strategies".to_owned()),
            done: format!("{} is deleted.", strategy.display_name),
        },
        id: id.to_string(),
    };
    Page::own(&page)
}
