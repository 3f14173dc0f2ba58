//! What stays when a team loses a role: registrations that were asked for by it live on until somebody ends them.

use std::collections::HashSet;

use portico_domain::application::Application;
use portico_domain::reader::Scope;
use portico_domain::status::Status;
use portico_domain::team::Team;
use portico_store::applications::applications_list;

use crate::listing::browse::CAP;
use crate::portal::Portal;
use crate::problem::Problem;

impl Portal {
    /// How many registrations the members of a team have for what a role of it was for, approved or pending. Whoever decides by the
    /// number should know that it is counted in a list that may be a moment behind, and goes as far as lists do.
    ///
    /// # Errors
    /// What the store says.
    pub async fn registrations_that_stay(&self, team: &Team, scope: Scope) -> Result<u64, Problem> {
        let members: HashSet<_> = self.store.members_of(team.id).await?.into_iter().map(|member| member.developer).collect();
        if members.is_empty() {
            return Ok(0);
        }
        let walked = self.store.walk(&applications_list(team.portal), None, CAP).await?;
        let mut stay = 0;
        for item in &walked.items {
            let application = item.read::<Application>()?;
            if !application.is_live() || !members.contains(&application.owner) {
                continue;
            }
            let counts = application.grants.iter().filter(|(api, grant)| {
                matches!(grant.status, Status::Approved | Status::Pending)
                    && match scope {
                        Scope::All => true,
                        Scope::One(one) => **api == one,
                    }
            });
            stay += counts.count() as u64;
        }
        Ok(stay)
    }
}
