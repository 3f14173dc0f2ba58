//! A request as a handler sees it: already matched to its route, within its bounds, its JSON well-formed.

use std::collections::BTreeMap;
use std::str::FromStr;

use http::HeaderMap;
use portico_domain::id::InvalidId;
use serde_json::Value;

use crate::cookies::Cookies;
use crate::invalid::{InvalidParameter, Rule};
use crate::problem::Problem;
use crate::query::Query;
use crate::routes::Route;
use crate::session_tokens::Claims;

/// A request.
#[derive(Debug)]
pub struct Request {
    /// The route that it came by.
    pub route: &'static Route,
    /// The path as it was sent.
    pub raw_path: String,
    /// The method.
    pub method: http::Method,
    /// The parameters of the path, decoded.
    pub path: BTreeMap<String, String>,
    /// The query string.
    pub query: Query,
    /// Headers; several of one name are joined by commas, as API Gateway does.
    pub headers: HeaderMap,
    /// Cookies.
    pub cookies: Cookies,
    /// The body of a route that takes one.
    pub body: Value,
    /// The verified JWT of the session cookie, on routes that look at it. Whether the session is in force is in the table.
    pub claims: Option<Claims>,
    /// The caller's address.
    pub source: String,
    /// Names the request in answers and logs.
    pub trace: String,
}

impl Request {
    /// A parameter of the path, which the route has.
    pub fn parameter(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// An id in the path. It is looked at after the caller is known: 401 comes before 400.
    ///
    /// # Errors
    /// For a malformed one a 400 where the contract lists it, else a 404.
    pub fn id<T: FromStr<Err = InvalidId>>(&self, name: &str) -> Result<T, Problem> {
        self.parameter(name).parse::<T>().map_err(|error| {
            if self.route.lists_400 {
                Problem::invalid(vec![InvalidParameter::path(name, Rule::IsUuid, error.to_string())])
            } else {
                Problem::not_found()
            }
        })
    }
}
