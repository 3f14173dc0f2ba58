//! What requests say of identity providers, the same wherever it stands: issuers, and the names of scopes and claims.

use portico_identity::Reach;

use super::Kind;
use super::kinds::{Text, list, text, web_url};

/// Characters of an issuer.
const ISSUER: usize = 256;

/// An issuer. It is asked for its description and its keys: https, no private network unless the operator allows it, and nothing that
/// a discovery address could not be built on.
pub fn issuer(reach: Reach) -> impl Kind<Value = String> {
    web_url(ISSUER).try_map(move |url| {
        let good = !url.contains(['?', '#', '@']) && reach.url(&url).is_ok();
        if good { Ok(url) } else { Err("must be an https URL without query, fragment or user, outside of private networks") }
    })
}

/// The name of a scope or a claim (RFC 6749, 3.3): visible characters, no quotation mark and no backslash.
pub fn name(longest: usize) -> Text {
    let printable = |text: &str| text.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b'"' && byte != b'\\');
    text().chars(1..=longest).matching(r"^[\x21\x23-\x5B\x5D-\x7E]+$", printable)
}

/// Several such names, each once.
pub fn names(most: usize, longest: usize) -> impl Kind<Value = Vec<String>> {
    list(name(longest)).items(0..=most).unique()
}
