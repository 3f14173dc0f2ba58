//! The command line: `serve`, `table` and the bus's two on a laptop, and what an operator does with a table, here or on AWS.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use portico_domain::id::PortalId;
use portico_http::clock::{Clock as _, SystemClock, SystemEntropy};
use tokio::net::TcpListener;

use crate::cost::Cost;
use crate::data::DataFolder;
use crate::doctor::{self, Doctor};
use crate::engine::Database;
use crate::local::Local;
use crate::operator::{Place, existing_folder};
use crate::publish::{self, Publish};
use crate::start::{self, CannotStart, Setup};
use crate::table::TABLE;
use crate::{admin_tokens, apis, bus_commands, server, table_server};

/// What the first administrator of a table on AWS is told.
const NO_PORTAL: &str = "the table has no portal yet: give --portal-id with the PortalId that the stack was deployed with";

/// A developer portal for APIs, on a laptop.
#[derive(Debug, Parser)]
#[command(name = "portico", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal (what bare `portico` does).
    Serve(Serve),
    /// Serve the table in DynamoDB's own protocol, for `cargo lambda watch`.
    Table(table_server::Options),
    /// Check the whole table and name each violation.
    Verify(Place),
    /// Show what is on the bus, one JSON line for each event, and follow it.
    Events(Data),
    /// Put an event on the bus of the portal that runs on a folder, or of the next one that starts there.
    Emit(Emit),
    /// Make, list and revoke administrators' tokens.
    AdminToken(AdminToken),
    /// Publish an OpenAPI file, or a folder of them.
    Publish(Publish),
    /// What a month on AWS costs, by service, from measured units and public prices.
    Cost(Cost),
    /// See whether what the portal stands on is as it must be, and what to do where it is not.
    Doctor(Doctor),
}

#[derive(Args, Debug)]
struct Data {
    /// The data folder.
    #[arg(long, value_name = "DIR", default_value = ".portico")]
    data: PathBuf,
}

#[derive(Args, Debug)]
struct Serve {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    listen: String,
    /// The data folder.
    #[arg(long, value_name = "DIR", default_value = ".portico", conflicts_with = "memory")]
    data: PathBuf,
    /// Keep nothing after the end.
    #[arg(long)]
    memory: bool,
    /// Where people reach the portal, if not at the address that it listens on.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// A folder of OpenAPI files to publish instead of the built-in ones.
    #[arg(long, value_name = "DIR")]
    apis: Option<PathBuf>,
    /// Approve developers and registrations without an administrator.
    #[arg(long)]
    auto_approve: bool,
    /// DynamoDB Local, or another emulation, to hold the table instead of the folder.
    #[arg(long, value_name = "URL", conflicts_with = "memory")]
    endpoint_url: Option<String>,
    /// The table's name.
    #[arg(long, value_name = "NAME", default_value = TABLE)]
    table: String,
    /// Who is told by mail that somebody waits for approval (may be given more than once).
    #[arg(long, value_name = "ADDRESS")]
    notify: Vec<String>,
}

#[derive(Args, Debug)]
struct Emit {
    /// The event, in EventBridge's envelope, such as events/approval-decided.json.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

#[derive(Args, Debug)]
struct AdminToken {
    #[command(subcommand)]
    command: TokenCommand,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make a token and print it, this once.
    Create {
        /// What events call whoever uses it.
        #[arg(long)]
        name: String,
        /// In a table on AWS that has no portal yet: the id of the portal to make, which is the stack's parameter PortalId.
        #[arg(long, value_name = "UUID")]
        portal_id: Option<PortalId>,
    },
    /// List the tokens by name.
    List,
    /// Revoke the token of that name.
    Revoke {
        /// The name.
        name: String,
    },
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".into(),
            data: ".portico".into(),
            memory: false,
            public_url: None,
            apis: None,
            auto_approve: false,
            endpoint_url: None,
            table: TABLE.into(),
            notify: Vec::new(),
        }
    }
}

/// Runs a command. Says whether what it checked is whole.
///
/// # Errors
/// [`CannotStart`], one clear line for standard error.
pub async fn run(cli: Cli) -> Result<bool, CannotStart> {
    match cli.command.unwrap_or_else(|| Command::Serve(Serve::default())) {
        Command::Serve(options) => serve(options).await.map(|()| true),
        Command::Table(options) => table_server::run(options).await.map(|()| true),
        Command::Events(options) => events(&options.data).await.map(|()| true),
        Command::Emit(options) => emit(&options).map(|()| true),
        Command::Verify(place) => verify(&place).await,
        Command::AdminToken(options) => admin_token(options).await.map(|()| true),
        Command::Doctor(options) => {
            let report = doctor::run(&options).await?;
            say(&report.to_string());
            Ok(report.is_well())
        }
        Command::Cost(options) => {
            say(&options.bill()?.to_string());
            Ok(true)
        }
        Command::Publish(options) => {
            publish::run(&options, say).await?;
            Ok(true)
        }
    }
}

async fn serve(options: Serve) -> Result<(), CannotStart> {
    let folder = if options.memory { DataFolder::temporary()? } else { DataFolder::open(&options.data)? };
    let database = if options.memory { Database::memory()? } else { start::database(&folder, options.endpoint_url.as_deref())? };
    let database = database.with_table(&options.table);
    let refused = |error: std::io::Error| CannotStart::Listen { address: options.listen.clone(), reason: error.to_string() };
    let (listener, address) = listen(&options.listen).await?;
    let public_url = match options.public_url {
        Some(url) => url,
        // Nobody can open the address that means all of them.
        None => format!("http://{}", address.replace("0.0.0.0", "localhost").replace("[::]", "localhost")),
    };
    let portal = start::portal(Setup {
        database: &database,
        folder: &folder,
        public_url: &public_url,
        auto_approve: options.auto_approve,
        notify: &options.notify,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    })
    .await?;
    let local = Arc::new(Local::new(portal, database, &folder)?);
    if options.auto_approve {
        apis::approve_by_itself(&local, &folder).await?;
    }
    let origin = local.portal().config.public_url.origin();
    let files = apis::files(options.apis.as_deref(), &origin)?;
    let published = apis::publish(&local, &folder, &files).await?;
    let stop = stop().map_err(refused)?;
    say(&greeting(&address, &origin, &folder, &published));
    server::serve(local, listener, stop).await.map_err(refused)
}

/// A listener on an address, and the address with the port that it has.
pub(crate) async fn listen(wanted: &str) -> Result<(TcpListener, String), CannotStart> {
    let refused = |error: std::io::Error| CannotStart::Listen { address: wanted.to_owned(), reason: error.to_string() };
    let listener = TcpListener::bind(wanted).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let address = match wanted.rsplit_once(':') {
        Some((host, _)) => format!("{host}:{}", address.port()),
        None => address.to_string(),
    };
    Ok((listener, address))
}

fn greeting(address: &str, origin: &str, folder: &DataFolder, published: &[String]) -> String {
    let published: Vec<_> = published.iter().map(|slug| format!("{origin}/gateway/{slug}/")).collect();
    let (token, outbox) = (folder.admin_token(), folder.outbox());
    format!(
        "listening on http://{address}\n\
         register               {origin}/register\n\
         administrator's token  {token}\n\
         mails                  {outbox} ({origin}/_local/mail)\n\
         published APIs         {published}\n\
         \n\
         three things to try:\n\
         \x20 curl {origin}/api/v3/portal\n\
         \x20 curl -H 'content-type: application/json' -d '{{\"email\":\"ada@example.test\",\"full_name\":\"Ada\"}}' {origin}/api/v3/developer\n\
         \x20 curl '{origin}/_local/mail?to=ada@example.test&link'\n",
        token = token.display(),
        outbox = outbox.display(),
        published = published.join(" "),
    )
}

/// Ctrl-C, or what a supervisor sends: listened for from this call on, not from when somebody waits for it.
#[cfg(unix)]
pub(crate) fn stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupted, mut terminated) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn stop() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _interrupted = tokio::signal::ctrl_c().await;
    })
}

async fn verify(place: &Place) -> Result<bool, CannotStart> {
    let store = place.store().await?;
    let report = store.verify().await.map_err(CannotStart::Store)?;
    say(&format!("{report}\n"));
    Ok(report.is_whole())
}

async fn admin_token(options: AdminToken) -> Result<(), CannotStart> {
    let store = options.place.store().await?;
    match options.command {
        TokenCommand::Create { name, portal_id } => {
            if start::first_portal(&store).await?.is_none() {
                let id = portal_id.ok_or_else(|| CannotStart::Operator(NO_PORTAL.to_owned()))?;
                start::create_portal(&store, id, false, &SystemClock, &SystemEntropy).await?;
            }
            let token = admin_tokens::create(&store, &name, SystemClock.now()).await?;
            say(&format!("{token}\n"));
        }
        TokenCommand::List => {
            for token in admin_tokens::list(&store).await.map_err(CannotStart::Store)? {
                say(&format!("{}  expires {}\n", token.name, token.expires_at.rfc3339()));
            }
        }
        TokenCommand::Revoke { name } => admin_tokens::revoke(&store, &name).await?,
    }
    Ok(())
}

async fn events(data: &Path) -> Result<(), CannotStart> {
    let bus = bus_commands::bus_of(&existing_folder(data)?)?;
    let stop = stop().map_err(|error| crate::data::Unusable { path: data.to_owned(), reason: error.to_string() })?;
    Ok(bus_commands::follow(bus, stop).await?)
}

fn emit(options: &Emit) -> Result<(), CannotStart> {
    let folder = existing_folder(&options.data.data)?;
    let file = options.file.display().to_string();
    let put = bus_commands::read(&options.file).map_err(|reason| CannotStart::Event { file, reason })?;
    if let Some(warning) = bus_commands::warning(&put) {
        tracing::warn!("decide-approval will refuse it: {warning}");
    }
    let id = bus_commands::emit(&folder, put)?;
    say(&format!("{id}\n"));
    Ok(())
}

/// Standard output may be closed (`portico | head -1`): that ends nothing.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _closed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
