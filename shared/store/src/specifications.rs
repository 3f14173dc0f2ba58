//! The bodies of specifications, in object storage under their digest: written before anything names them, never overwritten.

use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions};

use crate::StoreError;

/// Where the bodies of specifications lie. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Specifications(Option<Arc<dyn ObjectStore>>);

impl Specifications {
    /// For functions that touch none.
    pub const fn none() -> Self {
        Self(None)
    }

    /// In a place that a URL names: `file:///folder`, which must be there.
    ///
    /// # Errors
    /// A sentence fragment that says what the URL must be.
    pub fn at(url: &str) -> Result<Self, String> {
        let folder = url.strip_prefix("file://").ok_or_else(|| "must be a file:// URL".to_owned())?;
        let store = object_store::local::LocalFileSystem::new_with_prefix(folder).map_err(|error| error.to_string())?;
        Ok(Self(Some(Arc::new(store))))
    }

    /// In memory, for tests.
    pub fn in_memory() -> Self {
        Self(Some(Arc::new(object_store::memory::InMemory::new())))
    }

    /// In a store that somebody else made: a folder on a laptop, a bucket on AWS.
    pub fn within(store: Arc<dyn ObjectStore>) -> Self {
        Self(Some(store))
    }

    fn store(&self) -> Result<&Arc<dyn ObjectStore>, StoreError> {
        self.0.as_ref().ok_or_else(|| StoreError::Unavailable("no place for specifications is configured".to_owned()))
    }

    /// Keeps a body under its digest. The same body again changes nothing.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn keep(&self, digest: &str, body: Bytes) -> Result<(), StoreError> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.store()?.put_opts(&Path::from(digest), body.into(), options).await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(StoreError::Unavailable(error.to_string())),
        }
    }

    /// The body with a digest.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if there is none: what names a body was written after it.
    pub async fn body(&self, digest: &str) -> Result<Bytes, StoreError> {
        let found = match self.store()?.get(&Path::from(digest)).await {
            Ok(found) => found.bytes().await,
            Err(error) => Err(error),
        };
        found.map_err(|error| match error {
            object_store::Error::NotFound { .. } => StoreError::Corrupt(format!("specification {digest} is missing")),
            other => StoreError::Unavailable(other.to_string()),
        })
    }
}
