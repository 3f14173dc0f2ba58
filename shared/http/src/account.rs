//! What the account routes share: who has an address, whether passwords are in use here, links, and the cookies of a session.

use http::{HeaderValue, header};
use portico_domain::developer::Developer;
use portico_domain::email::EmailAddress;
use portico_domain::id::{DeveloperId, SessionId};
use portico_domain::issued_token::IssuedToken;
use portico_domain::mail_token::{MailToken, Purpose};
use portico_domain::password::{Password, PasswordContext, ProposedPassword};
use portico_domain::portal::Portal as PortalSettings;
use portico_domain::refresh_token::{RefreshClaims, RefreshToken};
use portico_domain::session::{Lifetime, Session};
use portico_domain::text::FullName;
use portico_domain::time::Timestamp;
use portico_store::developers::address_of;
use portico_store::mail_tokens::Link;
use portico_store::throttles::{Counter, Verdict, judge};
use portico_store::{Items, Key};

use crate::cookies::{self, ACCESS};
use crate::invalid::{InvalidParameter, Rule};
use crate::portal::Portal;
use crate::problem::{Kind, Problem};
use crate::request::Request;
use crate::{Response, response};

/// What is known of an address.
#[derive(Debug)]
pub struct Account {
    /// The portal's settings.
    pub portal: PortalSettings,
    /// Who has the address; for nobody an id that nobody has, so that what is read next costs the same.
    pub owner: DeveloperId,
    /// What the counters say.
    pub verdict: Verdict,
}

impl Portal {
    /// Reads who has an address, together with counters, in one call.
    ///
    /// # Errors
    /// 403 where nobody has a password; what the store says.
    pub async fn account(&self, email: &EmailAddress, counters: &[Counter; 2], now: Timestamp) -> Result<Account, Problem> {
        let guard = Key::email_guard(self.config.portal, email.canonical());
        let [first, second] = counters;
        let keys = [Key::portal(self.config.portal), guard.clone(), first.key().clone(), second.key().clone()];
        let items = self.store.load(&keys).await?;
        let portal = self.with_passwords(&items)?;
        let verdict = judge(counters, &items, now)?;
        let owner = match items.item(&guard).and_then(|guard| guard.text("owner")) {
            Some(owner) => owner.parse().map_err(|_| Problem::internal("a guard names no developer"))?,
            None => self.new_id()?,
        };
        Ok(Account { portal, owner, verdict })
    }

    /// The portal's settings, if developers can have passwords here.
    ///
    /// # Errors
    /// 403 if not: the same whoever asks.
    pub fn with_passwords(&self, items: &Items) -> Result<PortalSettings, Problem> {
        let portal = items
            .get::<PortalSettings>(&Key::portal(self.config.portal))?
            .ok_or_else(|| Problem::internal("the table has no such portal"))?;
        if portal.authentication_enabled && portal.basic_auth_enabled {
            Ok(portal)
        } else {
            Err(Problem::new(Kind::Forbidden, "This portal does not let developers sign up or sign in with a password."))
        }
    }

    /// The token that was, or is to be, issued, and the place where the table keeps it.
    ///
    /// # Errors
    /// A 500 in a function that was not given the key.
    pub fn link(&self, issued: IssuedToken) -> Result<(MailToken, Link), Problem> {
        let IssuedToken { portal, purpose, developer, generation, .. } = issued;
        let token = MailToken::derive(self.mail_keys()?.current(), portal, purpose, developer, generation);
        let digest = token.digest();
        Ok((token, Link { issued, digest }))
    }

    /// The token that was issued, for whoever mails it. Only while two keys are in force is it asked with which of them that was.
    ///
    /// # Errors
    /// What the store says; a 500 in a function that was not given the key.
    pub async fn issued_token(&self, developer: &Developer, purpose: Purpose, generation: u64) -> Result<MailToken, Problem> {
        let keys = self.mail_keys()?;
        let derive = |key| MailToken::derive(key, developer.portal, purpose, developer.id, generation);
        let tokens: Vec<_> = keys.all().map(derive).collect();
        let place = |token: &MailToken| Key::mail_token(purpose.as_str(), &token.digest().to_string());
        if tokens.len() > 1 {
            let kept = self.store.load(&tokens.iter().map(place).collect::<Vec<_>>()).await?;
            if let Some(token) = tokens.into_iter().find(|token| kept.item(&place(token)).is_some()) {
                return Ok(token);
            }
        }
        Ok(derive(keys.current()))
    }

    /// What a refresh token says, if one of the keys in force made it.
    ///
    /// # Errors
    /// 401 if none did; a 500 in a function that was not given the keys.
    pub fn refresh_claims(&self, token: &str) -> Result<RefreshClaims, Problem> {
        let mut read = self.refresh_keys()?.all().map(|key| RefreshToken::verify(key, token));
        read.find_map(Result::ok).ok_or_else(Problem::unauthorized)
    }

    /// How long sessions live here.
    pub fn session_lifetime(&self) -> Lifetime {
        Lifetime { idle: self.config.session_idle, absolute: self.config.session_absolute }
    }

    /// 204 with the cookies of a session.
    ///
    /// # Errors
    /// A 500 in a function that was not given the keys.
    pub fn with_session(&self, session: &Session, now: Timestamp) -> Result<Response, Problem> {
        let url = &self.config.public_url;
        let access = self
            .signer()?
            .sign(session, self.config.portal, &url.origin(), now)
            .map_err(|error| Problem::internal(error.to_string()))?;
        let claims = RefreshClaims { developer: session.developer, session: session.id, generation: session.generation };
        let refresh = RefreshToken::derive(self.refresh_keys()?.current(), claims);
        Ok(with_cookies(response::no_content(), cookies::set(&access, refresh.expose(), session.idle_until, now, url)?))
    }

    /// The session that a browser says it has, in force or not, as long as its JWT was signed here. Several cookies of the name
    /// name none.
    pub fn presented_session(&self, request: &Request) -> Option<(DeveloperId, SessionId)> {
        let token = request.cookies.one(ACCESS).ok().flatten()?;
        self.config.verifier.verify_ignoring_times(token).ok().map(|claims| (claims.sub, claims.sid))
    }
}

/// A developer as read for an address, unless there is none or only a tombstone.
pub fn alive(developer: Option<Developer>) -> Option<Developer> {
    developer.filter(|developer| developer.deleted_at.is_none())
}

/// An answer with the lines that set or clear the cookies of a session.
pub fn with_cookies(mut response: Response, lines: [HeaderValue; 2]) -> Response {
    for line in lines {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    response
}

/// A password that somebody wants to set, held against what an attacker knows of the developer.
///
/// # Errors
/// A 400 that names the field and the rule that it breaks.
pub fn accept_password(
    field: &str,
    password: ProposedPassword,
    settings: &PortalSettings,
    developer: &Developer,
) -> Result<Password, Problem> {
    let email = address_of(developer)?;
    let full_name = FullName::parse(&developer.full_name)
        .map_err(|error| Problem::internal(format!("the name of developer {}: {error}", developer.id)))?;
    let context = PasswordContext { portal_name: &settings.display_name, email: &email, full_name: &full_name };
    password.accept(&context).map_err(|error| InvalidParameter::body(field, Rule::Invalid, error.to_string()).into())
}
