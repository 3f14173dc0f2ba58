//! The look of a portal's pages, as administrators and everybody else see it.

use portico_domain::colour::Colour;
use portico_domain::customization::{Customization, FooterSection, MenuItem, Mode, SpecRenderer};
use serde::Serialize;

/// The look of a portal's pages: what was chosen, and the contract's defaults of the rest.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomizationView {
    theme: Theme,
    #[serde(skip_serializing_if = "Option::is_none")]
    layout: Option<String>,
    css: Option<String>,
    menu: Menu,
    spec_renderer: Renderer,
    robots: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct Theme {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    mode: Mode,
    colors: Colours,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct Colours {
    #[serde(skip_serializing_if = "Option::is_none")]
    primary: Option<Colour>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct Menu {
    main: Vec<MenuItem>,
    footer_sections: Vec<FooterSection>,
    footer_bottom: Vec<MenuItem>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct Renderer {
    try_it_ui: bool,
    try_it_insomnia: bool,
    infinite_scroll: bool,
    show_schemas: bool,
    hide_internal: bool,
    hide_deprecated: bool,
    allow_custom_server_urls: bool,
}

impl CustomizationView {
    /// The view of a look.
    pub fn of(look: &Customization) -> Self {
        let Customization { theme, layout, menu, spec_renderer, robots } = look.clone();
        Self {
            theme: Theme {
                name: theme.name.map(String::from),
                mode: theme.mode.unwrap_or_default(),
                colors: Colours { primary: theme.primary },
            },
            layout: layout.map(String::from),
            // Never kept: pages have no place for it.
            css: None,
            menu: Menu {
                main: menu.main.unwrap_or_default(),
                footer_sections: menu.footer_sections.unwrap_or_default(),
                footer_bottom: menu.footer_bottom.unwrap_or_default(),
            },
            spec_renderer: Renderer::of(spec_renderer),
            robots: robots.map(String::from),
        }
    }
}

impl Renderer {
    fn of(chosen: SpecRenderer) -> Self {
        Self {
            try_it_ui: chosen.try_it_ui.unwrap_or(true),
            try_it_insomnia: chosen.try_it_insomnia.unwrap_or(true),
            infinite_scroll: chosen.infinite_scroll.unwrap_or(true),
            show_schemas: chosen.show_schemas.unwrap_or(true),
            hide_internal: chosen.hide_internal.unwrap_or(false),
            hide_deprecated: chosen.hide_deprecated.unwrap_or(false),
            allow_custom_server_urls: chosen.allow_custom_server_urls.unwrap_or(true),
        }
    }
}
