//! A share of a processor, as Lambda gives one: a control group of this measurement, if the system lets it have one.

use std::fs;
use std::io;
use std::path::PathBuf;

/// How much memory buys a whole processor on Lambda, in megabytes.
const WHOLE: u64 = 1769;
/// How often a share is given anew, in microseconds.
const PERIOD: u64 = 20_000;

/// A control group, which goes with this value.
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

    /// What a shell does to put itself there before it becomes something else.
    pub(crate) fn joining(&self) -> String {
        format!("echo $$ > {}/cgroup.procs && exec \"$0\" \"$@\"", self.folder.display())
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        // Empty after its last process has ended, which takes a moment.
        for _ in 0..50 {
            if fs::remove_dir(&self.folder).is_ok() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}
