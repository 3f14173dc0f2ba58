//! The sharp rules of the tree.

use uuid::Uuid;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1);

fn id(number: u128) -> DocumentId {
    DocumentId::new(Uuid::from_u128(number))
}

fn new(number: u128, parent: Option<u128>, title: &str, slug: Option<&str>) -> NewDocument {
    NewDocument {
        id: id(number),
        api: ApiId::new(Uuid::from_u128(7)),
        title: DisplayName::parse(title).expect("a title"),
        slug: slug.map(|slug| Slug::parse(slug).expect("a slug")),
        status: DocumentStatus::Published,
        parent: parent.map(id),
        digest: String::new(),
        bytes: 0,
    }
}

/// 1 with 2 and 3 below it, 4 below 3, and 5 beside 1.
fn tree() -> Tree {
    let mut tree = Tree::default();
    for (number, parent) in [(1, None), (2, Some(1)), (3, Some(1)), (4, Some(3)), (5, None)] {
        let made = tree.create(new(number, parent, &format!("d{number}"), None), NOW).expect("a document");
        tree = Tree::of(tree.0.into_iter().chain([made]).collect());
    }
    tree
}

fn with(tree: &Tree, changed: Vec<Document>) -> Tree {
    let kept = tree.iter().filter(|one| !changed.iter().any(|new| new.id == one.id)).cloned().collect::<Vec<_>>();
    Tree::of(kept.into_iter().chain(changed).collect())
}

fn row(tree: &Tree, parent: Option<u128>) -> Vec<u128> {
    tree.below(parent.map(id)).map(|one| one.id.uuid().as_u128()).collect()
}

#[test]
fn a_document_moves_to_the_place_that_was_asked_for_and_the_others_make_room() {
    let tree = tree();
    let after = with(&tree, tree.moved(id(5), Some(id(1)), Some(1)).expect("moved"));
    assert_eq!((row(&after, None), row(&after, Some(1))), (vec![1], vec![2, 5, 3]));
    let after = with(&after, after.moved(id(5), Some(id(1)), Some(99)).expect("moved"));
    assert_eq!(row(&after, Some(1)), [2, 3, 5]);
    let after = with(&after, after.moved(id(3), None, Some(0)).expect("moved"));
    assert_eq!((row(&after, None), row(&after, Some(3))), (vec![3, 1], vec![4]));
    assert_eq!(after.moved(id(3), None, Some(0)), Ok(vec![]), "it is there already");
}

#[test]
fn a_document_never_lies_below_itself() {
    let tree = tree();
    for below in [1, 3, 4] {
        assert_eq!(tree.moved(id(1), Some(id(below)), None), Err(TreeError::Cycle));
    }
    let changes = DocumentChanges { parent: Some(Some(id(4))), ..DocumentChanges::default() };
    assert_eq!(tree.changed(id(3), &changes, NOW), Err(TreeError::Cycle));
    assert_eq!(tree.moved(id(1), Some(id(9)), None), Err(TreeError::ParentMissing));
    assert_eq!(tree.moved(id(9), None, None), Err(TreeError::Missing));
}

#[test]
fn slugs_are_unique_among_those_with_the_same_parent_alone() {
    let tree = tree();
    assert_eq!(tree.create(new(6, Some(1), "x", Some("d2")), NOW).err(), Some(TreeError::SlugTaken));
    assert_eq!(tree.create(new(6, Some(1), "d2", None), NOW).map(|one| one.slug), Ok("d2-2".to_owned()));
    assert_eq!(tree.create(new(6, None, "d2", None), NOW).map(|one| one.slug), Ok("d2".to_owned()));
    let twin = with(&tree, vec![tree.create(new(6, None, "d2", None), NOW).expect("a document")]);
    assert_eq!(twin.moved(id(6), Some(id(1)), None), Err(TreeError::SlugTaken));
}

#[test]
fn what_is_not_published_hides_what_lies_below_it() {
    let tree = tree();
    let changes = DocumentChanges { status: Some(DocumentStatus::Unpublished), ..DocumentChanges::default() };
    let after = with(&tree, vec![tree.changed(id(3), &changes, NOW).expect("changed")]);
    assert_eq!(after.visible().iter().map(|one| one.id).collect::<Vec<_>>(), [id(1), id(2), id(5)]);
    assert_eq!(after.whole(id(1)), [id(1), id(2), id(4), id(3)]);
}

#[test]
fn a_tree_is_bounded_in_depth_and_in_number() {
    let mut tree = Tree::default();
    for number in 1..=DOCUMENT_DEPTH as u128 {
        let made = tree.create(new(number, number.checked_sub(1).filter(|n| *n > 0), "x", None), NOW).expect("a document");
        tree = with(&tree, vec![made]);
    }
    let deepest = DOCUMENT_DEPTH as u128;
    assert_eq!(tree.create(new(99, Some(deepest), "x", None), NOW).err(), Some(TreeError::TooDeep));
    let pair = [new(50, None, "y", None), new(51, Some(50), "z", None)];
    for one in pair {
        tree = with(&tree, vec![tree.create(one, NOW).expect("a document")]);
    }
    assert_eq!(tree.moved(id(50), Some(id(deepest - 1)), None), Err(TreeError::TooDeep), "two levels do not fit");
    for number in 0..DOCUMENTS_PER_API as u128 - DOCUMENT_DEPTH as u128 - 2 {
        tree = with(&tree, vec![tree.create(new(100 + number, None, "w", None), NOW).expect("a document")]);
    }
    assert_eq!(tree.create(new(999, None, "x", None), NOW).err(), Some(TreeError::TooMany));
}

#[test]
fn a_document_without_a_title_is_called_as_it_begins() {
    let title = |text: &str| Content::parse(text).expect("a text").title().map(String::from);
    assert_eq!(title("intro\n\n## How to begin ##\n"), Some("How to begin".to_owned()));
    assert_eq!(title("\n  plain text\nmore"), Some("plain text".to_owned()));
    assert_eq!(title(""), None);
    assert_eq!(Content::parse("bell\u{7}"), Err(ContentError::ControlCharacter));
    assert_eq!(Content::parse(&"x".repeat(DOCUMENT_BYTES + 1)), Err(ContentError::TooLong));
}

#[test]
fn a_document_is_named_by_its_slug_where_that_leads_to_it_and_else_by_its_id() {
    let tree = tree();
    // A second d2 at the top comes before the one below 1, whose slug then leads elsewhere.
    let top = tree.create(new(6, None, "d2", None), NOW).expect("a document");
    let tree = with(&tree, vec![top]);
    let names: Vec<_> = [1, 2, 4, 6].iter().map(|number| tree.name_of(tree.get(id(*number)).expect("there"))).collect();
    assert_eq!(names, ["d1", &id(2).to_string(), "d4", "d2"]);
    for document in tree.iter() {
        assert_eq!(tree.named(&tree.name_of(document)), Some(document));
    }
    assert_eq!((tree.named("d9"), tree.named(&id(9).to_string())), (None, None));
}

#[test]
fn documents_are_read_each_before_what_lies_below_it() {
    let tree = tree();
    let numbers = |documents: Vec<&Document>| documents.iter().map(|one| one.id.uuid().as_u128()).collect::<Vec<_>>();
    assert_eq!(numbers(tree.in_order()), [1, 2, 3, 4, 5]);
    assert_eq!(numbers(tree.trail(id(4))), [1, 3, 4]);
}
