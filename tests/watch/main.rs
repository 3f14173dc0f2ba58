//! Every function as a process of its own under `cargo lambda watch`, over `portico table`. `make watch-test` builds the binaries,
//! has cargo-lambda at hand and runs this; it is not among what `cargo test` runs.

use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use portico_tests::journey;
use portico_tests::samples::ANSWERS;
use serde_json::Value;

/// What a process is given to start, on a machine that is busy with other things.
const START: Duration = Duration::from_secs(60);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A process that ends with the test: it is asked to, since it ends its own children then.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// `portico table`, and `cargo lambda watch` over it, in a folder of one test.
struct Watched {
    // In this order: the functions end before their table does.
    _watch: Running,
    _table: Running,
    port: u16,
    folder: Folder,
}

/// A folder that goes after the processes that use it.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Watched {
    fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("portico-watch-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let url = format!("http://127.0.0.1:{port}");
        let this = std::env::current_exe().expect("this test has a path");
        let binaries = this.parent().and_then(Path::parent).expect("target/PROFILE/deps");
        let mut table = Command::new(binaries.join("portico"));
        table.args(["table", "--listen", "127.0.0.1:0", "--public-url", &url]);
        // DynamoDB Local holds the table, where one is named.
        if let Ok(endpoint) = std::env::var("PORTICO_TEST_ENDPOINT") {
            table.args(["--endpoint-url", &endpoint]);
        }
        let mut table = table.current_dir(&folder).stdout(Stdio::piped()).spawn().expect("portico is built");
        let mut greeting = BufReader::new(table.stdout.take().expect("its output")).lines();
        let first = greeting.next().expect("it greets").expect("a line");
        assert!(first.starts_with("listening on "), "{first}");
        let watch = Command::new("cargo-lambda")
            .env("CARGO", root().join("tests/watch/cargo"))
            .env("PORTICO_BINARIES", binaries)
            .args(["lambda", "watch", "--ignore-changes", "--disable-cors", "--invoke-address", "127.0.0.1", "--invoke-port"])
            .arg(port.to_string())
            .arg("--env-file")
            .arg(folder.join(".portico/functions.env"))
            .current_dir(root())
            .spawn()
            .expect("cargo runs");
        let started = Self { _watch: Running(watch), _table: Running(table), port, folder: Folder(folder) };
        let until = Instant::now() + START;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "cargo lambda watch listens");
            std::thread::sleep(Duration::from_millis(100));
        }
        started
    }

    /// The function's reply to its sample, or what it failed with.
    fn invoke(&self, function: &str) -> Result<Value, String> {
        let ran = Command::new("cargo")
            .args(["lambda", "invoke", function, "--invoke-address", "127.0.0.1", "--invoke-port", &self.port.to_string()])
            .arg("--data-file")
            .arg(root().join(format!("events/{function}.json")))
            .current_dir(root())
            .output()
            .expect("cargo runs");
        let said = String::from_utf8_lossy(&ran.stdout);
        if !ran.status.success() {
            return Err(format!("{said}\n{}", String::from_utf8_lossy(&ran.stderr)));
        }
        serde_json::from_str(&said).map_err(|error| format!("{error}: {said}"))
    }
}

#[test]
fn the_journey_of_the_readme_works_on_the_port_of_cargo_lambda_watch() {
    let watched = Watched::start("journey");
    journey::run(&format!("http://127.0.0.1:{}", watched.port), &watched.folder.0);
}

#[test]
fn cargo_lambda_invoke_answers_the_sample_of_every_function() {
    let watched = Watched::start("invoke");
    for (function, expected) in ANSWERS {
        expected.check(function, watched.invoke(function));
    }
}
