//! `get-portal-customization`, `get-portal-logo` and `get-portal-favicon`: the look of the portal, for everybody.

use portico_domain::image::Which;
use portico_domain::portal::Portal as Settings;
use portico_http::cached::{PUBLIC, Tag};
use portico_http::portal_images::digest;
use portico_http::response::{image, ok};
use portico_http::views::customization::CustomizationView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;

pub(crate) async fn customization(portal: &Portal) -> Result<Response, Problem> {
    ok(&CustomizationView::of(&settings(portal).await?.customization))
}

/// An image, unless the caller has it already: then only the table is asked.
pub(crate) async fn portal_image(portal: &Portal, request: &Request, which: Which) -> Result<Response, Problem> {
    let settings = settings(portal).await?;
    let tag = Tag::of(digest(&settings, which));
    if tag.is_had(&request.headers) {
        return tag.not_modified(PUBLIC);
    }
    let (media, bytes) = portal.image(&settings, which).await?;
    tag.mark(image(bytes, media.content_type()), PUBLIC)
}

/// The settings of the portal of this deployment.
pub(crate) async fn settings(portal: &Portal) -> Result<Settings, Problem> {
    let known = portal.store.find::<Settings>(&Key::portal(portal.config.portal)).await?;
    known.ok_or_else(|| Problem::internal("the table has no such portal"))
}
