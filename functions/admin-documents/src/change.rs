//! `create-api-document`, `update-api-document`, `delete-api-document`, `move-api-document`.

use portico_domain::api::Api;
use portico_domain::document::{Content, DocumentChanges, DocumentStatus, NewDocument, Tree, TreeError};
use portico_domain::event::{Event, Name};
use portico_domain::id::{ApiId, DocumentId};
use portico_domain::slug::Slug;
use portico_domain::text::DisplayName;
use portico_http::fields::Fields;
use portico_http::fields::kinds::{integer, one_of, text, uuid};
use portico_http::response::{created, no_content, ok};
use portico_http::views::document::DocumentView;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::documents::DocumentEdit;
use portico_store::{decide_again, sha256_hex};
use serde_json::{Value, json};

use crate::{document_of, editable, named, read, refused, written};

const STATUSES: &[(&str, DocumentStatus)] = &[
    (DocumentStatus::Published.as_str(), DocumentStatus::Published),
    (DocumentStatus::Unpublished.as_str(), DocumentStatus::Unpublished),
];
/// What only the server sets.
const READ_ONLY: &[&str] = &["id", "created_at", "updated_at"];
/// What a document without a title and without words is called.
const UNTITLED: &str = "Untitled";

pub(crate) async fn create(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    editable(portal, &who, id).await?;
    let mut body = Fields::of(&request.body);
    body.read_only(READ_ONLY);
    let content = body.required("content", text().parse_with(Content::parse));
    let title = body.optional("title", text().chars(1..=DisplayName::MAX_CHARS).parse_with(DisplayName::parse));
    let slug = body.optional("slug", text().parse_with(Slug::parse));
    let status = body.optional("status", one_of(STATUSES)).or(DocumentStatus::Unpublished);
    let parent = body.nullable("parent_document_id", uuid()).null_is_absent();
    let (content, title, slug, status, parent) = body.finish((content, title, slug, status, parent))?;
    let untitled = || DisplayName::parse(UNTITLED).map_err(|error| Problem::internal(error.to_string()));
    let new = NewDocument {
        id: portal.new_id()?,
        api: id,
        title: title.or_else(|| content.title()).map_or_else(untitled, Ok)?,
        slug,
        status,
        parent: parent.map(DocumentId::new),
        digest: keep(portal, &content).await?,
        bytes: size(&content),
    };
    let (who, new) = (&who, &new);
    let made = decide_again::<_, Problem, _>(|| async move {
        let before = editable(portal, who, id).await?;
        // Read after the API, here as below: where the two differ, the API has changed, and the transaction finds out.
        let tree = portal.store.documents_of(id).await?;
        let made = tree.create(new.clone(), portal.now()).map_err(refused)?;
        let event = portal.event(Name::ApiDocumentCreated, who.actor(), told(id, made.id))?;
        let tree = tree.with(std::slice::from_ref(&made), &[]);
        Ok(write(portal, &before, tree, DocumentEdit::Add(&made), &event).await?.map(|()| made))
    })
    .await?;
    created(&DocumentView::of(&made, content.as_str().to_owned()))
}

pub(crate) async fn update(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    let document = document_of(request)?;
    editable(portal, &who, id).await?;
    let mut body = Fields::of(&request.body);
    body.read_only(READ_ONLY);
    let content = body.optional("content", text().parse_with(Content::parse));
    let title = body.optional("title", text().chars(1..=DisplayName::MAX_CHARS).parse_with(DisplayName::parse));
    let slug = body.optional("slug", text().parse_with(Slug::parse));
    let status = body.optional("status", one_of(STATUSES));
    let parent = body.nullable("parent_document_id", uuid());
    let (content, title, slug, status, parent) = body.finish((content, title, slug, status, parent))?;
    let text = match &content {
        Some(content) => Some((keep(portal, content).await?, size(content))),
        None => None,
    };
    let parent = parent.map(|parent| parent.map(DocumentId::new));
    let changes = &DocumentChanges { title, slug, status, parent, text };
    let who = &who;
    let now = decide_again::<_, Problem, _>(|| async move {
        let before = editable(portal, who, id).await?;
        let tree = portal.store.documents_of(id).await?;
        let now = tree.changed(document, changes, portal.now()).map_err(refused)?;
        if tree.get(document) == Some(&now) {
            return Ok(Some(now));
        }
        let event = portal.event(Name::ApiDocumentUpdated, who.actor(), told(id, document))?;
        let changed = std::slice::from_ref(&now);
        let tree = tree.with(changed, &[]);
        Ok(write(portal, &before, tree, DocumentEdit::Change(changed), &event).await?.map(|()| now))
    })
    .await?;
    let content = match content {
        Some(content) => content.as_str().to_owned(),
        None => read::content(portal, &now).await?,
    };
    ok(&DocumentView::of(&now, content))
}

pub(crate) async fn delete(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    let document = document_of(request)?;
    let who = &who;
    decide_again::<_, Problem, _>(|| async move {
        let before = editable(portal, who, id).await?;
        let tree = portal.store.documents_of(id).await?;
        let gone = tree.whole(document);
        if gone.is_empty() {
            return Err(Problem::not_found());
        }
        let data = json!({ "api": id, "document": document, "documents": gone });
        let event = portal.event(Name::ApiDocumentDeleted, who.actor(), data)?;
        write(portal, &before, tree.with(&[], &gone), DocumentEdit::Remove(&gone), &event).await
    })
    .await?;
    Ok(no_content())
}

pub(crate) async fn relocate(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let (who, id) = named(portal, request).await?;
    let document = document_of(request)?;
    editable(portal, &who, id).await?;
    let mut body = Fields::of(&request.body);
    body.open(); // the contract does not close it
    let parent = body.nullable("parent_document_id", uuid());
    let index = body.optional("index", integer(0..=i64::from(u32::MAX)));
    let (parent, index) = body.finish((parent, index))?;
    let index = index.and_then(|index| usize::try_from(index).ok());
    let who = &who;
    decide_again::<_, Problem, _>(|| async move {
        let before = editable(portal, who, id).await?;
        let tree = portal.store.documents_of(id).await?;
        let stays = tree.get(document).ok_or_else(Problem::not_found)?.parent;
        let parent = parent.map_or(stays, |parent| parent.map(DocumentId::new));
        let moved = tree.moved(document, parent, index).map_err(|error| match error {
            TreeError::ParentMissing => Problem::not_found(),
            other => refused(other),
        })?;
        if moved.is_empty() {
            return Ok(Some(()));
        }
        let event = portal.event(Name::ApiDocumentMoved, who.actor(), told(id, document))?;
        write(portal, &before, tree.with(&moved, &[]), DocumentEdit::Change(&moved), &event).await
    })
    .await?;
    Ok(no_content())
}

/// Keeps the text under its digest before anything names it.
async fn keep(portal: &Portal, content: &Content) -> Result<String, Problem> {
    let digest = sha256_hex(content.as_str());
    portal.specifications.keep(&digest, content.as_str().to_owned().into()).await?;
    Ok(digest)
}

fn size(content: &Content) -> u64 {
    content.as_str().len().try_into().unwrap_or(u64::MAX)
}

fn told(api: ApiId, document: DocumentId) -> Value {
    json!({ "api": api, "document": document })
}

/// Writes an edit of the tree, and what search knows of the API from then on; nothing, if the API is not what was read any more.
async fn write(portal: &Portal, before: &Api, tree: Tree, edit: DocumentEdit<'_>, event: &Event) -> Result<Option<()>, Problem> {
    let after = before.with_documents(portal.now());
    let packed = portal.searchable(&after, &[], Some(tree)).await?;
    written(portal.store.change_documents((before, &after, &packed), edit, event).await)
}
