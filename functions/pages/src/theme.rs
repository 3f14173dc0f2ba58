//! The portal's accent as a style sheet: custom properties for light and for dark pages, dark and light enough to be read.

use std::fmt::Write as _;

use bytes::Bytes;
use http::{HeaderValue, header};
use portico_domain::colour::{Colour, Rgb};
use portico_domain::digest::Digest;
use portico_domain::portal::Portal as Settings;
use portico_http::cached::{PUBLIC, Tag};
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;

/// What its name is under `/assets/`.
pub(crate) const FILE: &str = "theme.css";

/// What stands behind a page, and the ground of its that is nearest to text: `--page` and `--code` of `portico.css`.
struct Grounds {
    page: Rgb,
    nearest: Rgb,
}

const LIGHT: Grounds = Grounds { page: Rgb([0xff, 0xff, 0xff]), nearest: Rgb([0xf1, 0xf4, 0xf8]) };
const DARK: Grounds = Grounds { page: Rgb([0x12, 0x17, 0x1f]), nearest: Rgb([0x1b, 0x23, 0x30]) };

/// Where pages find the sheet, if the portal has an accent of its own. The name changes with the accent.
pub(crate) fn path(settings: &Settings) -> Option<String> {
    let accent = settings.customization.theme.primary.as_ref()?;
    let digest: String = Digest::of(sheet(accent).as_bytes()).to_string().chars().take(12).collect();
    Some(format!("/assets/{FILE}?v={digest}"))
}

/// `GET /assets/theme.css`.
///
/// # Errors
/// What the store says.
pub(crate) async fn show(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let settings = portal.store.find::<Settings>(&Key::portal(portal.config.portal)).await?;
    let accent = settings.and_then(|settings| settings.customization.theme.primary);
    let css = accent.map(|accent| sheet(&accent)).unwrap_or_default();
    let tag = Tag::of(Digest::of(css.as_bytes()));
    if tag.is_had(&request.headers) {
        return tag.not_modified(PUBLIC);
    }
    let mut answer = Response::new(Bytes::from(css));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    tag.mark(answer, PUBLIC)
}

fn sheet(accent: &Colour) -> String {
    let (light, dark) = (properties(accent, &LIGHT), properties(accent, &DARK));
    let mut css = String::new();
    // Writing into a string cannot fail.
    let _ = writeln!(css, ":root {{ {light} }}");
    let _ = writeln!(css, "@media (prefers-color-scheme: dark) {{ :root:not([data-theme=\"light\"]) {{ {dark} }} }}");
    let _ = writeln!(css, ":root[data-theme=\"dark\"] {{ {dark} }}");
    css
}

fn properties(accent: &Colour, grounds: &Grounds) -> String {
    let fill = accent.rgb().visible_on(grounds.page);
    let (on, link) = (fill.text_on_it(), accent.rgb().readable_on(grounds.nearest));
    format!("--accent: {fill}; --on-accent: {on}; --link: {link};")
}

#[cfg(test)]
mod tests {
    use portico_domain::colour::{AA, SHAPES};

    use super::*;

    #[test]
    fn the_grounds_are_those_of_the_style_sheet() {
        let css = include_str!("../assets/portico.css");
        for grounds in [LIGHT, DARK] {
            for (name, ground) in [("page", grounds.page), ("code", grounds.nearest)] {
                let long = format!("--{name}: {ground};");
                let short = format!("--{name}: #fff;");
                assert!(css.contains(&long) || (ground == Rgb::WHITE && css.contains(&short)), "{long}");
            }
        }
    }

    #[test]
    fn whatever_the_accent_is_buttons_are_seen_and_links_are_read() {
        for text in ["#fff", "#000", "#ffff00", "#1d4ed8", "#767676", "#12171f", "#f1f4f8", "#e11d48"] {
            let accent = Colour::parse(text).expect("a colour");
            for grounds in [LIGHT, DARK] {
                let fill = accent.rgb().visible_on(grounds.page);
                assert!(fill.contrast(grounds.page) >= SHAPES && fill.contrast(fill.text_on_it()) >= AA, "{text}");
                let link = accent.rgb().readable_on(grounds.nearest);
                assert!(link.contrast(grounds.nearest) >= AA && link.contrast(grounds.page) >= AA, "{text}");
            }
        }
    }

    #[test]
    fn a_sheet_has_both_schemes_and_both_choices() {
        let css = sheet(&Colour::parse("#1d4ed8").expect("a colour"));
        assert!(css.starts_with(":root { --accent: #1d4ed8; --on-accent: #ffffff; --link: #1d4ed8; }\n"), "{css}");
        assert_eq!(css.matches("--accent: ").count(), 3);
        assert!(css.contains(":root:not([data-theme=\"light\"])") && css.contains(":root[data-theme=\"dark\"]"));
    }
}
