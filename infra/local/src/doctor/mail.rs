//! Mail: may this sender write to everybody?

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use portico_aws::Service;
use serde_json::Value;

use super::Finding;
use super::rest::Rest;

/// Looks at SES for the sender of mails.
pub(super) async fn look(rest: &Rest, sender: &str, findings: &mut Vec<Finding>) {
    const SANDBOX: &str = "mail: sandbox";
    match rest.get(Service::Ses, "/v2/email/account").await {
        Err(reason) => findings.push(Finding::wrong(SANDBOX, reason, "see that you are signed in to the right account")),
        Ok(said) => findings.push(match said.json() {
            None => Finding::wrong(SANDBOX, said.refusal(), "ask for the right to ses:GetAccount"),
            Some(account) if account.get("SendingEnabled") == Some(&Value::Bool(false)) => Finding::wrong(
                SANDBOX,
                "AWS has stopped sending for this account",
                "see the SES console for the reason, and answer AWS there",
            ),
            Some(account) => {
                let out = account.get("ProductionAccessEnabled") == Some(&Value::Bool(true));
                let remedy =
                    "ask AWS for production access (SES console, Account dashboard): until then only verified addresses get mail";
                Finding::check(SANDBOX, out, "this account is out of it", "this account is in the sandbox", remedy)
            }
        }),
    }
    findings.push(identity(rest, sender).await);
}

/// The address itself may be verified, or its domain.
async fn identity(rest: &Rest, sender: &str) -> Finding {
    const WHAT: &str = "mail: sender";
    let address = sender.rsplit_once('<').map_or(sender, |(_, address)| address.trim_end_matches('>')).trim();
    let domain = address.rsplit_once('@').map(|(_, domain)| domain);
    let mut refusal = None;
    for identity in [Some(address), domain].into_iter().flatten() {
        let path = format!("/v2/email/identities/{}", utf8_percent_encode(identity, NON_ALPHANUMERIC));
        match rest.get(Service::Ses, &path).await {
            Err(reason) => return Finding::wrong(WHAT, reason, "see that you are signed in to the right account"),
            Ok(said) => match said.json() {
                Some(found) if found.get("VerifiedForSendingStatus") == Some(&Value::Bool(true)) => {
                    return Finding::good(WHAT, format!("{identity} is verified"));
                }
                None if said.status != 404 => refusal = Some(said.refusal()),
                _ => {}
            },
        }
    }
    match refusal {
        Some(refusal) => Finding::wrong(WHAT, refusal, "ask for the right to ses:GetEmailIdentity"),
        None => Finding::wrong(
            WHAT,
            format!("neither {address} nor its domain is verified in this region"),
            "verify the domain in SES with DKIM, or deploy with a MailFrom that is verified",
        ),
    }
}
