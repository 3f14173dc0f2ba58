//! Who is calling: a developer's session or an administrator's token, read together with whatever else the request names.

use portico_domain::admin::{AdminSession, AdminToken};
use portico_domain::developer::Developer;
use portico_domain::event::Actor;
use portico_domain::id::PortalId;
use portico_domain::portal::Portal as PortalSettings;
use portico_domain::reader::Reader;
use portico_domain::session::Session;
use portico_domain::team::roles_of;
use portico_store::{Items, Key};

use crate::admin_session::Shown;
use crate::portal::Portal;
use crate::problem::{Kind, Problem};
use crate::request::Request;
use crate::session_tokens::Claims;

/// A developer with a session in force, and what was read with it.
#[derive(Debug)]
pub struct SignedIn {
    /// The developer, approved.
    pub developer: Developer,
    /// The session.
    pub session: Session,
    /// The portal's settings.
    pub portal: PortalSettings,
    /// What was asked for beside them.
    pub items: Items,
}

impl SignedIn {
    /// The developer as the actor of an event.
    pub fn actor(&self) -> Actor {
        Actor::Developer(self.developer.id)
    }
}

/// Somebody who may or may not have a session.
#[derive(Debug)]
pub struct Visitor {
    /// The developer, if there is one.
    pub developer: Option<Developer>,
    /// The portal's settings.
    pub portal: PortalSettings,
    /// What was asked for beside them.
    pub items: Items,
}

impl Visitor {
    /// Whether it is a developer with a session in force, approved.
    pub const fn is_signed_in(&self) -> bool {
        self.developer.is_some()
    }
}

/// An administrator with a token in force, and what was read with it.
#[derive(Debug)]
pub struct Administrator {
    /// The token.
    pub token: AdminToken,
    /// What was asked for beside it.
    pub items: Items,
}

impl Administrator {
    /// The administrator as the actor of an event.
    pub fn actor(&self) -> Actor {
        Actor::Administrator(self.token.name.clone())
    }

    /// Requires that the token is for a portal.
    ///
    /// # Errors
    /// A 403.
    pub fn require(&self, portal: PortalId) -> Result<(), Problem> {
        if self.token.may_manage(portal) {
            Ok(())
        } else {
            Err(Problem::new(Kind::Forbidden, "This token is not for this portal."))
        }
    }
}

/// An administrator of one portal.
#[derive(Debug)]
pub struct PortalAdministrator {
    /// The administrator.
    pub administrator: Administrator,
    /// The portal's settings.
    pub portal: PortalSettings,
}

impl Portal {
    /// Who reads, as far as seeing APIs goes: whoever is given as `developer` has a session in force. Only where roles count are the
    /// developer's teams read.
    ///
    /// # Errors
    /// What the store says.
    pub async fn reader(&self, settings: &PortalSettings, developer: Option<&Developer>) -> Result<Reader, Problem> {
        match developer {
            None => Ok(Reader::Anyone),
            Some(_) if !settings.rbac_enabled => Ok(Reader::Approved),
            Some(developer) => Ok(Reader::WithRoles(roles_of(&self.store.teams_of(developer).await?))),
        }
    }

    /// Anyone, a session or not. A session that is not in force is a 401, not a silent downgrade (contract, point 7).
    ///
    /// # Errors
    /// A 401 as said; what the store says.
    pub async fn visitor(&self, request: &Request, also: impl IntoIterator<Item = Key>) -> Result<Visitor, Problem> {
        self.visitor_with(request.claims.as_ref(), also).await
    }

    /// Anyone, whose session cookie says this. A session that is not in force is a 401.
    ///
    /// # Errors
    /// A 401 as said; what the store says.
    pub async fn visitor_with(&self, claims: Option<&Claims>, also: impl IntoIterator<Item = Key>) -> Result<Visitor, Problem> {
        let mut keys = vec![Key::portal(self.config.portal)];
        if let Some(claims) = claims {
            keys.extend([Key::developer(claims.sub), Key::session(claims.sub, claims.sid)]);
        }
        keys.extend(also);
        let items = self.store.load(&keys).await?;
        let portal = items
            .get::<PortalSettings>(&Key::portal(self.config.portal))?
            .ok_or_else(|| Problem::internal("the table has no such portal"))?;
        let developer = match claims {
            None => None,
            Some(claims) => {
                let developer = items.get::<Developer>(&Key::developer(claims.sub))?;
                let session = items.get::<Session>(&Key::session(claims.sub, claims.sid))?;
                match (developer, session) {
                    (Some(developer), Some(session))
                        if developer.is_approved()
                            && developer.portal == portal.id
                            && portal.authentication_enabled
                            && session.is_live(&developer, self.now()) =>
                    {
                        Some((developer, session))
                    }
                    _ => return Err(Problem::unauthorized()),
                }
            }
        };
        Ok(Visitor { developer: developer.map(|(developer, _)| developer), portal, items })
    }

    /// A developer with a session in force.
    ///
    /// # Errors
    /// A 401 for anybody else; what the store says.
    pub async fn signed_in(&self, request: &Request, also: impl IntoIterator<Item = Key>) -> Result<SignedIn, Problem> {
        let claims = request.claims.as_ref().ok_or_else(Problem::unauthorized)?;
        let Visitor { developer, portal, items } = self.visitor(request, also).await?;
        let developer = developer.ok_or_else(Problem::unauthorized)?;
        let session = items.get(&Key::session(claims.sub, claims.sid))?.ok_or_else(Problem::unauthorized)?;
        Ok(SignedIn { developer, session, portal, items })
    }

    /// An administrator with a token in force, or with a session of one that is. On pages, too, whose edge asks for neither: whoever
    /// has none there is the same 401.
    ///
    /// # Errors
    /// A 401 for anybody else; what the store says.
    pub async fn administrator(&self, request: &Request, also: impl IntoIterator<Item = Key>) -> Result<Administrator, Problem> {
        let shown = Shown::of(&request.headers, &request.cookies)?;
        let (key, session) = (shown.token_key(), shown.session_key());
        let keys: Vec<_> = std::iter::once(key.clone()).chain(session.clone()).chain(also).collect();
        let items = self.store.load(&keys).await?;
        let now = self.now();
        let token = items.get::<AdminToken>(&key)?.filter(|token| token.is_valid(now)).ok_or_else(Problem::unauthorized)?;
        if let Some(session) = session {
            let session = items.get::<AdminSession>(&session)?.filter(|session| session.is_live(now));
            session.ok_or_else(Problem::unauthorized)?;
        }
        Ok(Administrator { token, items })
    }

    /// An administrator of the portal that the path names as `portalId`.
    ///
    /// # Errors
    /// 401 without a token in force, 403 if it is not for this portal, 404 (or 400, for a malformed id) if there is no such portal.
    pub async fn portal_administrator(
        &self,
        request: &Request,
        also: impl IntoIterator<Item = Key>,
    ) -> Result<PortalAdministrator, Problem> {
        let id = request.id::<PortalId>("portalId");
        let keys: Vec<_> = id.as_ref().ok().map(|id| Key::portal(*id)).into_iter().chain(also).collect();
        let administrator = self.administrator(request, keys).await?;
        let id = id?;
        administrator.require(id)?;
        let portal = administrator.items.get(&Key::portal(id))?.ok_or_else(Problem::not_found)?;
        Ok(PortalAdministrator { administrator, portal })
    }
}
