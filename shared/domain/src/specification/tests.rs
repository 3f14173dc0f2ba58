//! Documents good, bad and hostile.

use super::{MAX_BYTES, Media, SpecType, Specification, SpecificationTooLarge};

const OPENAPI_30: &str = r##"
openapi: 3.0.3
info: {title: Weather, version: "1.2", description: What the sky does.}
x-portico-upstream: http://127.0.0.1:9000/weather
paths:
  /stations:
    get:
      operationId: listStations
      summary: All stations
      responses: {200: {description: The stations}}
    post:
      responses: {"201": {$ref: "#/components/responses/created"}}
  /stations/{id}/readings/{day}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - $ref: '#/components/parameters/day'
    get:
      operationId: readings
      responses:
        default: {description: Readings, content: {application/json: {schema: {$ref: "#/components/schemas/a~1b%20c"}}}}
components:
  parameters:
    day: {name: day, in: path, required: true, schema: {type: string}}
  responses:
    created: {description: Created}
  schemas:
    "a/b c": {type: object, example: {$ref: "#/nowhere"}}
"##;

const OPENAPI_31: &str = r##"{"openapi": "3.1.0", "info": {"title": "Hooks", "version": "2"}, "webhooks": {"x": {"post": {}}}}"##;
const SWAGGER: &str = r##"{"swagger": "2.0", "info": {"title": "Old", "version": "0.9"}, "paths": {"/a": {"get": {"responses": {"200": {"description": "ok"}}}}}}"##;
const ASYNCAPI: &str = "asyncapi: 2.6.0\ninfo:\n  title: Streams\n  version: '1'\nchannels:\n  a: {}\n";

fn read(text: &str) -> Specification {
    Specification::read(text.as_bytes()).unwrap()
}

/// The messages of the good document with one text replaced.
fn messages_with(from: &str, to: &str) -> Vec<String> {
    assert!(OPENAPI_30.contains(from), "{from}");
    read(&OPENAPI_30.replacen(from, to, 1)).messages
}

#[test]
fn a_good_document_of_each_kind_has_no_messages() {
    for (text, spec_type, media, title, version) in [
        (OPENAPI_30, SpecType::Oas3, Media::Yaml, "Weather", "1.2"),
        (OPENAPI_31, SpecType::Oas3, Media::Json, "Hooks", "2"),
        (SWAGGER, SpecType::Oas2, Media::Json, "Old", "0.9"),
        (ASYNCAPI, SpecType::Asyncapi, Media::Yaml, "Streams", "1"),
    ] {
        for text in [text.to_owned(), format!("\u{feff}{text}")] {
            let found = read(&text);
            assert_eq!(found.messages, Vec::<String>::new(), "{title}");
            assert_eq!((found.spec_type, found.media), (spec_type, media), "{title}");
            assert_eq!((found.title.as_deref(), found.version.as_deref()), (Some(title), Some(version)));
        }
    }
    let found = read(OPENAPI_30);
    assert_eq!(found.description.as_deref(), Some("What the sky does."));
    assert_eq!(found.upstream.as_deref(), Some("http://127.0.0.1:9000/weather"));
}

#[test]
fn operations_are_listed_by_path_and_method() {
    let found = read(OPENAPI_30);
    let listed: Vec<_> = found
        .operations()
        .iter()
        .map(|operation| {
            (operation.method.as_str(), operation.path.as_str(), operation.operation_id.as_deref(), operation.summary.as_deref())
        })
        .collect();
    assert_eq!(
        listed,
        [
            ("GET", "/stations", Some("listStations"), Some("All stations")),
            ("POST", "/stations", None, None),
            ("GET", "/stations/{id}/readings/{day}", Some("readings"), None),
        ]
    );
    assert_eq!(read(ASYNCAPI).operations(), []);
}

#[test]
fn each_fault_has_its_message_and_no_other() {
    for (from, to, message) in [
        ("openapi: 3.0.3", "openapi: 3.2.0", "\"openapi\" must be a text with the version 3.0.x or 3.1.x."),
        ("openapi: 3.0.3", "openapi: 3.0", "\"openapi\" must be a text with the version 3.0.x or 3.1.x."),
        ("openapi: 3.0.3", "", "One of \"openapi\", \"swagger\" and \"asyncapi\" must say what kind of document this is."),
        (
            "openapi: 3.0.3",
            "openapi: 3.0.3\nswagger: '2.0'",
            "Only one of \"openapi\", \"swagger\" and \"asyncapi\" may say what kind of document this is.",
        ),
        ("title: Weather", "title: ' '", "\"info.title\" must be a text that is not empty."),
        ("version: \"1.2\"", "version: 1.2", "\"info.version\" must be a text that is not empty."),
        ("info: {", "information: {", "\"info\" must be an object with a \"title\" and a \"version\"."),
        (
            "http://127.0.0.1:9000/weather",
            "ftp://127.0.0.1/",
            "\"x-portico-upstream\" must be a URL that begins with http:// or https://.",
        ),
        ("  /stations:\n", "  stations:\n", "The path \"stations\" must begin with a slash."),
        ("    post:", "    fetch:", "\"fetch\" of the path \"/stations\" is not a method that is known."),
        (
            "      responses: {200: {description: The stations}}\n",
            "",
            "GET /stations must have \"responses\" with at least one response.",
        ),
        ("{200: {description: The stations}}", "{}", "GET /stations must have \"responses\" with at least one response."),
        (
            "operationId: readings",
            "operationId: listStations",
            "GET /stations and GET /stations/{id}/readings/{day} have the same operationId \"listStations\".",
        ),
        ("operationId: readings", "operationId: 7", "The operationId of GET /stations/{id}/readings/{day} must be a text."),
        (
            "      - {name: id, in: path, required: true, schema: {type: string}}\n",
            "",
            "GET /stations/{id}/readings/{day} does not declare its path parameter \"id\".",
        ),
        (
            "/readings/{day}:",
            "/readings:",
            "GET /stations/{id}/readings declares a path parameter \"day\" that its path does not have.",
        ),
        (
            "#/components/responses/created",
            "#/components/responses/made",
            "The reference \"#/components/responses/made\" leads nowhere.",
        ),
        (
            "summary: All stations",
            "summary: All stations\n      summary: Every station",
            "The member \"summary\" occurs more than once in the same object; the last one counts.",
        ),
    ] {
        assert_eq!(messages_with(from, to), [message], "{from:?} -> {to:?}");
    }
}

#[test]
fn repeated_members_are_reported_in_json_too() {
    let found = read(&SWAGGER.replacen("\"title\"", "\"title\": \"First\", \"title\"", 1));
    assert_eq!(found.messages, ["The member \"title\" occurs more than once in the same object; the last one counts."]);
    assert_eq!(found.title.as_deref(), Some("Old"));
}

#[test]
fn a_number_as_version_still_names_the_version() {
    assert_eq!(read(&OPENAPI_30.replacen("\"1.2\"", "1.2", 1)).version.as_deref(), Some("1.2"));
}

#[test]
fn what_cannot_be_read_is_accepted_as_openapi_3_with_the_reason() {
    for (text, media, start) in [
        ("", Media::Yaml, "The document is not an object"),
        ("just words", Media::Yaml, "The document is not an object"),
        ("[1, 2]", Media::Json, "The document is not an object"),
        ("{\"openapi\": ", Media::Json, "The document cannot be read as JSON: "),
        ("a: [1, 2", Media::Yaml, "The document cannot be read as YAML: "),
        ("a: b: c", Media::Yaml, "The document cannot be read as YAML: "),
        ("a: 1\n---\nb: 2", Media::Yaml, "The document cannot be read as YAML: "),
        ("a: *nobody", Media::Yaml, "The document cannot be read as YAML: "),
    ] {
        let found = read(text);
        assert_eq!((found.spec_type, found.media), (SpecType::Oas3, media), "{text:?}");
        assert!(found.messages.len() == 1 && found.messages[0].starts_with(start), "{text:?}: {:?}", found.messages);
    }
    let found = Specification::read(b"openapi: \xff\xfe").unwrap();
    assert_eq!(found.messages, ["The document is not UTF-8 text."]);
}

#[test]
fn flow_yaml_that_is_not_json_is_yaml() {
    let found = read("{openapi: 3.1.0, info: {title: Flow, version: '1'}, components: {}}");
    assert_eq!((found.media, found.title.as_deref(), found.messages.len()), (Media::Yaml, Some("Flow"), 0));
}

#[test]
fn three_million_bytes_are_read_and_one_more_is_too_large() {
    let mut text = OPENAPI_30.to_owned();
    text.push_str("x-padding: '");
    text.push_str(&"p".repeat(MAX_BYTES - text.len() - 2));
    text.push_str("'\n");
    assert_eq!(text.len(), MAX_BYTES);
    assert_eq!(read(&text).messages, Vec::<String>::new());
    text.push('\n');
    assert_eq!(Specification::read(text.as_bytes()), Err(SpecificationTooLarge));
}

#[test]
fn aliases_may_repeat_but_not_multiply() {
    let shared = "a: &a {b: 1}\nopenapi: 3.1.0\ninfo: {title: T, version: '1'}\ncomponents: {x: *a, y: *a}\n";
    assert_eq!(read(shared).messages, Vec::<String>::new());

    let mut laughs = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for n in 1..12 {
        let item = format!("*a{}", n - 1);
        laughs.push_str(&format!("a{n}: &a{n} [{}]\n", [item.as_str(); 9].join(", ")));
    }
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), ["*a"; 90].join(", "));
    let merges = format!("a: &a {{{}}}\nb:\n{}", "x: &x 1, y: 2", "  - {<<: *a}\n".repeat(2_000));
    for bomb in [&laughs, &long] {
        let found = read(bomb);
        assert!(
            found.messages.len() == 1 && found.messages[0].starts_with("The document cannot be read as YAML: "),
            "{:?}",
            found.messages
        );
    }
    assert!(!read(&merges).messages.is_empty());
}

#[test]
fn nesting_is_bounded_in_both_languages() {
    for text in [
        "[".repeat(1_000_000),
        "{\"a\":".repeat(500_000),
        format!("{}1{}", "[".repeat(49), "]".repeat(49)),
        "- ".repeat(100_000),
        "? ".repeat(100_000),
        (0..1_000).map(|n| format!("{}a:\n", " ".repeat(n))).collect(),
    ] {
        let found = read(&text);
        assert!(
            found.messages.iter().any(|message| message.starts_with("The document cannot be read as ")),
            "{:?}",
            found.messages
        );
    }
    for deep in [format!("{{\"a\": {}1{}}}", "[".repeat(47), "]".repeat(47)), format!("{}1{}", "{a: ".repeat(48), "}".repeat(48))]
    {
        assert!(!read(&deep).messages.iter().any(|message| message.starts_with("The document cannot be read")));
    }
}

#[test]
fn messages_are_bounded_in_number_and_length() {
    let paths: String = (0..1_000).map(|n| format!("  path{n}{}: {{}}\n", "x".repeat(900))).collect();
    let found = read(&format!("openapi: 3.0.0\ninfo: {{title: T, version: '1'}}\npaths:\n{paths}"));
    assert_eq!(found.messages.len(), 50);
    assert_eq!(found.messages.last().map(String::as_str), Some("There are more faults than are listed here."));
    assert!(found.messages.iter().all(|message| message.chars().count() <= 300));
}

#[test]
fn circles_of_references_end() {
    let text = OPENAPI_30.replacen(
        "    day: {name: day, in: path, required: true, schema: {type: string}}",
        "    day: {$ref: '#/components/parameters/night'}\n    night: {$ref: '#/components/parameters/day'}",
        1,
    );
    assert_eq!(read(&text).messages, ["GET /stations/{id}/readings/{day} does not declare its path parameter \"day\"."]);
}

/// A small generator that repeats: xorshift.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for round in 0..400 {
        let random: Vec<u8> = (0..dice.roll(300)).map(|_| u8::try_from(dice.roll(256)).unwrap()).collect();
        let _ = Specification::read(&random);
        let mut mutated = [OPENAPI_30, OPENAPI_31, SWAGGER, ASYNCAPI][round % 4].as_bytes().to_vec();
        for _ in 0..=dice.roll(6) {
            let (at, other) = (dice.roll(mutated.len()), dice.roll(mutated.len()));
            match dice.roll(4) {
                0 => mutated[at] = b"{}[]:,-#&*!|>'\"%@`?~ \n\t\0"[dice.roll(24)],
                1 => mutated.truncate(at.max(1)),
                2 => mutated.swap(at, other),
                _ => {
                    let copy = mutated[at.min(other)..at.max(other)].to_vec();
                    mutated.splice(at..at, copy);
                }
            }
        }
        let _ = Specification::read(&mutated);
    }
}
