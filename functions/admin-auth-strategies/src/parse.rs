//! What an administrator says of a strategy.

use std::collections::BTreeMap;

use portico_domain::strategy::{
    KeyName, KeyNames, KeyTtl, Method, MethodChanges, OpenIdConnect, StrategyChanges, StrategyTerms, TtlUnit,
};
use portico_domain::text::StrategyName;
use portico_http::fields::kinds::{boolean, integer, list, object, one_of, text, uuid};
use portico_http::fields::maps::{label_changes, labels};
use portico_http::fields::openid::{issuer, names};
use portico_http::fields::{Fields, Kind, Read};
use portico_http::invalid::Rule;
use portico_http::{Kind as ProblemKind, Problem, Request};
use portico_identity::Reach;

const UNITS: &[(&str, TtlUnit)] = &[("days", TtlUnit::Days), ("weeks", TtlUnit::Weeks), ("years", TtlUnit::Years)];
/// A length that the contract gives the parts of an issuer's settings.
const MAX_NAME: usize = 128;

/// The type of a strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    KeyAuth,
    OpenidConnect,
}

const TYPES: &[(&str, Type)] = &[("key_auth", Type::KeyAuth), ("openid_connect", Type::OpenidConnect)];

/// A whole strategy: for one that is new, and for one that is replaced.
pub(crate) fn terms(request: &Request, reach: Reach) -> Result<StrategyTerms, Problem> {
    let mut body = Fields::of(&request.body);
    let name = body.required("name", name());
    let display_name = body.required("display_name", self::name());
    let strategy_type = body.required("strategy_type", one_of(TYPES));
    let of_keys = strategy_type.as_ref() != Some(&Type::OpenidConnect);
    let method = if of_keys {
        body.required("configs", object(|configs| configs.required("key-auth", key_auth())))
    } else {
        body.required("configs", object(|configs| configs.required("openid-connect", openid_connect(reach))))
    };
    let labels = body.optional("labels", labels()).or(BTreeMap::new());
    let principals = body.optional("principals", principals());
    let provider = provider(&mut body, strategy_type.as_ref() == Some(&Type::OpenidConnect));
    let (name, display_name, _, method, labels, principals, provider) =
        body.finish((name, display_name, strategy_type, method, labels, principals, provider))?;
    no_provider(provider)?;
    Ok(StrategyTerms { name, display_name, method, labels, principals })
}

/// Changes of a strategy.
pub(crate) fn changes(request: &Request, reach: Reach) -> Result<StrategyChanges, Problem> {
    let mut body = Fields::of(&request.body);
    let name = body.optional("name", name());
    let display_name = body.optional("display_name", self::name());
    let labels = body.nullable("labels", label_changes());
    let principals = body.optional("principals", principals());
    let configs = object(|configs| {
        let (keys, openid) = (configs.has("key-auth"), configs.has("openid-connect"));
        let of_keys = configs.optional("key-auth", key_auth_changes());
        let of_openid = configs.optional("openid-connect", openid_connect_changes(reach));
        if keys == openid {
            configs.refuse("key-auth", Rule::Required, "or openid-connect must be there, and not both");
        }
        (of_keys, of_openid)
    });
    let method = body.optional("configs", configs);
    let provider = provider(&mut body, true);
    let (name, display_name, labels, principals, method, provider) =
        body.finish((name, display_name, labels, principals, method, provider))?;
    no_provider(provider)?;
    let method = method.and_then(|(of_keys, of_openid)| of_keys.or(of_openid));
    Ok(StrategyChanges { name, display_name, labels, method, principals })
}

fn name() -> impl Kind<Value = StrategyName> {
    text().chars(1..=StrategyName::MAX_CHARS).parse_with(StrategyName::parse)
}

fn principals() -> impl Kind<Value = bool> {
    object(|principals| principals.required("enabled", boolean()))
}

/// Whether a provider of client registrations is named, where the contract has a place for one.
fn provider(body: &mut Fields<'_>, has_place: bool) -> Read<bool> {
    let sent = has_place && body.has("dcr_provider_id");
    if sent { body.nullable("dcr_provider_id", uuid()).map(|id| id.flatten().is_some()) } else { Read::of(false) }
}

fn no_provider(named: bool) -> Result<(), Problem> {
    if named {
        return Err(Problem::new(ProblemKind::NotSupported, "Portico does not register clients with a provider."));
    }
    Ok(())
}

fn key_names() -> impl Kind<Value = KeyNames> {
    list(text().parse_with(KeyName::parse)).items(1..=KeyNames::MAX).try_map(KeyNames::of)
}

fn ttl() -> impl Kind<Value = KeyTtl> {
    object(|ttl| {
        ttl.open(); // the contract does not close it
        (ttl.required("value", integer(1..=i64::from(u32::MAX))), ttl.required("unit", one_of(UNITS)))
    })
    .try_map(|(value, unit)| KeyTtl::new(u32::try_from(value).unwrap_or(u32::MAX), unit))
}

fn key_auth() -> impl Kind<Value = Method> {
    object(|keys| (keys.optional("key_names", key_names()).map(Option::unwrap_or_default), keys.optional("ttl", ttl())))
        .map(|(names, ttl)| Method::key_auth(names, ttl))
}

fn key_auth_changes() -> impl Kind<Value = MethodChanges> {
    object(|keys| (keys.optional("key_names", key_names()), keys.nullable("ttl", ttl())))
        .map(|(key_names, ttl)| MethodChanges::KeyAuth { key_names, ttl })
}

fn openid_connect(reach: Reach) -> impl Kind<Value = Method> {
    object(move |oidc| {
        oidc.open(); // the contract does not close it
        (
            oidc.required("issuer", issuer(reach)),
            oidc.required("credential_claim", names(10, MAX_NAME)),
            oidc.required("scopes", names(50, MAX_NAME)),
            oidc.required("auth_methods", names(10, 64)),
        )
    })
    .map(|(issuer, credential_claim, scopes, auth_methods)| Method::OpenidConnect {
        oidc: OpenIdConnect { issuer, credential_claim, scopes, auth_methods },
    })
}

fn openid_connect_changes(reach: Reach) -> impl Kind<Value = MethodChanges> {
    object(move |oidc| {
        oidc.open();
        (
            oidc.optional("issuer", issuer(reach)),
            oidc.optional("credential_claim", names(10, MAX_NAME)),
            oidc.optional("scopes", names(50, MAX_NAME)),
            oidc.optional("auth_methods", names(10, 64)),
        )
    })
    .map(|(issuer, credential_claim, scopes, auth_methods)| MethodChanges::OpenidConnect {
        issuer,
        credential_claim,
        scopes,
        auth_methods,
    })
}
