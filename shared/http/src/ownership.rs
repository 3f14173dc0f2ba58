//! Whose an application is: on whose right a request changes it, who may take it over, and the edit itself, the same whoever asks.

use portico_domain::application::Application;
use portico_domain::application_edit::Edited;
use portico_domain::developer::Developer;
use portico_domain::event::{Actor, Name};
use portico_domain::id::{DeveloperId, PortalId};
use portico_domain::owner::{Owner, TakeError, Taker};
use portico_domain::team::Team;
use portico_store::Key;
use portico_store::applications::EditApplicationError;
use portico_store::owners::{Acting, Taking};
use serde_json::{Value, json};

use crate::portal::Portal;
use crate::problem::{Kind, Problem};
use crate::who::SignedIn;

impl SignedIn {
    /// On whose right the developer changes an application.
    pub const fn acting(&self, application: &Application) -> Acting {
        Acting::developer(application.owner, self.developer.id)
    }
}

/// Who edits an application.
#[derive(Clone, Debug)]
pub struct Editor {
    /// On whose right.
    pub acting: Acting,
    /// Who must be a member of a team that becomes the owner.
    pub member: Option<DeveloperId>,
    /// Who is said to have done it.
    pub actor: Actor,
}

impl Portal {
    /// Whoever is named as the owner of an application of a portal, as they are now; nothing if they are not there.
    ///
    /// # Errors
    /// What the store says.
    pub async fn taker(&self, owner: Owner, portal: PortalId) -> Result<Option<Taker>, Problem> {
        let key = Key::owner(owner);
        let taker = match owner {
            Owner::Developer(_) => {
                let found = self.store.find::<Developer>(&key).await?.filter(|developer| developer.deleted_at.is_none());
                found.map(|developer| Taker::Developer(Box::new(developer)))
            }
            Owner::Team(_) => self.store.find::<Team>(&key).await?.filter(Team::is_live).map(|team| Taker::Team(Box::new(team))),
        };
        Ok(taker.filter(|taker| taker.portal() == portal))
    }

    /// The team that owns an application, as it is now; nothing for one of a developer.
    ///
    /// # Errors
    /// What the store says.
    pub async fn owning_team(&self, application: &Application) -> Result<Option<Team>, Problem> {
        match application.owner {
            Owner::Developer(_) => Ok(None),
            Owner::Team(id) => Ok(self.store.find::<Team>(&Key::team(id)).await?.filter(Team::is_live)),
        }
    }

    /// Writes an edit of an application as it was read, its change of hands included; false if anything that it was decided on changed
    /// meanwhile: then read again and decide again.
    ///
    /// # Errors
    /// 403 if the new owner has as many as one can have, 409 for a reference ID that is taken; what the store says.
    pub async fn write_edit(
        &self,
        application: &Application,
        edited: &Edited,
        taker: Option<&Taker>,
        editor: &Editor,
    ) -> Result<bool, Problem> {
        let mut data = application.told(json!({ "changed": edited.changed }));
        if let Some(taker) = taker {
            let after = Application { owner: taker.owner(), ..application.clone() };
            data = after.told(json!({
                "changed": edited.changed,
                "before": { "owner": named(application.owner) },
                "after": { "owner": named(taker.owner()) },
            }));
        }
        let event = self.event(Name::ApplicationUpdated, editor.actor.clone(), data)?;
        let taking = taker.map(|taker| Taking { taker, member: editor.member });
        match self.store.edit_application(application, &edited.card, editor.acting, taking, &event).await {
            Ok(()) => Ok(true),
            Err(EditApplicationError::Changed) => Ok(false),
            Err(EditApplicationError::ReferenceIdTaken) => Err(reference_id_taken()),
            Err(error @ EditApplicationError::TooManyApplications) => Err(Problem::new(Kind::QuotaReached, error.to_string())),
            Err(EditApplicationError::Store(error)) => Err(error.into()),
        }
    }
}

/// An owner as events name one.
fn named(owner: Owner) -> Value {
    json!({ "type": owner.kind(), "id": owner.uuid() })
}

/// Another application of the portal has the reference ID.
pub fn reference_id_taken() -> Problem {
    Problem::new(Kind::ReferenceIdTaken, "This reference ID is already used in this portal. Choose another one.")
}

/// What whoever asked is told.
pub fn cannot_take(error: TakeError) -> Problem {
    match error {
        TakeError::NotApproved { .. } => Problem::new(Kind::Conflict, format!("Not possible: {error}.")),
        TakeError::CannotOwn | TakeError::RolesMissing { .. } => Problem::new(Kind::Forbidden, format!("Not possible: {error}.")),
    }
}
