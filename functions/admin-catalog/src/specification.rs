//! A specification on its way into a version: it is read, its body is kept under its digest, and only then does anything name it.

use portico_domain::api::{SpecType, Version};
use portico_domain::id::{ApiId, VersionId};
use portico_domain::specification::Specification;
use portico_domain::text::VersionLabel;
use portico_domain::time::Timestamp;
use portico_http::reply_body;
use portico_http::views::version::VersionView;
use portico_http::{Kind, Portal, Problem};
use portico_store::sha256_hex;

/// The label of a version that nobody named.
const DEFAULT_LABEL: &str = "1.0.0";

/// A specification whose body is kept.
pub(crate) struct Kept {
    content: String,
    digest: String,
    read: Specification,
}

/// Reads a document, which is refused for its size alone.
pub(crate) fn read(content: &str) -> Result<Specification, Problem> {
    Specification::read(content.as_bytes()).map_err(|error| Problem::new(Kind::TooLarge, format!("The specification {error}.")))
}

impl Kept {
    /// Reads a specification and keeps its body.
    pub(crate) async fn of(portal: &Portal, content: String) -> Result<Self, Problem> {
        let kept = Self { digest: sha256_hex(&content), read: read(&content)?, content };
        // Whoever reads the version gets it as text within JSON within JSON.
        let mut longest = blank(portal.new_id()?, portal.new_id()?, portal.now());
        longest.version = "x".repeat(VersionLabel::MAX_CHARS);
        kept.put_into(&mut longest);
        let view = serde_json::to_vec(&VersionView::of(&longest, Some(kept.content.clone())));
        if !view.is_ok_and(|view| reply_body::fits(&view)) {
            return Err(Problem::new(
                Kind::TooLarge,
                "The specification has too many quotation marks and other marks to travel.",
            ));
        }
        portal.specifications.keep(&kept.digest, kept.content.clone().into()).await?;
        Ok(kept)
    }

    /// Makes it the specification of a version.
    pub(crate) fn put_into(&self, version: &mut Version) {
        version.spec_type = Some(self.read.spec_type);
        version.digest = Some(self.digest.clone());
        version.bytes = self.content.len().try_into().unwrap_or(u64::MAX);
        version.media = self.read.media.content_type().to_owned();
        version.example.clone_from(&self.read.example);
        version.messages.clone_from(&self.read.messages);
    }

    /// Its kind.
    pub(crate) fn spec_type(&self) -> SpecType {
        self.read.spec_type
    }

    /// Its text.
    pub(crate) fn into_content(self) -> String {
        self.content
    }
}

/// A new version of an API. Its label is the first of these that is one: `chosen`, what the specification says, `or_else`, `1.0.0`.
pub(crate) fn version(
    portal: &Portal,
    api: ApiId,
    kept: Option<&Kept>,
    chosen: Option<VersionLabel>,
    or_else: Option<VersionLabel>,
) -> Result<Version, Problem> {
    let says = kept.and_then(|kept| kept.read.version.as_deref()).and_then(|label| VersionLabel::parse(label).ok());
    let mut version = blank(portal.new_id::<VersionId>()?, api, portal.now());
    version.version = chosen.or(says).or(or_else).map_or_else(|| DEFAULT_LABEL.to_owned(), String::from);
    if let Some(kept) = kept {
        kept.put_into(&mut version);
    }
    Ok(version)
}

fn blank(id: VersionId, api: ApiId, now: Timestamp) -> Version {
    Version {
        id,
        api,
        version: String::new(),
        spec_type: None,
        digest: None,
        bytes: 0,
        media: String::new(),
        example: None,
        messages: Vec::new(),
        created_at: now,
        updated_at: now,
    }
}

/// The text of a version's specification, if it has one.
pub(crate) async fn content(portal: &Portal, version: &Version) -> Result<Option<String>, Problem> {
    let Some(digest) = &version.digest else { return Ok(None) };
    portal.text_of(digest).await.map(Some)
}
