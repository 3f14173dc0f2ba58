//! One filter of a list: `filter[name][operator]=value`, checked against the column's kind.

use super::column::{Cell, Column};
use crate::fields::kinds::parse_uuid;
use crate::invalid::{InvalidParameter, Rule, shown};
use crate::query::Deep;
use portico_domain::time::Timestamp;
use std::cmp::Ordering;
use uuid::Uuid;

/// A filter that is ready to be asked.
#[derive(Debug)]
pub(super) struct Condition<Row: 'static> {
    pub(super) column: &'static str,
    test: Test<Row>,
}

enum Test<Row> {
    Text(fn(&Row) -> Option<&str>, TextTest),
    Values(for<'r> fn(&'r Row, &str) -> Vec<&'r str>, String, TextTest),
    Id(fn(&Row) -> Option<Uuid>, IdTest),
    Time(fn(&Row) -> Option<Timestamp>, TimeTest, Timestamp),
    Flag(fn(&Row) -> Option<bool>, bool),
}

impl<Row> std::fmt::Debug for Test<Row> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(_, test) | Self::Values(_, _, test) => test.fmt(to),
            Self::Id(_, test) => test.fmt(to),
            Self::Time(_, test, moment) => write!(to, "{test:?} {moment:?}"),
            Self::Flag(_, flag) => flag.fmt(to),
        }
    }
}

#[derive(Debug)]
enum TextTest {
    Equal(String),
    NotEqual(String),
    AnyEqual(Vec<String>),
    /// Lower case.
    AnyContained(Vec<String>),
}

#[derive(Debug)]
enum IdTest {
    NotEqual(Option<Uuid>),
    AnyEqual(Vec<Option<Uuid>>),
}

#[derive(Clone, Copy, Debug)]
enum TimeTest {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

const TEXT_OPERATORS: &[&str] = &["eq", "neq", "contains", "oeq", "ocontains"];
const ID_OPERATORS: &[&str] = &["eq", "oeq", "neq"];
const TIME_OPERATORS: &[&str] = &["eq", "lt", "lte", "gt", "gte"];
const FLAG_OPERATORS: &[&str] = &["eq"];

impl<Row> Condition<Row> {
    /// Nothing if the value is empty, which means "no filter"; an unknown column or operator is refused all the same.
    pub(super) fn parse(sent: &Deep<'_>, columns: &'static [Column<Row>]) -> Result<Option<Self>, InvalidParameter> {
        let refuse = |rule, reason: String| InvalidParameter::query(shown(sent.parameter), rule, reason);
        let unknown = || {
            let names: Vec<_> = columns.iter().filter(|column| column.filter).map(|column| column.name).collect();
            refuse(Rule::UnknownProperty, format!("must name one of: {}", names.join(", ")))
        };
        let (name, operator) = match *sent.segments.as_slice() {
            [name] => (name, "eq"),
            [name, operator] => (name, operator),
            _ => return Err(unknown()),
        };
        let (column, key) = find(columns, name).ok_or_else(unknown)?;
        let operators = match column.cell {
            Cell::Text(_) | Cell::Label(_) | Cell::Choice(..) | Cell::Values(_) => TEXT_OPERATORS,
            Cell::Id(_) => ID_OPERATORS,
            Cell::Time(_) => TIME_OPERATORS,
            Cell::Flag(_) => FLAG_OPERATORS,
            Cell::Number(_) => &[],
        };
        if !operators.contains(&operator) {
            let reason = format!("must use one of the operators {}", operators.join(", "));
            return Err(refuse(Rule::UnknownProperty, reason));
        }
        if sent.value.is_empty() {
            return Ok(None);
        }
        let value = sent.value;
        let test = match column.cell {
            Cell::Text(read) | Cell::Label(read) => Test::Text(read, TextTest::of(operator, value)),
            Cell::Choice(choices, read) => {
                let test = TextTest::of(operator, value);
                if !test.within(choices) {
                    let reason = format!("must be one of {}", choices.join(", "));
                    let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
                    return Err(refuse(Rule::Enum { choices }, reason));
                }
                Test::Text(read, test)
            }
            Cell::Values(read) => Test::Values(read, key.to_owned(), TextTest::of(operator, value)),
            Cell::Id(read) => {
                let test = IdTest::of(operator, value);
                Test::Id(read, test.ok_or_else(|| refuse(Rule::IsUuid, "must be a UUID".into()))?)
            }
            Cell::Time(read) => {
                let moment = Timestamp::parse_rfc3339(value)
                    .map_err(|_| refuse(Rule::IsDateTime, "must be a date and time (RFC 3339)".into()))?;
                Test::Time(read, TimeTest::of(operator), moment)
            }
            Cell::Flag(read) => match value {
                "true" => Test::Flag(read, true),
                "false" => Test::Flag(read, false),
                _ => return Err(refuse(Rule::IsBoolean, "must be true or false".into())),
            },
            // No operator leads here.
            Cell::Number(_) => return Err(unknown()),
        };
        Ok(Some(Self { column: column.name, test }))
    }

    pub(super) fn passes(&self, row: &Row) -> bool {
        match &self.test {
            Test::Text(read, test) => match read(row) {
                Some(value) => test.passes(value),
                None => matches!(test, TextTest::NotEqual(_)),
            },
            Test::Values(read, key, test) => {
                let values = read(row, key);
                match test {
                    TextTest::NotEqual(_) => values.iter().all(|value| test.passes(value)),
                    _ => values.iter().any(|value| test.passes(value)),
                }
            }
            Test::Id(read, IdTest::NotEqual(other)) => read(row) != *other,
            Test::Id(read, IdTest::AnyEqual(others)) => others.contains(&read(row)),
            Test::Time(read, test, moment) => read(row).is_some_and(|value| test.passes(value.cmp(moment))),
            Test::Flag(read, flag) => read(row) == Some(*flag),
        }
    }

    pub(super) fn equal_text(&self) -> Option<&str> {
        match &self.test {
            Test::Text(_, TextTest::Equal(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn equal_id(&self) -> Option<Uuid> {
        match &self.test {
            Test::Id(_, IdTest::AnyEqual(ids)) => match ids.as_slice() {
                [id] => *id,
                _ => None,
            },
            _ => None,
        }
    }
}

/// The column, and for labels and attributes the key after the dot.
fn find<'n, Row>(columns: &'static [Column<Row>], name: &'n str) -> Option<(&'static Column<Row>, &'n str)> {
    columns.iter().filter(|column| column.filter).find_map(|column| match column.cell {
        Cell::Values(_) => {
            let key = name.strip_prefix(column.name)?.strip_prefix('.')?;
            (!key.is_empty()).then_some((column, key))
        }
        _ => (column.name == name).then_some((column, "")),
    })
}

impl TextTest {
    fn of(operator: &str, value: &str) -> Self {
        let several = || value.split(',').filter(|one| !one.is_empty());
        match operator {
            "neq" => Self::NotEqual(value.to_owned()),
            "contains" => Self::AnyContained(vec![value.to_lowercase()]),
            "oeq" => Self::AnyEqual(several().map(str::to_owned).collect()),
            "ocontains" => Self::AnyContained(several().map(str::to_lowercase).collect()),
            _ => Self::Equal(value.to_owned()),
        }
    }

    fn within(&self, choices: &[&str]) -> bool {
        match self {
            Self::Equal(one) | Self::NotEqual(one) => choices.contains(&one.as_str()),
            Self::AnyEqual(several) => several.iter().all(|one| choices.contains(&one.as_str())),
            Self::AnyContained(_) => true,
        }
    }

    fn passes(&self, value: &str) -> bool {
        match self {
            Self::Equal(one) => value == one,
            Self::NotEqual(one) => value != one,
            Self::AnyEqual(several) => several.iter().any(|one| value == one),
            Self::AnyContained(several) => {
                let value = value.to_lowercase();
                several.iter().any(|one| value.contains(one.as_str()))
            }
        }
    }
}

impl IdTest {
    fn of(operator: &str, value: &str) -> Option<Self> {
        let one = |text: &str| match text {
            "null" => Some(None),
            text => parse_uuid(text).map(Some),
        };
        match operator {
            "neq" => one(value).map(Self::NotEqual),
            "oeq" => value.split(',').map(one).collect::<Option<_>>().map(Self::AnyEqual),
            _ => one(value).map(|id| Self::AnyEqual(vec![id])),
        }
    }
}

impl TimeTest {
    fn of(operator: &str) -> Self {
        match operator {
            "lt" => Self::Less,
            "lte" => Self::LessOrEqual,
            "gt" => Self::Greater,
            "gte" => Self::GreaterOrEqual,
            _ => Self::Equal,
        }
    }

    fn passes(self, against: Ordering) -> bool {
        match self {
            Self::Equal => against.is_eq(),
            Self::Less => against.is_lt(),
            Self::LessOrEqual => against.is_le(),
            Self::Greater => against.is_gt(),
            Self::GreaterOrEqual => against.is_ge(),
        }
    }
}
