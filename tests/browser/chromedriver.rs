//! The process that drives Chromium: on a free port, with a folder of its own for the profiles, ended with its test.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::pictures;

/// What chromedriver is given to close its windows.
const LAST: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(10);

/// A running chromedriver.
pub(crate) struct Chromedriver {
    child: Child,
    /// Kept open: what writes to a pipe that nobody holds is ended.
    _output: BufReader<ChildStdout>,
    port: u16,
    folder: PathBuf,
}

impl Chromedriver {
    pub(crate) fn start() -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("portico-browser-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut command = Command::new("chromedriver");
        if pictures::are_wanted() {
            command.env("FONTCONFIG_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/browser/fonts.conf"));
        }
        let mut child = command
            .arg("--port=0")
            .env("TMPDIR", &folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts: `make browser-test` installs it");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let port = loop {
            let mut line = String::new();
            assert!(output.read_line(&mut line).expect("a line") > 0, "chromedriver ended before it listened");
            let said = line.trim_end().trim_end_matches('.').rsplit_once("successfully on port ");
            if let Some((_, port)) = said {
                break port.parse().expect("a port");
            }
        };
        Self { child, _output: output, port, folder }
    }

    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// chromedriver's own command: it closes every window, and ends.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port))?;
        socket.set_read_timeout(Some(LAST))?;
        write!(socket, "GET /shutdown HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")?;
        socket.read_to_end(&mut Vec::new()).map(|_| ())
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = self.shut_down();
        let late = Instant::now() + LAST;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < late {
            std::thread::sleep(LOOK);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
