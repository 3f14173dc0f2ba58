//! Whose certificates AWS's endpoints are believed with.
//!
//! A machine believes some 140 authorities, and reading them costs a cold start more than the rest of the client does. AWS names the
//! five that its own endpoints are signed by (Amazon Trust Services, <https://www.amazontrust.com/repository/>), so these are enough
//! there, and safer.

use aws_smithy_http_client::tls::{TlsContext, TrustStore};

/// The authorities.
const AMAZON: [&[u8]; 5] = [
    include_bytes!("../roots/amazon-root-ca-1.pem"),
    include_bytes!("../roots/amazon-root-ca-2.pem"),
    include_bytes!("../roots/amazon-root-ca-3.pem"),
    include_bytes!("../roots/amazon-root-ca-4.pem"),
    include_bytes!("../roots/starfield-services-root-g2.pem"),
];

/// What OpenSSL's and rustls' users name certificates of their own with, such as those of a proxy that opens TLS.
const OWN: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// The authorities for calls of AWS's own endpoints: Amazon's, unless the environment names others or the region is one of China's,
/// whose endpoints others sign.
pub(crate) fn of_aws() -> TlsContext {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let region = std::env::var("AWS_REGION").unwrap_or_default();
    match OWN.into_iter().any(is_set) || region.starts_with("cn-") {
        true => TlsContext::default(),
        false => context(AMAZON.iter().fold(TrustStore::empty(), |store, root| store.with_pem_certificate(*root))),
    }
}

fn context(store: TrustStore) -> TlsContext {
    TlsContext::builder().with_trust_store(store).build().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::AMAZON;

    #[test]
    fn each_root_is_one_certificate() {
        for root in AMAZON {
            let text = std::str::from_utf8(root).unwrap_or_default();
            assert!(text.starts_with("-----BEGIN CERTIFICATE-----") && text.matches("BEGIN CERTIFICATE").count() == 1, "{text}");
        }
    }
}
