//! How an API is to be published: for whom, with which auth strategy, linked to what.

use std::str::FromStr;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::one::all;
use crate::management::Management;

/// Who sees an API.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Developers who may.
    Private,
}

impl Visibility {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }
}

/// A stage of a gateway, as it is given: `GATEWAY/STAGE`. `{slug}` in the stage stands for the slug of each API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The gateway's id.
    pub gateway: String,
    stage: String,
}

/// Stands for the slug of each API.
const SLUG: &str = "{slug}";

impl Stage {
    /// The stage of that name for every API, or, with `{slug}` in it, one for each.
    #[must_use]
    pub fn new(gateway: &str, stage: &str) -> Self {
        Self { gateway: gateway.to_owned(), stage: stage.to_owned() }
    }

    /// The stage of each API that has its slug as its name.
    #[must_use]
    pub fn of_each(gateway: &str) -> Self {
        Self::new(gateway, SLUG)
    }

    pub(super) fn stage_of(&self, slug: &str) -> String {
        self.stage.replace(SLUG, slug)
    }

    /// Whether only one API can have it.
    pub(super) fn is_one(&self) -> bool {
        !self.stage.contains(SLUG)
    }
}

impl FromStr for Stage {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            Some((gateway, stage)) if !gateway.is_empty() && !stage.is_empty() && !stage.contains('/') => {
                Ok(Self::new(gateway, stage))
            }
            _ => Err("must be GATEWAY/STAGE, such as a1b2c3d4e5/live"),
        }
    }
}

/// What is asked of each publication. What is not named is the portal's default, or stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Terms<'a> {
    /// Who sees it.
    pub visibility: Option<Visibility>,
    /// `auth_strategy_ids` as the contract has them: a list of one, or null for none.
    pub strategy: Option<Value>,
    /// Where calls come in.
    pub link: Option<&'a Stage>,
}

/// `auth_strategy_ids` for what `--strategy` says: an id, a name, or `none`.
///
/// # Errors
/// The names that there are.
pub(super) async fn strategy(management: &Management<'_>, asked: &str) -> Result<Value, String> {
    if asked == "none" {
        return Ok(Value::Null);
    }
    let strategies = all(management, "/v2/application-auth-strategies").await?;
    let is = |one: &Value, member: &str| one.get(member).and_then(Value::as_str) == Some(asked);
    let found = strategies.iter().find(|one| is(one, "id")).or_else(|| strategies.iter().find(|one| is(one, "name")));
    match found.and_then(|one| one.get("id")) {
        Some(id) => Ok(json!([id])),
        None => {
            let names: Vec<_> = strategies.iter().filter_map(|one| one.get("name").and_then(Value::as_str)).collect();
            Err(format!("--strategy {asked} is none of {} (or none)", names.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_a_gateway_and_a_stage() {
        assert_eq!("a1/live".parse(), Ok(Stage::new("a1", "live")));
        assert_eq!("a1/{slug}-v1".parse::<Stage>().map(|stage| stage.stage_of("tides")), Ok("tides-v1".to_owned()));
        for text in ["a1", "/live", "a1/", "a1/b/c", ""] {
            assert!(text.parse::<Stage>().is_err(), "{text}");
        }
    }
}
