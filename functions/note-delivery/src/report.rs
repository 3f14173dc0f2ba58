//! The part of an event of SES that matters here. Addresses and diagnostic texts are not read.

use std::collections::BTreeMap;
use std::str::FromStr;

use portico_domain::mail_failure::{Outcome, Reason};
use serde::Deserialize;

/// An event of SES on the default bus.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    detail: Detail,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    mail: Mail,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Debug, Deserialize)]
struct Mail {
    #[serde(default)]
    tags: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    #[serde(default)]
    bounce_sub_type: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complaint_sub_type: Option<String>,
    complaint_feedback_type: Option<String>,
}

impl Report {
    /// The value of a tag that the mail was sent with.
    pub(crate) fn tag<T: FromStr>(&self, name: &str) -> Option<T> {
        self.detail.mail.tags.get(name)?.first()?.parse().ok()
    }

    /// What became of the mail; nothing for what is not the end of it.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        match self.detail.event_type.as_str() {
            "Delivery" => Some(Outcome::Delivered),
            "Reject" => Some(Outcome::Failed(Reason::Rejected)),
            "Bounce" => self.detail.bounce.as_ref().and_then(Bounce::reason).map(Outcome::Failed),
            "Complaint" => self.detail.complaint.as_ref().and_then(Complaint::reason).map(Outcome::Failed),
            _ => None,
        }
    }
}

impl Bounce {
    /// Why the mail did not arrive; nothing for an automatic answer, which SES reports as a general transient bounce too.
    fn reason(&self) -> Option<Reason> {
        match (self.bounce_type.as_str(), self.bounce_sub_type.as_str()) {
            ("Permanent", "Suppressed" | "OnAccountSuppressionList") => Some(Reason::Suppressed),
            ("Transient", "General" | "") => None,
            _ => Some(Reason::Bounced),
        }
    }
}

impl Complaint {
    /// Why; nothing where somebody took the mail out of the spam folder.
    fn reason(&self) -> Option<Reason> {
        match (self.complaint_sub_type.as_deref(), self.complaint_feedback_type.as_deref()) {
            (Some("OnAccountSuppressionList"), _) => Some(Reason::Suppressed),
            (_, Some("not-spam")) => None,
            _ => Some(Reason::Complained),
        }
    }
}
