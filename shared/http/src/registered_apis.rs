//! The APIs that a developer's applications are registered for. A registration outlives the role that it was asked for with; the name
//! of an API does not: who may not see the API reads no more of it than the id that the registration has anyway (B35).

use portico_domain::api::Api;
use portico_domain::id::{ApiId, PortalId};
use portico_domain::publication::Publication;
use portico_domain::reader::Reader;
use portico_store::{Items, Key};

use crate::portal::Portal;
use crate::problem::Problem;
use crate::who::SignedIn;

/// What stands for the name of an API that the developer may not see.
pub const WITHHELD: &str = "An API that you may not see";

/// The APIs of some registrations.
#[derive(Debug)]
pub struct RegisteredApis {
    reader: Reader,
    portal: PortalId,
    items: Items,
}

impl Portal {
    /// The APIs of a developer's registrations, in one read more than where no roles count.
    ///
    /// # Errors
    /// What the store says.
    pub async fn registered_apis(
        &self,
        who: &SignedIn,
        apis: impl Iterator<Item = ApiId> + Clone,
        also: impl IntoIterator<Item = Key>,
    ) -> Result<RegisteredApis, Problem> {
        let portal = who.portal.id;
        let cards = who.portal.rbac_enabled.then(|| apis.clone().map(|api| Key::publication(portal, api)));
        let keys: Vec<_> = apis.clone().map(Key::api).chain(cards.into_iter().flatten()).chain(also).collect();
        let reader = self.reader(&who.portal, Some(&who.developer)).await?;
        Ok(RegisteredApis { reader, portal, items: self.store.load(&keys).await? })
    }
}

impl RegisteredApis {
    /// An API as the developer may read of it; nothing if it is deleted.
    ///
    /// # Errors
    /// What the store says.
    pub fn get(&self, api: ApiId) -> Result<Option<Api>, Problem> {
        let found = self.items.get::<Api>(&Key::api(api))?.filter(|api| api.deleted_at.is_none());
        let Some(found) = found else { return Ok(None) };
        if !matches!(self.reader, Reader::WithRoles(_)) {
            return Ok(Some(found));
        }
        let card = self.items.get::<Publication>(&Key::publication(self.portal, api))?;
        let is_seen = card.is_some_and(|card| card.is_visible_to(&self.reader));
        Ok(Some(if is_seen { found } else { Api { name: WITHHELD.to_owned(), slug: api.to_string(), ..found } }))
    }

    /// What else was read with them.
    pub const fn items(&self) -> &Items {
        &self.items
    }
}
