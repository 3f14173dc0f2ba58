//! The gates by name: why a call is refused.

use std::fmt;

/// Why a call is refused. Every gate fails closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Gate {
    /// No API is linked to this gateway and stage.
    UnknownGateway,
    /// The call presents no key where keys are asked for.
    NoKey,
    /// The call presents two keys, two tokens, or a key and a token.
    TwoKeys,
    /// What means to be a key is none.
    MalformedKey,
    /// The key is not in one of the headers that the strategy names.
    WrongHeader,
    /// The application that the key names does not exist (any more).
    UnknownApplication,
    /// The application has no such key (any more).
    UnknownKey,
    /// The key has expired.
    ExpiredKey,
    /// The application is a developer's who is not approved. Of a team's application it is open: that depends on no developer, and a
    /// team is there as long as it owns an application.
    OwnerNotApproved,
    /// The API is not published in the application's portal with application authentication.
    NotPublished,
    /// The API is published with another auth strategy than the application's.
    OtherStrategy,
    /// The application is not registered for the API.
    NotRegistered,
    /// The registration is not approved.
    RegistrationNotApproved,
    /// The call presents no token where an identity provider's tokens are asked for.
    NoToken,
    /// The token is not an access token that the provider of the API's strategy signed.
    UntrustedToken,
    /// The provider's keys are not known, and it cannot be asked for them.
    ProviderUnavailable,
    /// The token is not in force any more, or not yet.
    ExpiredToken,
    /// The API's strategy does not take what the call shows: a token, or a client's id and secret.
    MethodNotOffered,
    /// The API's strategy takes nothing that is checked here.
    MethodNotSupported,
    /// The provider gives the client no token for its id and secret.
    RefusedClient,
    /// The token lacks a scope that the API's strategy asks for.
    MissingScope,
    /// The token has none of the claims that the API's strategy takes the reference ID from, or the first of them is no text.
    NoReferenceId,
    /// The table did not answer, or not in full.
    StoreUnavailable,
}

impl Gate {
    /// Every gate of a call with an API key.
    pub const OF_KEYS: [Self; 15] = [
        Self::UnknownGateway,
        Self::NoKey,
        Self::TwoKeys,
        Self::MalformedKey,
        Self::WrongHeader,
        Self::UnknownApplication,
        Self::UnknownKey,
        Self::ExpiredKey,
        Self::OwnerNotApproved,
        Self::NotPublished,
        Self::OtherStrategy,
        Self::NotRegistered,
        Self::RegistrationNotApproved,
        Self::NoToken,
        Self::StoreUnavailable,
    ];

    /// Every gate of a call with an identity provider's token, or with what its client gets one for.
    pub const OF_TOKENS: [Self; 18] = [
        Self::UnknownGateway,
        Self::NoKey,
        Self::TwoKeys,
        Self::UntrustedToken,
        Self::ProviderUnavailable,
        Self::ExpiredToken,
        Self::MethodNotOffered,
        Self::MethodNotSupported,
        Self::RefusedClient,
        Self::MissingScope,
        Self::NoReferenceId,
        Self::UnknownApplication,
        Self::OwnerNotApproved,
        Self::NotPublished,
        Self::OtherStrategy,
        Self::NotRegistered,
        Self::RegistrationNotApproved,
        Self::StoreUnavailable,
    ];

    /// The name that logs show.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownGateway => "unknown-gateway",
            Self::NoKey => "no-key",
            Self::TwoKeys => "two-keys",
            Self::MalformedKey => "malformed-key",
            Self::WrongHeader => "wrong-header",
            Self::UnknownApplication => "unknown-application",
            Self::UnknownKey => "unknown-key",
            Self::ExpiredKey => "expired-key",
            Self::OwnerNotApproved => "owner-not-approved",
            Self::NotPublished => "not-published",
            Self::OtherStrategy => "other-strategy",
            Self::NotRegistered => "not-registered",
            Self::RegistrationNotApproved => "registration-not-approved",
            Self::NoToken => "no-token",
            Self::UntrustedToken => "untrusted-token",
            Self::ProviderUnavailable => "provider-unavailable",
            Self::ExpiredToken => "expired-token",
            Self::MethodNotOffered => "method-not-offered",
            Self::MethodNotSupported => "method-not-supported",
            Self::RefusedClient => "refused-client",
            Self::MissingScope => "missing-scope",
            Self::NoReferenceId => "no-reference-id",
            Self::StoreUnavailable => "store-unavailable",
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
