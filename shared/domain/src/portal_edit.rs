//! What an administrator changes about a portal.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::customization::{CustomizationEdit, LookTooLarge};
use crate::id::StrategyId;
use crate::image::StoredImage;
use crate::limits::LABELS;
use crate::portal::{Labels, Portal, Visibility};
use crate::server_origin::ServerOrigin;
use crate::time::Timestamp;

/// Changes of a portal's settings; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PortalEdit {
    /// Name.
    pub name: Option<String>,
    /// What people read.
    pub display_name: Option<String>,
    /// What it is for; inside, absent takes it away.
    pub description: Option<Option<String>>,
    /// Whether developers can sign in at all.
    pub authentication_enabled: Option<bool>,
    /// Whether they can sign in with a password.
    pub basic_auth_enabled: Option<bool>,
    /// Whether seeing a private API, and registering for it, takes a team's role.
    pub rbac_enabled: Option<bool>,
    /// New developers are approved by themselves.
    pub auto_approve_developers: Option<bool>,
    /// New registrations are approved by themselves.
    pub auto_approve_applications: Option<bool>,
    /// Visibility of a publication that names none.
    pub default_api_visibility: Option<Visibility>,
    /// Visibility of a page that names none.
    pub default_page_visibility: Option<Visibility>,
    /// Strategy of an application or a publication that names none; inside, absent means that there is none.
    pub default_strategy: Option<Option<StrategyId>>,
    /// Changes of labels, by name; absent takes one away. All are taken away if there is no map inside.
    pub labels: Option<Option<BTreeMap<String, Option<String>>>>,
    /// Whether notifications may name developers.
    pub pii_in_notifications: Option<bool>,
    /// The look of its pages.
    pub customization: Option<CustomizationEdit>,
    /// Its logo; inside, absent means Portico's own.
    pub logo: Option<Option<StoredImage>>,
    /// Its favicon; inside, absent means Portico's own.
    pub favicon: Option<Option<StoredImage>>,
    /// The servers that its pages may send calls to.
    pub try_it_servers: Option<Vec<ServerOrigin>>,
}

/// Why a portal cannot be edited so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortalEditError {
    /// With the labels that are there, it would have too many.
    #[error("must have at most {LABELS} entries")]
    TooManyLabels,
    /// With the look that is there, it would be too large.
    #[error(transparent)]
    LookTooLarge(#[from] LookTooLarge),
}

/// The settings that differ, by their names in the contract. What people wrote is named only: an address may stand in it, and
/// events have none.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Which they are.
    pub changed: Vec<&'static str>,
    /// As they were, but for texts.
    pub before: Value,
    /// As they are, but for texts.
    pub after: Value,
}

impl PortalEdit {
    /// The portal as it is to be; nothing if nothing changes.
    ///
    /// # Errors
    /// [`PortalEditError`].
    pub fn apply(&self, portal: &Portal, now: Timestamp) -> Result<Option<Portal>, PortalEditError> {
        let mut edited = portal.clone();
        let edit = self.clone();
        assign(&mut edited.name, edit.name);
        assign(&mut edited.display_name, edit.display_name);
        assign(&mut edited.description, edit.description);
        assign(&mut edited.authentication_enabled, edit.authentication_enabled);
        assign(&mut edited.basic_auth_enabled, edit.basic_auth_enabled);
        assign(&mut edited.rbac_enabled, edit.rbac_enabled);
        assign(&mut edited.auto_approve_developers, edit.auto_approve_developers);
        assign(&mut edited.auto_approve_applications, edit.auto_approve_applications);
        assign(&mut edited.default_api_visibility, edit.default_api_visibility);
        assign(&mut edited.default_page_visibility, edit.default_page_visibility);
        assign(&mut edited.default_strategy, edit.default_strategy);
        assign(&mut edited.pii_in_notifications, edit.pii_in_notifications);
        assign(&mut edited.logo, edit.logo);
        assign(&mut edited.favicon, edit.favicon);
        assign(&mut edited.try_it_servers, edit.try_it_servers);
        if let Some(edit) = edit.customization {
            edited.customization = edit.apply(&portal.customization)?;
        }
        match edit.labels {
            Some(Some(changes)) => merge(&mut edited.labels, changes),
            Some(None) => edited.labels.clear(),
            None => {}
        }
        if edited.labels.len() > LABELS {
            return Err(PortalEditError::TooManyLabels);
        }
        if edited == *portal {
            return Ok(None);
        }
        Ok(Some(Portal { ver: portal.ver + 1, updated_at: now, ..edited }))
    }
}

fn assign<T>(to: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *to = value;
    }
}

fn merge(labels: &mut Labels, changes: BTreeMap<String, Option<String>>) {
    for (name, value) in changes {
        match value {
            Some(value) => labels.insert(name, value),
            None => labels.remove(&name),
        };
    }
}

/// What an edit changed, for its event.
pub fn difference(before: &Portal, after: &Portal) -> Difference {
    let (mut changed, mut old, mut new) = (Vec::new(), Map::new(), Map::new());
    for ((name, was), (_, is)) in settings(before).into_iter().zip(settings(after)) {
        if was == is {
            continue;
        }
        changed.push(name);
        if !TEXTS.contains(&name) {
            old.insert(name.to_owned(), was);
            new.insert(name.to_owned(), is);
        }
    }
    Difference { changed, before: Value::Object(old), after: Value::Object(new) }
}

/// The settings that people write.
const TEXTS: [&str; 8] = [
    "name",
    "display_name",
    "description",
    "labels",
    "customization.theme.name",
    "customization.layout",
    "customization.menu",
    "customization.robots",
];

fn settings(portal: &Portal) -> [(&'static str, Value); 23] {
    let look = &portal.customization;
    [
        ("name", json!(portal.name)),
        ("display_name", json!(portal.display_name)),
        ("description", json!(portal.description)),
        ("authentication_enabled", json!(portal.authentication_enabled)),
        ("basic_auth_enabled", json!(portal.basic_auth_enabled)),
        ("rbac_enabled", json!(portal.rbac_enabled)),
        ("auto_approve_developers", json!(portal.auto_approve_developers)),
        ("auto_approve_applications", json!(portal.auto_approve_applications)),
        ("default_api_visibility", json!(portal.default_api_visibility)),
        ("default_page_visibility", json!(portal.default_page_visibility)),
        ("default_application_auth_strategy_id", json!(portal.default_strategy)),
        ("labels", json!(portal.labels)),
        ("notifications_developer_pii_visibility_enabled", json!(portal.pii_in_notifications)),
        ("customization.theme.name", json!(look.theme.name)),
        ("customization.theme.mode", json!(look.theme.mode)),
        ("customization.theme.colors.primary", json!(look.theme.primary)),
        ("customization.layout", json!(look.layout)),
        ("customization.menu", json!(look.menu)),
        ("customization.spec_renderer", json!(look.spec_renderer)),
        ("customization.robots", json!(look.robots)),
        ("logo", json!(portal.logo)),
        ("favicon", json!(portal.favicon)),
        ("try_it_servers", json!(portal.try_it_servers)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PortalId;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const LATER: Timestamp = Timestamp::from_millis(1_800_000_000_001);

    fn portal() -> Portal {
        let (id, strategy) = (PortalId::new(Uuid::from_u128(1)), StrategyId::new(Uuid::from_u128(2)));
        let labels = Labels::from([("env".to_owned(), "test".to_owned()), ("team".to_owned(), "a".to_owned())]);
        Portal { labels, ..Portal::new(id, "Portal", strategy, NOW) }
    }

    #[test]
    fn an_edit_changes_what_it_names_and_counts_as_one_change() {
        let edit = PortalEdit { auto_approve_developers: Some(true), default_strategy: Some(None), ..PortalEdit::default() };
        let edited = edit.apply(&portal(), LATER).expect("a good edit").expect("a change");
        let expected = Portal { auto_approve_developers: true, default_strategy: None, ver: 2, updated_at: LATER, ..portal() };
        assert_eq!(edited, expected);
        let told = difference(&portal(), &edited);
        assert_eq!(told.after, json!({ "auto_approve_developers": true, "default_application_auth_strategy_id": null }));
        assert_eq!(told.before["auto_approve_developers"], false);
        assert_eq!(told.changed, ["auto_approve_developers", "default_application_auth_strategy_id"]);
    }

    #[test]
    fn what_people_wrote_is_named_in_the_event_and_not_told() {
        let description = Some(Some("Ask ada@example.test".to_owned()));
        let edit = PortalEdit { description, ..PortalEdit::default() };
        let edited = edit.apply(&portal(), LATER).expect("a good edit").expect("a change");
        let told = difference(&portal(), &edited);
        assert_eq!(told, Difference { changed: vec!["description"], before: json!({}), after: json!({}) });
    }

    #[test]
    fn a_look_is_told_but_for_what_people_wrote_in_it() {
        use crate::customization::Customization;
        let says = json!({
            "theme": { "name": "Ada's", "mode": "dark", "primary": "#abc" }, "robots": "noindex",
            "menu": { "main": [{ "path": "/ada", "title": "Ada", "visibility": "public", "external": false }] },
        });
        let says: Customization = serde_json::from_value(says).expect("a look");
        let logo = StoredImage { digest: "d".to_owned(), media: crate::image::Media::Png };
        let look = CustomizationEdit { replaces: true, says, clears_robots: false };
        let edit = PortalEdit { customization: Some(look), logo: Some(Some(logo)), ..PortalEdit::default() };
        let edited = edit.apply(&portal(), LATER).expect("a good edit").expect("a change");
        let told = difference(&portal(), &edited);
        let after = json!({
            "customization.theme.mode": "dark", "customization.theme.colors.primary": "#abc",
            "logo": { "digest": "d", "media": "png" },
        });
        assert_eq!(told.after, after);
        assert_eq!(told.changed.len(), 6);
        assert_eq!(edit.apply(&edited, LATER), Ok(None), "the same again");
    }

    #[test]
    fn an_edit_that_changes_nothing_is_no_change() {
        let same = PortalEdit { name: Some("Portal".to_owned()), description: Some(None), ..PortalEdit::default() };
        assert_eq!(same.apply(&portal(), LATER), Ok(None));
        assert_eq!(PortalEdit::default().apply(&portal(), LATER), Ok(None));
    }

    #[test]
    fn labels_are_merged_and_a_missing_value_takes_one_away() {
        let changes = BTreeMap::from([("env".to_owned(), None), ("tier".to_owned(), Some("gold".to_owned()))]);
        let edit = PortalEdit { labels: Some(Some(changes)), ..PortalEdit::default() };
        let edited = edit.apply(&portal(), LATER).expect("a good edit").expect("a change");
        assert_eq!(json!(edited.labels), json!({ "team": "a", "tier": "gold" }));
        let none = PortalEdit { labels: Some(None), ..PortalEdit::default() };
        assert!(none.apply(&portal(), LATER).expect("a good edit").expect("a change").labels.is_empty());
        let many = (0..LABELS).map(|n| (format!("l{n}"), Some("x".to_owned()))).collect();
        let edit = PortalEdit { labels: Some(Some(many)), ..PortalEdit::default() };
        assert_eq!(edit.apply(&portal(), LATER), Err(PortalEditError::TooManyLabels));
    }
}
