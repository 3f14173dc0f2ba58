//! What is printed, and kept in `docs/benchmarks.md`: Markdown tables, each part between marks of its own.

use std::path::Path;

/// A Markdown table.
pub(crate) struct Table {
    lines: Vec<String>,
}

impl Table {
    /// With the names of its columns; all but the first hold figures.
    pub(crate) fn new<const N: usize>(columns: [&str; N]) -> Self {
        let rule = format!("|---|{}", "--:|".repeat(N - 1));
        Self { lines: vec![row(&columns.map(str::to_owned)), rule] }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.lines.push(row(&cells));
    }

    pub(crate) fn end(self) -> String {
        format!("{}\n", self.lines.join("\n"))
    }
}

fn row(cells: &[String]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// A figure beside its goal, and whether it is met.
pub(crate) fn goal(what: &str, figure: f64, most: f64) -> String {
    let verdict = if figure <= most { "met" } else { "**missed**" };
    format!("- {what}: {figure:.2}, goal at most {most}: {verdict}\n")
}

/// Puts a part between its marks into the document that keeps it, in the place of what was there.
///
/// # Errors
/// If the document cannot be read or written, or has no such marks.
pub(crate) fn keep(document: &Path, part: &str, text: &str) -> std::io::Result<()> {
    let before = std::fs::read_to_string(document)?;
    let (begin, end) = (format!("<!-- {part} -->"), format!("<!-- /{part} -->"));
    let missing = || std::io::Error::other(format!("{} has no {begin} and {end}", document.display()));
    let (head, rest) = before.split_once(&begin).ok_or_else(missing)?;
    let (_, tail) = rest.split_once(&end).ok_or_else(missing)?;
    std::fs::write(document, format!("{head}{begin}\n{text}{end}{tail}"))
}
