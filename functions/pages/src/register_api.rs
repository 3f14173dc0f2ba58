//! Registering for an API: with an application that is there, or with a new one.

use askama::Template;
use portico_domain::strategy::Strategy;
use portico_http::{Kind, Portal, Problem, Request};
use portico_store::Key;

use crate::api::{own_applications, visible};
use crate::frame::{Frame, Part};
use crate::parts::Pill;
use crate::shown::{Page, Stop, is_anonymous};

/// An application, and whether it can be registered.
struct Row {
    id: String,
    name: String,
    /// Its registration, if it has one.
    status: Option<Pill>,
    /// Why it cannot be registered.
    reason: Option<String>,
}

#[derive(Template)]
#[template(path = "api/register.html")]
struct RegisterPage {
    frame: Frame,
    api: String,
    slug: String,
    name: String,
    strategy: String,
    /// Whether nobody has to be asked.
    at_once: bool,
    rows: Vec<Row>,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let (reader, reads, card) = match visible(portal, request).await {
        // A private API looks like none to whoever has not signed in.
        Err(Stop::Problem(problem)) if problem.kind() == Kind::NotFound && is_anonymous(request) => return Err(Stop::SignIn),
        other => other?,
    };
    let developer = reader.developer.as_ref().ok_or(Stop::SignIn)?;
    let needed = card.strategy.ok_or(Stop::Elsewhere(format!("/apis/{}", card.slug)))?;
    if !card.may_register(&reads) {
        // The page of the API says why not.
        return Err(Stop::Elsewhere(format!("/apis/{}", card.slug)));
    }
    let own = own_applications(portal, developer, card.api).await?;
    let keys: Vec<_> = own.iter().map(|(card, _)| Key::strategy(card.strategy)).chain([Key::strategy(needed)]).collect();
    let strategies = portal.store.load(&keys).await?;
    let named = |id| -> Result<String, Stop> {
        let strategy =
            strategies.get::<Strategy>(&Key::strategy(id))?.ok_or_else(|| Problem::internal("a strategy is not there"))?;
        Ok(strategy.display_name)
    };
    let strategy = named(needed)?;
    let mut rows = Vec::with_capacity(own.len());
    for (own, registration) in own {
        let reason = if registration.is_some() {
            None
        } else if own.strategy != needed {
            Some(format!(
                "It uses “{}”. This API needs “{strategy}”, and the strategy of an application never changes.",
                named(own.strategy)?
            ))
        } else {
            None
        };
        let status = registration.map(|registration| Pill::of(registration.status));
        rows.push(Row { id: own.id.to_string(), name: own.name, status, reason });
    }
    let page = RegisterPage {
        frame: Frame::of(&reader, request, Part::Catalog, format!("Register for {}", card.name)),
        api: card.api.to_string(),
        slug: card.slug.clone(),
        name: card.name.clone(),
        strategy,
        at_once: reader.settings.auto_approve_applications || card.auto_approve_registrations,
        rows,
    };
    Page::own(&page)
}
