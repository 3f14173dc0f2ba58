//! `portico publish FILE|FOLDER`: OpenAPI files become APIs of the portal, by the operations that an administrator calls: of a portal
//! elsewhere (`--url`), or in this process over a data folder or a table on AWS.

pub mod one;
pub mod terms;

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use portico_domain::admin::AdminToken;
use portico_domain::id::PortalId;
use portico_http::clock::{Clock as _, SystemClock};
use portico_store::specifications::Specifications;
use portico_store::{Key, sha256_hex};

use crate::apis::{self, ApiFile};
use crate::data::DataFolder;
use crate::gateway::published::GATEWAY;
use crate::management::Management;
use crate::operator::{self, Place};
use crate::start::CannotStart;
use terms::{Stage, Terms, Visibility};

/// Who the events of a publication name as their actor.
pub const ACTOR: &str = "portico publish";
/// How long the command's own token would live if the command were cut off.
const LIFETIME: Duration = Duration::from_secs(10 * 60);
/// Where an administrator's token is looked for: an argument would stay in the shell's history and be seen by everybody on the machine.
pub const TOKEN: &str = "PORTICO_ADMIN_TOKEN";

/// What to publish, and where.
#[derive(Args, Debug)]
pub struct Publish {
    /// The OpenAPI file, JSON or YAML, or a folder of them.
    #[arg(value_name = "FILE|FOLDER")]
    path: PathBuf,
    /// The slug that the API is reached under, if not the file's name.
    #[arg(long)]
    slug: Option<String>,
    /// The auth strategy of applications that register: its name, its id, or none.
    #[arg(long, value_name = "NAME")]
    strategy: Option<String>,
    /// Who sees the API.
    #[arg(long)]
    visibility: Option<Visibility>,
    /// The API Gateway that calls come in by, and its stage; {slug} stands for each API's slug.
    #[arg(long, value_name = "GATEWAY/STAGE")]
    link: Option<Stage>,
    /// The portal's address; the administrator's token is in the variable PORTICO_ADMIN_TOKEN.
    #[arg(long, value_name = "URL", conflicts_with_all = ["table", "bucket"])]
    url: Option<String>,
    /// The bucket of specifications (the stack's output SpecificationsBucket), for a table on AWS.
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    /// The portal, where there are several.
    #[arg(long, value_name = "UUID")]
    portal_id: Option<PortalId>,
    #[command(flatten)]
    place: Place,
}

/// Publishes the files, and says of each what was done.
///
/// # Errors
/// [`CannotStart`] says what stands in the way. What was published before stays so, and the command can be repeated.
pub async fn run(options: &Publish, say: impl FnMut(&str)) -> Result<(), CannotStart> {
    let files = files(&options.path)?;
    let wrong = |reason: &str| CannotStart::Operator(reason.to_owned());
    if files.len() > 1 && options.slug.is_some() {
        return Err(wrong("--slug is for one file"));
    }
    if files.len() > 1 && options.link.as_ref().is_some_and(Stage::is_one) {
        return Err(wrong("a stage belongs to one API: give --link GATEWAY/{slug} for a folder"));
    }
    match &options.url {
        Some(url) => {
            let token = std::env::var(TOKEN).map_err(|_| wrong("--url needs an administrator's token in PORTICO_ADMIN_TOKEN"))?;
            let management = Management::at(url, &token, options.portal_id).await?;
            publish(&management, options, &files, options.link.as_ref(), say).await
        }
        None => over_the_table(options, &files, say).await,
    }
}

/// With a token of the command's own, which goes with it.
async fn over_the_table(options: &Publish, files: &[ApiFile], say: impl FnMut(&str)) -> Result<(), CannotStart> {
    let store = options.place.store().await?;
    let here = Stage::of_each(GATEWAY);
    let (specifications, link) = match (options.place.on_aws()?, &options.bucket) {
        (Some(_), Some(bucket)) => (operator::bucket(bucket).await?, None),
        (Some(_), None) => {
            return Err(CannotStart::Operator("a table on AWS needs --bucket NAME for the specification".to_owned()));
        }
        (None, _) => {
            let folder = DataFolder::open(&options.place.data)?;
            let place = format!("file://{}", folder.specifications().display());
            let specifications = Specifications::at(&place).await.map_err(CannotStart::Specifications)?;
            (specifications, Some(&here))
        }
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
    let management = Management::new(&portal, &token)?;
    let published = publish(&management, options, files, options.link.as_ref().or(link), say).await;
    portal.store.remove(&Key::admin_token(&digest)).await?;
    published
}

async fn publish(
    management: &Management<'_>,
    options: &Publish,
    files: &[ApiFile],
    link: Option<&Stage>,
    mut say: impl FnMut(&str),
) -> Result<(), CannotStart> {
    let strategy = match &options.strategy {
        Some(asked) => Some(terms::strategy(management, asked).await.map_err(CannotStart::Operator)?),
        None => None,
    };
    let terms = Terms { visibility: options.visibility, strategy, link };
    for file in files {
        let slug = options.slug.clone().unwrap_or_else(|| file.slug());
        let done = one::publish(management, file, &slug, &terms).await;
        let done = done.map_err(|reason| CannotStart::Api { file: file.name.clone(), reason })?;
        say(&format!("{slug}: {}\n", if done.is_empty() { "unchanged".to_owned() } else { done.join(", ") }));
    }
    Ok(())
}

/// The file, or the files of the folder.
fn files(path: &Path) -> Result<Vec<ApiFile>, CannotStart> {
    if !path.is_dir() {
        return Ok(vec![apis::file(path)?]);
    }
    let files = apis::files(Some(path), "")?;
    if files.is_empty() {
        return Err(CannotStart::Operator(format!("{} has no file that ends with .yaml, .yml or .json", path.display())));
    }
    let mut slugs: Vec<String> = files.iter().map(ApiFile::slug).collect();
    slugs.sort();
    if let Some([one, _]) = slugs.array_windows().find(|[one, next]| one == next) {
        return Err(CannotStart::Operator(format!("two files of {} would both be {one}", path.display())));
    }
    Ok(files)
}
