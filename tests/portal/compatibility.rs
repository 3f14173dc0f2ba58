//! What of the contract Portico serves and what it does not, operation by operation: `docs/compatibility.md`, and in the README the sums.

use std::fmt::Write as _;

use portico_http::routes::{Route, all};
use portico_tests::contract::{Contract, Operation};
use portico_tests::kept::assert_kept;

const README: &str = include_str!("../../README.md");
const OWN: &str = "portico-v1";

/// Why an operation is not served, by the file that it is in (any, where that is empty) and what its name holds, or is after a `=`. Each
/// reason has to be needed.
const REASONS: &[(&str, &str, &str)] = &[
    ("", "email-template", "mails have one form, in the portal's look"),
    ("", "email-config", "the sender is a parameter of the stack"),
    ("", "portal-custom-email", "mails have one form, in the portal's look"),
    ("", "ip-allow-list", "an HTTP API is narrowed by a firewall in front of it; see infra/examples"),
    ("", "snippet", "the pages are Portico's own, in the portal's look"),
    ("", "portal-page", "the pages are Portico's own, in the portal's look"),
    ("portal-management-v3", "=create-portal", "a stack has one portal, made at its first start"),
    ("portal-management-v3", "=delete-portal", "a stack has one portal, which goes with it"),
    ("", "registration-consumer", "an AWS gateway has no consumers to name"),
    ("", "dcr-provider", "clients are made at the identity provider"),
    ("", "granted-scopes", "clients and their scopes are the identity provider's"),
    ("", "regenerate-application-secret", "secrets of clients are the identity provider's"),
    ("", "fetch-api-image", "APIs have no images of their own"),
    ("", "authenticate-sso", "not yet: single sign-on"),
];

fn reason_for(operation: &Operation) -> Option<usize> {
    let fits = |part: &str| part.strip_prefix('=').map_or_else(|| operation.id.contains(part), |whole| operation.id == whole);
    REASONS.iter().position(|(file, part, _)| (file.is_empty() || *file == operation.file) && fits(part))
}

fn served(operation: &Operation) -> Option<&'static Route> {
    all().find(|route| route.method == operation.method && route.path == operation.path)
}

#[test]
fn every_operation_is_served_or_there_is_a_reason_and_the_documents_say_which() {
    let contract = Contract::load();
    let mut files: Vec<_> = contract.operations().iter().map(|operation| operation.file).collect();
    files.dedup();
    let mut document = "# Compatibility\n\nEvery operation of the contract, and the function that serves it or the reason why none does. \
                        Made by a test from the routes and the contract files; where a served operation departs from the documented \
                        behaviour, [differences](differences.md) says so.\n"
        .to_owned();
    let mut sums = "| Contract | Served | Not served |\n|---|--:|---|\n".to_owned();
    let (mut needed, mut unexplained) = (vec![false; REASONS.len()], Vec::new());
    for file in files.into_iter().filter(|file| *file != OWN) {
        let operations: Vec<_> = contract.operations().iter().filter(|operation| operation.file == file).collect();
        write!(document, "\n## {file}\n\n| Operation | Route | |\n|---|---|---|\n").expect("a string takes it");
        let mut missing: Vec<(&str, usize)> = Vec::new();
        let mut count = 0;
        for operation in &operations {
            let answer = match (served(operation), reason_for(operation)) {
                (Some(route), _) => {
                    count += 1;
                    format!("`{}`", route.function)
                }
                (None, Some(reason)) => {
                    needed[reason] = true;
                    let text = REASONS[reason].2;
                    match missing.iter_mut().find(|(known, _)| *known == text) {
                        Some((_, times)) => *times += 1,
                        None => missing.push((text, 1)),
                    }
                    text.to_owned()
                }
                (None, None) => {
                    unexplained.push(format!("{file} {}", operation.id));
                    continue;
                }
            };
            writeln!(document, "| `{}` | {} {} | {answer} |", operation.id, operation.method, operation.path)
                .expect("a string takes it");
        }
        let missing: Vec<_> = missing.iter().map(|(text, times)| format!("{text} ({times})")).collect();
        writeln!(sums, "| `{file}` | {count} of {} | {} |", operations.len(), missing.join("; ")).expect("a string takes it");
    }
    assert!(unexplained.is_empty(), "neither served nor explained: {}", unexplained.join(", "));
    let spare: Vec<_> = REASONS.iter().zip(&needed).filter(|(_, needed)| !**needed).map(|((_, part, _), _)| *part).collect();
    assert!(spare.is_empty(), "served now, so that no reason is needed: {}", spare.join(", "));
    assert_kept("docs/compatibility.md", &document);
    let (before, rest) = README.split_once("<!-- compatibility -->").expect("where the table begins");
    let (_, after) = rest.split_once("<!-- /compatibility -->").expect("where the table ends");
    assert_kept("README.md", &format!("{before}<!-- compatibility -->\n{sums}<!-- /compatibility -->{after}"));
}
