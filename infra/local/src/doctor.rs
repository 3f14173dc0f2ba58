//! `portico doctor`: is what the portal stands on as it must be? Each finding says what is wrong and what to do about it.

mod account;
mod bucket;
mod gateways;
mod mail;
mod public_url;
mod rest;
mod table;

use std::fmt;

use clap::Args;

use crate::data::DataFolder;
use crate::engine::Database;
use crate::operator::{Place, chain};
use crate::start::CannotStart;
use crate::table::TABLE;
use rest::Rest;

/// What to look at. What is not named is not looked at, and the report says so.
#[derive(Args, Debug)]
pub struct Doctor {
    /// The bucket of specifications (the stack's output SpecificationsBucket).
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    /// The sender of mails (the stack's parameter MailFrom).
    #[arg(long, value_name = "ADDRESS")]
    mail_from: Option<String>,
    /// Where developers reach the portal.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// The authorizer (the stack's output AuthorizerArn), if it is not a function whose name ends with "authorize".
    #[arg(long, value_name = "ARN")]
    authorizer: Option<String>,
    /// For how many seconds gateways may keep the authorizer's decisions (the stack's parameter AuthorizerCacheTtl).
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    authorizer_cache_ttl: u64,
    #[command(flatten)]
    place: Place,
}

/// How something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// As it must be.
    Good,
    /// Not as it must be, and what to do.
    Wrong(String),
    /// Not looked at.
    Skipped,
}

/// What was found about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// How it is, in words.
    pub says: String,
    /// How it is.
    pub state: State,
}

impl Finding {
    fn good(what: &'static str, says: impl Into<String>) -> Self {
        Self { what, says: says.into(), state: State::Good }
    }

    fn wrong(what: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what, says: says.into(), state: State::Wrong(remedy.into()) }
    }

    fn skipped(what: &'static str, says: impl Into<String>) -> Self {
        Self { what, says: says.into(), state: State::Skipped }
    }

    /// Good if it holds; else wrong, with what to do.
    fn check(what: &'static str, holds: bool, good: &str, wrong: &str, remedy: &str) -> Self {
        if holds { Self::good(what, good) } else { Self::wrong(what, wrong, remedy) }
    }
}

/// All findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report(pub Vec<Finding>);

impl Report {
    /// Whether nothing is wrong, as far as was looked.
    #[must_use]
    pub fn is_well(&self) -> bool {
        !self.0.iter().any(|finding| matches!(finding.state, State::Wrong(_)))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { what, says, state } in &self.0 {
            match state {
                State::Good => writeln!(f, "ok     {what}: {says}")?,
                State::Skipped => writeln!(f, "-      {what}: {says}")?,
                State::Wrong(remedy) => writeln!(f, "WRONG  {what}: {says}\n       {remedy}")?,
            }
        }
        let wrong = self.0.iter().filter(|finding| matches!(finding.state, State::Wrong(_))).count();
        if wrong == 0 { writeln!(f, "nothing is wrong") } else { writeln!(f, "{wrong} wrong") }
    }
}

/// Looks.
///
/// # Errors
/// [`CannotStart`] if there is nothing to look at.
pub async fn run(options: &Doctor) -> Result<Report, CannotStart> {
    let mut findings = Vec::new();
    match options.place.on_aws()? {
        Some(name) => {
            let endpoint = options.place.endpoint_url.as_deref();
            let client = aws_sdk_dynamodb::Client::new(&chain(endpoint).await);
            let rest = Rest::new(chain(None).await);
            let stream = table::look(&client, name, endpoint.is_some(), &mut findings).await;
            match &options.bucket {
                Some(bucket) => bucket::look(&rest, bucket, &mut findings).await,
                None => findings.push(Finding::skipped("bucket", "not looked at: give --bucket")),
            }
            match &options.mail_from {
                Some(sender) => mail::look(&rest, sender, &mut findings).await,
                None => findings.push(Finding::skipped("mail", "not looked at: give --mail-from")),
            }
            account::look(&rest, stream.as_deref(), &mut findings).await;
            gateways::look(&rest, options.authorizer.as_deref(), options.authorizer_cache_ttl, &mut findings).await;
        }
        None => on_a_laptop(options, &mut findings).await?,
    }
    match &options.public_url {
        Some(url) => findings.push(public_url::look(url).await),
        None => findings.push(Finding::skipped("public URL", "not looked at: give --public-url")),
    }
    Ok(Report(findings))
}

/// The folder and the table in it; the rest there is of AWS alone.
async fn on_a_laptop(options: &Doctor, findings: &mut Vec<Finding>) -> Result<(), CannotStart> {
    options.place.store().await?;
    let folder = DataFolder::open(&options.place.data)?;
    let client = Database::open(&folder.table())?.client();
    table::look(&client, TABLE, true, findings).await;
    findings.push(match (folder.session_key(), folder.key("mail"), folder.key("refresh")) {
        (Ok(_), Ok(_), Ok(_)) => Finding::good("keys", "there, and for their owner alone"),
        (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => {
            Finding::wrong("keys", error.to_string(), "restore DIR/keys, or remove the file: sessions and links end then")
        }
    });
    findings.push(Finding::skipped("bucket, mail, concurrency, authorizers", "of a table on AWS: give --table NAME"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Finding, Report};

    #[test]
    fn a_report_says_what_is_wrong_and_what_to_do_and_only_that_makes_it_fail() {
        let well = Report(vec![Finding::good("table", "active"), Finding::skipped("bucket", "not looked at")]);
        assert!(well.is_well());
        assert_eq!(well.to_string(), "ok     table: active\n-      bucket: not looked at\nnothing is wrong\n");
        let ill = Report(vec![Finding::wrong("expiry", "is off", "turn it on")]);
        assert!(!ill.is_well());
        assert_eq!(ill.to_string(), "WRONG  expiry: is off\n       turn it on\n1 wrong\n");
    }
}
