//! axe-core, run in a page: what keeps people from using it who see, hear or move otherwise.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::window::Window;

/// Everything is looked at, what Swagger UI draws too.
const RUN: &str = r"
const done = arguments[arguments.length - 1];
const node = n => `  ${n.html}\n    ${n.failureSummary.replace(/\s+/g, ' ')}`;
axe.run(document, { resultTypes: ['violations'] }).then(
    found => done(found.violations.map(v => [`${v.id}: ${v.help}`, ...v.nodes.map(node)].join('\n'))),
    error => done([String(error)]));
";

/// The script, as `.ci/browser` fetched it.
fn source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let this = std::env::current_exe().expect("this test has a path");
        let folder: PathBuf = this.ancestors().nth(3).expect("target/PROFILE/deps").join("tools/axe-core");
        let files = std::fs::read_dir(&folder).expect("axe-core is there: `make browser-test` fetches it");
        let mut files = files.filter_map(|file| Some(file.ok()?.path()));
        let script = files.find(|file| file.extension().is_some_and(|extension| extension == "js"));
        std::fs::read_to_string(script.expect("axe-core is there: `make browser-test` fetches it")).expect("it can be read")
    })
}

impl Window {
    /// What axe-core finds wrong with the page, each with the elements.
    pub(crate) async fn barriers(&self) -> Vec<String> {
        self.script(source(), &[]).await;
        let found = self.session.script_that_calls_back(RUN).await.unwrap_or_else(|refused| panic!("axe-core: {refused}"));
        let found = found.as_array().expect("a list").iter();
        found.map(|one| one.as_str().expect("text").to_owned()).collect()
    }
}
