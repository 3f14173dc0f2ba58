//! An edit of a portal, on its way into the table.

use portico_domain::customization::Customization;
use portico_domain::event::Name;
use portico_domain::portal::Portal as Settings;
use portico_domain::portal_edit::{PortalEdit, PortalEditError, difference};
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::who::PortalAdministrator;
use portico_http::{Portal, Problem};
use portico_store::portals::UpdatePortalError;
use portico_store::{Key, decide_again};
use serde_json::json;

/// The portal as an edit leaves it. Who loses a race decides again on what the winner made.
///
/// # Errors
/// 400 for what cannot be with what is there, 404 for a portal that is gone.
pub(crate) async fn update(portal: &Portal, who: PortalAdministrator, edit: &PortalEdit) -> Result<Settings, Problem> {
    let PortalAdministrator { administrator, portal: settings } = who;
    let id = settings.id;
    let mut known = Some(settings);
    decide_again(|| {
        let (known, administrator) = (known.take(), &administrator);
        async move {
            let before = match known {
                Some(settings) => settings,
                None => portal.store.find(&Key::portal(id)).await?.ok_or_else(Problem::not_found)?,
            };
            let Some(after) = edit.apply(&before, portal.now()).map_err(refused)? else { return Ok(Some(before)) };
            let told = difference(&before, &after);
            let data = json!({ "portal": id, "changed": told.changed, "before": told.before, "after": told.after });
            let event = portal.event(Name::PortalUpdated, administrator.actor(), data)?;
            match portal.store.update_portal(&before, &after, &event).await {
                Ok(()) => Ok(Some(after)),
                Err(UpdatePortalError::Changed) => Ok(None),
                Err(UpdatePortalError::StrategyGone) => Err(unknown_strategy()),
                Err(UpdatePortalError::Store(error)) => Err(error.into()),
            }
        }
    })
    .await
}

fn refused(error: PortalEditError) -> Problem {
    match error {
        PortalEditError::TooManyLabels => {
            let maximum = i64::try_from(portico_domain::limits::LABELS).unwrap_or(i64::MAX);
            InvalidParameter::body("labels", Rule::MaxItems { maximum }, error.to_string()).into()
        }
        PortalEditError::LookTooLarge(error) => {
            let maximum = i64::try_from(Customization::MAX_BYTES).unwrap_or(i64::MAX);
            InvalidParameter::body("menu", Rule::MaxLength { maximum }, error.to_string()).into()
        }
    }
}

fn unknown_strategy() -> Problem {
    let field = "default_application_auth_strategy_id";
    InvalidParameter::body(field, Rule::MissingReference, "must be the id of an auth strategy").into()
}
