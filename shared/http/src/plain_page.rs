//! A page of a function that has no others: a sentence or two, and where to go on.

use askama::Template;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

use crate::Response;
use crate::problem::Problem;

/// Nothing but the portal's own style sheet.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page.
#[derive(Debug, Template)]
#[template(path = "plain.html")]
pub struct PlainPage<'a> {
    /// What the portal is called.
    pub portal: &'a str,
    /// What the page is called.
    pub title: &'a str,
    /// What it says.
    pub paragraphs: Vec<String>,
    /// Where to go on: words and a place of this portal. The first is the one that most will take.
    pub actions: Vec<(&'static str, String)>,
    /// Names the request.
    pub trace: &'a str,
}

impl PlainPage<'_> {
    /// The answer.
    ///
    /// # Errors
    /// A 500 if the page cannot be rendered.
    pub fn answer(&self, status: StatusCode) -> Result<Response, Problem> {
        let html = self.render().map_err(|error| Problem::internal(format!("a page cannot be rendered: {error}")))?;
        let mut response = Response::new(Bytes::from(html));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        Ok(response)
    }

    /// The answer where a problem is in the way: with its status, and with what its own answer would say beside the body.
    ///
    /// # Errors
    /// A 500 if the page cannot be rendered.
    pub fn answer_to(&self, problem: &Problem) -> Result<Response, Problem> {
        let mut response = self.answer(problem.kind().status())?;
        for (name, value) in problem.headers() {
            response.headers_mut().append(name, value.clone());
        }
        Ok(response)
    }
}
