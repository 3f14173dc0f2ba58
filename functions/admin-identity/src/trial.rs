//! Whether developers could sign in with a provider: it is asked, and what is wrong is said in words.

use portico_domain::identity_provider::place_of_secret;
use portico_http::response::ok;
use portico_http::sign_on::redirect_uri;
use portico_http::{Portal, Problem, Request, Response};
use portico_identity::trial::{Check, Trial};
use serde::Serialize;

use crate::change::asked_of_one;

#[derive(Serialize)]
struct TrialView {
    passed: bool,
    checks: Vec<CheckView>,
}

#[derive(Serialize)]
struct CheckView {
    name: &'static str,
    passed: bool,
    detail: String,
}

pub(crate) async fn test(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (asked, id) = asked_of_one(portal, request, []).await?;
    let provider = asked.provider(id)?;
    let place = place_of_secret(asked.sign_in.portal.id, id);
    let keys = portal.sealing_keys()?;
    let secret = provider.secret.as_ref().map(|sealed| sealed.open(keys.all(), &place)).transpose();
    let trial = Trial {
        issuer: &provider.settings.issuer,
        client_id: &provider.settings.client_id,
        secret: secret.as_ref().map(Option::as_ref).map_err(|error| *error),
        redirect_uri: &redirect_uri(&portal.config.public_url),
        random: portal.random()?,
    };
    let checks = trial.checks(portal.providers.fetcher()).await;
    let passed = checks.iter().all(|check| check.passed);
    ok(&TrialView { passed, checks: checks.into_iter().map(CheckView::of).collect() })
}

impl CheckView {
    fn of(check: Check) -> Self {
        let Check { name, passed, detail } = check;
        Self { name, passed, detail }
    }
}
