//! One word in four places: the folders of `functions/`, the routes of the code, `infra/template.yaml` and the samples agree.

use std::collections::BTreeSet;
use std::path::Path;

use portico::functions::FUNCTIONS;
use portico::gateway::routes::{Routes, TEMPLATE};
use portico_http::routes::ROUTES;

fn names(folder: &str, suffix: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    names.map(|name| name.trim_end_matches(suffix).to_owned()).collect()
}

#[test]
fn the_template_routes_what_the_code_serves_to_the_function_that_serves_it() {
    let template = Routes::read(TEMPLATE).expect("the template can be read");
    let of_template: BTreeSet<_> = template.all().iter().map(|route| (route.key.clone(), route.function.clone())).collect();
    let of_code: BTreeSet<_> = ROUTES.iter().map(|route| (route.key(), route.function.to_owned())).collect();
    assert_eq!(of_template, of_code);
    assert_eq!(template.fallback().function, "unknown-route");
}

#[test]
fn a_functions_logical_id_is_its_name() {
    let template = Routes::read(TEMPLATE).expect("the template can be read");
    for route in template.all() {
        let words = route.function.split('-').map(|word| {
            let mut chars = word.chars();
            chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
        });
        assert_eq!(route.logical_id, words.collect::<String>());
    }
}

#[test]
fn every_folder_of_functions_is_served_and_has_a_sample() {
    let folders = names("functions", "");
    let of_events = ["authorize", "run-jobs", "send-email"].map(str::to_owned);
    let served: BTreeSet<_> = FUNCTIONS.iter().map(|(name, _)| (*name).to_owned()).chain(of_events).collect();
    assert_eq!(folders, served);
    assert_eq!(folders, names("events", ".json"));
    for name in &folders {
        assert!(TEMPLATE.contains(&format!("Binary: {name}")), "{name} is in the template");
    }
}
