//! Signing up, proving an address, passwords, signing in, and what is shown while nobody has approved yet.
//!
//! All of it works without a script: the forms lead to the API's functions, which answer a form post with a 303 to a page here. What
//! was wrong comes back in the query, as the name of a problem and of fields; the words for them are here alone.

use askama::Template;
use portico_domain::email::EmailAddress;
use portico_domain::password::Password;
use portico_domain::text::FullName;
use portico_http::local_path::LocalPath;
use portico_http::{Portal, Request};

use crate::frame::{Frame, Part};
use crate::parts::{Field, Notice};
use crate::reader::{self, Reader};
use crate::shown::{Page, Stop, encoded};
use crate::ways::{Beside, Instead, Ways, WordsPage};

pub(crate) const PASSWORD_HINT: &str = "At least 12 characters. Three or four unrelated words make a good one.";

/// A page with one form.
#[derive(Template)]
#[template(path = "account/form.html")]
struct FormPage {
    frame: Frame,
    lead: String,
    notice: Option<Notice>,
    /// Single sign-on, where the form is one of two ways.
    beside: Option<Beside>,
    action: &'static str,
    /// Where a script goes on.
    next: String,
    fields: Vec<Field>,
    /// Whose password is set here, for password managers; it is not sent.
    account: Option<String>,
    /// What is sent along, unseen.
    hidden: Vec<(&'static str, String)>,
    button: &'static str,
    /// Where else somebody may want to go: a question and a link.
    others: Vec<(&'static str, &'static str, String)>,
}

/// What a page gets back of a form that was refused.
struct Back<'r> {
    request: &'r Request,
}

impl Back<'_> {
    fn value(&self, name: &str) -> String {
        self.request.query.get(name).ok().flatten().unwrap_or_default().to_owned()
    }

    fn is_wrong(&self, name: &str) -> bool {
        self.request.query.pairs().any(|(sent, value)| sent == "invalid" && value == name)
    }

    /// What to say of the problem; the fields that are wrong are named by `fields`.
    fn notice(&self, fields: &[(&'static str, &'static str)]) -> Option<Notice> {
        let words = match self.request.query.get("problem").ok().flatten()? {
            "invalid-request" => "Something that you typed cannot be taken.",
            "invalid-credentials" => "The e-mail address or the password is wrong.",
            "access-refused" => "An administrator has rejected this account, or revoked its access. A mail has told you so.",
            "too-many-requests" => "There were too many attempts. Wait a while, or set a new password with the link in a mail.",
            "not-found" | "gone" => "This link was used already, was replaced by a newer one, or is too old.",
            "unauthorized" => "Your session is over. Sign in to go on.",
            "forbidden" => "This portal does not let developers sign up or sign in with a password.",
            "cross-site-request" => "The request came from another site. Try again from this page.",
            _ => "The portal could not do this now. Try again in a moment.",
        };
        let wrong = fields.iter().filter(|(name, _)| self.is_wrong(name)).copied().collect();
        Some(Notice { fields: wrong, ..Notice::bad(words) })
    }
}

/// Somebody who has not signed in; whoever has is sent to the catalog.
async fn stranger(portal: &Portal, request: &Request) -> Result<Reader, Stop> {
    let reader = reader::anybody(portal, request, []).await?;
    if reader.is_signed_in() { Err(Stop::Elsewhere("/apis".to_owned())) } else { Ok(reader) }
}

fn frame(reader: &Reader, request: &Request, title: &str) -> Frame {
    Frame::of(reader, request, Part::Elsewhere, title)
}

pub(crate) async fn sign_up(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    const WRONG: [(&str, &str); 2] =
        [("full_name", "Enter your name, in one line."), ("email", "Enter an address such as ada@example.com.")];
    let reader = stranger(portal, request).await?;
    let back = Back { request };
    let ways = Ways::of(Some(&reader.settings));
    let frame = frame(&reader, request, "Create an account");
    if !ways.passwords {
        let sentence = "There is no form to fill in: your account is made when you first sign in with single sign-on.";
        return ways.instead(Instead { frame, sentence, notice: back.notice(&[]), to: None });
    }
    let wrong = |name: &str| WRONG.iter().find(|(field, _)| *field == name && back.is_wrong(name)).map(|(_, words)| *words);
    let fields = vec![
        Field::text("full_name", "Full name")
            .required()
            .most(FullName::MAX_CHARS)
            .autocomplete("name")
            .value(back.value("full_name"))
            .error(wrong("full_name")),
        Field::email("email", "E-mail address")
            .required()
            .hint("We send a link to it, with which you set a password.")
            .value(back.value("email"))
            .error(wrong("email")),
    ];
    let page = FormPage {
        frame,
        lead: format!(
            "An account lets you create applications and get credentials for the APIs of {}.",
            reader.settings.display_name
        ),
        notice: back.notice(&WRONG),
        beside: ways.beside("Or with an e-mail address", None),
        action: "/api/v3/developer",
        next: "/register/sent".to_owned(),
        fields,
        account: None,
        hidden: Vec::new(),
        button: "Create account",
        others: vec![("Do you have an account?", "Sign in", "/login".to_owned())],
    };
    Page::open(&page, false)
}

pub(crate) async fn sign_up_sent(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let reader = stranger(portal, request).await?;
    let paragraphs = vec![
        "We have sent a mail to the address that you gave. Follow its link to prove the address and to set a password.".to_owned(),
        "If no mail comes within a few minutes, look among the unwanted ones, or sign up again: the newest link is the one that works."
            .to_owned(),
    ];
    Page::open(&WordsPage { frame: frame(&reader, request, "Check your mail"), notice: None, paragraphs, action: None }, false)
}

/// Signing in; with the token of a mail, proving the address. A `GET` uses nothing up (B5).
pub(crate) async fn sign_in(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let back = Back { request };
    let token = back.value("token");
    if !token.is_empty() {
        return verify(portal, request, token).await;
    }
    let reader = reader::anybody(portal, request, []).await?;
    let asked = request.query.get("to").ok().flatten().and_then(LocalPath::parse);
    let to = asked.as_ref().map_or_else(|| "/apis".to_owned(), |to| to.as_str().to_owned());
    if reader.is_signed_in() {
        return Err(Stop::Elsewhere(to));
    }
    let ways = Ways::of(Some(&reader.settings));
    let frame = frame(&reader, request, "Sign in");
    if !ways.passwords {
        let sentence = "You sign in where you sign in for everything else: at your organisation's identity provider.";
        return ways.instead(Instead { frame, sentence, notice: back.notice(&[]), to: asked.as_ref() });
    }
    let fields = vec![
        Field::email("username", "E-mail address").required().value(back.value("username")),
        Field::password("password", "Password").required(),
    ];
    let page = FormPage {
        frame,
        lead: "Sign in to see your applications, and to get credentials for APIs.".to_owned(),
        notice: back.notice(&[]),
        beside: ways.beside("Or with a password", asked.as_ref()),
        action: "/api/v3/developer/authenticate",
        next: to.clone(),
        fields,
        account: None,
        hidden: vec![("to", to)],
        button: "Sign in",
        others: vec![
            ("Forgot your password?", "Set a new one", "/forgot-password".to_owned()),
            ("Are you new here?", "Create an account", "/register".to_owned()),
        ],
    };
    Page::open(&page, false)
}

async fn verify(portal: &Portal, request: &Request, token: String) -> Result<Page, Stop> {
    let reader = reader::anybody(portal, request, []).await?;
    let back = Back { request };
    let email = back.value("email");
    // Whatever else stands in the link is not repeated under the portal's name.
    let whose = EmailAddress::parse(&email).map_or_else(|_| "your address".to_owned(), |_| email.clone());
    let page = FormPage {
        frame: frame(&reader, request, "Verify your address"),
        lead: format!("One click proves that {whose} is yours. Then you set a password."),
        notice: back.notice(&[]),
        beside: None,
        action: "/api/v3/developer/verify-email",
        next: format!("/reset-password?first=yes&email={}&token={{token}}", encoded(&email)),
        fields: Vec::new(),
        account: None,
        hidden: vec![("token", token)],
        button: "Verify address",
        others: vec![("Has the link stopped working?", "Sign up again", "/register".to_owned())],
    };
    Page::own(&page)
}

/// Where passwords are switched off.
fn no_passwords(reader: &Reader, frame: Frame) -> Result<Page, Stop> {
    let sentence = "This portal has no passwords. The one that you sign in with is your organisation's: change it there.";
    Ways::of(Some(&reader.settings)).instead(Instead { frame, sentence, notice: None, to: None })
}

pub(crate) async fn forgot_password(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    const WRONG: [(&str, &str); 1] = [("email", "Enter an address such as ada@example.com.")];
    let reader = stranger(portal, request).await?;
    let back = Back { request };
    let frame = frame(&reader, request, "Set a new password");
    if !Ways::of(Some(&reader.settings)).passwords {
        return no_passwords(&reader, frame);
    }
    let field = Field::email("email", "E-mail address").required().value(back.value("email"));
    let page = FormPage {
        frame,
        lead: "We send a link to your address, with which you set a new password.".to_owned(),
        notice: back.notice(&WRONG),
        beside: None,
        action: "/api/v3/developer/forgot-password",
        next: "/forgot-password/sent".to_owned(),
        fields: vec![field.error(back.is_wrong("email").then_some(WRONG[0].1))],
        account: None,
        hidden: Vec::new(),
        button: "Send the link",
        others: vec![("Do you remember it?", "Sign in", "/login".to_owned())],
    };
    Page::open(&page, false)
}

pub(crate) async fn forgot_password_sent(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let reader = stranger(portal, request).await?;
    let paragraphs = vec![
        "If there is an account with this address, a mail with a link is on its way. The newest link is the one that works."
            .to_owned(),
    ];
    Page::open(
        &WordsPage {
            frame: frame(&reader, request, "Check your mail"),
            paragraphs,
            notice: None,
            action: Some(("Sign in", "/login".to_owned())),
        },
        false,
    )
}

pub(crate) async fn reset_password(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    const WRONG: [(&str, &str); 1] = [(
        "password",
        "Choose a password that is harder to guess: longer, and without your name, your address or the portal's name.",
    )];
    let reader = reader::anybody(portal, request, []).await?;
    let back = Back { request };
    if !Ways::of(Some(&reader.settings)).passwords {
        return no_passwords(&reader, frame(&reader, request, "Set a password"));
    }
    let first = request.query.get("first").ok().flatten().is_some();
    let (title, lead) = if first {
        ("Set your password", "Your address is proven. Choose a password to sign in with.")
    } else {
        ("Set a new password", "It takes the place of the old one, and ends every session that is open.")
    };
    let field = Field::new_password("password", "Password").required().most(Password::MAX_CHARS).hint(PASSWORD_HINT);
    let incomplete = back.is_wrong("token").then(|| Notice::bad("The link is not complete. Copy it from the mail again."));
    let page = FormPage {
        frame: frame(&reader, request, title),
        lead: lead.to_owned(),
        notice: incomplete.or_else(|| back.notice(&WRONG)),
        beside: None,
        action: "/api/v3/developer/reset-password",
        next: "/login?done=password".to_owned(),
        fields: vec![field.error(back.is_wrong("password").then_some(WRONG[0].1))],
        account: Some(back.value("email")).filter(|email| EmailAddress::parse(email).is_ok()),
        hidden: vec![("token", back.value("token"))],
        button: "Set password",
        others: vec![("Has the link stopped working?", "Ask for another one", "/forgot-password".to_owned())],
    };
    Page::own(&page)
}

pub(crate) async fn waiting(portal: &Portal, request: &Request) -> Result<Page, Stop> {
    let reader = stranger(portal, request).await?;
    let paragraphs = vec![
        "Your address is proven and your password is right. An administrator of this portal decides who may sign in, and has been told that you wait."
            .to_owned(),
        "You get a mail as soon as it is decided. Until then you can look at the APIs that are public.".to_owned(),
    ];
    let page = WordsPage {
        frame: frame(&reader, request, "Waiting for approval"),
        paragraphs,
        notice: None,
        action: Some(("Browse the catalog", "/apis".to_owned())),
    };
    Page::open(&page, false)
}
