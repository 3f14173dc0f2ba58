//! Nothing is left out: every operation is named by the tests of the function that serves it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use portico_http::routes;

/// The texts of the test files, by the names of their modules.
fn modules() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("portal");
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the folder of the tests") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let module = path.file_stem().expect("a name").to_string_lossy().into_owned();
            found.insert(module, fs::read_to_string(&path).expect("a test file"));
        }
    }
    found
}

#[test]
fn every_operation_is_named_by_a_test_of_the_function_that_serves_it() {
    let modules = modules();
    let mut missing = Vec::new();
    for route in routes::all() {
        // `admin-catalog` has several modules: they begin with its name.
        let of_function = route.function.replace('-', "_");
        let as_test = route.operation.replace('-', "_");
        let named = modules.iter().filter(|(module, _)| module.starts_with(&of_function));
        let named = named.filter(|(_, text)| text.contains("#[tokio::test]"));
        if !named.map(|(_, text)| text).any(|text| text.contains(route.operation) || text.contains(&as_test)) {
            missing.push(format!("{} of {}", route.operation, route.function));
        }
    }
    assert!(missing.is_empty(), "no test names {}", missing.join(", "));
}
