//! The portal's logo and favicon, for administrators: as data URIs and as they are.

use bytes::Bytes;
use portico_domain::image::{Image, ImageError, Media, Which, data_uri};
use portico_domain::portal_edit::PortalEdit;
use portico_http::fields::kinds::text;
use portico_http::fields::{Fields, Read};
use portico_http::response::{image, ok};
use portico_http::{Kind, Portal, Problem, Request, Response};
use serde::Serialize;

use crate::update::update;

#[derive(Serialize)]
struct ImageView {
    data: String,
}

impl ImageView {
    fn of(media: Media, bytes: &Bytes) -> Self {
        Self { data: data_uri(media, bytes) }
    }
}

pub(crate) async fn get(portal: &Portal, request: &Request, which: Which) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let (media, bytes) = portal.image(&who.portal, which).await?;
    ok(&ImageView::of(media, &bytes))
}

pub(crate) async fn raw(portal: &Portal, request: &Request, which: Which) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let (media, bytes) = portal.image(&who.portal, which).await?;
    Ok(image(bytes, media.content_type()))
}

/// The bytes lie in object storage before the portal names them. `null` brings Portico's own image back.
pub(crate) async fn replace(portal: &Portal, request: &Request, which: Which) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let sent = parse(request)?;
    let stored = sent.as_ref().map(Image::stored);
    let Image { media, bytes } = sent.unwrap_or_else(|| Image::built_in(which));
    let bytes = Bytes::from(bytes);
    if let Some(stored) = &stored {
        portal.specifications.keep(&stored.digest, bytes.clone()).await?;
    }
    let edit = match which {
        Which::Logo => PortalEdit { logo: Some(stored), ..PortalEdit::default() },
        Which::Favicon => PortalEdit { favicon: Some(stored), ..PortalEdit::default() },
    };
    update(portal, who, &edit).await?;
    ok(&ImageView::of(media, &bytes))
}

fn parse(request: &Request) -> Result<Option<Image>, Problem> {
    if request.body.is_null() {
        return Ok(None);
    }
    let mut body = Fields::of(&request.body);
    // Too large is a status of its own, and no fault of a field.
    let data = body.required(
        "data",
        text().parse_with(|data: &str| match Image::parse(data) {
            Err(ImageError::TooLarge) => Ok(None),
            read => read.map(Some),
        }),
    );
    let data: Read<Option<Image>> = data;
    let too_large = || Problem::new(Kind::TooLarge, format!("data {}", ImageError::TooLarge));
    body.finish(data)?.ok_or_else(too_large).map(Some)
}
