//! What the body of an edit says.

use portico_domain::id::StrategyId;
use portico_domain::portal::Visibility;
use portico_domain::portal_edit::PortalEdit;
use portico_domain::text::{DisplayName, PortalDescription};
use portico_http::fields::kinds::{boolean, one_of, text, uuid};
use portico_http::fields::maps::label_changes;
use portico_http::fields::{Fields, Read};
use portico_http::{Problem, Request};

const VISIBILITIES: &[(&str, Visibility)] = &[("public", Visibility::Public), ("private", Visibility::Private)];

/// The body of `update-portal`.
pub(crate) fn portal_edit(request: &Request) -> Result<PortalEdit, Problem> {
    let mut body = Fields::of(&request.body);
    body.read_only(&["id", "created_at", "updated_at", "default_domain", "canonical_domain"]);
    let name = body.optional("name", text().parse_with(DisplayName::parse));
    let display_name = body.optional("display_name", text().parse_with(DisplayName::parse));
    let description = body.nullable("description", text().max(PortalDescription::MAX_CHARS).parse_with(PortalDescription::parse));
    let authentication = body.optional("authentication_enabled", boolean());
    let rbac = body.optional("rbac_enabled", boolean());
    let unsupported = [("sipr_enabled", body.optional("sipr_enabled", boolean()))];
    let api_visibility = body.optional("default_api_visibility", one_of(VISIBILITIES));
    let page_visibility = body.optional("default_page_visibility", one_of(VISIBILITIES));
    let strategy = body.nullable("default_application_auth_strategy_id", uuid());
    let developers = body.optional("auto_approve_developers", boolean());
    let applications = body.optional("auto_approve_applications", boolean());
    let labels = body.nullable("labels", label_changes());
    let pii = body.optional("notifications_developer_pii_visibility_enabled", boolean());
    let switched_on = switched_on(&unsupported);
    let ((name, display_name, description, authentication, api_visibility, page_visibility), strategy, rest) = body.finish((
        (name, display_name, description, authentication, api_visibility, page_visibility),
        strategy,
        (developers, applications, labels, pii, rbac),
    ))?;
    if !switched_on.is_empty() {
        return Err(super::not_supported(&switched_on));
    }
    let (auto_approve_developers, auto_approve_applications, labels, pii_in_notifications, rbac_enabled) = rest;
    Ok(PortalEdit {
        name: name.map(String::from),
        display_name: display_name.map(String::from),
        description: description.map(|text| text.map(String::from)),
        authentication_enabled: authentication,
        basic_auth_enabled: None,
        rbac_enabled,
        auto_approve_developers,
        auto_approve_applications,
        default_api_visibility: api_visibility,
        default_page_visibility: page_visibility,
        default_strategy: strategy.map(|id| id.map(StrategyId::new)),
        labels,
        pii_in_notifications,
        ..PortalEdit::default()
    })
}

/// The names of what is sent and on.
fn switched_on(switches: &[(&'static str, Read<Option<bool>>)]) -> Vec<&'static str> {
    switches.iter().filter(|(_, sent)| matches!(sent.as_ref(), Some(Some(true)))).map(|(name, _)| *name).collect()
}
