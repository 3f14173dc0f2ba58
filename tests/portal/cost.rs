//! `portico cost` and its example in `docs/cost.md`.

use portico::cost::Cost;
use portico_tests::kept::assert_kept;

const DOCUMENT: &str = include_str!("../../docs/cost.md");

#[test]
fn the_document_shows_what_the_command_prints() {
    let bill = Cost::of(1_000, 100_000, 60).bill().expect("the figures can be read").to_string();
    let (before, rest) = DOCUMENT.split_once("<!-- bill -->").expect("where the bill begins");
    let (_, after) = rest.split_once("<!-- /bill -->").expect("where the bill ends");
    assert_kept("docs/cost.md", &format!("{before}<!-- bill -->\n{bill}<!-- /bill -->{after}"));
}
