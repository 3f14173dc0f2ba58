//! The portal in a browser: HTML, rendered on the server from what is read here. Nothing here writes; what people do on a page goes
//! to the same functions as every other client's requests.
//!
//! A page is a module with a function that reads and a template under `templates/` with what it shows. What stands around every page
//! is the `frame`, what stands on many is a `parts` template, and what is not a page after all (a redirect, a problem) is a
//! `shown::Stop`.

mod account;
mod admin;
mod api;
mod app;
mod apps;
mod assets;
mod catalog;
mod document;
mod examples;
mod frame;
mod look;
mod markdown;
mod moments;
mod parts;
mod profile;
mod reader;
mod reference;
mod register_api;
mod search;
mod shown;
mod swagger_ui;
mod theme;
mod tokens;
mod ways;
mod welcome;

use portico_http::{Portal, Problem, Request, Response};

/// Answers the routes of `pages`.
///
/// # Errors
/// Only for what is not a page; a page shows its problems itself.
pub async fn handle(portal: &Portal, request: Request) -> Result<Response, Problem> {
    let page = match request.route.operation {
        "show-asset" => return assets::show(portal, &request).await,
        "show-welcome" => welcome::show(portal, &request).await,
        "show-catalog" => catalog::show(portal, &request).await,
        "show-search" => search::show(portal, &request).await,
        "show-api" => api::show(portal, &request).await,
        "show-document" => document::show(portal, &request).await,
        "show-reference" => reference::show(portal, &request).await,
        "show-register-api" => register_api::show(portal, &request).await,
        "show-sign-up" => account::sign_up(portal, &request).await,
        "show-sign-up-sent" => account::sign_up_sent(portal, &request).await,
        "show-sign-in" | "head-sign-in" => account::sign_in(portal, &request).await,
        "show-forgot-password" => account::forgot_password(portal, &request).await,
        "show-forgot-password-sent" => account::forgot_password_sent(portal, &request).await,
        "show-reset-password" | "head-reset-password" => account::reset_password(portal, &request).await,
        "show-waiting" => account::waiting(portal, &request).await,
        "show-apps" => apps::list(portal, &request).await,
        "show-new-app" => apps::new(portal, &request).await,
        "show-app" => app::show(portal, &request).await,
        "show-edit-app" => app::edit(portal, &request).await,
        "show-profile" => profile::show(portal, &request).await,
        operation if operation.starts_with("show-admin") => admin::show(portal, &request).await,
        _ => return Err(Problem::not_found()),
    };
    match page {
        Ok(page) => page.answer(&request),
        Err(stop) => stop.answer(portal, &request).await,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// The texts of the templates below a folder.
    fn templates(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                templates(&path, found);
            } else {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).expect("a template")));
            }
        }
    }

    #[test]
    fn a_form_that_is_sent_before_the_script_is_there_puts_nothing_that_was_typed_into_an_address() {
        let mut found = Vec::new();
        templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut found);
        let mut forms = 0;
        for (name, text) in found {
            for form in text.split("<form ").skip(1) {
                let tag = form.split_once('>').map_or(form, |(tag, _)| tag);
                if tag.contains("data-api") {
                    forms += 1;
                    assert!(form.split("</form>").next().is_some_and(|form| form.contains("method=\"post\"")), "{name}: {tag}");
                }
            }
        }
        assert!(forms > 20, "{forms}");
    }
}
