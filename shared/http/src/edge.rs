//! The edge: from an API Gateway event to a handler's request, and from its answer to API Gateway's. What the request alone can
//! show to be wrong is refused here, before anything is read.

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::Value;

use crate::admin_session::Shown;
use crate::cookies::{ACCESS, Cookies};
use crate::forms::{self, Posted};
use crate::portal::Portal;
use crate::problem::{Kind, Problem};
use crate::query::Query;
use crate::request::Request;
use crate::routes::{self, Caller, Route};
use crate::{Response, json, reply_body};

/// Answers an event with what a handler answers to its request.
pub async fn serve<F>(
    portal: &Portal,
    event: ApiGatewayV2httpRequest,
    handle: impl FnOnce(Request) -> F,
) -> ApiGatewayV2httpResponse
where
    F: Future<Output = Result<Response, Problem>>,
{
    let trace = clean_trace(event.request_context.request_id.as_deref());
    let route = event.request_context.route_key.as_deref().and_then(routes::find).unwrap_or(routes::UNKNOWN_ROUTE);
    let mut posted = None;
    let answer = match request(portal, route, &trace, event, &mut posted) {
        Ok(request) => Box::pin(handle(request)).await, // boxed: the SDK's futures nest deeper than the compiler follows
        Err(problem) => Err(problem),
    };
    if let Err(problem) = &answer {
        log(route, &trace, problem);
    }
    to_gateway(match (answer, posted) {
        (Ok(response), None) => response,
        (Ok(response), Some(posted)) => posted.answer(response),
        (Err(problem), None) => problem.into_response(&trace),
        (Err(problem), Some(posted)) => posted.refuse(problem, &trace),
    })
}

/// The id that API Gateway gave the request: letters, digits and a few marks, so that it cannot break a line of a log.
pub fn clean_trace(request_id: Option<&str>) -> String {
    let clean: String =
        request_id.unwrap_or_default().chars().filter(|c| c.is_ascii_alphanumeric() || "=-_".contains(*c)).take(64).collect();
    if clean.is_empty() { "none".to_owned() } else { clean }
}

/// One line for each refusal; the cause of a fault is written here and nowhere else.
fn log(route: &Route, trace: &str, problem: &Problem) {
    let (status, kind) = (problem.kind().status().as_u16(), problem.kind().name());
    match problem.cause() {
        Some(cause) => {
            tracing::error!(function = route.function, operation = route.operation, trace, status, kind, cause, "failed")
        }
        None => tracing::info!(function = route.function, operation = route.operation, trace, status, kind, "refused"),
    }
}

/// The request of an event. What came by a form is told even if the request is refused.
fn request(
    portal: &Portal,
    route: &'static Route,
    trace: &str,
    event: ApiGatewayV2httpRequest,
    posted: &mut Option<Posted>,
) -> Result<Request, Problem> {
    let context = event.request_context;
    let cookies = match &event.cookies {
        Some(cookies) => Cookies::parse(cookies.iter().map(String::as_str)),
        None => Cookies::parse(event.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok())),
    };
    let mut request = Request {
        route,
        raw_path: event.raw_path.unwrap_or_default(),
        method: context.http.method,
        path: event.path_parameters.into_iter().collect(),
        query: Query::default(),
        headers: event.headers,
        cookies,
        body: Value::Null,
        claims: None,
        source: context.http.source_ip.unwrap_or_default(),
        trace: trace.to_owned(),
    };
    same_origin(&request, &portal.config.public_url.origin())?;
    identify(portal, &mut request)?;
    let query = Query::parse(event.raw_query_string.as_deref().unwrap_or_default());
    // A page shows what it can to somebody who mistyped its address.
    request.query = if route.caller == Caller::Page { query.unwrap_or_default() } else { query? };
    let body = match event.body {
        None => Vec::new(),
        Some(text) if event.is_base64_encoded => {
            STANDARD.decode(text).map_err(|_| Problem::new(Kind::Invalid, "The body cannot be read."))?
        }
        Some(text) => text.into_bytes(),
    };
    let essence = essence(&request.headers);
    if essence.eq_ignore_ascii_case(forms::MEDIA) && forms::takes(route) {
        within(&body, routes::JSON_BYTES)?;
        let (fields, form) = forms::read(route, &body).ok_or_else(Problem::not_found)?;
        (request.body, *posted) = (fields, Some(form));
    } else {
        request.body = read_body(route, essence, &body)?;
    }
    Ok(request)
}

/// The media type of a body, without its parameters.
fn essence(headers: &HeaderMap) -> &str {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.split(';').next().unwrap_or_default().trim()
}

fn within(body: &[u8], most: usize) -> Result<(), Problem> {
    if body.len() > most {
        return Err(Problem::new(Kind::TooLarge, format!("The body has more than {most} bytes.")));
    }
    Ok(())
}

/// A browser must not change anything from another site (contract README, "Same origin").
fn same_origin(request: &Request, origin: &str) -> Result<(), Problem> {
    if matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let header = |name: HeaderName| request.headers.get(name).map(HeaderValue::as_bytes);
    let allowed = match header(HeaderName::from_static("sec-fetch-site")) {
        Some(site) => matches!(site, b"same-origin" | b"none"),
        None => header(header::ORIGIN).is_none_or(|sent| sent == origin.as_bytes()),
    };
    if allowed { Ok(()) } else { Err(Problem::new(Kind::CrossSite, "Requests from other sites are refused.")) }
}

/// Verifies what the request shows of its caller.
fn identify(portal: &Portal, request: &mut Request) -> Result<(), Problem> {
    match request.route.caller {
        Caller::Anyone | Caller::Page => {}
        Caller::Visitor | Caller::Developer => {
            let token = request.cookies.one(ACCESS)?;
            if let Some(token) = token.filter(|token| !token.is_empty()) {
                let claims = portal.config.verifier.verify(token, portal.now()).map_err(|_| Problem::unauthorized())?;
                request.claims = Some(claims);
            } else if request.route.caller == Caller::Developer {
                return Err(Problem::unauthorized());
            }
        }
        Caller::Administrator => {
            Shown::of(&request.headers, &request.cookies)?;
        }
    }
    Ok(())
}

fn read_body(route: &Route, essence: &str, body: &[u8]) -> Result<Value, Problem> {
    let Some(most) = route.takes.most() else { return Ok(Value::Null) };
    within(body, most)?;
    let unnamed = body.is_empty() && essence.is_empty();
    if !unnamed && !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(Kind::UnsupportedMediaType, "The body must be application/json."));
    }
    // No body at all is an object without members: `create-credential` needs none.
    if body.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    json::parse(body).map_err(|error| Problem::new(Kind::Invalid, error.to_string()))
}

/// Headers of every answer (B50).
const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

fn to_gateway(response: Response) -> ApiGatewayV2httpResponse {
    let (parts, body) = response.into_parts();
    let mut headers = parts.headers;
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(value);
    }
    let cookies = headers.get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok()).map(str::to_owned).collect();
    headers.remove(header::SET_COOKIE);
    let (body, is_base64_encoded) = reply_body::encode(body);
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = i64::from(parts.status.as_u16());
    answer.headers = headers;
    answer.body = body;
    answer.is_base64_encoded = is_base64_encoded;
    answer.cookies = cookies;
    answer
}
