//! A document as a tree of nodes, named as in mdast, the syntax tree that Markdown tools share.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use serde_json::{Value, json};

/// How deep nodes are nested: what lies deeper stands at this level.
const DEEPEST: usize = 60;

/// The nodes of a text.
pub(crate) fn of(text: &str) -> Value {
    let mut open = vec![json!({ "type": "root", "children": [] })];
    let mut too_deep = 0_usize;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(_) if open.len() >= DEEPEST => too_deep += 1,
            Event::Start(tag) => open.push(node(&tag)),
            Event::End(_) if too_deep > 0 => too_deep -= 1,
            Event::End(_) => {
                if open.len() > 1
                    && let Some(done) = open.pop()
                {
                    append(&mut open, closed(done));
                }
            }
            other => append(&mut open, leaf(other)),
        }
    }
    open.into_iter().next().unwrap_or_default()
}

fn append(open: &mut [Value], node: Value) {
    if let Some(children) = open.last_mut().and_then(|parent| parent.get_mut("children")).and_then(Value::as_array_mut) {
        children.push(node);
    }
}

fn leaf(event: Event<'_>) -> Value {
    let with = |kind: &str, value: &str| json!({ "type": kind, "value": value });
    match event {
        Event::Code(code) => with("inlineCode", &code),
        Event::Html(html) | Event::InlineHtml(html) => with("html", &html),
        Event::SoftBreak => with("text", "\n"),
        Event::HardBreak => json!({ "type": "break" }),
        Event::Rule => json!({ "type": "thematicBreak" }),
        Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
            with("text", &text)
        }
        Event::TaskListMarker(done) => with("text", if done { "[x] " } else { "[ ] " }),
        Event::Start(_) | Event::End(_) => with("text", ""),
    }
}

fn node(tag: &Tag<'_>) -> Value {
    let plain = |kind: &str| json!({ "type": kind, "children": [] });
    match tag {
        Tag::Heading { level, .. } => json!({ "type": "heading", "depth": *level as u8, "children": [] }),
        Tag::BlockQuote(_) => plain("blockquote"),
        Tag::CodeBlock(CodeBlockKind::Fenced(lang)) => json!({ "type": "code", "lang": lang.as_ref(), "children": [] }),
        Tag::CodeBlock(CodeBlockKind::Indented) => plain("code"),
        Tag::HtmlBlock => plain("html"),
        Tag::List(start) => json!({ "type": "list", "ordered": start.is_some(), "start": start, "children": [] }),
        Tag::Item => plain("listItem"),
        Tag::Table(_) => plain("table"),
        Tag::TableHead | Tag::TableRow => plain("tableRow"),
        Tag::TableCell => plain("tableCell"),
        Tag::Emphasis => plain("emphasis"),
        Tag::Strong => plain("strong"),
        Tag::Strikethrough => plain("delete"),
        Tag::Link { dest_url, title, .. } => {
            json!({ "type": "link", "url": dest_url.as_ref(), "title": title.as_ref(), "children": [] })
        }
        Tag::Image { dest_url, title, .. } => {
            json!({ "type": "image", "url": dest_url.as_ref(), "title": title.as_ref(), "children": [] })
        }
        _ => plain("paragraph"),
    }
}

/// Code and HTML are literal: what was gathered in them is their value.
fn closed(mut node: Value) -> Value {
    if matches!(node["type"].as_str(), Some("code" | "html")) {
        let children = node.as_object_mut().and_then(|node| node.remove("children"));
        let lines = children.as_ref().and_then(Value::as_array).into_iter().flatten();
        let text: String = lines.filter_map(|line| line["value"].as_str()).collect();
        node["value"] = Value::String(text);
    }
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_the_nodes_that_it_consists_of() {
        let nodes = of("# Hello\n\nSome *words* and `code`.\n\n```sh\nls\n```\n");
        let expected = json!({ "type": "root", "children": [
            { "type": "heading", "depth": 1, "children": [{ "type": "text", "value": "Hello" }] },
            { "type": "paragraph", "children": [
                { "type": "text", "value": "Some " },
                { "type": "emphasis", "children": [{ "type": "text", "value": "words" }] },
                { "type": "text", "value": " and " },
                { "type": "inlineCode", "value": "code" },
                { "type": "text", "value": "." },
            ] },
            { "type": "code", "lang": "sh", "value": "ls\n" },
        ] });
        assert_eq!(nodes, expected);
    }

    #[test]
    fn a_text_that_is_nested_without_end_is_read_all_the_same() {
        let nodes = of(&format!("{} x", ">".repeat(20_000)));
        assert!(nodes.to_string().len() < 10_000);
    }
}
