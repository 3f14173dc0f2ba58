//! A shape of the contract, and the reading of one line's facts: `string minLength=1 maxLength=255 nullable=True`.

use regex::Regex;
use serde_json::Value;

/// What a JSON value must look like.
#[derive(Clone, Debug, Default)]
pub(super) struct Schema {
    /// What the file calls it, or nothing.
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) nullable: bool,
    pub(super) closed: bool,
    pub(super) write_only: bool,
    pub(super) unique: bool,
    pub(super) choices: Option<Vec<Value>>,
    pub(super) format: Option<String>,
    pub(super) pattern: Option<Regex>,
    pub(super) length: Bounds,
    pub(super) count: Bounds,
    pub(super) range: Bounds,
    pub(super) members: Vec<Member>,
    /// `<any key>`.
    pub(super) entries: Option<Box<Schema>>,
    /// `[]`.
    pub(super) items: Option<Box<Schema>>,
    /// `(1)`, `(2)` …: one of them must fit. Forms overlap, so "exactly one" would refuse good bodies.
    pub(super) alternatives: Vec<Schema>,
}

/// A member of an object.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) schema: Schema,
}

/// The smallest and the largest allowed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bounds {
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
}

/// The JSON type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Any,
    Array,
    Boolean,
    Integer,
    Number,
    Object,
    String,
}

/// The facts that may follow the type. A pattern holds blanks, so it ends where one of these begins.
const FACTS: &[&str] = &[
    "closed",
    "default=",
    "deepObject",
    "enum=",
    "format=",
    "maxItems=",
    "maxLength=",
    "maximum=",
    "minItems=",
    "minLength=",
    "minimum=",
    "nullable=",
    "oneOf",
    "anyOf",
    "pattern=",
    "readOnly=",
    "uniqueItems=",
    "writeOnly=",
];

impl Schema {
    /// Reads what stands after the name; members, items and alternatives are added by the caller.
    pub(super) fn parse(facts: &str) -> Result<Self, String> {
        let (kind, mut rest) = facts.split_once(' ').unwrap_or((facts, ""));
        let kind = match kind {
            "any" => Kind::Any,
            "array" => Kind::Array,
            "boolean" => Kind::Boolean,
            "integer" => Kind::Integer,
            "number" => Kind::Number,
            "object" => Kind::Object,
            "string" => Kind::String,
            other => return Err(format!("unknown type {other:?}")),
        };
        let mut schema = Self { kind, ..Self::default() };
        loop {
            rest = rest.trim();
            if rest.is_empty() {
                return Ok(schema);
            }
            let fact = FACTS.iter().find(|fact| rest.starts_with(*fact));
            let fact = *fact.ok_or_else(|| format!("unknown fact at {rest:?}"))?;
            let after = rest.get(fact.len()..).unwrap_or_default();
            let end = end_of_fact(after);
            let (value, next) = (after.get(..end).unwrap_or_default(), after.get(end..).unwrap_or_default());
            schema.take(fact, value.trim())?;
            rest = next;
        }
    }

    fn take(&mut self, fact: &str, value: &str) -> Result<(), String> {
        let number = || value.parse().map(Some).map_err(|_| format!("{fact} is no number: {value:?}"));
        match fact {
            "closed" => self.closed = true,
            "nullable=" => self.nullable = value == "True",
            "writeOnly=" => self.write_only = value == "True",
            "uniqueItems=" => self.unique = value == "True",
            "enum=" => {
                let choices = serde_json::from_str(value).map_err(|error| format!("enum {value:?}: {error}"))?;
                self.choices = Some(choices);
            }
            "format=" => self.format = Some(value.to_owned()),
            "pattern=" => {
                // `\w` is ASCII in the contract's dialect.
                let in_class = value.replace(r"[\w \W]", r"[\s\S]").replace(r"\w", "0-9A-Za-z_");
                let pattern = Regex::new(&in_class).map_err(|error| format!("pattern {value:?}: {error}"))?;
                self.pattern = Some(pattern);
            }
            "minLength=" => self.length.min = number()?,
            "maxLength=" => self.length.max = number()?,
            "minItems=" => self.count.min = number()?,
            "maxItems=" => self.count.max = number()?,
            "minimum=" => self.range.min = number()?,
            "maximum=" => self.range.max = number()?,
            // Facts that no body can break.
            _ => {}
        }
        Ok(())
    }

    /// The reader cuts shapes that contain themselves; where it did, a closed object is left without a member.
    pub(super) fn open_if_cut(&mut self) {
        let empty = self.members.is_empty() && self.entries.is_none();
        if empty || !self.alternatives.is_empty() {
            self.closed = false;
        }
    }
}

fn end_of_fact(text: &str) -> usize {
    let blanks = text.match_indices(' ').map(|(place, _)| place);
    let mut ends = blanks.filter(|place| {
        let rest = text.get(place + 1..).unwrap_or_default();
        rest.is_empty() || FACTS.iter().any(|fact| rest.starts_with(fact))
    });
    ends.next().unwrap_or(text.len())
}
