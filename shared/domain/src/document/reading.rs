//! How readers get about in a tree: which document a name means, and in which order they are read.

use super::{Document, Tree};
use crate::id::DocumentId;

impl Tree {
    /// The document that an address names: by its id, or the first one with the slug, those at the top before all others. A slug is
    /// unique among those with the same parent alone.
    pub fn named(&self, name: &str) -> Option<&Document> {
        match name.parse::<DocumentId>() {
            Ok(id) => self.get(id),
            Err(_) => self.below(None).chain(self.iter()).find(|one| one.slug == name),
        }
    }

    /// What an address names a document by: its slug where that leads to it, else its id.
    pub fn name_of(&self, document: &Document) -> String {
        let leads_here = self.named(&document.slug).is_some_and(|one| one.id == document.id);
        if leads_here { document.slug.clone() } else { document.id.to_string() }
    }

    /// A document and those that it lies below, from the top.
    pub fn trail(&self, id: DocumentId) -> Vec<&Document> {
        let mut trail: Vec<_> = self.line(id).collect();
        trail.reverse();
        trail
    }

    /// All documents as they are read one after the other: each is followed by what lies below it.
    pub fn in_order(&self) -> Vec<&Document> {
        let mut read = Vec::new();
        self.follow(None, &mut read);
        read
    }

    fn follow<'t>(&'t self, parent: Option<DocumentId>, read: &mut Vec<&'t Document>) {
        for document in self.below(parent) {
            read.push(document);
            self.follow(Some(document.id), read);
        }
    }
}
