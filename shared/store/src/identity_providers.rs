//! The identity providers of a portal: one item beside the portal, edited together with what the portal says of itself.

use portico_domain::event::Event;
use portico_domain::id::PortalId;
use portico_domain::identity_provider::IdentityProviders;
use portico_domain::portal::Portal;

use crate::portals::UpdatePortalError;
use crate::{Condition, Item, Items, Key, Store, StoreError, Transaction, Update};

impl Items {
    /// The identity providers of a portal, as read: none, if nothing is in the table.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the item is something else.
    pub fn identity_providers(&self, portal: PortalId) -> Result<IdentityProviders, StoreError> {
        Ok(self.get(&Key::identity_providers(portal))?.unwrap_or_else(|| IdentityProviders::none(portal)))
    }
}

impl Store {
    /// Writes what an edit made of a portal's identity providers, and of the portal's own settings with them: whether developers can
    /// sign in with one of them or with a password. Nothing, if either is not what was read any more.
    ///
    /// # Errors
    /// [`UpdatePortalError::Changed`]: read and decide again.
    pub async fn update_identity_providers(
        &self,
        (portal, basic_auth_enabled): (&Portal, bool),
        before: &IdentityProviders,
        after: &IdentityProviders,
        event: &Event,
    ) -> Result<(), UpdatePortalError> {
        let (root, key) = (Key::portal(portal.id), Key::identity_providers(portal.id));
        let settings = Update::of(root.clone())
            .set("basic_auth_enabled", &basic_auth_enabled)
            .set("sso_enabled", &after.enabled.is_some())
            .set("updated_at", &event.at)
            .add("ver", 1)
            .when(Condition::is("ver", &portal.ver));
        let revised = IdentityProviders { revision: before.revision + 1, ..after.clone() };
        let unchanged = match before.revision {
            0 => Condition::Missing,
            revision => Condition::is("revision", &revision),
        };
        Transaction::new()
            .update(settings, |_| UpdatePortalError::Changed)
            .put_if(Item::new(&key, "identity_providers", &revised), unchanged, |_| UpdatePortalError::Changed)
            .event(&root, event)
            .commit(self)
            .await
    }
}
