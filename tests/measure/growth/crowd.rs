//! Developers by the hundred thousand: one who went the whole way, and copies of everything that this left in the table. They are written
//! into the table's file beside the portal, many in a transaction and without a stream, for nobody has to hear of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dynoxide::actions::scan::ScanRequest;
use dynoxide::{Database, ImportOptions, Item};
use portico_tests::portal::TABLE;
use regex::Regex;
use serde_json::{Value, json};

/// Items of a transaction.
const AT_ONCE: usize = 5_000;
/// Ids (UUIDs of version 7) and digests.
const NAMES: &str = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}";

/// A table's file as it is before somebody goes the whole way.
pub(crate) struct Before {
    file: PathBuf,
    names: BTreeSet<String>,
}

/// What one developer left in a table, to be copied.
pub(crate) struct Crowd {
    file: PathBuf,
    text: String,
    /// Ids and digests of this developer's own: those of a copy are others.
    own: BTreeSet<String>,
    email: String,
    items: usize,
    copies: usize,
}

impl Before {
    pub(crate) fn of(file: &Path) -> Self {
        Self { file: file.to_owned(), names: names(&text(&items(file))) }
    }

    /// What has come since then, by the developer who has that address.
    pub(crate) fn since(self, email: &str) -> Crowd {
        let all = items(&self.file);
        let own: BTreeSet<String> = names(&text(&all)).difference(&self.names).cloned().collect();
        let left: Vec<&Item> = all.iter().filter(|item| own.iter().any(|name| text(item).contains(name.as_str()))).collect();
        let text = text(&left);
        assert!(text.contains(email), "{email} left something");
        Crowd { file: self.file, text, own, email: email.to_owned(), items: all.len(), copies: 0 }
    }
}

impl Crowd {
    /// How many items the table has.
    pub(crate) const fn items(&self) -> usize {
        self.items
    }

    /// Makes so many copies.
    pub(crate) fn grow(&mut self, by: usize) {
        let mut random = Random(u64::try_from(self.copies).unwrap_or_default());
        let upto = self.copies + by;
        let copies = (self.copies..upto).flat_map(|number| {
            let mut copy = self.text.replace(&self.email, &format!("copy{number}of{}", self.email));
            for name in &self.own {
                copy = copy.replace(name.as_str(), &random.like(name));
            }
            serde_json::from_str::<Vec<Item>>(&copy).expect("items")
        });
        self.items += import(&self.file, copies);
        self.copies = upto;
    }

    /// Adds items that are nobody's.
    pub(crate) fn add_plain(&mut self, items: usize) {
        let plain = (0..items).map(|number| {
            let item =
                json!({ "pk": { "S": format!("PLAIN#{number}") }, "sk": { "S": "META" }, "text": { "S": "x".repeat(200) } });
            serde_json::from_value(item).expect("an item")
        });
        self.items += import(&self.file, plain);
    }
}

fn database(file: &Path) -> Database {
    Database::new(file.to_str().expect("a path in UTF-8")).expect("the file can be opened")
}

fn import(file: &Path, mut items: impl Iterator<Item = Item>) -> usize {
    let (database, mut imported) = (database(file), 0);
    loop {
        let some: Vec<Item> = items.by_ref().take(AT_ONCE).collect();
        if some.is_empty() {
            return imported;
        }
        imported += some.len();
        database.import_items(TABLE, some, ImportOptions::default()).expect("items are imported");
    }
}

/// Everything that is in a table.
fn items(file: &Path) -> Vec<Item> {
    let (database, mut all) = (database(file), Vec::new());
    let mut from = Value::Null;
    loop {
        let mut asked = json!({ "TableName": TABLE });
        if !from.is_null() {
            asked["ExclusiveStartKey"] = from;
        }
        let asked: ScanRequest = serde_json::from_value(asked).expect("a request");
        let answer = database.scan(asked).expect("the engine answers");
        all.extend(answer.items.unwrap_or_default());
        from = serde_json::to_value(answer.last_evaluated_key).expect("JSON");
        if from.is_null() {
            return all;
        }
    }
}

fn text(items: &impl serde::Serialize) -> String {
    serde_json::to_string(items).expect("JSON")
}

/// The ids and digests in a text, each once.
fn names(text: &str) -> BTreeSet<String> {
    let pattern = Regex::new(NAMES).expect("a pattern");
    pattern.find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

/// Digits that are as spread as those of real ids, and the same in each run (splitmix64).
struct Random(u64);

impl Random {
    /// Other digits in the places of those of a name, but for the version of a UUID.
    fn like(&mut self, name: &str) -> String {
        let fresh = |(place, digit): (usize, char)| match digit {
            '-' => '-',
            _ if name.len() == 36 && (14..=19).contains(&place) => digit,
            _ => u32::try_from(self.next() & 15).ok().and_then(|digit| char::from_digit(digit, 16)).unwrap_or('0'),
        };
        name.char_indices().map(fresh).collect()
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
