//! Colours: an accent as an administrator chose it, and what of it people can read (WCAG 2.2, 1.4.3: contrast of at least 4.5:1).

use std::fmt;

use serde::{Deserialize, Serialize};

/// The contrast of ordinary text with what it stands on.
pub const AA: f64 = 4.5;
/// The contrast of a button, or of anything else that is no text, with what it stands on.
pub const SHAPES: f64 = 3.0;

/// A colour that an administrator chose, as it was written: `#1a2b3c` or `#abc`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct Colour(String);

/// The text is no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must match {}", Colour::PATTERN)]
pub struct NoColour;

impl Colour {
    /// What it must match.
    pub const PATTERN: &str = "^#([a-fA-F0-9]{6}|[a-fA-F0-9]{3})$";

    /// Reads the two forms of the contract.
    ///
    /// # Errors
    /// [`NoColour`].
    pub fn parse(text: &str) -> Result<Self, NoColour> {
        let digits = text.strip_prefix('#').ok_or(NoColour)?;
        let well_formed = matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if well_formed { Ok(Self(text.to_owned())) } else { Err(NoColour) }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is.
    pub fn rgb(&self) -> Rgb {
        let digits: Vec<u8> = self.0.chars().filter_map(|char| char.to_digit(16)?.try_into().ok()).collect();
        match digits.as_slice() {
            [red, green, blue] => Rgb([red * 17, green * 17, blue * 17]),
            [r, ed, g, reen, b, lue] => Rgb([r * 16 + ed, g * 16 + reen, b * 16 + lue]),
            _ => Rgb::BLACK,
        }
    }
}

impl TryFrom<String> for Colour {
    type Error = NoColour;

    fn try_from(text: String) -> Result<Self, NoColour> {
        Self::parse(&text)
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.0
    }
}

/// Red, green and blue (sRGB); shown as `#1a2b3c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// White.
    pub const WHITE: Self = Self([255; 3]);
    /// Black.
    pub const BLACK: Self = Self([0; 3]);
    /// The lightest grey for text, so dark that on every colour either it or white has a contrast of [`AA`].
    pub const NEAR_BLACK: Self = Self([5; 3]);

    /// Relative luminance, from 0 for black to 1 for white.
    pub fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast of two colours, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(two) / one.min(two)
    }

    /// The colour of text that can be read on this one: white, if it can be read, or near-black.
    pub fn text_on_it(self) -> Self {
        if self.contrast(Self::WHITE) >= AA { Self::WHITE } else { Self::NEAR_BLACK }
    }

    /// This colour, made as much darker or lighter as it must be to be read as text on `ground`.
    pub fn readable_on(self, ground: Self) -> Self {
        self.at_contrast(AA, ground)
    }

    /// This colour, made as much darker or lighter as it must be to be seen as a shape on `ground` (WCAG 2.2, 1.4.11).
    pub fn visible_on(self, ground: Self) -> Self {
        self.at_contrast(SHAPES, ground)
    }

    fn at_contrast(self, least: f64, ground: Self) -> Self {
        let towards = ground.text_on_it();
        let mixed = (0..=100).map(|percent| self.mixed_with(towards, percent));
        mixed.into_iter().find(|colour| colour.contrast(ground) >= least).unwrap_or(towards)
    }

    /// So many hundredths of `other` in this colour.
    pub fn mixed_with(self, other: Self, percent: u16) -> Self {
        let percent = percent.min(100);
        let mix = |own: u8, other: u8| {
            let mixed = (u16::from(own) * (100 - percent) + u16::from(other) * percent + 50) / 100;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        let (Self([red, green, blue]), Self([to_red, to_green, to_blue])) = (self, other);
        Self([mix(red, to_red), mix(green, to_green), mix(blue, to_blue)])
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Some 5,800 colours, the corners of the cube among them.
    fn many() -> impl Iterator<Item = Rgb> {
        let steps = || (0..=255).step_by(15).map(|step: u16| u8::try_from(step).expect("a channel"));
        steps().flat_map(move |red| steps().flat_map(move |green| steps().map(move |blue| Rgb([red, green, blue]))))
    }

    #[test]
    fn both_forms_of_the_contract_are_read_and_kept_as_they_were_written() {
        for (text, shown) in [("#abc", "#aabbcc"), ("#ABCDEF", "#abcdef"), ("#000", "#000000"), ("#1a2B3c", "#1a2b3c")] {
            let colour = Colour::parse(text).expect("a colour");
            assert_eq!((colour.as_str(), colour.rgb().to_string().as_str()), (text, shown));
        }
        for text in ["", "#", "abc", "#abcd", "#12345", "#1234567", "#ggg", "red", "#ab\u{e9}", "#abc;", " #abc", "#abc\n"] {
            assert_eq!(Colour::parse(text), Err(NoColour), "{text:?}");
        }
        assert!(serde_json::from_str::<Colour>("\"url(x)\"").is_err(), "nor from the table");
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        assert!((Rgb::WHITE.contrast(Rgb::BLACK) - 21.0).abs() < 1e-9);
        assert!((Rgb::WHITE.contrast(Rgb::WHITE) - 1.0).abs() < 1e-9);
        // The grey that is known as the lightest for text on white.
        assert!(Rgb([0x76; 3]).contrast(Rgb::WHITE) >= AA && Rgb([0x77; 3]).contrast(Rgb::WHITE) < AA);
    }

    #[test]
    fn on_every_colour_white_or_near_black_can_be_read() {
        for colour in many().chain((0..=255).map(|grey| Rgb([grey; 3]))) {
            let text = colour.text_on_it();
            assert!(colour.contrast(text) >= AA, "{text} on {colour}: {}", colour.contrast(text));
        }
    }

    #[test]
    fn every_colour_becomes_one_that_can_be_read_on_light_and_on_dark_pages() {
        for colour in many() {
            for ground in [Rgb::WHITE, Rgb([0xf6, 0xf7, 0xf9]), Rgb([0x12, 0x16, 0x1c]), Rgb::BLACK] {
                let text = colour.readable_on(ground);
                assert!(text.contrast(ground) >= AA, "{colour} as {text} on {ground}");
                let shape = colour.visible_on(ground);
                assert!(shape.contrast(ground) >= SHAPES, "{colour} as {shape} on {ground}");
            }
        }
    }

    #[test]
    fn a_colour_that_can_be_read_already_stays_as_it_is() {
        let blue = Rgb([0x1d, 0x4e, 0xd8]);
        assert_eq!(blue.readable_on(Rgb::WHITE), blue);
        assert_ne!(blue.readable_on(Rgb::BLACK), blue);
    }
}
