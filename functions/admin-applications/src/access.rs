//! `explain-access`: whether an application's calls reach an API, gate by gate.

use portico_domain::api::Api;
use portico_domain::api_key::PublicPart;
use portico_domain::application::Application;
use portico_domain::id::{ApiId, ApplicationId};
use portico_http::fields::kinds::parse_uuid;
use portico_http::invalid::{InvalidParameter, Rule};
use portico_http::query::Query;
use portico_http::response::ok;
use portico_http::{Portal, Problem, Request, Response};
use portico_store::Key;
use uuid::Uuid;

use crate::live;

/// Which application is asked about.
enum Whose {
    /// By its id: one that is not there is a 404.
    Id(ApplicationId),
    /// By the public part of a key: that there is none is an answer.
    Key(PublicPart),
}

impl Whose {
    fn application(&self) -> ApplicationId {
        match self {
            Self::Id(id) => *id,
            Self::Key(part) => part.application(),
        }
    }
}

/// Explains access. The query holds nothing secret: a whole key is refused, and not repeated.
pub(crate) async fn explain(portal: &Portal, request: &Request) -> Result<Response, Problem> {
    let asked = parse(&request.query);
    let keys = asked.as_ref().ok().map(|(whose, api)| [Key::application(whose.application()), Key::api(*api)]);
    let who = portal.portal_administrator(request, keys.into_iter().flatten()).await?;
    let (whose, api) = asked?;
    let items = &who.administrator.items;
    let application = live(items.get::<Application>(&Key::application(whose.application()))?)
        .filter(|application| application.portal == who.portal.id);
    if application.is_none() && matches!(whose, Whose::Id(_)) {
        return Err(Problem::not_found());
    }
    let api = items.get::<Api>(&Key::api(api))?.filter(|api| api.deleted_at.is_none()).ok_or_else(Problem::not_found)?;
    ok(&portal.explain_access(application.as_ref(), &api).await?)
}

/// `application` or `key`, and `api`; every fault at once.
fn parse(query: &Query) -> Result<(Whose, ApiId), Problem> {
    let api = id(query, "api").and_then(|api| api.ok_or_else(|| required("api")));
    match (whose(query), api) {
        (Ok(whose), Ok(api)) => Ok((whose, api)),
        (whose, api) => Err(Problem::invalid(whose.err().into_iter().chain(api.err()).collect())),
    }
}

fn whose(query: &Query) -> Result<Whose, InvalidParameter> {
    match (id(query, "application")?, query.get("key")?) {
        (Some(id), None) => Ok(Whose::Id(id)),
        (None, Some(key)) => {
            PublicPart::parse(key).map(Whose::Key).map_err(|error| fault("key", Rule::Invalid, error.to_string()))
        }
        (Some(_), Some(_)) => Err(fault("key", Rule::Invalid, "must be left out where application is sent")),
        (None, None) => Err(required("application")),
    }
}

fn id<T: From<Uuid>>(query: &Query, name: &str) -> Result<Option<T>, InvalidParameter> {
    let read = |text| parse_uuid(text).map(T::from).ok_or_else(|| fault(name, Rule::IsUuid, "must be a UUID"));
    query.get(name)?.map(read).transpose()
}

fn required(name: &str) -> InvalidParameter {
    fault(name, Rule::Required, "is required")
}

fn fault(name: &str, rule: Rule, reason: impl Into<String>) -> InvalidParameter {
    InvalidParameter::query(name, rule, reason)
}
