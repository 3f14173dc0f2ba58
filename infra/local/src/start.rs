//! From a table and a folder to a portal that answers: what is missing at the first start is made.

use std::collections::BTreeMap;
use std::sync::Arc;

use portico_domain::email::EmailAddress;
use portico_domain::event::{Actor, Event, Name};
use portico_domain::id::{EventId, PortalId, StrategyId, uuid_v7};
use portico_domain::mail_token::MailKey;
use portico_domain::portal::Portal as Settings;
use portico_domain::refresh_token::RefreshKey;
use portico_domain::sealed::SealingKey;
use portico_domain::strategy::Strategy;
use portico_domain::time::Timestamp;
use portico_http::Portal;
use portico_http::clock::{Clock, Entropy};
use portico_http::config::{Config, Keys, PublicUrl, SESSION_ABSOLUTE, SESSION_IDLE};
use portico_http::links_seen::LinksSeen;
use portico_http::passwords::Passwords;
use portico_http::session_tokens::{Signer, Verifier};
use portico_identity::fetch::Fetcher;
use portico_identity::{Providers, Reach};
use portico_store::portals::{CreatePortalError, PORTALS_LIST};
use portico_store::specifications::Specifications;
use portico_store::{Store, StoreError};

use crate::admin_tokens;
use crate::data::{DataFolder, Unusable, read_secret, write_secret};
use crate::engine::{Database, OpenError};
use crate::table::{self, TableError};

/// The name of the token in `DIR/admin-token`.
pub const FIRST_ADMINISTRATOR: &str = "first-administrator";

/// The portal cannot start. One clear line.
#[derive(Debug, thiserror::Error)]
pub enum CannotStart {
    /// The data folder.
    #[error("the data folder cannot be used: {0}")]
    Folder(#[from] Unusable),
    /// The table's file.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The portal's first items.
    #[error(transparent)]
    Create(#[from] CreatePortalError),
    /// Reading or writing the table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The administrator's token.
    #[error(transparent)]
    Token(#[from] admin_tokens::TokenError),
    /// The public URL.
    #[error("--public-url {0}")]
    PublicUrl(String),
    /// An address to notify.
    #[error("--notify {0}: {1}")]
    Notify(String, String),
    /// Where specifications lie.
    #[error("the folder of specifications cannot be used: {0}")]
    Specifications(String),
    /// No randomness.
    #[error("{0}")]
    NoEntropy(String),
    /// The address to listen on.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// As it was given.
        address: String,
        /// Why.
        reason: String,
    },
    /// The bill cannot be made.
    #[error(transparent)]
    Cost(#[from] crate::cost::CostError),
    /// The template in this binary.
    #[error(transparent)]
    Template(#[from] crate::gateway::routes::TemplateError),
    /// The stream.
    #[error(transparent)]
    Pump(#[from] crate::pump::PumpError),
    /// The bus.
    #[error(transparent)]
    Bus(#[from] crate::bus::BusError),
    /// The rules of the bus in this binary's template.
    #[error(transparent)]
    Rules(#[from] crate::bus::rules::RulesError),
    /// A file holds no event.
    #[error("{file}: {reason}")]
    Event {
        /// The file.
        file: String,
        /// Why.
        reason: crate::bus_commands::NoEvent,
    },
    /// What an operator asked for cannot be done.
    #[error("{0}")]
    Operator(String),
    /// A file of `--apis` cannot be read or published.
    #[error("{file}: {reason}")]
    Api {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
}

/// What a portal is made from.
#[derive(Debug)]
pub struct Setup<'a> {
    /// Its table.
    pub database: &'a Database,
    /// Its folder.
    pub folder: &'a DataFolder,
    /// Where people reach it.
    pub public_url: &'a str,
    /// Whether a portal that is made now approves by itself.
    pub auto_approve: bool,
    /// Who is told by mail that somebody waits for approval.
    pub notify: &'a [String],
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// The database of a folder: a file in it, or one behind an endpoint.
///
/// # Errors
/// [`CannotStart`] if the folder is that of another table, or the file cannot be opened.
pub fn database(folder: &DataFolder, endpoint: Option<&str>) -> Result<Database, CannotStart> {
    match endpoint {
        // DynamoDB Local keeps a database for each access key.
        Some(url) => Ok(Database::at(url, "portico")),
        None => {
            folder.keeps_its_own_table()?;
            Ok(Database::open(&folder.table())?)
        }
    }
}

/// The table of a database, made if it is missing.
///
/// # Errors
/// [`CannotStart`] if it cannot be used.
pub async fn store(database: &Database) -> Result<Store, CannotStart> {
    let client = database.client();
    table::prepare(&client, database.table()).await?;
    Ok(Store::new(client, database.table()))
}

/// The portal over a table and a folder; the first start makes its settings, its keys and an administrator's token.
///
/// # Errors
/// [`CannotStart`] says what stands in the way.
pub async fn portal(setup: Setup<'_>) -> Result<Portal, CannotStart> {
    let public_url = PublicUrl::parse(setup.public_url).map_err(CannotStart::PublicUrl)?;
    let store = store(setup.database).await?;
    if setup.database.is_elsewhere() {
        let client = setup.database.client();
        setup.folder.adopt(&table::identity(&client, setup.database.table()).await?)?;
    }
    let id = match first_portal(&store).await? {
        Some(id) => id,
        None => {
            let id = PortalId::from(new_id(setup.entropy.as_ref(), setup.clock.now())?);
            create_portal(&store, id, setup.auto_approve, setup.clock.as_ref(), setup.entropy.as_ref()).await?;
            id
        }
    };
    first_token(&store, setup.folder, setup.clock.now()).await?;
    let session = setup.folder.session_key()?;
    let public_keys = BTreeMap::from([(session.id(), session.public.to_vec())]);
    let specifications = format!("file://{}", setup.folder.specifications().display());
    let config = Config {
        verifier: Verifier::new(public_keys, &public_url.origin(), id),
        session_idle: SESSION_IDLE,
        session_absolute: SESSION_ABSOLUTE,
        mail_from: format!("no-reply@{}", public_url.host()),
        notify: addresses(setup.notify)?,
        keys: Keys {
            signer: Some(Signer::new(&session.id(), &session.pkcs8)),
            refresh: Some(RefreshKey::new(setup.folder.key("refresh")?).into()),
            sealing: Some(SealingKey::new(setup.folder.key("sealing")?).into()),
            mail: Some(MailKey::new(setup.folder.key("mail")?).into()),
        },
        portal: id,
        public_url,
    };
    Ok(Portal {
        store,
        specifications: Specifications::at(&specifications).await.map_err(CannotStart::Specifications)?,
        config: Arc::new(config),
        passwords: Passwords::default(),
        clock: setup.clock,
        entropy: setup.entropy,
        // A provider that somebody tries on a laptop is on the laptop.
        providers: Providers::new(Fetcher::new(Reach::Private)),
        links_seen: LinksSeen::default(),
    })
}

fn addresses(texts: &[String]) -> Result<Vec<EmailAddress>, CannotStart> {
    let address = |text: &String| EmailAddress::parse(text).map_err(|error| CannotStart::Notify(text.clone(), error.to_string()));
    texts.iter().map(address).collect()
}

/// The id of the first portal of a table, if there is one.
pub(crate) async fn first_portal(store: &Store) -> Result<Option<PortalId>, CannotStart> {
    let (portals, _more) = store.list(PORTALS_LIST, 1).await?;
    Ok(portals.first().map(|portal| portal.read::<Settings>()).transpose()?.map(|portal| portal.id))
}

/// Makes the settings and the default strategy of a portal in a table that has none.
///
/// # Errors
/// [`CannotStart`] says what stands in the way.
pub(crate) async fn create_portal(
    store: &Store,
    id: PortalId,
    auto_approve: bool,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<(), CannotStart> {
    let now = clock.now();
    let strategy = Strategy::key_auth_default(StrategyId::from(new_id(entropy, now)?), now);
    let mut portal = Settings::new(id, "portico", strategy.id, now);
    portal.display_name = "Portico".to_owned();
    portal.auto_approve_developers = auto_approve;
    portal.auto_approve_applications = auto_approve;
    let event = |name: Name, data: serde_json::Value| -> Result<Event, CannotStart> {
        let id = EventId::from(new_id(entropy, now)?);
        Ok(Event { id, name, at: now, actor: Actor::System("start".to_owned()), data })
    };
    let events = [
        &event(Name::PortalCreated, serde_json::json!({ "portal": portal.id }))?,
        &event(Name::StrategyCreated, serde_json::json!({ "strategy": strategy.id }))?,
    ];
    Ok(store.create_portal(&portal, &strategy, events).await?)
}

/// The table comes first: a start that was cut off before the file was written revokes what nobody has read and makes another.
async fn first_token(store: &Store, folder: &DataFolder, now: Timestamp) -> Result<(), CannotStart> {
    let path = folder.admin_token();
    if read_secret(&path)?.is_some() {
        return Ok(());
    }
    let known = admin_tokens::list(store).await?;
    if known.iter().any(|token| token.name == FIRST_ADMINISTRATOR) {
        admin_tokens::revoke(store, FIRST_ADMINISTRATOR).await?;
    }
    let token = admin_tokens::create(store, FIRST_ADMINISTRATOR, now).await?;
    write_secret(&path, token.as_bytes())?;
    Ok(())
}

fn new_id(entropy: &dyn Entropy, now: Timestamp) -> Result<uuid::Uuid, CannotStart> {
    let mut random = [0; 10];
    entropy.fill(&mut random).map_err(|error| CannotStart::NoEntropy(error.to_string()))?;
    Ok(uuid_v7(now, random))
}
