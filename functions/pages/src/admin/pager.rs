//! The pages of a list.

use askama::Template;

use crate::shown::encoded;

/// How many rows a page shows.
pub(super) const SIZE: usize = 25;

/// Where in a list a page is.
#[derive(Clone, Debug, Template)]
#[template(path = "admin/pager.html")]
pub(super) struct Pager {
    number: usize,
    pages: usize,
    /// The address of a page, without its number.
    base: String,
}

impl Pager {
    /// The page that is asked for, of a list of so many rows, with what else its address says.
    pub(super) fn of(wanted: &str, total: usize, path: &str, query: &[(&str, &str)]) -> Self {
        let pages = total.div_ceil(SIZE).max(1);
        let number = Self::number(wanted).clamp(1, pages);
        let said = query.iter().filter(|(_, value)| !value.is_empty());
        let base = said.fold(format!("{path}?"), |base, (name, value)| format!("{base}{name}={}&", encoded(value)));
        Self { number, pages, base }
    }

    /// The number of the page that is asked for, from 1, however long the list is.
    pub(super) fn number(wanted: &str) -> usize {
        wanted.parse().unwrap_or(1).max(1)
    }

    /// Cuts its rows out of all.
    pub(super) fn cut<T>(&self, rows: Vec<T>) -> Vec<T> {
        rows.into_iter().skip((self.number - 1) * SIZE).take(SIZE).collect()
    }

    fn before(&self) -> Option<usize> {
        (self.number > 1).then(|| self.number - 1)
    }

    fn after(&self) -> Option<usize> {
        (self.number < self.pages).then(|| self.number + 1)
    }
}
