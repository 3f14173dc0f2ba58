//! What search knows of an API: its operations and documents as lines of text, and how well they fit what somebody looks for.

use std::collections::BTreeSet;

use crate::document::{Document, Tree};
use crate::id::{DocumentId, VersionId};
use crate::specification::Operation;
use crate::time::Timestamp;

/// Bytes of the lines of one API.
pub const TEXT_BYTES: usize = 1_000_000;
/// Different words of one document that it is found by.
const WORDS: usize = 400;
/// Between the members of a line: no text has it.
const BETWEEN: char = '\u{1f}';

/// What search knows of an API, one line for each thing; the first line says of which version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines(String);

/// Something that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// How well.
    pub score: u32,
    /// Its line.
    pub line: usize,
    /// What it is.
    pub found: Found,
    /// The text that fits best.
    pub matched: String,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// An operation of the current version.
    Operation(Operation),
    /// A document.
    Document(FoundDocument),
}

/// A document that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDocument {
    /// Id.
    pub id: DocumentId,
    /// The one that it lies below.
    pub parent: Option<DocumentId>,
    /// The slugs from the top to it.
    pub path: String,
    /// Title.
    pub title: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The version whose operations are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfVersion {
    /// Id.
    pub id: VersionId,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What somebody looks for: words, all of which must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted(Vec<String>);

impl Wanted {
    /// The most characters that are looked for.
    pub const MAX_CHARS: usize = 256;

    /// Reads what somebody typed.
    pub fn parse(text: &str) -> Self {
        let words: BTreeSet<String> = text.split_whitespace().map(str::to_lowercase).collect();
        Self(words.into_iter().collect())
    }

    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How well texts fit, each with its weight, and which of them fits best; nothing, if a word is in none of them.
    fn score(&self, fields: &[(u32, &str)]) -> Option<(u32, usize)> {
        let (mut total, mut best) = (0, (0, 0));
        for word in &self.0 {
            let scores = fields.iter().enumerate().map(|(at, (weight, text))| (weight * closeness(text, word), at));
            let (score, at) = scores.max_by_key(|(score, at)| (*score, usize::MAX - at))?;
            if score == 0 {
                return None;
            }
            total += score;
            best = best.max((score, usize::MAX - at));
        }
        Some((total, usize::MAX - best.1))
    }
}

/// 4 for the same text, 3 for one of its words, 2 for the beginning of one, 1 for a part, 0 for nothing of it.
fn closeness(text: &str, word: &str) -> u32 {
    if text == word {
        return 4;
    }
    let mut closest = 0;
    for (at, _) in text.match_indices(word) {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        let inside = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
        closest = closest.max(match (inside(before), inside(after)) {
            (false, false) => 3,
            (false, true) => 2,
            (true, _) => 1,
        });
    }
    closest
}

impl Lines {
    /// The form of what [`Lines::of`] writes. A Portico that gathers other things, or writes them in another way, has a higher one:
    /// `run-jobs` then writes anew what older ones wrote.
    pub const FORM: u32 = 1;

    /// The lines of a version's operations and of documents with their texts.
    pub fn of<'d>(
        version: Option<OfVersion>,
        operations: &[Operation],
        tree: &Tree,
        documents: impl IntoIterator<Item = (&'d Document, &'d str)>,
    ) -> Self {
        let mut lines = Self::default();
        let version = version.map_or_else(Vec::new, |of| {
            vec![of.id.to_string(), of.created_at.millis().to_string(), of.updated_at.millis().to_string()]
        });
        lines.add(version.iter().map(String::as_str));
        for (document, text) in documents {
            let (id, parent) = (document.id.to_string(), document.parent.map(|id| id.to_string()).unwrap_or_default());
            let (created, updated) = (document.created_at.millis().to_string(), document.updated_at.millis().to_string());
            let (path, words) = (tree.path(document.id), words(text));
            lines.add(["d", &id, &parent, &path, &document.title, &created, &updated, &words]);
        }
        for one in operations {
            let (operation_id, summary) = (one.operation_id.as_deref().unwrap_or(""), one.summary.as_deref().unwrap_or(""));
            lines.add(["o", &one.method, &one.path, operation_id, summary]);
        }
        lines
    }

    /// Adds a line, if there is room.
    fn add<'t>(&mut self, members: impl IntoIterator<Item = &'t str>) {
        let line: Vec<String> = members.into_iter().map(one_line).collect();
        let line = line.join(&BETWEEN.to_string());
        if self.0.len() + line.len() < TEXT_BYTES {
            self.0.push_str(&line);
            self.0.push('\n');
        }
    }

    /// What was kept.
    pub fn from_text(text: String) -> Self {
        Self(text)
    }

    /// What is to be kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same without the second half of its things.
    #[must_use]
    pub fn halved(&self) -> Self {
        let count = self.0.lines().count();
        Self(self.0.lines().take(count.div_ceil(2)).flat_map(|line| [line, "\n"]).collect())
    }

    /// The version whose operations are here.
    pub fn version(&self) -> Option<OfVersion> {
        let mut members = self.0.lines().next()?.split(BETWEEN);
        Some(OfVersion {
            id: members.next()?.parse().ok()?,
            created_at: moment(members.next()?)?,
            updated_at: moment(members.next()?)?,
        })
    }

    /// What fits.
    pub fn find(&self, wanted: &Wanted) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut lower = String::new();
        for (number, line) in self.0.lines().enumerate().skip(1) {
            lower.clear();
            if line.is_ascii() {
                lower.push_str(line);
                lower.make_ascii_lowercase();
            } else {
                lower.extend(line.chars().flat_map(char::to_lowercase));
            }
            // Most lines do not fit: they are passed over before anything is taken apart.
            if wanted.0.iter().all(|word| lower.contains(word.as_str())) {
                hits.extend(fitting(number, line, &lower, wanted));
            }
        }
        hits
    }
}

fn fitting(number: usize, line: &str, lower: &str, wanted: &Wanted) -> Option<Hit> {
    let (members, lower): (Vec<&str>, Vec<&str>) = (line.split(BETWEEN).collect(), lower.split(BETWEEN).collect());
    let of = |score: u32, found: Found, matched: &str| Hit { score, line: number, found, matched: matched.to_owned() };
    match (members.as_slice(), lower.as_slice()) {
        (["o", method, path, operation_id, summary], [_, lower_method, lower_path, lower_id, lower_summary]) => {
            let fields = [(5, *lower_id), (4, *lower_summary), (3, *lower_path), (1, *lower_method)];
            let (score, at) = wanted.score(&fields)?;
            let matched = [*operation_id, *summary, *path, *method].get(at).copied().unwrap_or_default();
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let operation = Operation {
                method: (*method).to_owned(),
                path: (*path).to_owned(),
                operation_id: some(operation_id),
                summary: some(summary),
            };
            Some(of(score, Found::Operation(operation), matched))
        }
        (["d", id, parent, path, title, created, updated, _], [_, _, _, lower_path, lower_title, _, _, words]) => {
            let (score, at) = wanted.score(&[(5, *lower_title), (3, *lower_path), (1, *words)])?;
            let matched = if at == 1 { *path } else { *title };
            let document = FoundDocument {
                id: id.parse().ok()?,
                parent: parent.parse().ok(),
                path: (*path).to_owned(),
                title: (*title).to_owned(),
                created_at: moment(created)?,
                updated_at: moment(updated)?,
            };
            Some(of(score, Found::Document(document), matched))
        }
        _ => None,
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().map(Timestamp::from_millis)
}

fn one_line(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

/// The different words of a text, in small letters.
fn words(text: &str) -> String {
    let mut seen = BTreeSet::new();
    let mut out = String::new();
    for word in text.split(|char: char| !char.is_alphanumeric()).filter(|word| (2..=40).contains(&word.len())) {
        let word = word.to_lowercase();
        if seen.len() < WORDS && !seen.contains(&word) {
            out.push_str(&word);
            out.push(' ');
            seen.insert(word);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &str, path: &str, id: &str, summary: &str) -> Operation {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Operation { method: method.to_owned(), path: path.to_owned(), operation_id: some(id), summary: some(summary) }
    }

    fn found(wanted: &str) -> Vec<String> {
        let operations = [
            operation("GET", "/stations", "listStations", "Every station"),
            operation("POST", "/stations", "createStation", "A new\nstation"),
            operation("GET", "/stations/{id}/météo", "", "Weather at a station"),
            operation("GET", "/tides", "tides", ""),
        ];
        let lines = Lines::of(None, &operations, &Tree::default(), []);
        let mut hits = lines.find(&Wanted::parse(wanted));
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.score));
        let name = |hit: &Hit| match &hit.found {
            Found::Operation(one) => format!("{} {}", one.method, one.path),
            Found::Document(one) => one.title.clone(),
        };
        hits.iter().map(name).collect()
    }

    #[test]
    fn every_word_must_be_there_and_what_is_closer_comes_first() {
        assert_eq!(found("tides"), ["GET /tides"]);
        assert_eq!(found("STATION post"), ["POST /stations"]);
        assert_eq!(found("MÉTÉO"), ["GET /stations/{id}/météo"]);
        assert_eq!(found("createstation"), ["POST /stations"]);
        assert_eq!(found("station").len(), 3);
        assert_eq!(found("station nowhere"), Vec::<String>::new());
    }

    #[test]
    fn the_words_of_a_document_are_its_different_ones() {
        assert_eq!(words("To be, or not to be: that is the a question"), "to be or not that is the question ");
    }
}
