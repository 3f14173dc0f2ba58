//! The bodies of specifications and the images of portals, under their digest: written before anything names them, never overwritten.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use portico_aws::{SdkConfig, Service};

use crate::StoreError;

mod bucket;
mod folder;

use bucket::Bucket;
pub use bucket::Limits;

/// Where the bodies of specifications, and images, lie. Cheap to clone, and to make: nothing is connected to before the first of them is
/// asked for.
#[derive(Clone, Debug)]
pub struct Specifications {
    place: Option<Place>,
    whole: Duration,
}

/// The places that there are.
#[derive(Clone, Debug)]
enum Place {
    Bucket(Arc<Bucket>),
    Folder(Arc<Path>),
    Memory(Arc<Mutex<BTreeMap<String, Bytes>>>),
}

impl Specifications {
    /// For functions that touch none.
    pub const fn none() -> Self {
        Self { place: None, whole: Limits::FUNCTION.whole }
    }

    /// In a place that a URL names: `s3://bucket/folder`, reached as the environment says, or `file:///folder`, which must be there.
    ///
    /// # Errors
    /// A sentence fragment that says what the URL must be.
    pub async fn at(url: &str) -> Result<Self, String> {
        if url.starts_with("s3://") {
            return Self::in_bucket(url, &portico_aws::identity_from_environment(Service::S3).await, Limits::FUNCTION);
        }
        let folder = Path::new(url.strip_prefix("file://").ok_or_else(|| "must be an s3:// or a file:// URL".to_owned())?);
        if !folder.is_dir() {
            return Err(format!("names {}, which is no folder", folder.display()));
        }
        Ok(Self::within(Place::Folder(folder.into())))
    }

    /// In the bucket, and the folder in it, that an `s3://` URL names.
    ///
    /// # Errors
    /// A sentence fragment that says what the URL must be.
    pub fn in_bucket(url: &str, config: &SdkConfig, limits: Limits) -> Result<Self, String> {
        let place = url.strip_prefix("s3://").ok_or_else(|| "must be an s3:// URL".to_owned())?;
        Ok(Self { place: Some(Place::Bucket(Arc::new(Bucket::new(place, config, limits)?))), whole: limits.whole })
    }

    /// In memory, for tests.
    pub fn in_memory() -> Self {
        Self::within(Place::Memory(Arc::default()))
    }

    const fn within(place: Place) -> Self {
        Self { place: Some(place), whole: Limits::FUNCTION.whole }
    }

    /// What was done in the place, unless it took longer than a function may wait for it.
    async fn in_time<T>(&self, done: impl AsyncFnOnce(&Place) -> Result<T, String>) -> Result<T, StoreError> {
        let unavailable = |reason: &str| StoreError::Unavailable(reason.to_owned());
        let place = self.place.as_ref().ok_or_else(|| unavailable("no place for specifications is configured"))?;
        match tokio::time::timeout(self.whole, done(place)).await {
            Ok(done) => done.map_err(StoreError::Unavailable),
            Err(_elapsed) => Err(unavailable("the place for specifications does not answer in time")),
        }
    }

    /// Keeps a body under its digest. The same body again changes nothing.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn keep(&self, digest: &str, body: Bytes) -> Result<(), StoreError> {
        let kept = async |place: &Place| match place {
            Place::Bucket(bucket) => bucket.keep(digest, body).await,
            Place::Folder(folder) => folder::keep(folder.join(digest), body).await,
            Place::Memory(bodies) => {
                bodies.lock().unwrap_or_else(PoisonError::into_inner).entry(digest.to_owned()).or_insert(body);
                Ok(())
            }
        };
        self.in_time(kept).await
    }

    /// The body with a digest.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if there is none: what names a body was written after it.
    pub async fn body(&self, digest: &str) -> Result<Bytes, StoreError> {
        let found = async |place: &Place| match place {
            Place::Bucket(bucket) => bucket.body(digest).await,
            Place::Folder(folder) => folder::body(folder.join(digest)).await,
            Place::Memory(bodies) => Ok(bodies.lock().unwrap_or_else(PoisonError::into_inner).get(digest).cloned()),
        };
        self.in_time(found).await?.ok_or_else(|| StoreError::Corrupt(format!("the body {digest} is missing")))
    }
}
