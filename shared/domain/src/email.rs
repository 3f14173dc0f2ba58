//! E-mail addresses in the one spelling in which they are compared, stored and mailed.

use std::borrow::Cow;
use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// An e-mail address in canonical form: compatibility characters folded (NFKC), lower case, the domain in ASCII
/// (UTS 46 with STD 3 rules) and without its trailing dot.
///
/// Two spellings of one mailbox give equal values. The local part is plain ASCII, so that no look-alike of a letter
/// can open a second account. `Debug` leaves out the local part, and there is no `Display`: an address reaches a log
/// only by [`EmailAddress::canonical`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Why a text is not an e-mail address that Portico takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailAddressError {
    /// Nothing but blanks.
    #[error("an e-mail address is required")]
    Empty,
    /// Longer than [`EmailAddress::MAX_CHARS`].
    #[error("an e-mail address has at most {} characters", EmailAddress::MAX_CHARS)]
    TooLong,
    /// Not exactly one `@` with something on both sides.
    #[error("an e-mail address has one @ between a name and a domain")]
    Shape,
    /// The part before the `@` is longer than [`EmailAddress::MAX_LOCAL_CHARS`].
    #[error("the part before the @ has at most {} characters", EmailAddress::MAX_LOCAL_CHARS)]
    LocalPartTooLong,
    /// The part before the `@` is quoted, has a character outside ASCII, or dots in the wrong places.
    #[error("the part before the @ consists of unaccented letters, digits, single dots between them and !#$%&'*+-/=?^_`{{|}}~")]
    LocalPart,
    /// The part after the `@` is not a host name.
    #[error("the part after the @ is a domain name")]
    Domain,
}

impl EmailAddress {
    /// The contract's `maxLength` of an address.
    pub const MAX_CHARS: usize = 250;
    /// RFC 5321, 4.5.3.1.1.
    pub const MAX_LOCAL_CHARS: usize = 64;
    /// No spelling of an address that fits is longer; bounds the work on hostile input.
    const MAX_INPUT_BYTES: usize = 2_048;

    /// Reads an address as a person typed it.
    ///
    /// # Errors
    /// [`EmailAddressError`] names the first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        if text.len() > Self::MAX_INPUT_BYTES {
            return Err(EmailAddressError::TooLong);
        }
        let folded: String = text.nfkc().collect();
        let folded = folded.trim();
        if folded.is_empty() {
            return Err(EmailAddressError::Empty);
        }
        let (local, domain) = folded.split_once('@').ok_or(EmailAddressError::Shape)?;
        if local.is_empty() || domain.is_empty() || domain.contains('@') {
            return Err(EmailAddressError::Shape);
        }
        if !is_dot_atom(local) {
            return Err(EmailAddressError::LocalPart);
        }
        if local.len() > Self::MAX_LOCAL_CHARS {
            return Err(EmailAddressError::LocalPartTooLong);
        }
        let domain = canonical_domain(domain)?;
        let canonical = format!("{}@{domain}", local.to_ascii_lowercase());
        if canonical.len() > Self::MAX_CHARS {
            return Err(EmailAddressError::TooLong);
        }
        Ok(Self(canonical))
    }

    /// The canonical form: what is stored, hashed for the uniqueness guard, and mailed.
    pub fn canonical(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the `@`, in ASCII.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

/// `atext` of RFC 5322 in runs separated by single dots.
fn is_dot_atom(local: &str) -> bool {
    local.split('.').all(|atom| {
        !atom.is_empty() && atom.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    })
}

fn canonical_domain(domain: &str) -> Result<String, EmailAddressError> {
    let ascii: Cow<'_, str> = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::VerifyAllowRootDot)
        .map_err(|_| EmailAddressError::Domain)?;
    let ascii = ascii.strip_suffix('.').unwrap_or(&ascii);
    // A name whose last label is a number is an IPv4 address by another name, not a place for mail.
    let last = ascii.rsplit('.').next().unwrap_or_default();
    if last.is_empty() || last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(EmailAddressError::Domain);
    }
    Ok(ascii.to_owned())
}

/// Trusts what was stored as canonical as far as a cheap look can tell.
impl TryFrom<String> for EmailAddress {
    type Error = EmailAddressError;

    fn try_from(stored: String) -> Result<Self, EmailAddressError> {
        if stored.len() > Self::MAX_CHARS {
            return Err(EmailAddressError::TooLong);
        }
        let (local, domain) = stored.split_once('@').ok_or(EmailAddressError::Shape)?;
        if !is_dot_atom(local) || local.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(EmailAddressError::LocalPart);
        }
        let is_host = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
        if domain.is_empty() || domain.ends_with('.') || !domain.bytes().all(is_host) {
            return Err(EmailAddressError::Domain);
        }
        Ok(Self(stored))
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.0.chars().next().unwrap_or('?');
        write!(out, "{first}…@{}", self.domain())
    }
}

#[cfg(test)]
mod tests {
    use super::{EmailAddress, EmailAddressError};

    fn canonical(text: &str) -> Result<String, EmailAddressError> {
        EmailAddress::parse(text).map(String::from)
    }

    #[test]
    fn every_spelling_of_an_address_is_the_same_address() {
        for spelling in [
            "mia@bücher.example",
            "MIA@BÜCHER.EXAMPLE",
            "mia@bücher.example.",
            "mia@xn--bcher-kva.example",
            "mia@XN--BCHER-KVA.example",
            "mia@bu\u{308}cher.example",
            "ｍｉａ＠ｂücher.example",
            "mia@bücher。example",
            "  mia@bücher.example\t\n",
        ] {
            assert_eq!(canonical(spelling), Ok("mia@xn--bcher-kva.example".to_owned()), "{spelling:?}");
        }
    }

    #[test]
    fn a_look_alike_of_a_letter_is_refused_and_not_a_second_account() {
        for spelling in
            ["mıa@example.test", "mİa@example.test", "miа@example.test", "mia\u{301}@example.test", "mi\u{200b}a@example.test"]
        {
            assert_eq!(canonical(spelling), Err(EmailAddressError::LocalPart), "{spelling:?}");
        }
        // Compatibility characters fold into the letter itself.
        assert_eq!(canonical("\u{212a}im@example.test"), canonical("kim@example.test"));
    }

    #[test]
    fn a_canonical_form_is_its_own_canonical_form() {
        for text in ["Ada.Lovelace+portal@Example.test", "o'hara@example", "x@straße.example", "a@日本語.example"] {
            let once = canonical(text);
            assert!(once.is_ok(), "{text}");
            assert_eq!(once.clone().and_then(|text| canonical(&text)), once);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        use EmailAddressError::{Domain, Empty, LocalPart, Shape};
        for (text, why) in [
            ("", Empty),
            (" \u{3000} ", Empty),
            ("ada", Shape),
            ("@example.test", Shape),
            ("ada@", Shape),
            ("ada@b@example.test", Shape),
            ("\"ada\"@example.test", LocalPart),
            (".ada@example.test", LocalPart),
            ("ada.@example.test", LocalPart),
            ("a..da@example.test", LocalPart),
            ("a da@example.test", LocalPart),
            ("ada\r\nBcc: eve@example.test", LocalPart),
            ("ada,eve@example.test", LocalPart),
            ("<ada@example.test>", LocalPart),
            ("ada@example.test\r\nBcc:eve", Domain),
            ("ada@[192.0.2.1]", Domain),
            ("ada@192.0.2.1", Domain),
            ("ada@exa mple.test", Domain),
            ("ada@exa_mple.test", Domain),
            ("ada@-example.test", Domain),
            ("ada@example..test", Domain),
            ("ada@example.test..", Domain),
            ("ada@.", Domain),
        ] {
            assert_eq!(canonical(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn lengths_are_bounded_at_64_63_and_250() {
        let local = "a".repeat(64);
        let label = "d".repeat(63);
        assert!(canonical(&format!("{local}@{label}.test")).is_ok());
        assert_eq!(canonical(&format!("a{local}@example.test")), Err(EmailAddressError::LocalPartTooLong));
        assert_eq!(canonical(&format!("ada@d{label}.test")), Err(EmailAddressError::Domain));
        let fits = format!("{}@{label}.{label}.{}", "a".repeat(58), "d".repeat(63));
        assert_eq!(fits.len(), 250);
        assert!(canonical(&fits).is_ok());
        assert_eq!(canonical(&format!("a{fits}")), Err(EmailAddressError::TooLong));
        assert_eq!(canonical(&"a".repeat(1_000_000)), Err(EmailAddressError::TooLong));
    }

    #[test]
    fn debug_leaves_out_the_local_part() {
        let address = EmailAddress::parse("ada.lovelace@example.test");
        assert_eq!(format!("{address:?}"), "Ok(a…@example.test)");
    }

    #[test]
    fn a_stored_address_comes_back_and_a_broken_one_does_not() {
        let read = |json: &str| serde_json::from_str::<EmailAddress>(json).map(String::from).ok();
        assert_eq!(read(r#""ada@example.test""#), Some("ada@example.test".to_owned()));
        for broken in [r#""Ada@example.test""#, r#""ada""#, r#""ada@exämple.test""#, r#""ada@example.test\n""#, r#""@""#] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }
}
