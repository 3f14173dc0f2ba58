//! The reader's own account.

use std::cmp::Reverse;

use askama::Template;
use portico_domain::password::Password;
use portico_domain::session::{ACCESS_LIFETIME, Session};
use portico_domain::text::FullName;
use portico_domain::time::Timestamp;
use portico_http::{Portal, Request};
use portico_store::Key;

use crate::account::PASSWORD_HINT;
use crate::frame::{Frame, Part};
use crate::parts::{Code, Confirm, Field, When};
use crate::reader;
use crate::shown::{Page, Stop};

/// A session in force.
struct SessionRow {
    began: When,
    used: When,
    current: bool,
    end: Confirm,
}

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage {
    frame: Frame,
    email: String,
    since: When,
    /// The identity providers that the developer comes from.
    issuers: Vec<String>,
    full_name: Field,
    /// Absent for somebody who signs in elsewhere.
    passwords: Option<[Field; 2]>,
    sessions: Vec<SessionRow>,
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
    let mut sessions = portal.store.children_as::<Session>(Key::developer(who.developer.id).pk(), "SESSION#").await?;
    sessions.retain(|session| session.is_live(&who.developer, now));
    sessions.sort_by_key(|session| Reverse(session.rotated_at));
    let passwords = [
        Field::password("current_password", "Current password").required(),
        Field::new_password("new_password", "New password").required().most(Password::MAX_CHARS).hint(PASSWORD_HINT),
    ];
    let page = ProfilePage {
        full_name: Field::text("full_name", "Name")
            .required()
            .most(FullName::MAX_CHARS)
            .autocomplete("name")
            .value(who.developer.full_name.clone()),
        passwords: (who.developer.has_password && who.portal.basic_auth_enabled).then_some(passwords),
        sessions: sessions.iter().map(|session| row(session, session.id == who.session.id, now)).collect(),
        frame: Frame::own(&who.portal, &who.developer.full_name, request, Part::Elsewhere, "Profile"),
        email: who.developer.email.clone(),
        since: When::of(who.developer.created_at, now),
        issuers: who.developer.identities.iter().map(|identity| identity.issuer.clone()).collect(),
        minutes: ACCESS_LIFETIME.as_secs() / 60,
        session_ends: When::of(who.session.idle_until.min(who.session.absolute_until), now),
        call: Code::one("me", "A call of the portal's own API", "curl", call),
    };
    Page::own(&page)
}

fn row(session: &Session, current: bool, now: Timestamp) -> SessionRow {
    SessionRow {
        began: When::of(session.created_at, now),
        used: When::of(session.rotated_at, now),
        current,
        end: Confirm {
            id: format!("end-{}", session.id),
            title: "End this session?".to_owned(),
            text: "Whoever uses it has to sign in again.".to_owned(),
            action: format!("/api/portico/v1/developer/sessions/{}", session.id),
            method: "DELETE",
            button: "End session",
            type_name: None,
            next: None,
            done: "The session is over.".to_owned(),
        },
    }
}
