//! Specifications: what an OpenAPI or AsyncAPI document says about an API, and what is wrong with it.
//!
//! A document that is wrong is accepted all the same, with its messages: the portal shows it to the people who can mend it.

mod checks;
mod document;
mod example_call;
mod operations;
mod references;

use serde_json::Value;

pub use self::example_call::ExampleCall;
pub use self::operations::Operation;
pub use crate::api::SpecType;

/// The longest document that is taken, in bytes.
pub const MAX_BYTES: usize = 3_000_000;
/// The extension of a document that names where a gateway finds the API.
pub const UPSTREAM: &str = "x-portico-upstream";

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// RFC 8259.
    Json,
    /// YAML 1.2.
    Yaml,
}

impl Media {
    /// The media type under which it is served.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Yaml => "application/yaml",
        }
    }
}

/// The document is longer than [`MAX_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have at most {MAX_BYTES} bytes")]
pub struct SpecificationTooLarge;

/// What was found in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specification {
    /// Its kind; OpenAPI 3 where it does not say.
    pub spec_type: SpecType,
    /// How it is written.
    pub media: Media,
    /// `info.title`.
    pub title: Option<String>,
    /// `info.version`.
    pub version: Option<String>,
    /// `info.description`.
    pub description: Option<String>,
    /// [`UPSTREAM`], an `http` or `https` URL.
    pub upstream: Option<String>,
    /// A call to try.
    pub example: Option<ExampleCall>,
    /// What is wrong with it, one sentence each; nothing, if nothing was found.
    pub messages: Vec<String>,
    operations: Vec<Operation>,
}

impl Specification {
    /// Reads a document. Whatever it holds, the work and the memory are bounded.
    ///
    /// # Errors
    /// [`SpecificationTooLarge`] and nothing else: every other fault is a message.
    pub fn read(bytes: &[u8]) -> Result<Self, SpecificationTooLarge> {
        if bytes.len() > MAX_BYTES {
            return Err(SpecificationTooLarge);
        }
        let mut messages = Messages::default();
        let (media, root) = document::read(bytes, &mut messages);
        let spec_type = checks::spec_type(&root);
        if !root.is_null() {
            checks::check(&root, spec_type, &mut messages);
        }
        let info = |member: &str| root.get("info").and_then(|info| info.get(member)).and_then(scalar);
        Ok(Self {
            spec_type,
            media,
            title: info("title"),
            version: info("version"),
            description: info("description"),
            upstream: root.get(UPSTREAM).and_then(checks::upstream),
            example: example_call::of(&root, spec_type),
            operations: operations::list(&root, spec_type),
            messages: messages.0,
        })
    }

    /// The operations, by path and then by method.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }
}

/// The text of a string or of a number: `version: 1.0` means a text, whatever YAML makes of it.
fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Messages for people: bounded in number and length, because they are stored.
#[derive(Default)]
struct Messages(Vec<String>);

impl Messages {
    const MAX: usize = 50;
    const MAX_CHARS: usize = 300;

    fn add(&mut self, message: impl AsRef<str>) {
        if self.is_full() {
            return;
        }
        if self.0.len() + 1 == Self::MAX {
            self.0.push("There are more faults than are listed here.".to_owned());
            return;
        }
        let printable = message.as_ref().chars().map(|char| if char.is_control() { ' ' } else { char });
        let message: String = printable.take(Self::MAX_CHARS).collect();
        if !self.0.contains(&message) {
            self.0.push(message);
        }
    }

    fn is_full(&self) -> bool {
        self.0.len() >= Self::MAX
    }
}

#[cfg(test)]
mod tests;
