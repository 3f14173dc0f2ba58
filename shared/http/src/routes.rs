//! Every route: its operation in the contract, the function that serves it, and what can be checked before that function reads
//! anything. The tables are beside this file, one for each that calls. `infra/template.yaml` must agree; a test compares the two.

mod api_builder;
mod management;
mod own;
mod pages;
mod portal_api;

/// Who may call a route, as far as the request alone can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Anyone; a session cookie is not looked at here.
    Anyone,
    /// A developer with a session, or anyone without one.
    Visitor,
    /// A developer with a session.
    Developer,
    /// An administrator's token, or a session of one.
    Administrator,
    /// Somebody with a browser. The page itself decides what it shows to whom, and shows problems as pages too.
    Page,
}

/// What a route takes as a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing; what comes is not looked at.
    Nothing,
    /// A JSON object of at most [`JSON_BYTES`].
    Json,
    /// A JSON object with a specification or a document in it, bounded by the Lambda event alone.
    Specification,
    /// A JSON object with an image in it, or `null`, of at most [`IMAGE_BYTES`].
    Image,
}

impl Takes {
    /// The most bytes of a body, where one is looked at.
    pub const fn most(self) -> Option<usize> {
        match self {
            Self::Nothing => None,
            Self::Json => Some(JSON_BYTES),
            Self::Specification => Some(EVENT_BYTES),
            Self::Image => Some(IMAGE_BYTES),
        }
    }
}

/// The largest JSON body of an ordinary route.
pub const JSON_BYTES: usize = 64 * 1024;
/// The largest JSON body with an image of 256 KiB in it, in base64 and however its slashes are escaped.
pub const IMAGE_BYTES: usize = 768 * 1024;
/// The largest body that a Lambda event can hold at all.
pub const EVENT_BYTES: usize = 6_291_556;

/// A route.
#[derive(Debug, PartialEq, Eq)]
pub struct Route {
    /// Operation id of the contract.
    pub operation: &'static str,
    /// The function that serves it.
    pub function: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path with `{parameters}`, as in the route key.
    pub path: &'static str,
    /// Who may call it.
    pub caller: Caller,
    /// What it takes.
    pub takes: Takes,
    /// Whether the contract lists a 400 for it: else a malformed id in the path is a 404.
    pub lists_400: bool,
}

impl Route {
    /// `METHOD /path`, as API Gateway calls it.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// The function behind `$default`: it answers what no route does.
pub const UNKNOWN_ROUTE: &Route = &Route {
    operation: "unknown-route",
    function: "unknown-route",
    method: "ANY",
    path: "$default",
    caller: Caller::Anyone,
    takes: Takes::Nothing,
    lists_400: false,
};

/// Every route but `$default`.
pub fn all() -> impl Iterator<Item = &'static Route> + Clone {
    [portal_api::ROUTES, own::ROUTES, management::ROUTES, api_builder::ROUTES, pages::ROUTES].into_iter().flatten()
}

/// The routes that answer programs, with JSON: every one that is no page.
pub fn of_the_api() -> impl Iterator<Item = &'static Route> {
    all().filter(|route| route.caller != Caller::Page)
}

/// The route of a route key such as `GET /api/v3/apis`.
pub fn find(route_key: &str) -> Option<&'static Route> {
    let (method, path) = route_key.split_once(' ')?;
    all().find(|route| route.method == method && route.path == path)
}

/// A function's route of a method and a path.
pub fn of(function: &str, method: &str, path: &str) -> Option<&'static Route> {
    all().find(|route| route.function == function && route.method == method && fits(route, path))
}

/// The methods that a path has routes for, in the order of the table.
pub fn methods_of(path: &str) -> Vec<&'static str> {
    let mut methods: Vec<_> = all().filter(|route| fits(route, path)).map(|route| route.method).collect();
    let mut each_once = Vec::with_capacity(methods.len());
    methods.retain(|method| {
        let first = !each_once.contains(method);
        each_once.push(*method);
        first
    });
    methods
}

/// Whether a path is one of a route: each of its parameters takes one segment that is not empty.
fn fits(route: &Route, path: &str) -> bool {
    let (mut pattern, mut segments) = (route.path.split('/'), path.split('/'));
    loop {
        match (pattern.next(), segments.next()) {
            (None, None) => return true,
            (Some(pattern), Some(segment)) if pattern.starts_with('{') && !segment.is_empty() => {}
            (Some(pattern), Some(segment)) if pattern == segment => {}
            _ => return false,
        }
    }
}

const fn route(
    operation: &'static str,
    function: &'static str,
    method: &'static str,
    path: &'static str,
    caller: Caller,
    takes: Takes,
    lists_400: bool,
) -> Route {
    Route { operation, function, method, path, caller, takes, lists_400 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_key_is_there_once() {
        let mut keys: Vec<_> = all().map(Route::key).collect();
        keys.sort();
        keys.windows(2).for_each(|pair| assert_ne!(pair[0], pair[1]));
    }

    #[test]
    fn the_methods_of_a_path_are_known_for_a_405() {
        assert_eq!(methods_of("/api/v3/applications"), ["POST", "GET"]);
        assert_eq!(methods_of("/api/v3/applications/x/credentials/y"), ["PUT", "DELETE"]);
        assert!(methods_of("/api/v3/applications/").is_empty());
        assert!(methods_of("/nothing").is_empty());
    }
}
