//! `create-developer`: an administrator creates a developer, and may invite them by mail to set a password.

use portico_domain::developer::{Developer, SignUp};
use portico_domain::email::EmailAddress;
use portico_domain::event::Name;
use portico_domain::issued_token::IssuedToken;
use portico_domain::mail_token::{INVITATION_LIFETIME, Purpose};
use portico_domain::status::Status;
use portico_domain::text::FullName;
use portico_http::approval::STATUS_CHOICES;
use portico_http::fields::Fields;
use portico_http::fields::kinds::{boolean, one_of, text};
use portico_http::response::created;
use portico_http::views::admin_developer::AdminDeveloperView;
use portico_http::{Kind, Portal, Problem, Request, Response};
use portico_store::developer_admin::CreateDeveloperError;
use serde_json::json;

pub(crate) async fn create(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let mut body = Fields::of(&request.body);
    let email = body.required("email", text().parse_with(EmailAddress::parse));
    let full_name = body.required("full_name", text().parse_with(FullName::parse));
    let status = body.optional("status", one_of(STATUS_CHOICES));
    let invites = body.optional("send_invitation_email", boolean()).or(false);
    let (email, full_name, status, invites) = body.finish((email, full_name, status, invites))?;
    let new = SignUp {
        id: portal.new_id()?,
        portal: who.portal.id,
        email: email.canonical().to_owned(),
        full_name: full_name.as_str().to_owned(),
    };
    let status = status.unwrap_or_else(|| Status::initial(who.portal.auto_approve_developers));
    let mut developer = Developer::sign_up(new, status, portal.now());
    let mut data = json!({ "portal": developer.portal, "developer": developer.id, "after": { "status": status } });
    let invitation = if invites {
        let issued = IssuedToken::next(&developer, Purpose::Password, INVITATION_LIFETIME, portal.now());
        developer.password_generation = issued.generation;
        data["generation"] = json!(issued.generation);
        Some(portal.link(issued)?.1)
    } else {
        None
    };
    let name = if invites { Name::DeveloperInvited } else { Name::DeveloperCreated };
    let event = portal.event(name, who.administrator.actor(), data)?;
    portal.store.create_developer(&developer, invitation.as_ref(), &event).await.map_err(problem)?;
    created(&AdminDeveloperView::of(developer))
}

fn problem(error: CreateDeveloperError) -> Problem {
    match error {
        CreateDeveloperError::AddressTaken => {
            Problem::new(Kind::AddressTaken, "A developer with this address is already registered in this portal.")
        }
        CreateDeveloperError::Store(error) => error.into(),
    }
}
