//! Who somebody is at an identity provider: the issuer and the subject together, and never an address (B44).

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// A person at a provider. The subject is kept as a digest: some providers make it of an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The provider, as its tokens name it.
    pub issuer: String,
    /// Stands for issuer and subject; unique in a portal.
    pub digest: String,
}

impl Identity {
    /// The identity of a subject at an issuer. The same subject at another issuer is another one.
    pub fn of(issuer: &str, subject: &str) -> Self {
        let whole = format!("{}:{issuer}{subject}", issuer.len());
        Self { issuer: issuer.to_owned(), digest: Digest::of(whole.as_bytes()).to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::Identity;

    #[test]
    fn an_identity_is_issuer_and_subject_together() {
        let ada = Identity::of("https://id.example.com", "ada");
        assert_eq!(ada, Identity::of("https://id.example.com", "ada"));
        for other in [
            Identity::of("https://id.example.com", "eve"),
            Identity::of("https://id.example.com/", "ada"),
            Identity::of("https://id.example.coma", "da"),
        ] {
            assert_ne!(ada.digest, other.digest);
        }
        assert!(!ada.digest.contains("ada"));
    }
}
