//! OpenAPI documents that everybody knows, as their owners publish them (`.ci/well-known-documents`): published, searched by operation,
//! drawn, and downloaded byte for byte.

use std::path::{Path, PathBuf};

use reqwest::Method;
use serde_json::{Value, json};

use crate::program::{Program, id};
use crate::scene::Scene;

/// A document and one of its operations.
struct Known {
    file: &'static str,
    slug: &'static str,
    media: &'static str,
    /// What a developer types, and the operation that must come first.
    words: &'static str,
    operation: &'static str,
    key: &'static str,
    /// The operation's group in the reference, and the path in it.
    group: &'static str,
    path: &'static str,
}

const ALL: [Known; 3] = [
    Known {
        file: "github.json",
        slug: "github",
        media: "application/json",
        words: "get a gitignore template",
        operation: "gitignore/get-template",
        key: "GET /gitignore/templates/{name}",
        group: "gitignore",
        path: "/gitignore/templates/{name}",
    },
    Known {
        file: "figma.yaml",
        slug: "figma",
        media: "application/yaml",
        words: "getImageFills",
        operation: "getImageFills",
        key: "GET /v1/files/{file_key}/images",
        group: "Files",
        path: "/v1/files/{file_key}/images",
    },
    Known {
        file: "netlify.json",
        slug: "netlify",
        media: "application/json",
        words: "getIndividualDnsRecord",
        operation: "getIndividualDnsRecord",
        key: "GET /dns_zones/{zone_id}/dns_records/{dns_record_id}",
        group: "dnsZone",
        path: "/dns_zones/{zone_id}/dns_records/{dns_record_id}",
    },
];

fn folder() -> PathBuf {
    let this = std::env::current_exe().expect("this program has a path");
    this.ancestors().nth(3).map(Path::to_path_buf).expect("target/PROFILE/deps").join("tools/well-known")
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_everybody_knows_are_published_found_drawn_and_downloaded() {
    let scene = Scene::start().await;
    let admin = Program::of_administrator(&scene);
    let window = scene.window().await;
    let mut largest = 0;
    for known in ALL {
        let sent = std::fs::read(folder().join(known.file)).expect("it is there: `make browser-test` fetches it");
        let content = std::str::from_utf8(&sent).expect("text");
        largest = largest.max(sent.len());

        let new = json!({ "name": known.slug, "slug": known.slug, "spec_content": content });
        let api = id(&admin.post("/v3/apis", new).await).to_owned();
        let publication = format!("/v3/apis/{api}/publications/{}", scene.local.portal().config.portal);
        admin.send(Method::PUT, &publication, json!({ "visibility": "public" })).await;

        let words = known.words.replace(' ', "%20");
        let found = admin.get(&format!("/api/v3/search?q={words}")).await;
        let first = &found["data"][0];
        assert_eq!(first["type"], "operation", "{}: {found}", known.words);
        assert_eq!(first["attributes"]["operation_id"], known.operation);
        assert_eq!(first["attributes"]["operation_key"], known.key);
        assert_eq!(first["relations"]["api_slug"], known.slug);

        window.goto(&format!("/apis/{}/reference", known.slug)).await;
        window.is_drawn().await;
        // Swagger UI lets long paths break: invisible marks lie between their segments.
        let drawn =
            "return [...document.querySelectorAll('.opblock-summary-path')].some(one => one.dataset.path === arguments[0])";
        // The groups of a large document are closed at first.
        if window.script(drawn, &[json!(known.path)]).await != Value::Bool(true) {
            window.press(&format!("Operations of {}", known.group)).await;
        }
        let there = async || (window.script(drawn, &[json!(known.path)]).await == Value::Bool(true)).then_some(());
        assert!(window.until(there).await.is_some(), "{} is not drawn", known.path);

        let version = first["relations"]["spec_id"].as_str().expect("a version");
        let raw = format!("{}/api/v3/apis/{}/versions/{version}/raw", scene.origin, known.slug);
        let reply = reqwest::get(raw).await.expect("an answer").error_for_status().expect("it is there");
        assert_eq!(reply.headers()["content-type"], known.media, "{}", known.slug);
        let disposition = reply.headers()["content-disposition"].to_str().expect("text").to_owned();
        assert!(disposition.contains(known.slug), "{disposition}");
        assert!(reply.bytes().await.expect("bytes") == sent, "{}: other bytes came back", known.slug);
    }
    assert!(largest > 1 << 20, "one of them has more than a megabyte");
    scene.end([window]).await;
}
