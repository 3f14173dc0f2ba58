//! What stays when a team loses a role: registrations that were asked for by it live on until somebody ends them.

use std::collections::{BTreeMap, HashSet};

use portico_domain::application::Application;
use portico_domain::id::ApiId;
use portico_domain::owner::Owner;
use portico_domain::reader::Scope;
use portico_domain::status::Status;
use portico_domain::team::Team;
use portico_store::applications::applications_list;

use crate::listing::browse::CAP;
use crate::portal::Portal;
use crate::problem::Problem;

impl Portal {
    /// How many registrations stay when a team loses a role: those that it and its members have for what the role was for.
    ///
    /// # Errors
    /// What the store says.
    pub async fn registrations_that_stay(&self, team: &Team, scope: Scope) -> Result<u64, Problem> {
        let by_api = self.registrations_of_members(team).await?;
        Ok(match scope {
            Scope::All => by_api.values().sum(),
            Scope::One(api) => by_api.get(&api).copied().unwrap_or_default(),
        })
    }

    /// How many registrations a team and its members have for each API, approved or pending. Whoever decides by the numbers should know
    /// that they are counted in a list that may be a moment behind, and go as far as lists do.
    ///
    /// # Errors
    /// What the store says.
    pub async fn registrations_of_members(&self, team: &Team) -> Result<BTreeMap<ApiId, u64>, Problem> {
        let mut by_api = BTreeMap::new();
        let members = self.store.members_of(team.id).await?.into_iter().map(|member| Owner::Developer(member.developer));
        let owners: HashSet<_> = members.chain((team.app_count > 0).then_some(Owner::Team(team.id))).collect();
        if owners.is_empty() {
            return Ok(by_api);
        }
        let walked = self.store.walk(&applications_list(team.portal), None, CAP).await?;
        for item in walked.items {
            let application = item.into_entity::<Application>()?;
            if !application.is_live() || !owners.contains(&application.owner) {
                continue;
            }
            let counts =
                application.grants.iter().filter(|(_, grant)| matches!(grant.status, Status::Approved | Status::Pending));
            for (api, _) in counts {
                *by_api.entry(*api).or_default() += 1;
            }
        }
        Ok(by_api)
    }
}
