//! Forms of pages that work without a script: what a same-origin form post holds becomes the JSON that its route takes, and the
//! route's answer becomes a 303 to the page that follows, or back to the form (B15).

use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value};
use url::form_urlencoded::Serializer;

use crate::local_path::LocalPath;
use crate::problem::{Kind, Problem};
use crate::query::Query;
use crate::routes::Route;
use crate::{Response, response};

/// The media type of a form post.
pub const MEDIA: &str = "application/x-www-form-urlencoded";
/// The field that says where a person wants to go on.
pub const TO: &str = "to";

/// A route that takes form posts beside JSON.
struct Form {
    operation: &'static str,
    /// The page that the form is on.
    page: &'static str,
    /// What follows a success; members of a JSON answer that it names are handed on.
    next: &'static str,
    /// What the page gets back after a problem. A password is never among it.
    keeps: &'static [&'static str],
}

const FORMS: &[Form] = &[
    Form { operation: "register", page: "/register", next: "/register/sent", keeps: &["email", "full_name"] },
    Form { operation: "verify-email", page: "/login", next: "/reset-password?first=yes&token=", keeps: &["token"] },
    Form { operation: "forgot-password", page: "/forgot-password", next: "/forgot-password/sent", keeps: &["email"] },
    Form { operation: "reset-password", page: "/reset-password", next: "/login?done=password", keeps: &["token"] },
    Form { operation: "authenticate", page: "/login", next: "/apis", keeps: &["username", TO] },
    Form { operation: "refresh", page: "/login", next: "/", keeps: &[TO] },
    Form { operation: "logout", page: "/", next: "/?done=signed-out", keeps: &[] },
];

/// A form as it was posted.
#[derive(Debug)]
pub struct Posted {
    form: &'static Form,
    to: Option<LocalPath>,
    kept: Vec<(String, String)>,
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.operation)
    }
}

/// Whether a route takes form posts.
pub fn takes(route: &Route) -> bool {
    FORMS.iter().any(|form| form.operation == route.operation)
}

/// Takes a form post apart: what the route takes, as JSON, and what its answer is written from. A field that came twice, or that
/// cannot be read, leaves the JSON empty, which the route refuses.
pub(crate) fn read(route: &Route, body: &[u8]) -> Option<(Value, Posted)> {
    let form = FORMS.iter().find(|form| form.operation == route.operation)?;
    let query = std::str::from_utf8(body).ok().and_then(|text| Query::parse(text).ok()).unwrap_or_default();
    let to = query.get(TO).ok().flatten().and_then(LocalPath::parse);
    let mut fields = Map::new();
    let mut twice = false;
    for (name, value) in query.pairs().filter(|(name, _)| *name != TO) {
        twice |= fields.insert(name.to_owned(), Value::String(value.to_owned())).is_some();
    }
    if twice {
        fields.clear();
    }
    let kept = |name: &&&str| fields.get(**name).and_then(Value::as_str).map(|value| ((**name).to_owned(), value.to_owned()));
    let kept = form.keeps.iter().filter_map(|name| kept(&name)).collect();
    Some((Value::Object(fields), Posted { form, to, kept }))
}

impl Posted {
    /// The 303 that stands for what the route answered; its cookies and other headers stay.
    pub(crate) fn answer(self, answer: Response) -> Response {
        let next = if self.form.next.ends_with('=') {
            format!("{}{}", self.form.next, encoded(&member(&answer, "token")))
        } else {
            self.to.map_or_else(|| self.form.next.to_owned(), |to| to.as_str().to_owned())
        };
        see_other(answer, &next)
    }

    /// The 303 that leads back to the form, which says what was wrong.
    pub(crate) fn refuse(self, problem: Problem, trace: &str) -> Response {
        // The session is over, and its cookies are cleared by this answer: whoever needs one there is led to sign in.
        if self.form.operation == "refresh" && problem.kind() == Kind::Unauthorized {
            let to = self.to.map_or_else(|| "/".to_owned(), |to| to.as_str().to_owned());
            return see_other(problem.into_response(trace), &to);
        }
        let page = match problem.kind() {
            Kind::ApprovalRequired => "/waiting",
            _ => self.form.page,
        };
        let mut query = Serializer::new(String::new());
        query.append_pair("problem", problem.kind().name());
        for parameter in problem.invalid_parameters() {
            query.append_pair("invalid", &parameter.field);
        }
        for (name, value) in &self.kept {
            query.append_pair(name, value);
        }
        if let Some(to) = self.to.filter(|_| self.form.keeps.contains(&TO)) {
            query.append_pair(TO, to.as_str());
        }
        see_other(problem.into_response(trace), &format!("{page}?{}", query.finish()))
    }
}

fn see_other(mut answer: Response, location: &str) -> Response {
    *answer.status_mut() = StatusCode::SEE_OTHER;
    *answer.body_mut() = bytes::Bytes::new();
    answer.headers_mut().remove(header::CONTENT_TYPE);
    match HeaderValue::from_str(location) {
        Ok(location) => {
            answer.headers_mut().insert(header::LOCATION, location);
            answer
        }
        Err(_) => response::empty(StatusCode::BAD_REQUEST),
    }
}

fn member(answer: &Response, name: &str) -> String {
    let body = serde_json::from_slice::<Value>(answer.body()).unwrap_or_default();
    body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
