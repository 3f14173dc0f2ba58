//! What became of a mail, noted on the developer: `send-email` knows what SES refused, `note-delivery` hears of the rest.

use portico_domain::developer::Developer;
use portico_domain::event::{Actor, Name};
use portico_domain::id::{DeveloperId, EventId};
use portico_domain::mail_failure::Outcome;
use portico_store::developer_admin::ChangeDeveloperError;
use portico_store::{Key, decide_again};
use serde_json::json;

use crate::portal::Portal;
use crate::problem::Problem;

impl Portal {
    /// Notes what became of the mail about an event, if that is news. The same report again changes nothing. `by` is the function
    /// that says so; says whether anything changed.
    ///
    /// # Errors
    /// What the store says.
    pub async fn note_mail(&self, id: DeveloperId, mail: EventId, outcome: Outcome, by: &str) -> Result<bool, Problem> {
        decide_again(|| async move {
            let developer = self.store.find::<Developer>(&Key::developer(id)).await?;
            let Some(developer) = developer.filter(|developer| outcome.is_news(developer, mail)) else {
                return Ok(Some(false));
            };
            let (name, data) = match outcome {
                Outcome::Failed(reason) => {
                    (Name::DeveloperMailFailed, json!({ "developer": id, "mail": mail, "reason": reason }))
                }
                Outcome::Accepted | Outcome::Delivered => (Name::DeveloperMailRestored, json!({ "developer": id, "mail": mail })),
            };
            let event = self.event(name, Actor::System(by.to_owned()), data)?;
            match self.store.note_mail(&developer, mail, outcome, &event).await {
                Ok(()) => Ok(Some(true)),
                Err(ChangeDeveloperError::Changed) => Ok(None),
                Err(ChangeDeveloperError::Store(error)) => Err(error.into()),
            }
        })
        .await
    }
}
