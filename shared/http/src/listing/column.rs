//! The columns of a list: what it can be filtered and sorted by, and how to read that from a row.

use portico_domain::time::Timestamp;
use uuid::Uuid;

/// One column. `name` is the member's name on the wire.
#[derive(Debug)]
pub struct Column<Row: 'static> {
    pub(super) name: &'static str,
    pub(super) cell: Cell<Row>,
    pub(super) filter: bool,
    pub(super) sort: bool,
}

/// How to read a row's value; the kind decides the operators.
pub(super) enum Cell<Row> {
    Text(fn(&Row) -> Option<&str>),
    Label(fn(&Row) -> Option<&str>),
    Choice(&'static [&'static str], fn(&Row) -> Option<&str>),
    Id(fn(&Row) -> Option<Uuid>),
    Time(fn(&Row) -> Option<Timestamp>),
    Flag(fn(&Row) -> Option<bool>),
    Number(fn(&Row) -> Option<i64>),
    Values(for<'r> fn(&'r Row, &str) -> Vec<&'r str>),
}

// Derived, both would ask the same of `Row`.
impl<Row> Clone for Cell<Row> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Row> Copy for Cell<Row> {}

impl<Row> std::fmt::Debug for Cell<Row> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(match self {
            Self::Text(_) => "text",
            Self::Label(_) => "label",
            Self::Choice(..) => "choice",
            Self::Id(_) => "id",
            Self::Time(_) => "time",
            Self::Flag(_) => "flag",
            Self::Number(_) => "number",
            Self::Values(_) => "values",
        })
    }
}

impl<Row> Column<Row> {
    /// Text: `eq`, `neq`, `contains`, `oeq`, `ocontains`.
    pub const fn text(name: &'static str, read: fn(&Row) -> Option<&str>) -> Self {
        Self::of(name, Cell::Text(read))
    }

    /// The label of a version: as text, but sorted as semantic versions are.
    pub const fn label(name: &'static str, read: fn(&Row) -> Option<&str>) -> Self {
        Self::of(name, Cell::Label(read))
    }

    /// One of a closed set of words: as text, but a word outside the set is refused.
    pub const fn choice(name: &'static str, choices: &'static [&'static str], read: fn(&Row) -> Option<&str>) -> Self {
        Self::of(name, Cell::Choice(choices, read))
    }

    /// A UUID: `eq`, `oeq`, `neq`; the word `null` stands for a missing one.
    pub const fn id(name: &'static str, read: fn(&Row) -> Option<Uuid>) -> Self {
        Self::of(name, Cell::Id(read))
    }

    /// A moment: `eq`, `lt`, `lte`, `gt`, `gte`.
    pub const fn time(name: &'static str, read: fn(&Row) -> Option<Timestamp>) -> Self {
        Self::of(name, Cell::Time(read))
    }

    /// A truth value: `eq`.
    pub const fn flag(name: &'static str, read: fn(&Row) -> Option<bool>) -> Self {
        Self::of(name, Cell::Flag(read))
    }

    /// A number, to sort by.
    pub const fn number(name: &'static str, read: fn(&Row) -> Option<i64>) -> Self {
        let column = Self::of(name, Cell::Number(read));
        Self { filter: false, ..column }
    }

    /// Labels or attributes, filtered as text in dot notation: `filter[attributes.env][eq]`. `read` gives the values of
    /// a key; one of them must pass (`neq`: none of them may be equal).
    pub const fn values(name: &'static str, read: for<'r> fn(&'r Row, &str) -> Vec<&'r str>) -> Self {
        let column = Self::of(name, Cell::Values(read));
        Self { sort: false, ..column }
    }

    /// A column that the contract does not list under `filter`.
    #[must_use]
    pub const fn sort_only(self) -> Self {
        Self { filter: false, ..self }
    }

    /// A column that is no member of the items.
    #[must_use]
    pub const fn filter_only(self) -> Self {
        Self { sort: false, ..self }
    }

    const fn of(name: &'static str, cell: Cell<Row>) -> Self {
        Self { name, cell, filter: true, sort: true }
    }
}
