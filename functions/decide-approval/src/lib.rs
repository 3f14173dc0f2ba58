//! `approval.decided`: somebody's automation decides about a developer or a registration by an event on the bus. Effect, event and
//! mail are those of the management API.

mod parse;

use portico_domain::arrived::{Arrived, Subject};
use portico_domain::developer::Developer;
use portico_domain::event::Actor;
use portico_domain::id::RegistrationId;
use portico_domain::status::IllegalStep;
use portico_http::decisions::{By, DecideError};
use portico_http::{Kind, Portal, Problem};
use portico_store::arrived::Earlier;
use portico_store::{Key, decide_again};
use serde::Serialize;
use serde_json::Value;

pub use parse::decision;

/// What became of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is as was decided.
    Decided,
    /// It arrived before: nothing changes.
    Repeated,
    /// The status has no such step, or another decision was faster: nothing changes, now or when it arrives again.
    Refused,
}

/// What the function answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reply {
    /// What became of the decision.
    pub outcome: Outcome,
}

/// Does what an event of the bus decides.
///
/// # Errors
/// What cannot be read, names nothing that is there, or bears the id of another decision; and what the store says. Lambda tries such
/// an event again, since a registration that was just asked for may not be listed yet, and then puts it with the dead letters.
pub async fn handle(portal: &Portal, event: Value) -> Result<Reply, Problem> {
    let decision = decision(&event).map_err(|faults| parse::unreadable(&faults))?;
    let outcome = decide_again(|| decide(portal, &decision)).await?;
    let decision_id = decision.decision_id.as_str();
    tracing::info!(function = "decide-approval", decision.id = decision_id, outcome = ?outcome, "a decision arrived");
    Ok(Reply { outcome })
}

/// Nothing if the same decision arrived twice at the same time: then the other one is there when it is looked at again.
async fn decide(portal: &Portal, decision: &Arrived) -> Result<Option<Outcome>, Problem> {
    match portal.store.arrived_before(portal.config.portal, decision).await? {
        Earlier::Nothing => {}
        Earlier::Same => {
            if let Subject::Developer(id) = decision.subject {
                portal.store.settle_standing(id).await?; // an earlier try may have been cut off before this
            }
            return Ok(Some(Outcome::Repeated));
        }
        Earlier::Other => {
            return Err(Problem::new(Kind::Conflict, "detail.decision_id is the id of another decision, which arrived before."));
        }
    }
    let by = By { arrived: Some(decision), ..By::request(Actor::Automation(decision.decided_by.clone())) };
    match take_effect(portal, decision, &by).await {
        Ok(()) => Ok(Some(Outcome::Decided)),
        Err(DecideError::Repeated) => Ok(None),
        Err(DecideError::IllegalStep(IllegalStep { from: status, .. }) | DecideError::Overtaken(status)) => {
            portal.store.keep_arrived(portal.config.portal, decision, portal.now()).await?;
            tracing::warn!(function = "decide-approval", %status, to = %decision.to, "the decision cannot be made of this status");
            Ok(Some(Outcome::Refused))
        }
        Err(DecideError::Gone) => Err(gone()),
        Err(DecideError::Failed(problem)) => Err(problem),
    }
}

async fn take_effect(portal: &Portal, decision: &Arrived, by: &By<'_>) -> Result<(), DecideError> {
    match decision.subject {
        Subject::Developer(id) => {
            let developer = portal.store.find::<Developer>(&Key::developer(id)).await?;
            let ours = developer.filter(|developer| developer.portal == portal.config.portal && developer.deleted_at.is_none());
            portal.decide_about_developer(ours.ok_or(DecideError::Gone)?, decision.to, by).await.map(|_| ())
        }
        Subject::Registration(id) => about_registration(portal, id, decision, by).await,
    }
}

async fn about_registration(portal: &Portal, id: RegistrationId, decision: &Arrived, by: &By<'_>) -> Result<(), DecideError> {
    let place = portal.store.place_of_registration(portal.config.portal, id).await?;
    portal.decide_about_registration(place.ok_or(DecideError::Gone)?, id, Some(decision.to), by).await.map(|_| ())
}

fn gone() -> Problem {
    Problem::new(Kind::NotFound, "detail.id names nothing of that subject in this portal: it is unknown, or was deleted.")
}
