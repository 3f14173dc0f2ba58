//! Lines on standard output for somebody who may go at any time, and is noticed to have gone also while there is nothing to write.

use std::io::Write as _;

/// Standard output.
pub(crate) enum Lines {
    /// A pipe, which knows whether somebody reads from it.
    #[cfg(unix)]
    Pipe(tokio::net::unix::pipe::Sender),
    /// A terminal or a file.
    Plain,
}

impl Lines {
    /// Standard output as it is.
    pub(crate) fn standard() -> Self {
        #[cfg(unix)]
        {
            use std::os::fd::AsFd as _;
            let pipe = std::io::stdout().as_fd().try_clone_to_owned().and_then(tokio::net::unix::pipe::Sender::from_owned_fd);
            if let Ok(pipe) = pipe {
                return Self::Pipe(pipe);
            }
        }
        Self::Plain
    }

    /// Writes a line.
    pub(crate) async fn write(&mut self, line: &str) -> std::io::Result<()> {
        match self {
            #[cfg(unix)]
            Self::Pipe(pipe) => tokio::io::AsyncWriteExt::write_all(pipe, format!("{line}\n").as_bytes()).await,
            Self::Plain => {
                let mut out = std::io::stdout().lock();
                writeln!(out, "{line}").and_then(|()| out.flush())
            }
        }
    }

    /// Returns when nobody reads any more, as far as that can be known before something is written.
    pub(crate) async fn gone(&self) {
        #[cfg(unix)]
        if let Self::Pipe(pipe) = self
            && pipe.ready(tokio::io::Interest::ERROR).await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }
}
