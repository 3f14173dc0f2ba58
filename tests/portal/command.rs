//! The portal's own command in a folder of its own: started on a free port, ended with the test.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of one test, gone with it.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("portico-{name}-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// Where the command keeps its data when it is started in this folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.0.join(".portico")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running portal.
pub(crate) struct Portal {
    child: Child,
    /// Its first line's address.
    pub(crate) address: String,
    /// Everything else that it greets with.
    pub(crate) greeting: Vec<String>,
}

impl Portal {
    /// `portico serve` on a free port, in that folder, with more arguments.
    pub(crate) fn start(folder: &Folder, arguments: &[&str]) -> Self {
        let mut child = Command::new(binary())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .current_dir(&folder.0)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines().map(|line| line.expect("a line"));
        let first = lines.next().expect("its first line");
        let address = first.strip_prefix("listening on ").expect("the first line says where it listens").to_owned();
        // The greeting ends with the three things to try.
        let mut greeting = Vec::new();
        while greeting.iter().filter(|line: &&String| line.trim_start().starts_with("curl ")).count() < 3 {
            greeting.push(lines.next().expect("the greeting goes on"));
        }
        Self { child, address, greeting }
    }

    pub(crate) fn binary(&self) -> PathBuf {
        binary()
    }

    /// Ctrl-C, and how it ended.
    pub(crate) fn interrupt(&mut self) -> ExitStatus {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        self.child.wait().expect("it ends")
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn binary() -> PathBuf {
    crate::binaries::binaries().join("portico")
}
