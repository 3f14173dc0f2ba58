//! A portal's logo and favicon: its own, from object storage, or else Portico's mark.

use bytes::Bytes;
use portico_domain::digest::Digest;
use portico_domain::image::{Image, Media, Which};
use portico_domain::portal::Portal as Settings;

use crate::portal::Portal;
use crate::problem::Problem;

/// The digest of an image of a portal, by which it is known to caches.
pub fn digest(settings: &Settings, which: Which) -> String {
    let own = settings.image(which).map(|image| image.digest.clone());
    own.unwrap_or_else(|| Digest::of(&Image::built_in(which).bytes).to_string())
}

impl Portal {
    /// An image of a portal.
    ///
    /// # Errors
    /// What the object storage says.
    pub async fn image(&self, settings: &Settings, which: Which) -> Result<(Media, Bytes), Problem> {
        match settings.image(which) {
            Some(own) => Ok((own.media, self.specifications.body(&own.digest).await?)),
            None => {
                let Image { media, bytes } = Image::built_in(which);
                Ok((media, bytes.into()))
            }
        }
    }
}
