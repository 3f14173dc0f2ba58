//! The routes of the template as `cargo lambda watch` reads them: the section of `Cargo.toml` between two marks.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::gateway::routes::Routes;
use crate::laptop_routes;

/// The line before the section.
pub const BEGIN: &str = "# The routes of infra/template.yaml, for `cargo lambda watch`; `make routes` writes them anew.";
/// The line behind it.
pub const END: &str = "# The end of the routes.";

/// The methods of HTTP that a request without a route may have: what a path has none for is `unknown-route`'s, with a 405.
const METHODS: [&str; 8] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];

/// The section, marks and all.
#[must_use]
pub fn section(routes: &Routes) -> String {
    let fallback = &routes.fallback().function;
    let mut paths: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for route in routes.all() {
        let Some((method, path)) = route.key.split_once(' ') else { continue };
        paths.entry(path).or_default().insert(method, &route.function);
    }
    let mut section = format!("{BEGIN}\n[workspace.metadata.lambda.watch.router]\n");
    for (path, functions) in paths {
        let entries = METHODS.iter().map(|method| {
            let function = functions.get(method).copied().unwrap_or(fallback);
            format!("{{ method = \"{method}\", function = \"{function}\" }}")
        });
        // Writing to a string does not fail.
        let _ = writeln!(section, "\"{path}\" = [{}]", entries.collect::<Vec<_>>().join(", "));
    }
    for path in laptop_routes::PATHS {
        let _ = writeln!(section, "\"{path}\" = \"{}\"", laptop_routes::FUNCTION);
    }
    let _ = writeln!(section, "\"/{{*path}}\" = \"{fallback}\"");
    section + END + "\n"
}

/// A manifest with that section in the place of the one that it has, or behind everything else.
#[must_use]
pub fn replaced(manifest: &str, section: &str) -> String {
    match (manifest.find(BEGIN), manifest.find(END)) {
        (Some(begin), Some(end)) if begin < end => {
            let (before, rest) = manifest.split_at(begin);
            let after = rest.split_at(end - begin).1.strip_prefix(END).unwrap_or_default();
            format!("{before}{section}{}", after.strip_prefix('\n').unwrap_or(after))
        }
        _ => format!("{manifest}\n{section}"),
    }
}
