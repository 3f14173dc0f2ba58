//! A session as the developer whose it is sees it.

use portico_domain::id::SessionId;
use portico_domain::session::Session;
use portico_domain::time::Timestamp;
use serde::Serialize;

use crate::listing::Column;

/// A session in force.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    /// Id.
    pub id: String,
    /// When the developer signed in, RFC 3339.
    pub created_at: String,
    /// When it was last refreshed, which browsers do while it is used; RFC 3339.
    pub refreshed_at: String,
    /// When it ends unless it is refreshed, RFC 3339.
    pub expires_at: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A session in a list, and the one that asks.
pub type Seen = (Session, SessionId);

fn ends(session: &Session) -> Timestamp {
    session.idle_until.min(session.absolute_until)
}

/// What the list can be sorted by.
pub const COLUMNS: &[Column<Seen>] = &[
    Column::id("id", |(session, _): &Seen| Some(session.id.uuid())).sort_only(),
    Column::time("created_at", |(session, _): &Seen| Some(session.created_at)).sort_only(),
    Column::time("refreshed_at", |(session, _): &Seen| Some(session.rotated_at)).sort_only(),
    Column::time("expires_at", |(session, _): &Seen| Some(ends(session))).sort_only(),
    Column::flag("current", |(session, current): &Seen| Some(session.id == *current)).sort_only(),
];

impl SessionView {
    /// The view of a session.
    pub fn of((session, current): &Seen) -> Self {
        Self {
            id: session.id.to_string(),
            created_at: session.created_at.rfc3339(),
            refreshed_at: session.rotated_at.rfc3339(),
            expires_at: ends(session).rfc3339(),
            current: session.id == *current,
        }
    }
}
