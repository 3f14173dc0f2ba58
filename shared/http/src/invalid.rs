//! What is wrong with one field of a request, in the words of the contract (docs/contract/README.md, "Errors").

use serde::Serialize;

/// At most this many faults are reported: an answer must not grow with the nonsense that was sent.
pub const MAX_REPORTED: usize = 100;

/// Where a field was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// In the JSON body.
    Body,
    /// In the query string.
    Query,
    /// In the path.
    Path,
}

/// The rule that a field broke, with what a client needs in order to obey it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are the contract's own")]
pub enum Rule {
    Required,
    IsArray,
    IsBoolean,
    IsDateTime,
    IsInteger,
    IsNull,
    IsNumber,
    IsObject,
    IsString,
    IsUuid,
    IsLabel,
    MatchesRegex,
    UnknownProperty,
    MissingReference,
    Invalid,
    Type,
    MinLength { minimum: i64 },
    MinItems { minimum: i64 },
    Min { minimum: i64 },
    MaxLength { maximum: i64 },
    MaxItems { maximum: i64 },
    Max { maximum: i64 },
    Enum { choices: Vec<String> },
    DependentFields { dependents: Vec<String> },
}

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InvalidParameter {
    /// The dotted path of the field, or the parameter as it was sent.
    pub field: String,
    /// A sentence fragment that is safe to show: "must be a string".
    pub reason: String,
    /// Where it was sent.
    pub source: Source,
    /// The rule that it broke.
    #[serde(flatten)]
    pub rule: Rule,
}

impl InvalidParameter {
    /// A fault of the body.
    pub fn body(field: impl Into<String>, rule: Rule, reason: impl Into<String>) -> Self {
        Self::new(Source::Body, field, rule, reason)
    }

    /// A fault of the query string.
    pub fn query(field: impl Into<String>, rule: Rule, reason: impl Into<String>) -> Self {
        Self::new(Source::Query, field, rule, reason)
    }

    /// A fault of the path.
    pub fn path(field: impl Into<String>, rule: Rule, reason: impl Into<String>) -> Self {
        Self::new(Source::Path, field, rule, reason)
    }

    fn new(source: Source, field: impl Into<String>, rule: Rule, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into(), source, rule }
    }
}

/// Every wrong field of a request: at least one, at most [`MAX_REPORTED`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request has {} invalid parameter(s)", .0.len())]
pub struct Invalid(Vec<InvalidParameter>);

impl Invalid {
    /// The faults, or nothing if there are none.
    pub fn any(faults: Vec<InvalidParameter>) -> Result<(), Self> {
        if faults.is_empty() {
            return Ok(());
        }
        Err(Self(faults.into_iter().take(MAX_REPORTED).collect()))
    }

    /// The wrong fields in the order in which they were found.
    pub fn parameters(&self) -> &[InvalidParameter] {
        &self.0
    }

    /// The wrong fields, for the answer.
    pub fn into_parameters(self) -> Vec<InvalidParameter> {
        self.0
    }
}

impl From<InvalidParameter> for Invalid {
    fn from(fault: InvalidParameter) -> Self {
        Self(vec![fault])
    }
}

/// A key as it is shown in an answer: what a client sent may be very long, or nothing at all.
pub(crate) fn shown(key: &str) -> String {
    const MAX_CHARS: usize = 100;
    if key.is_empty() {
        return "\"\"".to_owned();
    }
    match key.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", key.get(..end).unwrap_or_default()),
        None => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rule_carries_only_what_it_needs() {
        let sent = |rule| serde_json::to_value(InvalidParameter::body("name", rule, "is wrong")).unwrap();
        assert_eq!(sent(Rule::Required), json!({"field": "name", "reason": "is wrong", "source": "body", "rule": "required"}));
        assert_eq!(
            sent(Rule::MinLength { minimum: 1 }),
            json!({"field": "name", "reason": "is wrong", "source": "body", "rule": "min_length", "minimum": 1})
        );
        assert_eq!(sent(Rule::Max { maximum: 9 })["rule"], json!("max"), "the short names are the contract's");
        assert_eq!(sent(Rule::IsDateTime)["rule"], json!("is_date_time"));
        assert_eq!(sent(Rule::Enum { choices: vec!["a".into()] })["choices"], json!(["a"]));
        assert_eq!(sent(Rule::DependentFields { dependents: vec!["b".into()] })["dependents"], json!(["b"]));
    }

    #[test]
    fn a_flood_of_faults_is_cut() {
        let fault = InvalidParameter::query("x", Rule::Invalid, "is wrong");
        let invalid = Invalid::any(vec![fault; 5_000]).unwrap_err();
        assert_eq!(invalid.parameters().len(), MAX_REPORTED);
        assert_eq!(Invalid::any(Vec::new()), Ok(()));
    }

    #[test]
    fn a_long_key_is_shortened_between_characters() {
        assert_eq!(shown("name"), "name");
        assert_eq!(shown(&"é".repeat(500)), format!("{}…", "é".repeat(100)));
    }
}
