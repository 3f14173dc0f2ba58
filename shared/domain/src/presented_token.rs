//! A token of an identity provider, and how it was presented, checked against what the strategy of a publication asks for.

use crate::authorization::Gate;
use crate::id::PortalId;
use crate::strategy::OpenIdConnect;
use crate::time::Timestamp;
use crate::token::Claims;

/// How a strategy calls tokens in the `Authorization` header.
pub const BEARER: &str = "bearer";
/// How a strategy calls ids and secrets of clients in the `Authorization` header, which get a token from the provider.
pub const CLIENT_CREDENTIALS: &str = "client_credentials";

impl OpenIdConnect {
    /// Whether tokens may be presented by a method.
    pub fn offers(&self, method: &str) -> bool {
        self.auth_methods.iter().any(|one| one == method)
    }

    /// Whether any of its methods is one that is checked here. The contract knows others, which are kept and refused.
    pub fn is_supported(&self) -> bool {
        self.offers(BEARER) || self.offers(CLIENT_CREDENTIALS)
    }

    /// The gate that is shut for a method that it does not offer.
    pub fn not_offered(&self) -> Gate {
        if self.is_supported() { Gate::MethodNotOffered } else { Gate::MethodNotSupported }
    }
}

/// A token that a portal's publication takes, and the reference ID that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedToken {
    portal: PortalId,
    oidc: OpenIdConnect,
    reference_id: String,
}

impl PresentedToken {
    /// Checks the claims of a token that the strategy's issuer signed, and that was presented by a method.
    ///
    /// # Errors
    /// The [`Gate`] that is shut: the token is for something else, out of time, not offered, or lacks a scope or the reference ID.
    pub fn of(claims: &Claims, method: &str, portal: PortalId, oidc: &OpenIdConnect, now: Timestamp) -> Result<Self, Gate> {
        if !claims.is_for_access() {
            return Err(Gate::UntrustedToken);
        }
        if !claims.is_in_time(now) {
            return Err(Gate::ExpiredToken);
        }
        if !oidc.offers(method) {
            return Err(oidc.not_offered());
        }
        if !claims.has_scopes(&oidc.scopes) {
            return Err(Gate::MissingScope);
        }
        let reference_id = claims.reference_id(&oidc.credential_claim).ok_or(Gate::NoReferenceId)?.to_owned();
        Ok(Self { portal, oidc: oidc.clone(), reference_id })
    }

    /// The portal whose applications have such reference IDs.
    pub const fn portal(&self) -> PortalId {
        self.portal
    }

    /// The reference ID.
    pub fn reference_id(&self) -> &str {
        &self.reference_id
    }

    /// Whether it names the application of a portal that has a reference ID.
    pub(crate) fn names(&self, portal: PortalId, reference_id: Option<&str>) -> bool {
        self.portal == portal && reference_id == Some(self.reference_id.as_str())
    }

    /// Whether it was checked against exactly this.
    pub(crate) fn is_for(&self, oidc: Option<&OpenIdConnect>) -> bool {
        oidc == Some(&self.oidc)
    }
}
