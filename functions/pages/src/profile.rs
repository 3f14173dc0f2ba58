//! The reader's own account.

use askama::Template;
use portico_domain::session::ACCESS_LIFETIME;
use portico_http::{Portal, Request};

use crate::frame::{Frame, Part};
use crate::parts::{Code, When};
use crate::reader;
use crate::shown::{Page, Stop};

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage {
    frame: Frame,
    name: String,
    email: String,
    since: When,
    /// How long the JWT in the cookie is valid, in minutes.
    minutes: u64,
    session_ends: When,
    call: Code,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let who = reader::developer(portal, request, []).await?;
    let now = portal.now();
    let origin = portal.config.public_url.origin();
    let call = format!("curl -b \"portalaccesstoken=$PORTAL_ACCESS_TOKEN\" {origin}/api/v3/developer/me");
    let page = ProfilePage {
        frame: Frame::own(&who.portal, &who.developer.full_name, request, Part::Elsewhere, "Profile"),
        email: who.developer.email.clone(),
        since: When::of(who.developer.created_at, now),
        minutes: ACCESS_LIFETIME.as_secs() / 60,
        session_ends: When::of(who.session.idle_until.min(who.session.absolute_until), now),
        call: Code::one("me", "A call of the portal's own API", "curl", call),
        name: who.developer.full_name,
    };
    Page::own(&page)
}
