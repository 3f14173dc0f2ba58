//! The bodies of specifications and the images of portals, in object storage under their digest: written before anything names them,
//! never overwritten.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions};
use portico_aws::{SdkConfig, Service};

use crate::StoreError;

mod bucket;

pub use bucket::Limits;

/// Where the bodies of specifications, and images, lie. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Specifications {
    store: Option<Arc<dyn ObjectStore>>,
    whole: Duration,
}

impl Specifications {
    /// For functions that touch none.
    pub const fn none() -> Self {
        Self { store: None, whole: Limits::FUNCTION.whole }
    }

    /// In a place that a URL names: `s3://bucket/folder`, reached as the environment says, or `file:///folder`, which must be there.
    ///
    /// # Errors
    /// A sentence fragment that says what the URL must be.
    pub async fn at(url: &str) -> Result<Self, String> {
        if url.starts_with("s3://") {
            return Self::in_bucket(url, &portico_aws::from_environment(Service::S3).await, Limits::FUNCTION);
        }
        let folder = url.strip_prefix("file://").ok_or_else(|| "must be an s3:// or a file:// URL".to_owned())?;
        let store = object_store::local::LocalFileSystem::new_with_prefix(folder).map_err(|error| error.to_string())?;
        Ok(Self::within(Arc::new(store)))
    }

    /// In the bucket, and the folder in it, that an `s3://` URL names.
    ///
    /// # Errors
    /// A sentence fragment that says what the URL must be.
    pub fn in_bucket(url: &str, config: &SdkConfig, limits: Limits) -> Result<Self, String> {
        let place = url.strip_prefix("s3://").ok_or_else(|| "must be an s3:// URL".to_owned())?;
        Ok(Self { store: Some(bucket::open(place, config, limits)?), whole: limits.whole })
    }

    /// In memory, for tests.
    pub fn in_memory() -> Self {
        Self::within(Arc::new(object_store::memory::InMemory::new()))
    }

    /// In a store that somebody else made: a folder on a laptop, a bucket on AWS.
    pub fn within(store: Arc<dyn ObjectStore>) -> Self {
        Self { store: Some(store), whole: Limits::FUNCTION.whole }
    }

    fn store(&self) -> Result<&Arc<dyn ObjectStore>, StoreError> {
        self.store.as_ref().ok_or_else(|| StoreError::Unavailable("no place for specifications is configured".to_owned()))
    }

    /// What a call gave, unless it took longer than a function may wait for it.
    async fn in_time<T>(
        &self,
        call: impl Future<Output = object_store::Result<T>>,
    ) -> Result<object_store::Result<T>, StoreError> {
        let late = |_elapsed| StoreError::Unavailable("the place for specifications does not answer in time".to_owned());
        tokio::time::timeout(self.whole, call).await.map_err(late)
    }

    /// Keeps a body under its digest. The same body again changes nothing.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn keep(&self, digest: &str, body: Bytes) -> Result<(), StoreError> {
        let (store, path) = (self.store()?, Path::from(digest));
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        let kept = async {
            match store.put_opts(&path, body.into(), options).await {
                // A bucket says so too where another writer is only about to put it: the body must really be there.
                Err(object_store::Error::AlreadyExists { .. }) => store.head(&path).await.map(|_| ()),
                kept => kept.map(|_| ()),
            }
        };
        self.in_time(kept).await?.map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// The body with a digest.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if there is none: what names a body was written after it.
    pub async fn body(&self, digest: &str) -> Result<Bytes, StoreError> {
        let (store, path) = (self.store()?, Path::from(digest));
        let found = self.in_time(async { store.get(&path).await?.bytes().await }).await?;
        found.map_err(|error| match error {
            object_store::Error::NotFound { .. } => StoreError::Corrupt(format!("the body {digest} is missing")),
            other => StoreError::Unavailable(other.to_string()),
        })
    }
}
