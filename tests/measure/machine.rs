//! Where and when something was measured.

use std::process::Command;

/// A line that says so.
pub(crate) fn line(command: &str) -> String {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let model = first("/proc/cpuinfo", "model name").unwrap_or_else(|| "a processor that does not say what it is".to_owned());
    let memory = first("/proc/meminfo", "MemTotal")
        .and_then(|kilobytes| kilobytes.trim_end_matches("kB").trim().parse::<u64>().ok())
        .map_or_else(String::new, |kilobytes| format!(", {} GiB", kilobytes.div_ceil(1024 * 1024)));
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let date = said("date", &["-u", "+%Y-%m-%d %H:%M UTC"]).unwrap_or_default();
    let compiler = said("rustc", &["--version"]).unwrap_or_default();
    let commit = said("git", &["rev-parse", "--short", "HEAD"]).unwrap_or_default();
    format!("Measured {date} at commit {commit} by `{command}`: {processors} × {model}{memory}, {compiler}.\n\n")
}

fn first(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| line.strip_prefix(name)?.split_once(':').map(|(_, value)| value.trim().to_owned()))
}
