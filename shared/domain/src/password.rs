//! Passwords: which ones may be set, and how a typed one is read at sign-in.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::Score;

use crate::email::EmailAddress;
use crate::text::FullName;

/// A password that may be set: it has passed every rule.
///
/// Kept in NFC, so that both typed forms of an accented letter sign in. No `Clone`, no `Serialize`, no `Display`;
/// `Debug` does not show it, and the memory is wiped when it goes.
pub struct Password(Zeroizing<String>);

/// A password that somebody wants to set, of a length that may be set. The other rules need to know whose it is to be.
pub struct ProposedPassword(Zeroizing<String>);

/// A password as somebody types it to sign in: nothing is said about its strength, because the hash decides.
pub struct AttemptedPassword(Zeroizing<String>);

/// Whom the password is for: what an attacker would try first.
#[derive(Clone, Copy, Debug)]
pub struct PasswordContext<'a> {
    /// The portal's name.
    pub portal_name: &'a str,
    /// The developer's address.
    pub email: &'a EmailAddress,
    /// The developer's name.
    pub full_name: &'a FullName,
}

/// Why a password cannot be set. Reads on after the name of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// More than [`Password::MAX_BYTES`]; decided before any other work.
    #[error("must have at most {} bytes", Password::MAX_BYTES)]
    TooManyBytes,
    /// Fewer than [`Password::MIN_CHARS`].
    #[error("must have at least {} characters", Password::MIN_CHARS)]
    TooShort,
    /// More than [`Password::MAX_CHARS`].
    #[error("must have at most {} characters", Password::MAX_CHARS)]
    TooLong,
    /// The name in the e-mail address, with digits or without.
    #[error("must not be your e-mail address with digits added")]
    EmailAddress,
    /// The portal's name, with digits or without.
    #[error("must not be the portal's name with digits added")]
    PortalName,
    /// The estimate of the strength is below [`Password::MIN_SCORE`].
    #[error("is easy to guess; several unrelated words make a good one")]
    Guessable,
}

/// How many characters the strength is estimated of at a time.
const WINDOW: usize = 20;

impl Password {
    /// The fewest characters, counted in NFC.
    pub const MIN_CHARS: usize = 12;
    /// The most characters, counted in NFC.
    pub const MAX_CHARS: usize = 128;
    /// The most bytes that are looked at.
    pub const MAX_BYTES: usize = 1_024;
    /// Of zxcvbn's scores 0 to 4, "safely unguessable: moderate protection from an offline slow-hash attack",
    /// which is what a hash that was stolen would face.
    pub const MIN_SCORE: Score = Score::Three;

    /// Reads a new password. There is no rule about kinds of characters.
    ///
    /// # Errors
    /// [`PasswordError`] names the first rule that it breaks.
    pub fn parse(text: &str, context: &PasswordContext<'_>) -> Result<Self, PasswordError> {
        ProposedPassword::parse(text)?.accept(context)
    }

    /// The bytes to hash.
    pub fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl ProposedPassword {
    /// Reads what somebody wants for a password.
    ///
    /// # Errors
    /// [`PasswordError::TooManyBytes`], [`PasswordError::TooShort`] or [`PasswordError::TooLong`].
    pub fn parse(text: &str) -> Result<Self, PasswordError> {
        if text.len() > Password::MAX_BYTES {
            return Err(PasswordError::TooManyBytes);
        }
        let password = nfc(text);
        match password.chars().count() {
            chars if chars < Password::MIN_CHARS => Err(PasswordError::TooShort),
            chars if chars > Password::MAX_CHARS => Err(PasswordError::TooLong),
            _ => Ok(Self(password)),
        }
    }

    /// The password, if it is no easy guess for somebody who knows whose it is.
    ///
    /// # Errors
    /// [`PasswordError`] names the first rule that it breaks.
    pub fn accept(self, context: &PasswordContext<'_>) -> Result<Password, PasswordError> {
        let Self(password) = self;
        let email = context.email;
        if [email.local_part(), email.canonical()].iter().any(|name| is_name_with_digits(&password, name)) {
            return Err(PasswordError::EmailAddress);
        }
        if is_name_with_digits(&password, context.portal_name) {
            return Err(PasswordError::PortalName);
        }
        let known = [context.portal_name, email.local_part(), email.domain(), context.full_name.as_str()];
        let words = known
            .iter()
            .flat_map(|text| text.split(|char: char| !char.is_alphanumeric()))
            .filter(|word| word.chars().count() > 2);
        let known: Vec<&str> = known.iter().copied().chain(words).collect();
        if strength(&password, &known) < Password::MIN_SCORE {
            return Err(PasswordError::Guessable);
        }
        Ok(Password(password))
    }
}

impl AttemptedPassword {
    /// Reads a typed password in the form in which it was set.
    ///
    /// # Errors
    /// [`PasswordError::TooManyBytes`] and nothing else: no password that can be set is that long.
    pub fn parse(text: &str) -> Result<Self, PasswordError> {
        if text.len() > Password::MAX_BYTES { Err(PasswordError::TooManyBytes) } else { Ok(Self(nfc(text))) }
    }

    /// The bytes to compare with the hash.
    pub fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn nfc(text: &str) -> Zeroizing<String> {
    // Room for the threefold growth that NFC can cause: no copy is left behind by a reallocation.
    let mut out = Zeroizing::new(String::with_capacity(3 * text.len()));
    out.extend(text.nfc());
    out
}

/// The estimate for the strongest stretch of the password, which an attacker has to guess in any case.
///
/// zxcvbn 3.1 is asked about at most [`WINDOW`] characters at a time: its time grows with the square of the length, and beyond
/// 20 parts its arithmetic overflows. What is only repeated counts once.
fn strength(password: &str, known: &[&str]) -> Score {
    let chars: Zeroizing<Vec<char>> = Zeroizing::new(password.chars().collect());
    let period = (1..=chars.len()).find(|period| chars.iter().zip(chars.iter().skip(*period)).all(|(a, b)| a == b));
    let once = chars.get(..period.unwrap_or(chars.len())).unwrap_or_default();
    let score = |window: &[char]| {
        let window = Zeroizing::new(window.iter().collect::<String>());
        zxcvbn::zxcvbn(&window, known).score()
    };
    once.chunks(WINDOW).map(score).max().unwrap_or(Score::Zero)
}

/// Whether nothing but digits and separators is left of the password once the name is taken out of it, as often as it
/// is there, whatever the case.
fn is_name_with_digits(password: &str, name: &str) -> bool {
    let letters = |text: &str| -> Zeroizing<String> {
        Zeroizing::new(text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect())
    };
    let (password, name) = (letters(password), letters(name));
    if name.is_empty() || !password.contains(name.as_str()) {
        return false;
    }
    Zeroizing::new(password.replace(name.as_str(), "")).chars().all(|char| char.is_numeric())
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl fmt::Debug for ProposedPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProposedPassword(…)")
    }
}

impl fmt::Debug for AttemptedPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttemptedPassword(…)")
    }
}

#[cfg(test)]
mod tests;
