//! The wire contract of `docs/contract`, as something that replies can be held against.
//!
//! The strict client calls [`Operation::check_response`] for every reply of a route of the contract, so that a member too
//! many or too few fails whatever test happens to meet it.

mod check;
mod json_schema;
mod lists;
mod problem;
mod reading;
mod schema;

use check::Direction;
use schema::Schema;
use serde_json::Value;
use std::path::Path;
use std::sync::LazyLock;

pub use json_schema::Body;
pub use problem::check_problem;

/// Statuses that any route may answer, whatever its own list says (docs/contract/README.md, "Errors").
const ANYWHERE: &[u16] = &[401, 403, 405, 409, 413, 415, 422, 429, 503];

/// The files, without `.txt`, and what stands before their paths.
const FILES: &[(&str, &str)] = &[
    ("portal-api-v3", ""),
    ("portal-management-v3", "/v3"),
    ("api-builder-v3", "/v3"),
    ("application-auth-strategies-v2", "/v2"),
    ("portico-v1", ""),
];

/// All operations of all files.
#[derive(Debug)]
pub struct Contract {
    operations: Vec<Operation>,
}

/// One route and method.
#[derive(Debug)]
pub struct Operation {
    /// `portal-api-v3` and so on.
    pub file: &'static str,
    /// `create-application`: unique in its file only.
    pub id: String,
    /// `POST`.
    pub method: String,
    /// The whole path, with parameters in braces.
    pub path: String,
    /// The statuses of problems that its own list has.
    pub errors: Vec<u16>,
    request: Option<Schema>,
    answers: Vec<Answer>,
    /// What it takes in the query. Whatever takes parameters or a body refuses wrong ones, even where its own errors leave 400 out.
    query: Vec<Parameter>,
    /// What else it can send if it is asked with `Accept`.
    accepts: Vec<String>,
}

/// `name: string`, and for a deepObject what may stand in its brackets.
#[derive(Debug)]
struct Parameter {
    name: String,
    facts: String,
    inner: Vec<(String, String)>,
}

/// What an operation answers when all went well.
#[derive(Debug)]
struct Answer {
    status: u16,
    media: Vec<String>,
    body: Option<Schema>,
}

impl Contract {
    /// The contract, read once.
    ///
    /// # Panics
    /// If a file is missing or has a line that is not understood.
    pub fn load() -> &'static Self {
        static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/contract");
            #[expect(clippy::panic, reason = "no test can go on without the contract")]
            Contract::read(&folder).unwrap_or_else(|fault| panic!("{fault}"))
        });
        &CONTRACT
    }

    fn read(folder: &Path) -> Result<Self, String> {
        let mut operations = Vec::new();
        for (file, base) in FILES {
            let path = folder.join(format!("{file}.txt"));
            let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            operations.extend(reading::operations(file, base, &text)?);
        }
        Ok(Self { operations })
    }

    /// All operations, in the order of the files.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation of that name.
    pub fn operation(&self, file: &str, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.file == file && operation.id == id)
    }

    /// The operation that serves a path (its query is ignored); a literal segment wins over a parameter.
    pub fn match_route(&self, method: &str, path: &str) -> Option<&Operation> {
        let path = path.split('?').next().unwrap_or_default();
        let fitting = self.operations.iter().filter(|operation| operation.method == method);
        fitting.filter(|operation| operation.serves(path)).min_by_key(|operation| operation.path.matches('{').count())
    }
}

impl Operation {
    fn serves(&self, path: &str) -> bool {
        let (mut pattern, mut segments) = (self.path.split('/'), path.split('/'));
        loop {
            match (pattern.next(), segments.next()) {
                (None, None) => return true,
                (Some(pattern), Some(segment)) => {
                    let fits = if pattern.starts_with('{') { !segment.is_empty() } else { pattern == segment };
                    if !fits {
                        return false;
                    }
                }
                _ => return false,
            }
        }
    }

    /// Holds a reply against the contract. `body` is `null` for an empty one, and text for one that is not JSON.
    ///
    /// # Errors
    /// Everything that is wrong, one sentence each.
    pub fn check_response(&self, status: u16, content_type: Option<&str>, body: &Value) -> Result<(), Vec<String>> {
        let mut faults = Vec::new();
        match self.answers.iter().find(|answer| answer.status == status) {
            // Whoever names what it has in `If-None-Match` is told that it is still that.
            None if status == 304 && self.shows_an_image() && body.is_null() => {}
            Some(answer) => self.check_answer(answer, content_type, body, &mut faults),
            None if self.may_refuse_with(status) => {
                if !is_media(content_type, "application/problem+json") {
                    faults.push(format!("a problem has the content type {content_type:?}"));
                }
                faults.extend(check_problem(status, body).err().unwrap_or_default());
            }
            None => faults.push(format!("status {status} is not in the contract; the body is {body}")),
        }
        if faults.is_empty() {
            return Ok(());
        }
        let name = format!("{} {} ({})", self.method, self.path, self.id);
        Err(faults.into_iter().map(|fault| format!("{name} -> {status}: {fault}")).collect())
    }

    /// Holds a request body against the contract.
    ///
    /// # Errors
    /// Everything that is wrong, one sentence each.
    pub fn check_request(&self, body: &Value) -> Result<(), Vec<String>> {
        let mut faults = Vec::new();
        match &self.request {
            Some(schema) => schema.check(body, "body", Direction::Request, &mut faults),
            None if body.is_null() => {}
            None => faults.push("no body is expected".to_owned()),
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Whether the contract lets this operation answer that problem.
    pub fn may_refuse_with(&self, status: u16) -> bool {
        self.errors.contains(&status)
            || ANYWHERE.contains(&status)
            || (status == 400 && (!self.query.is_empty() || self.request.is_some()))
    }

    /// An image is sent as what it is, of all the types that it may be uploaded as: the contract lists some, one by a wrong name.
    fn shows_an_image(&self) -> bool {
        let image = |media: &String| media.starts_with("image/");
        self.answers.iter().any(|answer| answer.status == 200 && answer.media.first().is_some_and(image))
    }

    /// The raw form of a specification is sent as it was uploaded, whatever that was.
    fn is_raw(&self) -> bool {
        self.path.ends_with("/raw")
    }

    fn check_answer(&self, answer: &Answer, content_type: Option<&str>, body: &Value, faults: &mut Vec<String>) {
        if self.shows_an_image() {
            if !content_type.is_some_and(|sent| sent.starts_with("image/")) {
                faults.push(format!("the content type of an image is {content_type:?}"));
            }
            return;
        }
        if self.is_raw() {
            return;
        }
        if answer.media.is_empty() {
            if !body.is_null() {
                faults.push(format!("the body should be empty and is {body}"));
            }
            return;
        }
        let expected = answer.media.iter().any(|media| is_media(content_type, media));
        if !expected && !self.accepts.iter().any(|media| is_media(content_type, media)) {
            faults.push(format!("the content type is {content_type:?} and not {}", answer.media.join(" or ")));
        }
        if let Some(schema) = answer.body.as_ref().filter(|_| is_media(content_type, "application/json")) {
            schema.check(body, "body", Direction::Response, faults);
        }
    }
}

/// `application/json; charset=utf-8` is `application/json`.
fn is_media(content_type: Option<&str>, media: &str) -> bool {
    content_type.and_then(|sent| sent.split(';').next()).is_some_and(|sent| sent.trim().eq_ignore_ascii_case(media))
}
