//! A document of an API, and the tree of those that readers may see.

use askama::Template;
use portico_domain::document::{Document, Tree};
use portico_domain::id::DocumentId;
use portico_http::{Portal, Problem, Request};

use crate::api::visible;
use crate::frame::{Frame, Part};
use crate::markdown;
use crate::parts::When;
use crate::shown::{Page, Stop};

/// Links to documents with the same parent, each with those below it.
#[derive(Clone, Debug, Template)]
#[template(path = "api/nodes.html")]
pub(crate) struct Nodes {
    nodes: Vec<Node>,
}

/// A link to a document.
#[derive(Clone, Debug)]
struct Node {
    title: String,
    place: String,
    here: bool,
    below: Nodes,
}

impl Nodes {
    /// The links to all documents of a tree, `here` among them.
    pub(crate) fn of(tree: &Tree, slug: &str, here: Option<DocumentId>) -> Self {
        Self::below(tree, None, &|document| Node {
            title: document.title.clone(),
            place: place(tree, slug, document),
            here: here == Some(document.id),
            below: Self { nodes: Vec::new() },
        })
    }

    fn below(tree: &Tree, parent: Option<DocumentId>, node: &impl Fn(&Document) -> Node) -> Self {
        let with_its_own = |document: &Document| Node { below: Self::below(tree, Some(document.id), node), ..node(document) };
        Self { nodes: tree.below(parent).map(with_its_own).collect() }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

/// The address of a document's page: it has the name that the API takes.
fn place(tree: &Tree, slug: &str, document: &Document) -> String {
    format!("/apis/{slug}/docs/{}", tree.name_of(document))
}

/// A title and an address.
type Link = (String, String);

#[derive(Template)]
#[template(path = "api/document.html")]
struct DocumentPage {
    frame: Frame,
    api: String,
    slug: String,
    title: String,
    updated: When,
    /// HTML.
    text: String,
    above: Vec<Link>,
    before: Option<Link>,
    after: Option<Link>,
    documents: Nodes,
}

pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let (reader, _, card) = visible(portal, request).await?;
    let tree = portal.store.documents_of(card.api).await?.visible();
    let document = tree.named(request.parameter("documentIdOrSlug")).ok_or_else(Problem::not_found)?;
    let text = portal.text_of(&document.digest).await?;
    let link = |one: &Document| (one.title.clone(), place(&tree, &card.slug, one));
    let mut above = tree.trail(document.id);
    above.pop();
    let in_order = tree.in_order();
    let at = in_order.iter().position(|one| one.id == document.id);
    let beside = |at: Option<usize>| at.and_then(|at| in_order.get(at)).map(|one| link(one));
    let page = DocumentPage {
        frame: Frame::of(&reader, request, Part::Catalog, format!("{} · {}", document.title, card.name)),
        title: document.title.clone(),
        updated: When::of(document.updated_at, portal.now()),
        text: markdown::document(&text, &document.title),
        above: above.into_iter().map(link).collect(),
        before: beside(at.and_then(|at| at.checked_sub(1))),
        after: beside(at.map(|at| at + 1)),
        documents: Nodes::of(&tree, &card.slug, Some(document.id)),
        api: card.name.clone(),
        slug: card.slug.clone(),
    };
    Page::open(&page, reader.is_signed_in())
}
