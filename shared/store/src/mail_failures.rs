//! What became of mails, noted on the developer whom they were for.

use portico_domain::developer::Developer;
use portico_domain::event::Event;
use portico_domain::id::EventId;
use portico_domain::mail_failure::{MailFailure, Outcome};

use crate::developer_admin::ChangeDeveloperError;
use crate::{Condition, Key, Store, Transaction, Update};

impl Store {
    /// Notes on a developer, as read, what became of a mail, or takes an older note away.
    ///
    /// # Errors
    /// [`ChangeDeveloperError::Changed`]: read again and decide again.
    pub async fn note_mail(
        &self,
        developer: &Developer,
        mail: EventId,
        outcome: Outcome,
        event: &Event,
    ) -> Result<(), ChangeDeveloperError> {
        let root = Key::developer(developer.id);
        let update = Update::of(root.clone())
            .add("ver", 1)
            .when(Condition::has_not("deleted_at"))
            .when(Condition::is("ver", &developer.ver));
        let update = match outcome {
            Outcome::Failed(reason) => update.set("mail_failure", &MailFailure { mail, reason, noted: event.id, at: event.at }),
            Outcome::Accepted | Outcome::Delivered => update.remove("mail_failure").set("mail_arrived", &mail),
        };
        Transaction::new().update(update, |_| ChangeDeveloperError::Changed).event(&root, event).commit(self).await
    }
}
