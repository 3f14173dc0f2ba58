//! The `portico` command. What it does is in the library.

use std::process::ExitCode;

use clap::Parser as _;
use portico::cli::{Cli, run};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_env("PORTICO_LOG").unwrap_or_else(|_| EnvFilter::new("info,dynoxide=off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).compact().init();
    match run(cli).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            use std::io::Write as _;
            // There is nowhere else to say it.
            let _closed = writeln!(std::io::stderr(), "portico: {error}");
            ExitCode::from(2)
        }
    }
}
