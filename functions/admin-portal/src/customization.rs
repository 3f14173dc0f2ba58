//! The look of the portal's pages: `get-`, `replace-` and `update-portal-customization`.

use portico_domain::colour::Colour;
use portico_domain::customization::{
    Customization, CustomizationEdit, FooterSection, Menu, MenuItem, MenuPath, Mode, SpecRenderer, Theme,
};
use portico_domain::portal::Visibility;
use portico_domain::portal_edit::PortalEdit;
use portico_domain::text::{DisplayName, MenuTitle, RobotsDirectives};
use portico_http::fields::kinds::{boolean, list, object, one_of, text};
use portico_http::fields::{Fields, Kind, Read};
use portico_http::response::ok;
use portico_http::views::customization::CustomizationView;
use portico_http::{Portal, Problem, Request, Response};

use crate::update::update;

const MODES: &[(&str, Mode)] = &[("light", Mode::Light), ("dark", Mode::Dark), ("system", Mode::System)];
const VISIBILITIES: &[(&str, Visibility)] = &[("public", Visibility::Public), ("private", Visibility::Private)];

pub(crate) async fn get(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    ok(&CustomizationView::of(&who.portal.customization))
}

/// PUT takes away what the body does not say; PATCH leaves it as it is.
pub(crate) async fn edit(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let who = portal.portal_administrator(request, []).await?;
    let customization = parse(request, request.route.operation == "replace-portal-customization")?;
    let edit = PortalEdit { customization: Some(customization), ..PortalEdit::default() };
    ok(&CustomizationView::of(&update(portal, who, &edit).await?.customization))
}

fn parse(request: &Request, replaces: bool) -> Result<CustomizationEdit, Problem> {
    let mut body = Fields::of(&request.body);
    let theme =
        body.optional("theme", object(theme)).map(|theme| theme.map(|(name, mode, primary)| Theme { name, mode, primary }));
    let layout = body.optional("layout", text().parse_with(DisplayName::parse));
    let css = body.nullable("css", text());
    let menu = body
        .optional("menu", object(menu))
        .map(|menu| menu.map(|(main, footer_sections, footer_bottom)| Menu { main, footer_sections, footer_bottom }));
    let spec_renderer = body.optional("spec_renderer", spec_renderer());
    let robots = body.nullable("robots", text().parse_with(RobotsDirectives::parse));
    let styled = matches!(css.as_ref(), Some(Some(Some(css))) if !css.is_empty());
    let (theme, layout, menu, spec_renderer, robots) = body.finish((theme, layout, menu, spec_renderer, robots))?;
    if styled {
        let detail =
            "Portico does not support css: pages take styles from the portal's own files alone. Leave it out, or set it to null.";
        return Err(Problem::new(portico_http::Kind::NotSupported, detail));
    }
    let clears_robots = robots == Some(None);
    let says = Customization {
        theme: theme.unwrap_or_default(),
        layout,
        menu: menu.unwrap_or_default(),
        spec_renderer: spec_renderer.unwrap_or_default(),
        robots: robots.flatten(),
    };
    Ok(CustomizationEdit { replaces, says, clears_robots })
}

type ThemeFields = (Read<Option<DisplayName>>, Read<Option<Mode>>, Read<Option<Colour>>);

fn theme(theme: &mut Fields<'_>) -> ThemeFields {
    let name = theme.optional("name", text().parse_with(DisplayName::parse));
    let mode = theme.optional("mode", one_of(MODES));
    let colours = object(|colours: &mut Fields<'_>| colours.optional("primary", colour()));
    (name, mode, theme.optional("colors", colours).map(Option::flatten))
}

fn colour() -> impl Kind<Value = Colour> {
    text().matching(Colour::PATTERN, |text| Colour::parse(text).is_ok()).parse_with(Colour::parse)
}

type Items = Vec<MenuItem>;
type MenuFields = (Read<Option<Items>>, Read<Option<Vec<FooterSection>>>, Read<Option<Items>>);

fn menu(menu: &mut Fields<'_>) -> MenuFields {
    let section = object(|section: &mut Fields<'_>| {
        let title = section.required("title", text().parse_with(MenuTitle::parse));
        (title, section.required("items", items()))
    });
    let section = section.map(|(title, items)| FooterSection { title, items });
    let main = menu.optional("main", items());
    let sections = menu.optional("footer_sections", list(section).items(0..=Menu::MAX_SECTIONS));
    (main, sections, menu.optional("footer_bottom", items()))
}

fn items() -> impl Kind<Value = Items> {
    let item = object(|item: &mut Fields<'_>| {
        let path = item.required("path", text().parse_with(MenuPath::parse));
        let title = item.required("title", text().parse_with(MenuTitle::parse));
        let visibility = item.required("visibility", one_of(VISIBILITIES));
        (path, title, visibility, item.required("external", boolean()))
    });
    let item = item.map(|(path, title, visibility, external)| MenuItem { path, title, visibility, external });
    list(item).items(0..=Menu::MAX_ITEMS)
}

fn spec_renderer() -> impl Kind<Value = SpecRenderer> {
    let renderer = object(|renderer: &mut Fields<'_>| {
        let mut switch = |name| renderer.optional(name, boolean());
        let tries = (switch("try_it_ui"), switch("try_it_insomnia"), switch("allow_custom_server_urls"));
        let shows = (switch("infinite_scroll"), switch("show_schemas"), switch("hide_internal"), switch("hide_deprecated"));
        (tries, shows)
    });
    renderer.map(|(tries, shows)| {
        let (try_it_ui, try_it_insomnia, allow_custom_server_urls) = tries;
        let (infinite_scroll, show_schemas, hide_internal, hide_deprecated) = shows;
        SpecRenderer {
            try_it_ui,
            try_it_insomnia,
            infinite_scroll,
            show_schemas,
            hide_internal,
            hide_deprecated,
            allow_custom_server_urls,
        }
    })
}
