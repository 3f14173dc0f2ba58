//! The README's curl journey, taken out of the README and run in `sh`.

use std::path::Path;
use std::process::Command;

/// Runs the journey against a portal, in the folder that has its data folder `.portico`, and holds its end against what the README
/// says.
///
/// # Panics
/// If the journey ends in another way.
pub fn run(portal: &str, folder: &Path) {
    let readme =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).expect("the README is there");
    let block = readme.split("<!-- journey:").nth(1).expect("the README has the journey");
    let block = block.split("```sh\n").nth(1).expect("it is a block of sh");
    let block = block.split("```").next().expect("it ends");
    let line = "PORTAL=http://localhost:8080\n";
    assert!(block.contains(line), "the journey names the portal in one line");
    let script = block.replace(line, &format!("PORTAL={portal}\n"));
    let ran = Command::new("sh").arg("-euc").arg(&script).current_dir(folder).output().expect("sh runs");
    let output = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{output}\n{}", String::from_utf8_lossy(&ran.stderr));
    let last: Vec<_> = output.lines().rev().take(3).collect();
    assert_eq!(last, ["after it was deleted: 403", "without it: 403", "with the key: 200"], "{output}");
}
