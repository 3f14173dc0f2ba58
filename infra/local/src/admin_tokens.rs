//! Administrators' tokens as the operator makes, lists and revokes them. The table knows a token by its digest alone.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portico_domain::admin::AdminToken;
use portico_domain::time::Timestamp;
use portico_store::portals::ADMIN_TOKENS_LIST;
use portico_store::{Key, Store, StoreError, sha256_hex};

/// How many are looked at.
const CAP: usize = 1000;
/// How long a token lives.
pub const LIFETIME: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A token cannot be made or revoked.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Names are the actors in events: two tokens must not share one.
    #[error("there is a token with the name {0} already: revoke it first")]
    NameTaken(String),
    /// 1 to 64 printable characters.
    #[error("a name has 1 to 64 printable characters")]
    Name,
    /// No token has that name.
    #[error("there is no token with the name {0}")]
    Unknown(String),
    /// No randomness.
    #[error("the system gave no random bytes: {0}")]
    NoEntropy(String),
    /// What the store says.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a token that may manage every portal and returns it: it is shown this once.
///
/// # Errors
/// [`TokenError`] as its variants say.
pub async fn create(store: &Store, name: &str, now: Timestamp) -> Result<String, TokenError> {
    if name.is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control) {
        return Err(TokenError::Name);
    }
    if all(store).await?.iter().any(|(_, token)| token.name == name) {
        return Err(TokenError::NameTaken(name.to_owned()));
    }
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| TokenError::NoEntropy(error.to_string()))?;
    let text = format!("portico_admin_{}", URL_SAFE_NO_PAD.encode(secret));
    let token = AdminToken { name: name.to_owned(), portals: None, expires_at: now.plus(LIFETIME), created_at: now };
    store.keep_admin_token(&sha256_hex(&text), &token).await?;
    Ok(text)
}

/// The tokens, the oldest first.
///
/// # Errors
/// As the store says.
pub async fn list(store: &Store) -> Result<Vec<AdminToken>, StoreError> {
    Ok(all(store).await?.into_iter().map(|(_, token)| token).collect())
}

/// Revokes every token of that name, and with it the sessions that administrators have in a browser by it.
///
/// # Errors
/// [`TokenError::Unknown`] if there is none; what the store says.
pub async fn revoke(store: &Store, name: &str) -> Result<(), TokenError> {
    let named: Vec<_> = all(store).await?.into_iter().filter(|(_, token)| token.name == name).collect();
    if named.is_empty() {
        return Err(TokenError::Unknown(name.to_owned()));
    }
    for (key, _) in named {
        store.remove_admin_token(&key).await?;
    }
    Ok(())
}

async fn all(store: &Store) -> Result<Vec<(Key, AdminToken)>, StoreError> {
    let (items, _more) = store.list(ADMIN_TOKENS_LIST, CAP).await?;
    items.into_iter().map(|item| Ok((item.key(), item.into_entity()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Database;
    use crate::table::{TABLE, prepare};

    #[tokio::test]
    async fn a_token_is_found_by_its_digest_listed_by_its_name_and_gone_after_it_is_revoked() {
        let database = Database::memory().unwrap();
        prepare(&database.client(), TABLE).await.unwrap();
        let store = Store::new(database.client(), TABLE);
        let now = Timestamp::from_millis(1_795_000_000_000);
        let text = create(&store, "ci", now).await.unwrap();
        assert!(matches!(create(&store, "ci", now).await, Err(TokenError::NameTaken(_))));
        assert!(matches!(create(&store, "", now).await, Err(TokenError::Name)));
        let key = Key::admin_token(&sha256_hex(&text));
        let token: AdminToken = store.find(&key).await.unwrap().unwrap();
        assert_eq!((token.name.as_str(), token.expires_at), ("ci", now.plus(LIFETIME)));
        assert_eq!(list(&store).await.unwrap(), [token]);
        revoke(&store, "ci").await.unwrap();
        assert!(store.get(&key).await.unwrap().is_none());
        assert!(matches!(revoke(&store, "ci").await, Err(TokenError::Unknown(_))));
    }
}
