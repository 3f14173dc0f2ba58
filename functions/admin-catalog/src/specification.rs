//! A specification on its way into a version: it is read, its body is kept under its digest, and only then does anything name it.

use portico_domain::api::Version;
use portico_domain::id::{ApiId, VersionId};
use portico_domain::specification::Specification;
use portico_domain::text::VersionLabel;
use portico_http::reply_body;
use portico_http::views::version::VersionView;
use portico_http::{Kind, Portal, Problem};
use portico_store::sha256_hex;

/// The label of a version that nobody named.
const DEFAULT_LABEL: &str = "1.0.0";

/// A new version of an API. Its label is the first of these that is one: `chosen`, what the specification says, `or_else`, `1.0.0`.
pub(crate) async fn version(
    portal: &Portal,
    api: ApiId,
    content: Option<&str>,
    chosen: Option<VersionLabel>,
    or_else: Option<VersionLabel>,
) -> Result<Version, Problem> {
    let now = portal.now();
    let read = content.map(|content| Specification::read(content.as_bytes())).transpose();
    let read = read.map_err(|error| Problem::new(Kind::TooLarge, format!("The specification {error}.")))?;
    let says = read.as_ref().and_then(|read| read.version.as_deref()).and_then(|label| VersionLabel::parse(label).ok());
    let label = chosen.or(says).or(or_else).map_or_else(|| DEFAULT_LABEL.to_owned(), String::from);
    let version = Version {
        id: portal.new_id::<VersionId>()?,
        api,
        version: label,
        spec_type: read.as_ref().map(|read| read.spec_type),
        digest: content.map(sha256_hex),
        bytes: content.map_or(0, str::len).try_into().unwrap_or(u64::MAX),
        media: read.as_ref().map(|read| read.media.content_type().to_owned()).unwrap_or_default(),
        example: read.as_ref().and_then(|read| read.example.clone()),
        messages: read.map(|read| read.messages).unwrap_or_default(),
        created_at: now,
        updated_at: now,
    };
    if let (Some(content), Some(digest)) = (content, &version.digest) {
        // Whoever reads the version gets it as text within JSON within JSON.
        let view = serde_json::to_vec(&VersionView::of(&version, Some(content.to_owned())));
        if !view.is_ok_and(|view| reply_body::fits(&view)) {
            return Err(Problem::new(
                Kind::TooLarge,
                "The specification has too many quotation marks and other marks to travel.",
            ));
        }
        portal.specifications.keep(digest, content.to_owned().into()).await?;
    }
    Ok(version)
}

/// The text of a version's specification, if it has one.
pub(crate) async fn content(portal: &Portal, version: &Version) -> Result<Option<String>, Problem> {
    let Some(digest) = &version.digest else { return Ok(None) };
    let body = portal.specifications.body(digest).await?;
    String::from_utf8(body.into()).map(Some).map_err(|_| Problem::internal(format!("specification {digest} is not text")))
}
