//! From `git clone` to the first 200 of an API, as the README leads there: the build of everything included.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use portico_tests::journey;

use crate::report::goal;

/// How long it may take, in minutes.
const MOST: f64 = 10.0;

/// A portal that was started by `cargo run`. It ends with this value.
struct Run(Child);

impl Drop for Run {
    fn drop(&mut self) {
        // Cargo itself has become the portal: there is nobody else to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Clones the repository's last commit and goes the way. A target folder that is given need not be empty: for trying this out.
pub(crate) fn part(root: &Path, target: Option<&Path>) -> String {
    let folder = portico::data::DataFolder::temporary().expect("a folder");
    let clone = folder.table().with_file_name("clone");
    let own = folder.table().with_file_name("target");
    let began = Instant::now();
    let cloned = Command::new("git").args(["clone", "--quiet"]).args([root, &clone]).status().expect("git is there");
    assert!(cloned.success(), "the repository can be cloned");
    let mut started = Command::new("cargo")
        .args(["run", "--quiet", "--", "serve", "--listen", "127.0.0.1:0"])
        .env("CARGO_TARGET_DIR", target.unwrap_or(&own))
        .current_dir(&clone)
        .stdout(Stdio::piped())
        .spawn()
        .expect("cargo is there");
    let mut lines = BufReader::new(started.stdout.take().expect("its output")).lines();
    let _portal = Run(started);
    let first = lines.next().expect("the portal starts").expect("text");
    let portal = first.strip_prefix("listening on ").expect("the first line says where it listens").to_owned();
    std::thread::spawn(move || lines.for_each(drop));
    let built = began.elapsed();
    journey::run(&portal, &clone);
    let all = began.elapsed();
    let minutes = |seconds: f64| format!("{:.0}:{:02.0} minutes", (seconds / 60.0).floor(), (seconds % 60.0).floor());
    let empty = if target.is_none() { "an empty target folder" } else { "a target folder that was **not** empty" };
    format!(
        "- from `git clone` to a portal that listens, with {empty} and the crates in Cargo's cache: {}\n\
         - the README's journey from there to a 200, and on to the refusal of the deleted key: {:.1} s\n{}",
        minutes(built.as_secs_f64()),
        (all - built).as_secs_f64(),
        goal("from `git clone` to the first call, minutes", all.as_secs_f64() / 60.0, MOST),
    )
}
