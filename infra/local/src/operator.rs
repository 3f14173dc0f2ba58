//! Where an operator's command works: the data folder of a portal on this machine, or a table on AWS, reached with whatever credentials
//! the operator has (profiles, single sign-on, the environment, web identity, an instance's role).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::Client;
use clap::Args;
use portico_domain::id::PortalId;
use portico_domain::portal::Portal as Settings;
use portico_http::Portal;
use portico_http::clock::{SystemClock, SystemEntropy};
use portico_http::config::{Config, Environment};
use portico_http::links_seen::LinksSeen;
use portico_http::passwords::Passwords;
use portico_identity::Providers;
use portico_store::Store;
use portico_store::portals::PORTALS_LIST;
use portico_store::specifications::{Limits, Specifications};

use crate::data::{DataFolder, Unusable};
use crate::engine::Database;
use crate::start::{self, CannotStart};
use crate::table;

/// What a command works on.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// The data folder of a portal on this machine.
    #[arg(long, value_name = "DIR", default_value = ".portico", global = true)]
    pub data: PathBuf,
    /// A table on AWS, in the region and with the credentials that the AWS command line would take.
    #[arg(long, value_name = "NAME", global = true)]
    pub table: Option<String>,
    /// Where that table's DynamoDB answers, if not on AWS.
    #[arg(long, value_name = "URL", global = true)]
    pub endpoint_url: Option<String>,
}

impl Place {
    /// The table, which must be there: no command makes one by a slip of the name.
    ///
    /// # Errors
    /// [`CannotStart`] says what stands in the way.
    pub async fn store(&self) -> Result<Store, CannotStart> {
        let Some(name) = self.on_aws()? else { return existing(&self.data).await };
        let client = Client::new(&chain(self.endpoint_url.as_deref()).await);
        match table::format(&client, name).await {
            Ok(Some(_)) => Ok(Store::new(client, name)),
            Ok(None) => {
                table::mark(&client, name).await?;
                Ok(Store::new(client, name))
            }
            Err(error) => Err(CannotStart::Table(error)),
        }
    }

    /// The name of the table on AWS, if the command is about one.
    ///
    /// # Errors
    /// [`CannotStart::Operator`] for an endpoint without a table.
    pub fn on_aws(&self) -> Result<Option<&str>, CannotStart> {
        match (&self.table, &self.endpoint_url) {
            (None, Some(_)) => Err(CannotStart::Operator("--endpoint-url needs --table NAME".to_owned())),
            (table, _) => Ok(table.as_deref()),
        }
    }
}

/// A folder that is there already: no command makes one by a slip of the path.
pub(crate) fn existing_folder(data: &Path) -> Result<DataFolder, CannotStart> {
    if !data.join("table.db").is_file() && !data.join("table-elsewhere").is_file() {
        let reason = "there is no table in it: start the portal once, or name another with --data".to_owned();
        return Err(Unusable { path: data.to_owned(), reason }.into());
    }
    Ok(DataFolder::open(data)?)
}

/// The table of a folder that is there already.
async fn existing(data: &Path) -> Result<Store, CannotStart> {
    let folder = existing_folder(data)?;
    folder.keeps_its_own_table()?;
    start::store(&Database::open(&folder.table())?).await
}

/// The whole chain of credentials and regions, over the same TLS as everything else. An emulation needs no region of its own.
pub async fn chain(endpoint: Option<&str>) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(portico_aws::https())
        .retry_config(RetryConfig::standard().with_max_attempts(4))
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(20)).build());
    if let Some(url) = endpoint {
        loader = loader.endpoint_url(url);
    }
    let found = loader.load().await;
    match (endpoint, found.region()) {
        (Some(_), None) => found.into_builder().region(Region::from_static("us-east-1")).build(),
        _ => found,
    }
}

/// The portal of a table: the one with that id, or the only one.
///
/// # Errors
/// [`CannotStart::Operator`] if there is none, or if there are several.
pub async fn portal_of(store: &Store, wanted: Option<PortalId>) -> Result<PortalId, CannotStart> {
    let (portals, _more) = store.list(PORTALS_LIST, 100).await?;
    let ids = portals.iter().map(|portal| portal.read::<Settings>().map(|portal| portal.id)).collect::<Result<Vec<_>, _>>()?;
    match (wanted, ids.as_slice()) {
        (Some(id), _) if ids.contains(&id) => Ok(id),
        (None, [only]) => Ok(*only),
        (_, []) => Err(CannotStart::Operator("the table has no portal yet: portico admin-token create makes it".to_owned())),
        (Some(id), _) => Err(CannotStart::Operator(format!("the table has no portal {id}"))),
        (None, _) => Err(CannotStart::Operator("the table has several portals: give --portal-id".to_owned())),
    }
}

/// A portal for commands that call the functions of administration here: without keys, for nobody signs in through it.
///
/// # Errors
/// [`CannotStart`] if the configuration cannot be made.
pub fn for_administration(store: Store, specifications: Specifications, id: PortalId) -> Result<Portal, CannotStart> {
    let variables = |name: &str| match name {
        "PORTICO_PORTAL_ID" => Some(id.to_string()),
        "PORTICO_PUBLIC_URL" => Some("https://operator.invalid".to_owned()),
        // The public half of no key: no session is good here.
        "PORTICO_SESSION_PUBLIC_KEYS" => Some(format!("none:{}=", "A".repeat(43))),
        _ => None,
    };
    let config: Config = Environment(variables).config().map_err(|error| CannotStart::Operator(error.to_string()))?;
    Ok(Portal {
        store,
        specifications,
        config: Arc::new(config),
        passwords: Passwords::default(),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        providers: Providers::default(),
        links_seen: LinksSeen::default(),
    })
}

/// The bucket of specifications, with an operator's patience. An emulation of S3 is named by `AWS_ENDPOINT_URL_S3`.
///
/// # Errors
/// [`CannotStart::Specifications`] says what is wrong.
pub async fn bucket(name: &str) -> Result<Specifications, CannotStart> {
    let config = chain(portico_aws::Service::S3.endpoint().as_deref()).await;
    let url = if name.starts_with("s3://") { name.to_owned() } else { format!("s3://{name}") };
    Specifications::in_bucket(&url, &config, Limits::OPERATOR).map_err(CannotStart::Specifications)
}
