//! Where composed mails go.

use std::path::PathBuf;

/// Takes a composed mail to whoever delivers it.
pub trait Mailer: Send + Sync {
    /// Why it could not.
    type Error: std::error::Error + Send;

    /// Sends the RFC 5322 message of an event. The same event may be sent again: it is the same message.
    fn send(&self, event: &str, message: &[u8]) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// A folder that mails are written into, one file for each event.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

/// A mail was not written.
#[derive(Debug, thiserror::Error)]
#[error("the mail cannot be written into {folder}: {cause}")]
pub struct FolderError {
    folder: PathBuf,
    cause: std::io::Error,
}

impl Mailer for Folder {
    type Error = FolderError;

    async fn send(&self, event: &str, message: &[u8]) -> Result<(), FolderError> {
        let failed = |cause| FolderError { folder: self.0.clone(), cause };
        // Whoever looks into the folder sees whole mails only.
        let draft = self.0.join(format!("{event}.new"));
        std::fs::write(&draft, message).map_err(failed)?;
        std::fs::rename(draft, self.0.join(format!("{event}.eml"))).map_err(failed)
    }
}
