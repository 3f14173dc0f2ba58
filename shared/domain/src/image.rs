//! Images that belong to a portal's look: its logo and its favicon. They come and go as data URIs, and are what they say they are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// Which of a portal's images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Beside its name.
    Logo,
    /// In the tabs of browsers.
    Favicon,
}

/// The kinds of images that the contract names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Media {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// The icon format of Windows.
    Icon,
    /// SVG: a document that may hold scripts, so whoever sends it says that none may run.
    Svg,
}

/// An image as the portal's item names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredImage {
    /// SHA-256 of its bytes, in hexadecimal: where they lie in object storage.
    pub digest: String,
    /// What it is.
    pub media: Media,
}

/// An image with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// What it is.
    pub media: Media,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a data URI is no image for a portal. Reads on after the name of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// Not in the form of the contract.
    #[error("must be a data URI with a PNG, JPEG, GIF, icon or SVG image in base64")]
    NoDataUri,
    /// The bytes are something else than the type says.
    #[error("must hold an image of the type that it names")]
    OtherContent,
    /// More than [`Image::MAX_BYTES`].
    #[error("must hold an image of at most {} bytes", Image::MAX_BYTES)]
    TooLarge,
}

impl Media {
    /// What it is sent as.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Icon => "image/x-icon",
            Self::Svg => "image/svg+xml",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "png" => Self::Png,
            "jpeg" => Self::Jpeg,
            "gif" => Self::Gif,
            "x-icon" | "ico" | "icon" | "vnd.microsoft.icon" => Self::Icon,
            "svg+xml" => Self::Svg,
            _ => return None,
        })
    }

    /// Whether bytes begin as such an image does.
    fn fits(self, bytes: &[u8]) -> bool {
        match self {
            Self::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.get(12..16) == Some(b"IHDR"),
            Self::Jpeg => bytes.starts_with(&[0xff, 0xd8, 0xff]),
            Self::Gif => bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a"),
            // Reserved, type 1, and at least one image.
            Self::Icon => bytes.starts_with(&[0, 0, 1, 0]) && bytes.get(4..6).is_some_and(|count| count != [0, 0]),
            Self::Svg => std::str::from_utf8(bytes).is_ok_and(is_svg),
        }
    }
}

/// Whether a text is an XML document whose root is `svg`. One with a document type is none: it could define entities.
fn is_svg(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let after = if let Some(comment) = rest.strip_prefix("<!--") {
            comment.split_once("-->")
        } else if let Some(instruction) = rest.strip_prefix("<?") {
            instruction.split_once("?>")
        } else {
            break;
        };
        let Some((_, after)) = after else { return false };
        rest = after.trim_start();
    }
    let ends_the_name = |char: char| char.is_whitespace() || "/>".contains(char);
    rest.strip_prefix("<svg").is_some_and(|rest| rest.starts_with(ends_the_name)) && rest.contains("http://www.w3.org/2000/svg")
}

impl Image {
    /// The most bytes that an image has.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// Reads a data URI in one of the forms of the contract.
    ///
    /// # Errors
    /// [`ImageError`].
    pub fn parse(data_uri: &str) -> Result<Self, ImageError> {
        let rest = data_uri.strip_prefix("data:image/").ok_or(ImageError::NoDataUri)?;
        let (head, data) = rest.split_once(',').ok_or(ImageError::NoDataUri)?;
        // The contract lets the mark be left out; the data is in base64 all the same.
        let media = Media::named(head.strip_suffix(";base64").unwrap_or(head)).ok_or(ImageError::NoDataUri)?;
        if data.len() > Self::MAX_BYTES.div_ceil(3) * 4 {
            return Err(ImageError::TooLarge);
        }
        let bytes = STANDARD.decode(data).map_err(|_| ImageError::NoDataUri)?;
        if bytes.len() > Self::MAX_BYTES {
            return Err(ImageError::TooLarge);
        }
        if media.fits(&bytes) { Ok(Self { media, bytes }) } else { Err(ImageError::OtherContent) }
    }

    /// What the portal's item says of it.
    pub fn stored(&self) -> StoredImage {
        StoredImage { digest: Digest::of(&self.bytes).to_string(), media: self.media }
    }

    /// The image of a portal that has chosen none: Portico's own mark.
    pub fn built_in(which: Which) -> Self {
        let bytes: &[u8] = match which {
            Which::Logo => include_bytes!("image/logo.png"),
            Which::Favicon => include_bytes!("image/favicon.png"),
        };
        Self { media: Media::Png, bytes: bytes.to_vec() }
    }
}

/// The data URI of an image.
pub fn data_uri(media: Media, bytes: &[u8]) -> String {
    format!("data:{};base64,{}", media.content_type(), STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR....";
    const SVG: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>"#;

    fn parse(name: &str, bytes: &[u8]) -> Result<Media, ImageError> {
        Image::parse(&format!("data:image/{name},{}", STANDARD.encode(bytes))).map(|image| image.media)
    }

    #[test]
    fn every_form_of_the_contract_is_read() {
        for name in ["png;base64", "png"] {
            assert_eq!(parse(name, PNG), Ok(Media::Png));
        }
        assert_eq!(parse("jpeg;base64", b"\xff\xd8\xff\xe0..JFIF"), Ok(Media::Jpeg));
        assert_eq!(parse("gif;base64", b"GIF89a..."), Ok(Media::Gif));
        for name in ["x-icon", "ico", "icon", "vnd.microsoft.icon"] {
            assert_eq!(parse(name, &[0, 0, 1, 0, 1, 0]), Ok(Media::Icon));
        }
        for prolog in ["", "\u{feff}", "<?xml version=\"1.0\"?>\n", "<!-- drawn by hand -->\n<?x?> "] {
            assert_eq!(parse("svg+xml;base64", format!("{prolog}{SVG}").as_bytes()), Ok(Media::Svg), "{prolog:?}");
        }
    }

    #[test]
    fn what_is_no_data_uri_of_an_image_is_refused() {
        let png = STANDARD.encode(PNG);
        for text in [
            String::new(),
            "data:image/png;base64".to_owned(),
            format!("data:text/html;base64,{png}"),
            format!("data:image/webp;base64,{png}"),
            format!("data:image/png;charset=x;base64,{png}"),
            format!("data:image/png;base64,{png}\n"),
            format!("data:image/png;base64, {png}"),
            "data:image/png;base64,a".to_owned(),
            format!("https://example.test/{png}"),
        ] {
            assert_eq!(Image::parse(&text), Err(ImageError::NoDataUri), "{text}");
        }
    }

    #[test]
    fn bytes_of_another_kind_are_refused() {
        for (name, bytes) in [
            ("png", b"".as_slice()),
            ("png", b"GIF89a..."),
            ("jpeg", PNG),
            ("gif", b"GIF88a"),
            ("ico", &[0, 0, 1, 0, 0, 0]),
            ("ico", &[0, 0, 2, 0, 1, 0]),
            ("svg+xml", PNG),
            ("svg+xml", b"<html xmlns='http://www.w3.org/2000/svg'>"),
            ("svg+xml", b"<svgx xmlns='http://www.w3.org/2000/svg'>"),
            ("svg+xml", b"<svg/>"),
            ("svg+xml", b"<!-- <svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("svg+xml", b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("svg+xml", b"\xff<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ] {
            assert_eq!(parse(name, bytes), Err(ImageError::OtherContent), "{name} {:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn an_image_has_at_most_256_kibibytes() {
        let of = |bytes: usize| parse("gif", &[b"GIF89a".as_slice(), &vec![0; bytes - 6]].concat());
        assert_eq!(of(Image::MAX_BYTES), Ok(Media::Gif));
        assert_eq!(of(Image::MAX_BYTES + 1), Err(ImageError::TooLarge));
        assert_eq!(of(Image::MAX_BYTES * 2), Err(ImageError::TooLarge));
    }

    #[test]
    fn portico_has_images_of_its_own() {
        for which in [Which::Logo, Which::Favicon] {
            let image = Image::built_in(which);
            assert!(image.bytes.len() < 4_096, "{which:?} has {} bytes", image.bytes.len());
            assert_eq!(Image::parse(&data_uri(image.media, &image.bytes)), Ok(image));
        }
    }
}
