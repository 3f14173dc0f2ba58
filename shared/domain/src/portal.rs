//! A portal: the place that developers sign up at, and the settings that the journey obeys.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::customization::Customization;
use crate::id::{PortalId, StrategyId};
use crate::image::{StoredImage, Which};
use crate::search::Lines;
use crate::server_origin::ServerOrigin;
use crate::time::Timestamp;

/// Who may see an API in a portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everyone, signed in or not.
    Public,
    /// Signed-in, approved developers; where roles count, those whose teams have one for it.
    Private,
}

impl Visibility {
    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }
}

/// Labels: names and values that administrators attach.
pub type Labels = BTreeMap<String, String>;

/// A portal and its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Portal {
    /// Its id, also the audience of its sessions.
    pub id: PortalId,
    /// Unique name.
    pub name: String,
    /// What people read.
    pub display_name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether developers can sign in at all.
    pub authentication_enabled: bool,
    /// Whether they can sign in with a password.
    pub basic_auth_enabled: bool,
    /// Whether they can sign in with an identity provider: one of the portal's is enabled.
    #[serde(default)]
    pub sso_enabled: bool,
    /// Whether seeing a private API, and registering for it, takes a team's role.
    #[serde(default)]
    pub rbac_enabled: bool,
    /// New developers are approved by themselves.
    pub auto_approve_developers: bool,
    /// New registrations are approved by themselves (contract, point 16).
    pub auto_approve_applications: bool,
    /// Visibility of a publication that names none.
    pub default_api_visibility: Visibility,
    /// Visibility of a page that names none.
    pub default_page_visibility: Visibility,
    /// Strategy of an application or a publication that names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_strategy: Option<StrategyId>,
    /// Labels.
    #[serde(default)]
    pub labels: Labels,
    /// Whether notifications may name developers.
    #[serde(default)]
    pub pii_in_notifications: bool,
    /// The look of its pages.
    #[serde(default, skip_serializing_if = "Customization::is_plain")]
    pub customization: Customization,
    /// Its logo, if it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<StoredImage>,
    /// Its favicon, if it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub favicon: Option<StoredImage>,
    /// The servers that its pages may send calls to, with developers' keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub try_it_servers: Vec<ServerOrigin>,
    /// The form that what search knows of all its APIs has at least ([`Lines::FORM`]).
    #[serde(default)]
    pub search_form: u32,
    /// Number of its events.
    pub ver: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a setting last changed.
    pub updated_at: Timestamp,
}

impl Portal {
    /// A new portal: key authentication by default, private APIs, asks for approval (contract README, "A new portal").
    pub fn new(id: PortalId, name: &str, default_strategy: StrategyId, now: Timestamp) -> Self {
        Self {
            id,
            name: name.to_owned(),
            display_name: name.to_owned(),
            description: None,
            authentication_enabled: true,
            basic_auth_enabled: true,
            sso_enabled: false,
            rbac_enabled: false,
            auto_approve_developers: false,
            auto_approve_applications: false,
            default_api_visibility: Visibility::Private,
            default_page_visibility: Visibility::Private,
            default_strategy: Some(default_strategy),
            labels: Labels::new(),
            pii_in_notifications: false,
            customization: Customization::default(),
            logo: None,
            favicon: None,
            try_it_servers: Vec::new(),
            search_form: Lines::FORM,
            ver: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// An image of its own, if it has one.
    pub const fn image(&self, which: Which) -> Option<&StoredImage> {
        match which {
            Which::Logo => self.logo.as_ref(),
            Which::Favicon => self.favicon.as_ref(),
        }
    }
}
