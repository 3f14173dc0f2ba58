//! The words of each mail.

use portico_domain::status::Status;
use portico_domain::text::DecisionReason;

use crate::reasons::Says;
use crate::waiting::Waits;

/// The words of a mail.
pub(crate) struct Words {
    pub(crate) subject: String,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) button: Option<(&'static str, String)>,
    pub(crate) small: &'static str,
}

const IGNORE: &str = "If you did not ask for this, ignore this mail: nothing happens without you.";

pub(crate) fn words(says: &Says, origin: &str) -> Words {
    let plain = |subject: &str, paragraphs: &[&str]| Words {
        subject: subject.to_owned(),
        paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
        button: None,
        small: "",
    };
    let decide = Some(("Approve or reject", format!("{origin}/admin")));
    match says {
        Says::Verify(link) => Words {
            button: Some(("Confirm address", link.clone())),
            small: IGNORE,
            ..plain(
                "Confirm your e-mail address",
                &["Somebody, hopefully you, signed up with this address.", "Confirm it within 24 hours, and choose a password."],
            )
        },
        Says::AlreadyRegistered(Some(link)) => Words {
            button: Some(("Confirm address", link.clone())),
            small: IGNORE,
            ..plain(
                "You are already registered",
                &[
                    "Somebody, hopefully you, signed up with this address, which is registered already.",
                    "It has not been confirmed yet. Confirm it within 24 hours, and choose a password.",
                ],
            )
        },
        Says::AlreadyRegistered(None) => Words {
            button: Some(("Sign in", format!("{origin}/login"))),
            small: IGNORE,
            ..plain(
                "You are already registered",
                &[
                    "Somebody, hopefully you, signed up with this address, which is registered already.",
                    "Sign in with your password, or ask for a new one if you have forgotten it.",
                ],
            )
        },
        Says::ResetPassword(link) => Words {
            button: Some(("Choose a password", link.clone())),
            small: IGNORE,
            ..plain(
                "Choose a new password",
                &["Somebody, hopefully you, asked for a new password. The link is good for one hour."],
            )
        },
        Says::Invited(link) => Words {
            button: Some(("Choose a password", link.clone())),
            small: IGNORE,
            ..plain(
                "You are invited",
                &["You were registered as a developer of this portal. Choose a password within 7 days to sign in."],
            )
        },
        Says::PasswordChanged => plain(
            "Your password was changed",
            &[
                "Your password was changed, and every session was ended. Your API keys keep working.",
                "If this was not you, ask for a new password at once and tell the people who run this portal.",
            ],
        ),
        Says::DeveloperDecided(Status::Approved, _) => Words {
            button: Some(("Sign in", format!("{origin}/login"))),
            ..plain("You are approved", &["You can now sign in, create applications and register them for APIs."])
        },
        Says::DeveloperDecided(Status::Rejected, reason) => because(
            reason.as_ref(),
            plain("Your registration was rejected", &["The people who run this portal have not approved your registration."]),
        ),
        Says::DeveloperDecided(Status::Revoked | Status::Pending, reason) => because(
            reason.as_ref(),
            plain(
                "Your access was revoked",
                &["Your sessions were ended, and calls with the credentials of your applications are refused."],
            ),
        ),
        Says::Waits(Waits::Developer { developer, called, portal }) => {
            let who = called.clone().unwrap_or_else(|| format!("Developer {developer}"));
            let what = format!("{who} has signed up, has proven the address, and waits for approval.");
            let how = format!(
                "By program: PATCH {origin}/v3/portals/{portal}/developers/{developer} with a body of \
                 {{\"status\": \"approved\"}} or {{\"status\": \"rejected\"}}."
            );
            Words { paragraphs: vec![what, how], button: decide, ..plain("A developer waits for approval", &[]) }
        }
        Says::Waits(Waits::Registration { registration, application, api, called, portal }) => {
            let what = match called {
                Some((name, owner)) => format!("{name}, an application of {owner}, asks for {api}."),
                None => format!("Application {application} asks for {api}."),
            };
            let how = format!(
                "By program: PATCH {origin}/v3/portals/{portal}/applications/{application}/registrations/{registration} \
                 with a body of {{\"status\": \"approved\"}} or {{\"status\": \"rejected\"}}."
            );
            Words { paragraphs: vec![what, how], button: decide, ..plain("A registration waits for approval", &[]) }
        }
        Says::RegistrationDecided { application, api, status, reason } => {
            let what = match status {
                Status::Approved => format!("{application} can call {api} now."),
                Status::Rejected => format!("The registration of {application} for {api} was rejected."),
                Status::Revoked | Status::Pending => {
                    format!("The registration of {application} for {api} was revoked. Its calls are refused.")
                }
            };
            let subject = match status {
                Status::Approved => "Your registration was approved",
                Status::Rejected => "Your registration was rejected",
                Status::Revoked | Status::Pending => "Your registration was revoked",
            };
            because(reason.as_ref(), Words { paragraphs: vec![what], ..plain(subject, &[]) })
        }
    }
}

/// The words of a decision and, where one was given, its reason, line by line as it was typed.
fn because(reason: Option<&DecisionReason>, words: Words) -> Words {
    let Some(reason) = reason else { return words };
    let mut paragraphs = words.paragraphs;
    paragraphs.push("The reason that was given:".to_owned());
    paragraphs.extend(reason.as_str().lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
    Words { paragraphs, ..words }
}
