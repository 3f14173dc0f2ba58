//! Tells search anew of what an older Portico published, or gathered in another way. It goes on where an earlier run ended.

use portico_domain::api::Api;
use portico_domain::id::ApiId;
use portico_domain::portal::Portal as Settings;
use portico_domain::search::Lines;
use portico_http::managed_api::written;
use portico_http::{Portal, Problem};
use portico_store::{Key, decide_again};

/// Writes what is of an older form, and returns of how many APIs. One read, where nothing is.
pub(crate) async fn renew(portal: &Portal) -> Result<usize, Problem> {
    let id = portal.config.portal;
    let settings = portal.store.find::<Settings>(&Key::portal(id)).await?;
    if settings.is_none_or(|settings| settings.search_form >= Lines::FORM) {
        return Ok(0);
    }
    let outdated = portal.store.outdated_searches(id).await?;
    for api in &outdated {
        tell_anew(portal, *api).await?;
    }
    portal.store.searches_are_current(id).await?;
    Ok(outdated.len())
}

async fn tell_anew(portal: &Portal, api: ApiId) -> Result<(), Problem> {
    decide_again(async || {
        let Some(api) = portal.store.api(api).await?.filter(|api: &Api| !api.publications.is_empty()) else {
            return Ok(Some(()));
        };
        let packed = portal.searchable(&api, &[], None).await?;
        written(portal.store.renew_search(&api, &packed).await)
    })
    .await
}
