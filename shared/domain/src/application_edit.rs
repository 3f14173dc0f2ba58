//! Edits of an application: what a developer may change, and what an edit amounts to.

use crate::application::{Application, ApplicationCard};
use crate::owner::Owner;
use crate::text::{ApplicationName, Description, ReferenceId};
use crate::time::Timestamp;

/// What a developer wants changed; what is absent stays. The strategy never changes (contract, point 13), and a reference ID can be
/// replaced but not taken away (point 12).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplicationEdit {
    /// What people call it.
    pub name: Option<ApplicationName>,
    /// Unique in the portal.
    pub reference_id: Option<ReferenceId>,
    /// For OpenID Connect clients; `Some(None)` takes it away.
    pub redirect_uri: Option<Option<String>>,
    /// What it is for.
    pub description: Option<Description>,
    /// For OpenID Connect clients.
    pub scopes: Option<Vec<String>>,
    /// Whose it is to be.
    pub owner: Option<Owner>,
}

/// An edit that changes something.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// The members of the application as they are to be.
    pub card: ApplicationCard,
    /// What changed, in the words of the contract: for the event, which holds no values.
    pub changed: Vec<&'static str>,
    /// Whose it is to be, if that changes. Whether they may take it is asked of them.
    pub owner: Option<Owner>,
}

impl ApplicationEdit {
    /// What the edit makes of an application; nothing, if all of it is so already.
    pub fn of(self, application: &Application, now: Timestamp) -> Option<Edited> {
        let mut card = application.card.clone();
        let mut changed = Vec::new();
        let mut note = |different: bool, name| {
            if different {
                changed.push(name);
            }
        };
        if let Some(name) = self.name {
            note(card.name != name.as_str(), "name");
            card.name = name.into();
        }
        if let Some(reference_id) = self.reference_id {
            note(card.reference_id.as_deref() != Some(reference_id.as_str()), "client_id");
            card.reference_id = Some(reference_id.into());
        }
        if let Some(redirect_uri) = self.redirect_uri {
            note(card.redirect_uri != redirect_uri, "redirect_uri");
            card.redirect_uri = redirect_uri;
        }
        if let Some(description) = self.description {
            note(card.description.as_deref() != Some(description.as_str()), "description");
            card.description = Some(description.into());
        }
        if let Some(scopes) = self.scopes {
            note(card.scopes.as_ref() != Some(&scopes), "scopes");
            card.scopes = Some(scopes);
        }
        let owner = self.owner.filter(|owner| *owner != application.owner);
        note(owner.is_some(), "owner");
        if changed.is_empty() {
            return None;
        }
        card.updated_at = now;
        Some(Edited { card, changed, owner })
    }
}
