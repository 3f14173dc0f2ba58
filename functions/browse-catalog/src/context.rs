//! `get-portal-context`: what a client must know before anybody signs in.

use portico_domain::id::PortalId;
use portico_http::response::ok;
use portico_http::{Portal, Problem, Response};
use serde::Serialize;

use crate::look;

#[derive(Serialize)]
struct ContextView {
    portal_id: PortalId,
    org_id: PortalId,
    basic_auth_enabled: bool,
    oidc_auth_enabled: bool,
    saml_auth_enabled: bool,
    authentication_enabled: bool,
    rbac_enabled: bool,
    name: String,
    canonical_domain: String,
}

pub(crate) async fn context(portal: &Portal) -> Result<Response, Problem> {
    let settings = look::settings(portal).await?;
    ok(&ContextView {
        portal_id: settings.id,
        // A table is one organisation, and a portal stands for it.
        org_id: settings.id,
        basic_auth_enabled: settings.basic_auth_enabled,
        oidc_auth_enabled: false,
        saml_auth_enabled: false,
        authentication_enabled: settings.authentication_enabled,
        rbac_enabled: settings.rbac_enabled,
        name: settings.name,
        canonical_domain: portal.config.public_url.host().to_owned(),
    })
}
