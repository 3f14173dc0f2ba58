//! The look of a portal's pages: theme, menus, and how specifications are shown. Part of the portal's settings.

mod menu;

pub use menu::{FooterSection, Menu, MenuItem, MenuPath, MenuPathError};

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::text::{DisplayName, RobotsDirectives};

/// The look of a portal's pages. What an administrator has not chosen is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customization {
    /// Colours.
    #[serde(default, skip_serializing_if = "is_default")]
    pub theme: Theme,
    /// How pages are laid out: a name that Portico keeps and that changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<DisplayName>,
    /// Links in the top bar and in the footer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub menu: Menu,
    /// How a specification is shown.
    #[serde(default, skip_serializing_if = "is_default")]
    pub spec_renderer: SpecRenderer,
    /// What search engines are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robots: Option<RobotsDirectives>,
}

/// Colours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Theme {
    /// What the theme is called: a name that Portico keeps and that changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// Light or dark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// The accent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<Colour>,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Light for everybody.
    Light,
    /// Dark for everybody.
    Dark,
    /// As each reader's own system says.
    #[default]
    System,
}

/// How a specification is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpecRenderer {
    /// Calls can be tried on the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub try_it_ui: Option<bool>,
    /// Kept, and changes nothing: pages have no button for Insomnia.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub try_it_insomnia: Option<bool>,
    /// Kept, and changes nothing: a page always shows all operations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub infinite_scroll: Option<bool>,
    /// Schemas are listed after the operations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_schemas: Option<bool>,
    /// Operations that the specification marks `x-internal` are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hide_internal: Option<bool>,
    /// Deprecated operations are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hide_deprecated: Option<bool>,
    /// Kept, and changes nothing: pages call the servers that an administrator confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_custom_server_urls: Option<bool>,
}

/// What a request says of the look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomizationEdit {
    /// Whether what it does not say is taken away; else that stays as it is.
    pub replaces: bool,
    /// What it says.
    pub says: Customization,
    /// Whether it takes the robots' directives away.
    pub clears_robots: bool,
}

/// The look has more bytes than an item that every request reads should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have at most {} bytes together with the rest of the look", Customization::MAX_BYTES)]
pub struct LookTooLarge;

impl Customization {
    /// The most bytes that a look has as JSON: it is read with every request.
    pub const MAX_BYTES: usize = 16 * 1024;

    /// Whether nobody has chosen anything.
    pub fn is_plain(&self) -> bool {
        is_default(self)
    }
}

impl CustomizationEdit {
    /// The look as it is to be.
    ///
    /// # Errors
    /// [`LookTooLarge`].
    pub fn apply(&self, before: &Customization) -> Result<Customization, LookTooLarge> {
        let (says, before) = (self.says.clone(), if self.replaces { Customization::default() } else { before.clone() });
        let edited = Customization {
            theme: Theme {
                name: says.theme.name.or(before.theme.name),
                mode: says.theme.mode.or(before.theme.mode),
                primary: says.theme.primary.or(before.theme.primary),
            },
            layout: says.layout.or(before.layout),
            menu: says.menu.or(before.menu),
            spec_renderer: says.spec_renderer.or(before.spec_renderer),
            robots: if self.clears_robots { None } else { says.robots.or(before.robots) },
        };
        let bytes = serde_json::to_vec(&edited).map_or(usize::MAX, |json| json.len());
        if bytes > Customization::MAX_BYTES { Err(LookTooLarge) } else { Ok(edited) }
    }
}

impl SpecRenderer {
    fn or(self, before: Self) -> Self {
        Self {
            try_it_ui: self.try_it_ui.or(before.try_it_ui),
            try_it_insomnia: self.try_it_insomnia.or(before.try_it_insomnia),
            infinite_scroll: self.infinite_scroll.or(before.infinite_scroll),
            show_schemas: self.show_schemas.or(before.show_schemas),
            hide_internal: self.hide_internal.or(before.hide_internal),
            hide_deprecated: self.hide_deprecated.or(before.hide_deprecated),
            allow_custom_server_urls: self.allow_custom_server_urls.or(before.allow_custom_server_urls),
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn look(value: serde_json::Value) -> Customization {
        serde_json::from_value(value).expect("a look")
    }

    fn edit(replaces: bool, says: serde_json::Value) -> CustomizationEdit {
        CustomizationEdit { replaces, says: look(says), clears_robots: false }
    }

    #[test]
    fn a_merge_changes_what_it_says_member_by_member_and_a_replacement_takes_away_the_rest() {
        let before = look(json!({
            "theme": { "name": "Sea", "mode": "dark" }, "robots": "noindex",
            "menu": { "main": [{ "path": "/a", "title": "A", "visibility": "public", "external": false }] },
            "spec_renderer": { "try_it_ui": false, "show_schemas": false },
        }));
        let says = json!({
            "theme": { "primary": "#abc" }, "menu": { "footer_bottom": [] }, "spec_renderer": { "show_schemas": true },
        });
        let merged = edit(false, says.clone()).apply(&before).expect("a small look");
        assert_eq!(merged.theme, look(json!({ "theme": { "name": "Sea", "mode": "dark", "primary": "#abc" } })).theme);
        assert_eq!((merged.menu.main, merged.menu.footer_bottom), (before.menu.main.clone(), Some(Vec::new())));
        assert_eq!((merged.spec_renderer.try_it_ui, merged.spec_renderer.show_schemas), (Some(false), Some(true)));
        assert_eq!(merged.robots, before.robots);
        assert_eq!(edit(true, says.clone()).apply(&before), Ok(look(says)));
    }

    #[test]
    fn robots_are_taken_away_by_a_null_and_by_a_replacement_without_them() {
        let before = look(json!({ "robots": "noindex" }));
        let cleared = CustomizationEdit { clears_robots: true, ..edit(false, json!({})) };
        assert_eq!(cleared.apply(&before), Ok(Customization::default()));
        assert_eq!(edit(true, json!({})).apply(&before), Ok(Customization::default()));
        assert_eq!(edit(false, json!({})).apply(&before), Ok(before));
    }

    #[test]
    fn a_look_is_bounded_with_what_was_there_before() {
        let item = json!({ "path": "/x", "title": "x".repeat(500), "visibility": "public", "external": false });
        let main = edit(false, json!({ "menu": { "main": vec![&item; 16] } }));
        let half = main.apply(&Customization::default()).expect("half of the bytes");
        let bottom = edit(false, json!({ "menu": { "footer_bottom": vec![&item; 16] } }));
        assert!(bottom.apply(&Customization::default()).is_ok());
        assert_eq!(bottom.apply(&half), Err(LookTooLarge));
    }

    #[test]
    fn a_plain_look_is_written_as_nothing() {
        assert!(Customization::default().is_plain());
        assert_eq!(serde_json::to_value(Customization::default()).ok(), Some(json!({})));
    }
}
