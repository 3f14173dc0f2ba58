//! `portico publish FILE`: one OpenAPI file becomes an API of the portal, by the operations that `--apis` calls.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use portico_domain::admin::AdminToken;
use portico_domain::id::PortalId;
use portico_http::clock::{Clock as _, SystemClock};
use portico_store::specifications::Specifications;
use portico_store::{Key, sha256_hex};

use crate::apis::{self, Gateway};
use crate::data::DataFolder;
use crate::gateway::published::GATEWAY;
use crate::management::Management;
use crate::operator::{self, Place};
use crate::start::CannotStart;

/// Who the events of a publication name as their actor.
pub const ACTOR: &str = "portico publish";
/// How long the command's own token would live if the command were cut off.
const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// What to publish, and where.
#[derive(Args, Debug)]
pub struct Publish {
    /// The OpenAPI file, JSON or YAML.
    file: PathBuf,
    /// The slug that the API is reached under, if not the file's name.
    #[arg(long)]
    slug: Option<String>,
    /// The bucket of specifications (the stack's output SpecificationsBucket), for a table on AWS.
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    /// The API Gateway that the API's calls come in by, with --stage. Without it the API is published and linked to none.
    #[arg(long, value_name = "ID", requires = "stage")]
    gateway: Option<String>,
    /// The gateway's stage.
    #[arg(long, requires = "gateway")]
    stage: Option<String>,
    /// The portal, where the table has several.
    #[arg(long, value_name = "UUID")]
    portal_id: Option<PortalId>,
    #[command(flatten)]
    place: Place,
}

/// Publishes the file. Returns what to tell the operator.
///
/// # Errors
/// [`CannotStart`] says what stands in the way.
pub async fn run(options: &Publish) -> Result<String, CannotStart> {
    let file = apis::file(&options.file)?;
    let slug = options.slug.clone().unwrap_or_else(|| file.slug());
    let store = options.place.store().await?;
    let (specifications, gateway) = match (options.place.on_aws()?, &options.bucket) {
        (Some(_), Some(bucket)) => (operator::bucket(bucket).await?, None),
        (Some(_), None) => {
            return Err(CannotStart::Operator("a table on AWS needs --bucket NAME for the specification".to_owned()));
        }
        (None, _) => {
            let folder = DataFolder::open(&options.place.data)?;
            let place = format!("file://{}", folder.specifications().display());
            let specifications = Specifications::at(&place).await.map_err(CannotStart::Specifications)?;
            (specifications, Some(Gateway { id: GATEWAY, stage: &slug }))
        }
    };
    let gateway = match (&options.gateway, &options.stage) {
        (Some(id), Some(stage)) => Some(Gateway { id, stage }),
        _ => gateway,
    };
    let id = operator::portal_of(&store, options.portal_id).await?;
    let portal = operator::for_administration(store, specifications, id)?;
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| CannotStart::NoEntropy(error.to_string()))?;
    let token = URL_SAFE_NO_PAD.encode(secret);
    let digest = sha256_hex(&token);
    let now = SystemClock.now();
    let own = AdminToken { name: ACTOR.to_owned(), portals: None, expires_at: now.plus(LIFETIME), created_at: now };
    portal.store.keep_admin_token(&digest, &own).await?;
    let published = apis::publish_one(&Management::new(&portal, &token)?, &file, &slug, gateway).await;
    portal.store.remove(&Key::admin_token(&digest)).await?;
    published.map_err(|reason| CannotStart::Api { file: options.file.display().to_string(), reason })?;
    Ok(match gateway {
        Some(Gateway { id, stage }) => format!("published as {slug}, linked to gateway {id}, stage {stage}\n"),
        None => format!(
            "published as {slug}; no gateway is linked to it: give --gateway and --stage, or link it by the management API\n"
        ),
    })
}
