//! What a page becomes: HTML with its headers, or what is shown in its place.

use std::borrow::Cow;
use std::io::Write as _;

use askama::Template;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use portico_http::cookies::ACCESS;
use portico_http::local_path::LocalPath;
use portico_http::{Kind, Portal, Problem, Request, Response, response};
use portico_store::{StoreError, sha256_hex};

use crate::admin::Admin;
use crate::frame::{Frame, Part};
use crate::reader;

/// Nothing but what the portal itself serves, and no script or style in the page.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Below this a compressed body is hardly shorter.
const WORTH_COMPRESSING: usize = 1024;

/// A page, rendered.
#[derive(Debug)]
pub(crate) struct Page {
    status: StatusCode,
    html: String,
    policy: Cow<'static, str>,
    /// Whether it is the same for everybody who is not signed in, and may be asked for again with its `ETag`.
    open: bool,
}

/// What is shown in place of a page.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something is in the way.
    Problem(Problem),
    /// It is elsewhere.
    Elsewhere(String),
    /// Only for those who are signed in.
    SignIn,
    /// The browser's JWT is out of time, or its session over: the browser has to ask for another one first.
    Continue,
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    frame: Frame,
    detail: String,
    trace: String,
    /// Whether there may be more to see for somebody who is signed in.
    sign_in: bool,
}

#[derive(Template)]
#[template(path = "continue.html")]
struct ContinuePage {
    frame: Frame,
    to: String,
}

impl Page {
    /// A page of somebody who is signed in: no browser and no proxy keeps it.
    pub(crate) fn own(template: &impl Template) -> Result<Self, Stop> {
        Self::rendered(template, false)
    }

    /// A page that everybody may see, as this reader sees it.
    pub(crate) fn open(template: &impl Template, frame_is_signed_in: bool) -> Result<Self, Stop> {
        Self::rendered(template, !frame_is_signed_in)
    }

    fn rendered(template: &impl Template, open: bool) -> Result<Self, Stop> {
        let html = template.render().map_err(|error| Problem::internal(format!("a page cannot be rendered: {error}")))?;
        Ok(Self { status: StatusCode::OK, html, policy: Cow::Borrowed(POLICY), open })
    }

    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The page under a policy of its own.
    pub(crate) fn with_policy(self, policy: String) -> Self {
        Self { policy: Cow::Owned(policy), ..self }
    }

    /// The answer, as the browser takes it.
    pub(crate) fn answer(self, request: &Request) -> Result<Response, Problem> {
        let policy = HeaderValue::try_from(self.policy.as_ref()).map_err(|error| Problem::internal(error.to_string()))?;
        // What a page may do changes with its policy, too.
        let tag = self.open.then(|| format!("\"{}\"", &sha256_hex(&format!("{}\n{}", self.policy, self.html))[..32]));
        let known = tag.as_deref().is_some_and(|tag| matches(&request.headers, tag));
        let mut answer = if known {
            response::empty(StatusCode::NOT_MODIFIED)
        } else {
            let head = request.method == Method::HEAD;
            let mut answer =
                if head { Response::new(Bytes::new()) } else { compressed(Bytes::from(self.html), &request.headers) };
            *answer.status_mut() = self.status;
            answer
        };
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding, Cookie"));
        // With `no-referrer` a browser's form post says that it comes from nowhere, and where there is no `Sec-Fetch-Site` it is refused.
        if request.query.get("token").ok().flatten().is_none() {
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        }
        if let Some(tag) = tag.and_then(|tag| HeaderValue::try_from(tag).ok()) {
            headers.insert(header::ETAG, tag);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        }
        Ok(answer)
    }
}

impl Stop {
    /// The answer that is shown.
    pub(crate) async fn answer(self, portal: &Portal, request: &Request) -> Result<Response, Problem> {
        let here = here(request);
        match self {
            Self::Elsewhere(place) => elsewhere(&place),
            Self::SignIn => elsewhere(&format!("/login?to={}", encoded(&here))),
            Self::Continue => {
                let frame = Frame::without_settings(portal, request, "One moment").await;
                let page = Page::own(&ContinuePage { frame, to: here }).map_err(Self::into_problem)?;
                page.with_status(StatusCode::UNAUTHORIZED).answer(request)
            }
            Self::Problem(problem) => problem_page(portal, request, problem).await,
        }
    }

    fn into_problem(self) -> Problem {
        match self {
            Self::Problem(problem) => problem,
            Self::Elsewhere(_) | Self::SignIn | Self::Continue => Problem::internal("a page in place of a page"),
        }
    }
}

async fn problem_page(portal: &Portal, request: &Request, problem: Problem) -> Result<Response, Problem> {
    let (title, detail) = match problem.kind() {
        Kind::NotFound => {
            ("Not found", "There is nothing here, or it is not yours to see. The address may be mistyped.".to_owned())
        }
        kind => (kind.title(), problem.detail().to_owned()),
    };
    let status = problem.kind().status();
    let sign_in = is_anonymous(request) && problem.kind() == Kind::NotFound;
    if let Some(cause) = problem.cause() {
        tracing::error!(function = "pages", operation = request.route.operation, trace = request.trace, cause, "failed");
    }
    let frame = frame_of_whoever(portal, request, problem.kind(), title).await;
    let page = Page::own(&ProblemPage { frame, detail, trace: request.trace.clone(), sign_in }).map_err(Stop::into_problem)?;
    let mut answer = page.with_status(status).answer(request)?;
    // What the problem says to browsers too, such as when to come again.
    for (name, value) in problem.headers() {
        if !answer.headers().contains_key(name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    Ok(answer)
}

/// What stands around a problem: the bar of whoever reads it, unless the portal is in no state to find that out.
async fn frame_of_whoever(portal: &Portal, request: &Request, kind: Kind, title: &str) -> Frame {
    if matches!(kind, Kind::Busy | Kind::Internal) {
        return Frame::without_settings(portal, request, title).await;
    }
    let known = if request.raw_path.starts_with("/admin/") {
        Admin::of(portal, request, []).await.map(|admin| admin.frame(request, title))
    } else {
        reader::anybody(portal, request, []).await.map(|reader| Frame::of(&reader, request, Part::Elsewhere, title))
    };
    match known {
        Ok(frame) => frame,
        Err(_) => Frame::without_settings(portal, request, title).await,
    }
}

fn elsewhere(place: &str) -> Result<Response, Problem> {
    let location = HeaderValue::from_str(place).map_err(|error| Problem::internal(error.to_string()))?;
    let mut answer = response::empty(StatusCode::SEE_OTHER);
    answer.headers_mut().insert(header::LOCATION, location);
    Ok(answer)
}

/// The page that was asked for, to come back to.
pub(crate) fn here(request: &Request) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in request.query.pairs() {
        query.append_pair(name, value);
    }
    let query = query.finish();
    let here = if query.is_empty() { request.raw_path.clone() } else { format!("{}?{query}", request.raw_path) };
    LocalPath::parse(&here).map_or_else(|| "/".to_owned(), |path| path.as_str().to_owned())
}

/// Whether the browser shows no session at all.
pub(crate) fn is_anonymous(request: &Request) -> bool {
    request.cookies.one(ACCESS).is_ok_and(|token| token.is_none_or(str::is_empty))
}

/// A value as it stands in a query.
pub(crate) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Whether the browser already has what bears this tag.
pub(crate) fn matches(headers: &HeaderMap, tag: &str) -> bool {
    let sent = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

/// Whether the browser takes a body in gzip.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepts.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim() == "gzip" && !matches!(weight.trim(), "q=0" | "q=0.0")
    })
}

/// A body, compressed if the browser takes it so and it is worth it.
pub(crate) fn compressed(body: Bytes, headers: &HeaderMap) -> Response {
    if !takes_gzip(headers) || body.len() < WORTH_COMPRESSING {
        return Response::new(body);
    }
    let Some(short) = gzipped(&body) else { return Response::new(body) };
    let mut answer = Response::new(short);
    answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    answer
}

/// A body in gzip.
pub(crate) fn gzipped(body: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::default());
    encoder.write_all(body).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// The cookie in which the theme switch keeps what was chosen.
pub(crate) fn chosen_theme(request: &Request) -> Option<&'static str> {
    match request.cookies.one(reader::THEME).ok().flatten() {
        Some("light") => Some("light"),
        Some("dark") => Some("dark"),
        _ => None,
    }
}

/// Headers of what never changes under its name.
pub(crate) fn for_good(headers: &mut HeaderMap, media: &'static str) {
    let set = [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "Accept-Encoding"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
