//! Every page of a portal with something in it, and who looks at it.

use crate::window::{Kind, Window};
use crate::world::{ADA, World};

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Anyone,
    Developer,
    Administrator,
}

/// A page.
pub(crate) struct Place {
    /// What its picture is called.
    pub(crate) name: &'static str,
    pub(crate) path: String,
    pub(crate) who: Who,
}

impl World {
    /// The pages, in the order of who looks.
    pub(crate) async fn places(&self) -> Vec<Place> {
        use Who::{Administrator, Anyone, Developer};
        let Self { clock, tides, developer, strategy, team, log, .. } = self;
        let link = format!("/login?email={ADA}&token=203f7437-a15a-86ab-b58a-9c0bf63ce3e3");
        let refused = "/register?problem=invalid-request&invalid=email&invalid=full_name&email=ada";
        let place = |name, path: &str, who| Place { name, path: path.to_owned(), who };
        vec![
            place("welcome-to-strangers", "/", Anyone),
            place("catalog-of-strangers", "/apis", Anyone),
            place("sign-up", "/register", Anyone),
            place("sign-up-refused", refused, Anyone),
            place("sign-up-sent", "/register/sent", Anyone),
            place("verify", &link, Anyone),
            place("set-password", "/reset-password?first=yes&token=203f7437-a15a-86ab-b58a-9c0bf63ce3e3", Anyone),
            place("sign-in", "/login", Anyone),
            place("forgot-password", "/forgot-password", Anyone),
            place("forgot-password-sent", "/forgot-password/sent", Anyone),
            place("waiting", "/waiting", Anyone),
            place("not-found", "/apis/nothing", Anyone),
            place("admin-sign-in", "/admin/login", Anyone),
            place("welcome", "/", Developer),
            place("catalog", "/apis", Developer),
            place("catalog-as-a-table", "/apis?view=table", Developer),
            place("catalog-without-a-match", "/apis?q=wether", Developer),
            place("search", "/search?q=tide", Developer),
            place("search-without-a-match", "/search?q=wether", Developer),
            place("search-for-nothing", "/search", Developer),
            place("api", "/apis/tides", Developer),
            place("document", "/apis/tides/docs/getting-started", Developer),
            place("document-below", "/apis/tides/docs/errors", Developer),
            place("register-for-an-api", "/apis/tides/register", Developer),
            place("apps", "/apps", Developer),
            place("new-app", "/apps/new", Developer),
            place("new-app-for-an-api", "/apps/new?api=weather-board", Developer),
            place("app", &format!("/apps/{clock}"), Developer),
            place("edit-app", &format!("/apps/{clock}/edit"), Developer),
            place("app-of-a-team", &format!("/apps/{log}"), Developer),
            place("edit-app-of-a-team", &format!("/apps/{log}/edit"), Developer),
            place("profile", "/profile", Developer),
            place("reference", "/apis/tides/reference", Developer),
            place("approvals", "/admin", Administrator),
            place("developers", "/admin/developers", Administrator),
            place("developer", &format!("/admin/developers/{developer}"), Administrator),
            place("teams", "/admin/teams", Administrator),
            place("teams-without-a-match", "/admin/teams?q=nobody", Administrator),
            place("new-team", "/admin/teams/new", Administrator),
            place("team", &format!("/admin/teams/{team}?q=example.test"), Administrator),
            place("applications", "/admin/applications", Administrator),
            place("application", &format!("/admin/applications/{clock}"), Administrator),
            place("apis", "/admin/apis", Administrator),
            place("new-api", "/admin/apis/new", Administrator),
            place("published-api", &format!("/admin/apis/{tides}"), Administrator),
            place("auth-strategies", "/admin/auth-strategies", Administrator),
            place("new-auth-strategy", "/admin/auth-strategies/new", Administrator),
            place("auth-strategy", &format!("/admin/auth-strategies/{strategy}"), Administrator),
            place("ways-to-sign-in", "/admin/sign-in", Administrator),
            place("new-identity-provider", "/admin/sign-in?provider=new", Administrator),
            place("settings", "/admin/settings", Administrator),
            place("explain", &format!("/admin/explain?application={clock}&api={tides}"), Administrator),
        ]
    }

    /// A window for whoever looks.
    pub(crate) async fn window_of(&self, who: Who, kind: Kind) -> Window {
        match who {
            Who::Anyone => self.scene.window_of(kind).await,
            Who::Developer => self.window_of_ada(kind).await,
            Who::Administrator => self.window_of_administrator(kind).await,
        }
    }
}
