//! What stands on many pages, one template each.

use askama::Template;
use portico_domain::credential::Credential;
use portico_domain::status::Status;
use portico_domain::text::DecisionReason;
use portico_domain::time::Timestamp;

use crate::moments::Moment;

/// A field of a form: label, hint, control, and room for what is wrong with it.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/field.html")]
pub(crate) struct Field {
    /// Names it in the page.
    id: String,
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    value: String,
    hint: &'static str,
    error: Option<&'static str>,
    required: bool,
    most: Option<usize>,
    autocomplete: &'static str,
    generates: bool,
    strength: bool,
    when_empty: &'static str,
    list: bool,
}

impl Field {
    fn new(name: &'static str, label: &'static str, kind: &'static str) -> Self {
        Self {
            id: format!("f-{name}"),
            name,
            label,
            kind,
            value: String::new(),
            hint: "",
            error: None,
            required: false,
            most: None,
            autocomplete: "off",
            generates: false,
            strength: false,
            when_empty: "",
            list: false,
        }
    }

    /// One line of text.
    pub(crate) fn text(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, "text")
    }

    /// Several lines of text.
    pub(crate) fn lines(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, "lines")
    }

    /// An address.
    pub(crate) fn email(name: &'static str, label: &'static str) -> Self {
        Self { autocomplete: "username", ..Self::new(name, label, "email") }
    }

    /// A password.
    pub(crate) fn password(name: &'static str, label: &'static str) -> Self {
        Self { autocomplete: "current-password", ..Self::new(name, label, "password") }
    }

    /// A password that is chosen here: how strong it is, is shown.
    pub(crate) fn new_password(name: &'static str, label: &'static str) -> Self {
        Self { autocomplete: "new-password", strength: true, ..Self::new(name, label, "password") }
    }

    pub(crate) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) fn most(self, characters: usize) -> Self {
        Self { most: Some(characters), ..self }
    }

    pub(crate) fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    pub(crate) fn value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    pub(crate) fn autocomplete(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }

    /// A button beside it fills in a value that nobody else has.
    pub(crate) fn generates(self) -> Self {
        Self { generates: true, ..self }
    }

    /// One of several of its name in a page.
    pub(crate) fn within(self, scope: &str) -> Self {
        Self { id: format!("f-{scope}-{}", self.name), ..self }
    }

    /// What is emptied is sent so, and taken away.
    pub(crate) fn sent_when_empty(self) -> Self {
        Self { when_empty: "keep", ..self }
    }

    /// Each line is an item of a list.
    pub(crate) fn list(self) -> Self {
        Self { list: true, ..self }
    }

    /// What is wrong with what was typed, if anything is.
    pub(crate) fn error(self, error: Option<&'static str>) -> Self {
        Self { error, ..self }
    }
}

/// The status of a developer or of a registration: a word, and a colour beside it.
#[derive(Clone, Debug, Template)]
#[template(source = r#"<span class="pill {{ class }}">{{ word }}</span>"#, ext = "html")]
pub(crate) struct Pill {
    class: &'static str,
    word: &'static str,
}

impl Pill {
    pub(crate) fn of(status: Status) -> Self {
        match status {
            Status::Pending => Self { class: "waiting", word: "Waiting for approval" },
            Status::Approved => Self { class: "approved", word: "Approved" },
            Status::Rejected => Self { class: "refused", word: "Rejected" },
            Status::Revoked => Self { class: "ended", word: "Revoked" },
        }
    }

    /// A credential or anything else that is over.
    pub(crate) const fn ended(word: &'static str) -> Self {
        Self { class: "ended", word }
    }

    /// Something that is refused.
    pub(crate) const fn refused(word: &'static str) -> Self {
        Self { class: "refused", word }
    }

    /// Something that works.
    pub(crate) const fn good(word: &'static str) -> Self {
        Self { class: "approved", word }
    }

    /// A credential: it works until it expires.
    pub(crate) fn of_credential(credential: &Credential, now: Timestamp) -> Self {
        if credential.is_expired(now) { Self::ended("Expired") } else { Self::good("Active") }
    }
}

/// A moment: relative, with the exact time on hover and for machines.
#[derive(Clone, Debug, Template)]
#[template(source = r#"<time datetime="{{ at.exact }}" title="{{ at.exact }}">{{ at.relative }}</time>"#, ext = "html")]
pub(crate) struct When {
    at: Moment,
}

impl When {
    pub(crate) fn of(at: Timestamp, now: Timestamp) -> Self {
        Self { at: Moment::of(at, now) }
    }
}

/// What will be here, and the one action that puts it there.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/empty.html")]
pub(crate) struct Empty {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) action: Option<(&'static str, String)>,
}

/// What is in the way, on top of a page.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/notice.html")]
pub(crate) struct Notice {
    pub(crate) title: String,
    /// The fields that are wrong, by name, with what is wrong.
    pub(crate) fields: Vec<(&'static str, &'static str)>,
}

impl Notice {
    pub(crate) fn bad(title: impl Into<String>) -> Self {
        Self { title: title.into(), fields: Vec::new() }
    }
}

/// A question before something is done that cannot be undone, or that stops calls.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/confirm.html")]
pub(crate) struct Confirm {
    /// Names the dialog in the page.
    pub(crate) id: String,
    /// What would happen, as a question.
    pub(crate) title: String,
    /// What follows from it.
    pub(crate) text: String,
    /// Where the request goes.
    pub(crate) action: String,
    /// Its method.
    pub(crate) method: &'static str,
    /// What the button says, a verb.
    pub(crate) button: &'static str,
    /// What has to be typed first.
    pub(crate) type_name: Option<String>,
    /// The page that follows; the same one, if there is none.
    pub(crate) next: Option<String>,
    /// What is said when it is done.
    pub(crate) done: String,
}

impl Confirm {
    /// The one before an application goes, whoever may delete it. `with` are its credentials and its registrations.
    pub(crate) fn deletion_of_application(name: &str, with: (usize, usize), action: String, next: &str) -> Self {
        Self {
            id: "delete-application".to_owned(),
            title: format!("Delete {name}?"),
            text: format!(
                "Its {} and {} stop working at once, and its reference ID becomes free. This cannot be undone.",
                counted(with.0, "credential"),
                counted(with.1, "registration"),
            ),
            action,
            method: "DELETE",
            button: "Delete application",
            type_name: Some(name.to_owned()),
            next: Some(next.to_owned()),
            done: format!("{name} is deleted."),
        }
    }
}

/// Why access is refused or taken away, for the developer to read. `scope` names the question in the page.
pub(crate) fn reason(scope: &str) -> Field {
    Field::lines("reason", "Reason")
        .within(scope)
        .most(DecisionReason::MAX_CHARS)
        .hint("The developer reads it in the mail and in the portal.")
}

/// `1 call`, `2 calls`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Code to copy.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/code.html")]
pub(crate) struct Code {
    /// Names it in the page.
    pub(crate) id: String,
    /// What it is, for whoever does not see it.
    pub(crate) label: &'static str,
    /// Its tabs: a language and a text.
    pub(crate) tabs: Vec<(&'static str, String)>,
}

impl Code {
    /// One text in one language.
    pub(crate) fn one(id: impl Into<String>, label: &'static str, language: &'static str, text: impl Into<String>) -> Self {
        Self { id: id.into(), label, tabs: vec![(language, text.into())] }
    }
}
