//! `make measure`: what the portal costs, in figures with their goals beside them, printed and kept in `docs/benchmarks.md`.
//!
//! `cargo bench --workspace --bench measure -- [PART…]`, parts being `cold`, `authorizer`, `pages`,
//! `search`, `load`, `growth` and `first-call`; all of them without one.
//! `PORTICO_BUILT` names the folder of the release binaries, `PORTICO_FUNCTIONS` those functions that are started (all without it),
//! `PORTICO_DEVELOPERS` the most that the portal grows to, `PORTICO_FIRST_CALL_TARGET` a target folder that the clone is built in: the last
//! two for trying a part out.

mod authorizer;
mod cold;
mod first_call;
mod growth;
mod load;
mod machine;
mod pages;
mod quota;
mod report;
mod search;
mod served;
mod spread;
mod tls;

use std::path::{Path, PathBuf};

use clap::Parser as _;

const PARTS: [&str; 7] = ["cold", "authorizer", "pages", "search", "load", "growth", "first-call"];

fn main() -> std::io::Result<()> {
    if std::env::args().nth(1).is_some_and(|first| first == served::AS_PORTAL) {
        return tokio::runtime::Runtime::new()?.block_on(serve());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = root.canonicalize()?;
    // Cargo adds `--bench`.
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if let Some(unknown) = named.iter().find(|name| !PARTS.contains(&name.as_str())) {
        return Err(std::io::Error::other(format!("{unknown} is none of {}", PARTS.join(", "))));
    }
    let built = std::env::var_os("PORTICO_BUILT").map_or_else(|| root.join("target/lambda"), PathBuf::from);
    let functions: Vec<String> =
        std::env::var("PORTICO_FUNCTIONS").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let target = std::env::var_os("PORTICO_FIRST_CALL_TARGET").map(PathBuf::from);
    let developers = std::env::var("PORTICO_DEVELOPERS").ok().and_then(|most| most.parse().ok());
    let runtime = tokio::runtime::Runtime::new()?;
    for part in PARTS.into_iter().filter(|part| named.is_empty() || named.iter().any(|name| name == part)) {
        let text = match part {
            "cold" => runtime.block_on(cold::part(&root, &built, &functions)),
            "authorizer" => runtime.block_on(authorizer::part()),
            "pages" => pages::part(&runtime),
            "load" => runtime.block_on(load::part()),
            "search" => runtime.block_on(search::part()),
            "growth" => growth::part(&runtime, developers),
            _ => first_call::part(&root, target.as_deref()),
        };
        let command = if named.is_empty() { "make measure".to_owned() } else { format!("make measure PARTS={part}") };
        let text = format!("{}{text}", machine::line(&command));
        print_all(&format!("\n## {part}\n\n{text}"))?;
        report::keep(&root.join("docs/benchmarks.md"), part, &text)?;
    }
    Ok(())
}

/// The `portico` command, with the arguments behind the first.
async fn serve() -> std::io::Result<()> {
    let arguments = std::env::args().skip(2);
    let cli = portico::cli::Cli::try_parse_from(std::iter::once("portico".to_owned()).chain(arguments))
        .map_err(std::io::Error::other)?;
    portico::cli::run(cli).await.map(|_| ()).map_err(|error| std::io::Error::other(error.to_string()))
}

fn print_all(text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    std::io::stdout().lock().write_all(text.as_bytes())
}
