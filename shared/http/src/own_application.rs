//! The application that a developer's route names: it is read together with the session, and whoever neither owns it nor is a member
//! of the team that does gets the 404 that a random id gets.

use portico_domain::application::Application;
use portico_domain::developer::Developer;
use portico_domain::id::ApplicationId;
use portico_store::{Items, Key};

use crate::portal::Portal;
use crate::problem::Problem;
use crate::request::Request;
use crate::who::SignedIn;

impl SignedIn {
    /// An application of the developer or of a team of theirs, out of what was read with the session or later.
    ///
    /// # Errors
    /// A 404 if it is not there, deleted, or somebody else's.
    pub fn own(&self, id: ApplicationId, items: &Items) -> Result<Application, Problem> {
        items
            .get::<Application>(&Key::application(id))?
            .filter(|application| application.is_of(&self.developer))
            .ok_or_else(Problem::not_found)
    }
}

impl Portal {
    /// The signed-in developer and the application that the path names as `applicationId`.
    ///
    /// # Errors
    /// A 401 without a session in force; a 404 (or 400, for a malformed id) for what is not the developer's.
    pub async fn own_application(
        &self,
        request: &Request,
        also: impl IntoIterator<Item = Key>,
    ) -> Result<(SignedIn, Application), Problem> {
        let id = request.id::<ApplicationId>("applicationId");
        let keys: Vec<_> = id.as_ref().ok().map(|id| Key::application(*id)).into_iter().chain(also).collect();
        let who = self.signed_in(request, keys).await?;
        let application = who.own(id?, &who.items)?;
        Ok((who, application))
    }

    /// The developer and the application as they are now: a race was lost, or something changed since they were read. What the
    /// developer may do is decided anew, memberships included.
    ///
    /// # Errors
    /// A 401 if the developer is not approved any more; a 404 if the application is not theirs any more.
    pub async fn own_application_again(
        &self,
        who: &SignedIn,
        id: ApplicationId,
        also: impl IntoIterator<Item = Key>,
    ) -> Result<(SignedIn, Application), Problem> {
        let root = Key::developer(who.developer.id);
        let keys: Vec<_> = [Key::application(id), root.clone()].into_iter().chain(also).collect();
        let items = self.store.load(&keys).await?;
        let developer = items.get::<Developer>(&root)?.filter(Developer::is_approved).ok_or_else(Problem::unauthorized)?;
        let who = SignedIn { developer, session: who.session.clone(), portal: who.portal.clone(), items };
        let application = who.own(id, &who.items)?;
        Ok((who, application))
    }
}
