//! Specifications in a folder, for a laptop: a file for each, which is there whole or not at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;

/// Keeps a body in a file of its own.
pub(super) async fn keep(file: PathBuf, body: Bytes) -> Result<(), String> {
    on_disk(move || write_new(&file, &body)).await
}

/// The body in a file, if it is there.
pub(super) async fn body(file: PathBuf) -> Result<Option<Bytes>, String> {
    let read = move || match fs::read(&file) {
        Ok(body) => Ok(Some(body.into())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    on_disk(read).await
}

async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, String> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?;
    done.map_err(|error| error.to_string())
}

/// Under a name that nobody looks for until all of it is on disk.
fn write_new(file: &Path, body: &[u8]) -> io::Result<()> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let unfinished = file.with_extension(format!("{:016x}", u64::from_ne_bytes(random)));
    let written = File::create_new(&unfinished).and_then(|mut open| {
        open.write_all(body)?;
        open.sync_all()
    });
    // A link and not a rename: what is there already stays.
    let linked = written.and_then(|()| fs::hard_link(&unfinished, file));
    fs::remove_file(&unfinished)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{body, keep};

    #[tokio::test]
    async fn a_body_is_written_once_and_leaves_no_other_file() {
        let folder = std::env::temp_dir().join(format!("portico-specifications-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("digest");
        assert_eq!(body(file.clone()).await, Ok(None));
        for text in ["first", "second"] {
            keep(file.clone(), text.into()).await.expect("kept");
            assert_eq!(body(file.clone()).await, Ok(Some("first".into())));
        }
        assert_eq!(std::fs::read_dir(&folder).expect("the folder").count(), 1);
        std::fs::remove_dir_all(&folder).expect("it goes");
    }
}
