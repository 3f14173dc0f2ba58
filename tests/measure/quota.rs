//! A share of a processor, as Lambda gives one: a control group of this measurement, if the system lets it have one.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// How much memory buys a whole processor on Lambda, in megabytes.
const WHOLE: u64 = 1769;
/// How often a share is given anew, in microseconds.
const PERIOD: u64 = 20_000;

/// A control group for one process, which goes with this value. Each has its own: one that another had before would begin with the
/// debts of that one.
pub(crate) struct Quota {
    folder: PathBuf,
}

impl Quota {
    /// The share that so many megabytes have.
    pub(crate) fn of_memory(megabytes: u64) -> io::Result<Self> {
        let name = format!("portico-measure-{}-{megabytes}", std::process::id());
        let share = PERIOD * megabytes / WHOLE;
        let (old, new) = (PathBuf::from("/sys/fs/cgroup/cpu"), PathBuf::from("/sys/fs/cgroup"));
        let is_old = old.join("cpu.cfs_quota_us").exists() || old.join("cgroup.procs").exists();
        let folder = if is_old { old.join(name) } else { new.join(name) };
        fs::create_dir(&folder)?;
        let quota = Self { folder };
        if is_old {
            fs::write(quota.folder.join("cpu.cfs_period_us"), PERIOD.to_string())?;
            fs::write(quota.folder.join("cpu.cfs_quota_us"), share.to_string())?;
        } else {
            fs::write(quota.folder.join("cpu.max"), format!("{share} {PERIOD}"))?;
        }
        Ok(quota)
    }

    /// A shell that becomes a program when it is told to.
    pub(crate) fn held(program: &OsStr, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg("read go && exec \"$0\" \"$@\"").arg(program).args(arguments).stdin(Stdio::piped());
        shell
    }

    /// Starts what [`Self::held`] made. It begins with a whole share: what the shell took of one was given anew meanwhile.
    pub(crate) async fn start(&self, mut held: Command) -> io::Result<(Child, Instant)> {
        let mut child = held.spawn()?;
        let id = child.id().ok_or_else(|| io::Error::other("the shell has ended"))?;
        fs::write(self.folder.join("cgroup.procs"), id.to_string())?;
        tokio::time::sleep(Duration::from_micros(3 * PERIOD)).await;
        let mut input = child.stdin.take().ok_or_else(|| io::Error::other("the shell listens to nobody"))?;
        let began = Instant::now();
        input.write_all(b"\n").await?;
        Ok((child, began))
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        // Empty when its process has ended, or a moment later.
        for _ in 0..50 {
            if fs::remove_dir(&self.folder).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
