//! Teams, their members and their roles, as an administrator makes them over the wire.

use std::time::Duration;

use portico_domain::id::{ApiId, ApplicationId, DeveloperId, TeamId};
use serde_json::json;

use crate::client::{Client, Reply};
use crate::portal::TestPortal;
use crate::steps::APPLICATIONS;

/// The role that sees an API.
pub const VIEWER: &str = "API Viewer";
/// The role that may register for an API too.
pub const CONSUMER: &str = "API Consumer";

impl TestPortal {
    /// Where the portal's teams are.
    pub fn teams_path(&self) -> String {
        format!("/v3/portals/{}/teams", self.id())
    }

    /// A new team. What is made one after the other is listed in that order: each has a moment of its own.
    pub async fn team(&self, name: &str) -> TeamId {
        self.clock.advance(Duration::from_millis(1));
        let reply = self.admin().post(&self.teams_path(), json!({ "name": name })).await.expect(201);
        reply.id().parse().expect("a team's id")
    }

    /// Makes a developer a member.
    pub async fn join(&self, team: TeamId, developer: DeveloperId) {
        self.clock.advance(Duration::from_millis(1));
        self.admin().post(&format!("{}/{team}/developers", self.teams_path()), json!({ "id": developer })).await.expect(201);
    }

    /// Gives a team a role for an API, or for all of them; the id of what was given.
    pub async fn give(&self, team: TeamId, api: Option<ApiId>, role: &str) -> String {
        let entity = api.map_or_else(|| "*".to_owned(), |api| api.to_string());
        let body = json!({ "role_name": role, "entity_id": entity, "entity_type_name": "Services", "entity_region": "eu" });
        self.admin().post(&format!("{}/{team}/assigned-roles", self.teams_path()), body).await.expect(201).id()
    }

    /// A team that may own applications and has the role to register them for every API, with these members.
    pub async fn owning_team(&self, name: &str, members: &[&Client]) -> TeamId {
        let team = self.team(name).await;
        self.let_own(team, true).await;
        self.give(team, None, CONSUMER).await;
        for member in members {
            self.join(team, member.developer.expect("a developer")).await;
        }
        team
    }

    /// Allows a team to own applications, or not any more.
    pub async fn let_own(&self, team: TeamId, may: bool) {
        let path = format!("{}/{team}", self.teams_path());
        self.admin().patch(&path, json!({ "can_own_applications": may })).await.expect(200);
    }

    /// Ends a membership.
    pub async fn leave(&self, team: TeamId, developer: DeveloperId) -> Reply {
        self.admin().delete(&format!("{}/{team}/developers/{developer}", self.teams_path())).await.expect(204)
    }

    /// Switches role-based access on or off.
    pub async fn set_rbac(&self, on: bool) {
        self.admin().patch(&format!("/v3/portals/{}", self.id()), json!({ "rbac_enabled": on })).await.expect(200);
    }

    /// An approved developer in a new team with a role for an API, or for all of them.
    pub async fn developer_with_role(&self, name: &str, api: Option<ApiId>, role: &str) -> Client {
        let developer = self.approved_developer(&format!("{name}@example.test")).await;
        let team = self.team(name).await;
        self.join(team, developer.developer.expect("a developer")).await;
        self.give(team, api, role).await;
        developer
    }
}

impl Client {
    /// Creates an application of a team.
    pub async fn create_app_of(&self, team: TeamId, name: &str) -> ApplicationId {
        let reply = self.post(APPLICATIONS, json!({ "name": name, "team_id": team })).await.expect(201);
        reply.id().parse().expect("an application id")
    }
}
