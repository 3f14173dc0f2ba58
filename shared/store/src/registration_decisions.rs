//! What administrators decide about registrations: the registration and the grant that calls are checked against change as one.

use portico_domain::approval::Decision;
use portico_domain::arrived::Arrived;
use portico_domain::event::Event;
use portico_domain::owner::Owner;
use portico_domain::registration::Registration;
use portico_domain::text::DecisionReason;

use crate::owners::Acting;
use crate::{Condition, Key, Store, StoreError, Transaction, Update};

/// Why a registration was not decided about.
#[derive(Debug, thiserror::Error)]
pub enum DecideRegistrationError {
    /// It is not what was read any more: decided about, or deleted.
    #[error("the registration changed meanwhile")]
    Changed,
    /// The decision arrived before.
    #[error("the decision arrived before")]
    Repeated,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Gives a registration, as read with its application's owner, the status that was decided, and the reason of this decision, if any: from then on calls pass, or do not.
    ///
    /// # Errors
    /// [`DecideRegistrationError::Changed`]: read again and decide again. [`DecideRegistrationError::Repeated`] if it arrived before.
    pub async fn decide_about_registration(
        &self,
        (owner, registration): (Owner, &Registration),
        decision: &Decision,
        reason: Option<&DecisionReason>,
        arrived: Option<&Arrived>,
        event: &Event,
    ) -> Result<(), DecideRegistrationError> {
        use DecideRegistrationError as Error;
        let root = Key::application(registration.application);
        let api = registration.api.to_string();
        let grant = Update::of(root.clone())
            .set(["grants", api.as_str(), "status"], &decision.to)
            .add("ver", 1)
            .when(Condition::has_not("deleted_at"))
            .when(Acting::on_behalf(owner).as_read())
            .when(Condition::is(["grants", api.as_str(), "registration"], &registration.id))
            .when(Condition::is(["grants", api.as_str(), "status"], &decision.from));
        let update = Update::of(Key::registration(registration.application, registration.api))
            .set("status", &decision.to)
            .set_or_remove("reason", reason)
            .set("updated_at", &event.at)
            .when(Condition::is("id", &registration.id))
            .when(Condition::is("status", &decision.from));
        Transaction::new()
            .arrived(registration.portal, arrived, event.at, || Error::Repeated)
            .update(grant, |_| Error::Changed)
            .update(update, |_| Error::Changed)
            .event(&root, event)
            .commit(self)
            .await
    }
}
