//! What an administrator says of a provider, in either of the contract's two forms.

use portico_domain::identity_provider::{ClaimMappings, ProviderSettings};
use portico_domain::sealed::ClientSecret;
use portico_http::fields::kinds::{boolean, object, one_of, text};
use portico_http::fields::openid::{issuer, name, names};
use portico_http::fields::{Fields, Kind};
use portico_http::invalid::Rule;
use portico_http::{Kind as ProblemKind, Problem, Request};
use portico_identity::Reach;

const TYPES: &[(&str, ())] = &[("oidc", ())];
/// Characters of the portal's name at a provider.
const CLIENT_ID: usize = 256;
/// Characters of the name of a scope or a claim.
const NAME: usize = 128;
/// Scopes that are asked for.
const SCOPES: usize = 50;

/// What is said of a provider; what is absent stays as it is, or is what the contract says of a new one.
#[derive(Debug, Default)]
pub(crate) struct Described {
    pub(crate) issuer: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) secret: Option<ClientSecret>,
    scopes: Option<Vec<String>>,
    claims: Claims,
}

/// The names of claims that are given.
#[derive(Clone, Debug, Default)]
struct Claims {
    name: Option<String>,
    email: Option<String>,
    groups: Option<String>,
}

/// A change of the authentication settings; what is absent stays as it is.
#[derive(Debug)]
pub(crate) struct SettingsEdit {
    pub(crate) basic_auth_enabled: Option<bool>,
    pub(crate) oidc_auth_enabled: Option<bool>,
    pub(crate) maps_groups: Option<bool>,
    pub(crate) provider: Described,
}

impl Described {
    /// Whether nothing is said.
    pub(crate) fn is_nothing(&self) -> bool {
        let Claims { name, email, groups } = &self.claims;
        let texts = [&self.issuer, &self.client_id, name, email, groups];
        texts.into_iter().all(Option::is_none) && self.secret.is_none() && self.scopes.is_none()
    }

    /// The settings of a new provider, if its issuer and its client are given.
    pub(crate) fn settings(&self) -> Option<ProviderSettings> {
        Some(self.over(&ProviderSettings {
            issuer: self.issuer.clone()?,
            client_id: self.client_id.clone()?,
            scopes: ProviderSettings::SCOPES.map(str::to_owned).to_vec(),
            claims: ClaimMappings::default(),
        }))
    }

    /// The settings of a provider as they are with this.
    pub(crate) fn over(&self, before: &ProviderSettings) -> ProviderSettings {
        let or = |given: &Option<String>, kept: &String| given.as_ref().unwrap_or(kept).clone();
        ProviderSettings {
            issuer: or(&self.issuer, &before.issuer),
            client_id: or(&self.client_id, &before.client_id),
            scopes: self.scopes.as_ref().unwrap_or(&before.scopes).clone(),
            claims: ClaimMappings {
                name: or(&self.claims.name, &before.claims.name),
                email: or(&self.claims.email, &before.claims.email),
                groups: or(&self.claims.groups, &before.claims.groups),
            },
        }
    }
}

/// A new provider: whether it is enabled, and what it is.
pub(crate) fn new_provider(request: &Request, reach: Reach) -> Result<(bool, Described), Problem> {
    no_saml(request)?;
    let mut body = Fields::of(&request.body);
    body.open(); // the contract does not close it
    let enabled = body.optional("enabled", boolean()).or(false);
    let kind = body.optional("type", one_of(TYPES));
    let config = body.required("config", config(reach));
    let (enabled, _, config) = body.finish((enabled, kind, config))?;
    Ok((enabled, config))
}

/// Changes of a provider.
pub(crate) fn changes(request: &Request, reach: Reach) -> Result<(Option<bool>, Option<Described>), Problem> {
    no_saml(request)?;
    let mut body = Fields::of(&request.body);
    body.open();
    let enabled = body.optional("enabled", boolean());
    let config = body.optional("config", config(reach));
    Ok(body.finish((enabled, config))?)
}

/// What Portico does not do is said, not stored.
fn no_saml(request: &Request) -> Result<(), Problem> {
    const OF_SAML: [&str; 5] = ["idp_metadata_url", "idp_metadata_xml", "sp_metadata_url", "sp_entity_id", "callback_url"];
    let described = OF_SAML.iter().any(|member| request.body["config"].get(member).is_some());
    if request.body["type"] == "saml" || described { Err(saml()) } else { Ok(()) }
}

fn saml() -> Problem {
    Problem::new(ProblemKind::NotSupported, "Portico does not speak SAML: developers sign in with OpenID Connect.")
}

fn config(reach: Reach) -> impl Kind<Value = Described> {
    object(move |config| {
        let issuer = config.required("issuer_url", issuer(reach));
        let client_id = config.required("client_id", client_id());
        let secret = config.optional("client_secret", secret());
        (issuer, client_id, secret, config.optional("scopes", scopes()), config.optional("claim_mappings", claims()))
    })
    .map(|(issuer, client_id, secret, scopes, claims)| Described {
        issuer: Some(issuer),
        client_id: Some(client_id),
        secret,
        scopes,
        claims: claims.unwrap_or_default(),
    })
}

/// The body of `update-portal-authentication-settings`, which may have members that nobody knows.
pub(crate) fn settings(request: &Request, reach: Reach) -> Result<SettingsEdit, Problem> {
    let mut body = Fields::of(&request.body);
    body.open();
    let basic_auth_enabled = body.optional("basic_auth_enabled", boolean());
    let oidc_auth_enabled = body.optional("oidc_auth_enabled", boolean());
    let unsupported = (body.optional("saml_auth_enabled", boolean()), body.optional("konnect_mapping_enabled", boolean()));
    let maps = (body.optional("oidc_team_mapping_enabled", boolean()), body.optional("idp_mapping_enabled", boolean()));
    if let (Some(Some(one)), Some(Some(other))) = (maps.0.as_ref(), maps.1.as_ref())
        && one != other
    {
        body.refuse("idp_mapping_enabled", Rule::Invalid, "must be what oidc_team_mapping_enabled is, which means the same");
    }
    let provider = (
        body.nullable("oidc_issuer", issuer(reach)).null_is_absent(),
        body.nullable("oidc_client_id", client_id()).null_is_absent(),
        body.nullable("oidc_client_secret", secret()).null_is_absent(),
        body.nullable("oidc_scopes", scopes()).null_is_absent(),
        body.nullable("oidc_claim_mappings", claims()).null_is_absent(),
    );
    let (basic_auth_enabled, oidc_auth_enabled, unsupported, maps, provider) =
        body.finish((basic_auth_enabled, oidc_auth_enabled, unsupported, maps, provider))?;
    supported(unsupported)?;
    let (issuer, client_id, secret, scopes, claims) = provider;
    let provider = Described { issuer, client_id, secret, scopes, claims: claims.unwrap_or_default() };
    Ok(SettingsEdit { basic_auth_enabled, oidc_auth_enabled, maps_groups: maps.0.or(maps.1), provider })
}

fn supported((saml_auth_enabled, konnect_mapping_enabled): (Option<bool>, Option<bool>)) -> Result<(), Problem> {
    if saml_auth_enabled == Some(true) {
        return Err(saml());
    }
    if konnect_mapping_enabled == Some(false) {
        let always = "Administrators can always put developers into teams: konnect_mapping_enabled cannot be false.";
        return Err(Problem::new(ProblemKind::NotSupported, always));
    }
    Ok(())
}

fn client_id() -> impl Kind<Value = String> {
    text().single_line().chars(1..=CLIENT_ID)
}

fn secret() -> impl Kind<Value = ClientSecret> {
    text().parse_with(ClientSecret::parse)
}

/// Without `openid` it is no sign-in (OpenID Connect Core 1.0, 3.1.2.1).
fn scopes() -> impl Kind<Value = Vec<String>> {
    names(SCOPES, NAME).try_map(|scopes| {
        if scopes.iter().any(|scope| scope == "openid") { Ok(scopes) } else { Err("must have openid among them") }
    })
}

fn claims() -> impl Kind<Value = Claims> {
    object(|claims| {
        claims.open(); // the contract does not close it
        (claims.optional("name", name(NAME)), claims.optional("email", name(NAME)), claims.optional("groups", name(NAME)))
    })
    .map(|(name, email, groups)| Claims { name, email, groups })
}
