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
        if text.len() > Self::MAX_BYTES {
            return Err(PasswordError::TooManyBytes);
        }
        let password = nfc(text);
        match password.chars().count() {
            chars if chars < Self::MIN_CHARS => return Err(PasswordError::TooShort),
            chars if chars > Self::MAX_CHARS => return Err(PasswordError::TooLong),
            _ => {}
        }
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
        if strength(&password, &known) < Self::MIN_SCORE {
            return Err(PasswordError::Guessable);
        }
        Ok(Self(password))
    }

    /// The bytes to hash.
    pub fn expose(&self) -> &[u8] {
        self.0.as_bytes()
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

impl fmt::Debug for AttemptedPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttemptedPassword(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{AttemptedPassword, Password, PasswordContext, PasswordError};
    use crate::email::EmailAddress;
    use crate::text::FullName;

    fn parse_for(email: &str, portal_name: &str, text: &str) -> Result<Vec<u8>, PasswordError> {
        let email = EmailAddress::parse(email).unwrap();
        let full_name = FullName::parse("Ada Lovelace").unwrap();
        let context = PasswordContext { portal_name, email: &email, full_name: &full_name };
        Password::parse(text, &context).map(|password| password.expose().to_vec())
    }

    fn parse(text: &str) -> Result<Vec<u8>, PasswordError> {
        parse_for("ada.lovelace@example.test", "Weatherworks", text)
    }

    /// A list of short words of which passphrases are made; indexed by a counter, so that the test repeats.
    const WORDS: [&str; 64] = [
        "anvil", "badger", "candle", "dapper", "ember", "fossil", "gravel", "hazel", "island", "jigsaw", "kettle", "lumber",
        "magnet", "nectar", "oyster", "pebble", "quartz", "ribbon", "saddle", "timber", "umpire", "velvet", "walnut", "yonder",
        "zipper", "acorn", "basil", "clover", "dune", "elbow", "fable", "goblet", "harbor", "ivory", "jungle", "kiosk", "ladder",
        "mitten", "noodle", "orbit", "parcel", "quiver", "rocket", "sphere", "tunnel", "utopia", "vortex", "willow", "yogurt",
        "zenith", "apron", "bramble", "cactus", "drizzle", "easel", "funnel", "glacier", "hammock", "inkwell", "jasmine",
        "kernel", "lantern", "marble", "nutmeg",
    ];

    #[test]
    fn a_hundred_passphrases_of_lower_case_words_pass() {
        for n in 0..100_u32 {
            // The digest of a counter serves as repeatable dice.
            let dice = crate::digest::Digest::of(&n.to_be_bytes()).to_string();
            let words: Vec<&str> =
                (0..4).map(|i| WORDS[usize::from_str_radix(&dice[2 * i..2 * i + 2], 16).unwrap() % 64]).collect();
            let phrase = words.join(" ");
            assert!(parse(&phrase).is_ok(), "{phrase}");
        }
    }

    #[test]
    fn long_passwords_that_everybody_uses_are_guessable() {
        for text in [
            "password1234",
            "Password12345",
            "passwordpassword",
            "P@ssw0rd1234",
            "password!!!!!",
            "passw0rd12345",
            "qwertyuiop123",
            "qwertyuiop12",
            "qwertyqwerty",
            "qwerty123456",
            "Qwerty1234567",
            "qwertyuiopasdf",
            "qwertyuiop[]",
            "asdfghjkl123",
            "asdfghjkl;'12",
            "zxcvbnm12345",
            "zxcvbnmasdfgh",
            "1q2w3e4r5t6y",
            "1q2w3e4r5t6y7u8i",
            "q1w2e3r4t5y6",
            "1qaz2wsx3edc",
            "1qaz2wsx3edc4rfv",
            "zaq12wsxcde3",
            "123456789012",
            "1234567890123",
            "012345678901",
            "111111111111",
            "000000000000",
            "aaaaaaaaaaaaaaa",
            "abcabcabcabc",
            "abcdefghijkl",
            "abcdefgh1234",
            "abc123abc123",
            "123123123123",
            "112233445566",
            "987654321098",
            "iloveyou1234",
            "iloveyouiloveyou",
            "letmein12345",
            "letmeinletmein",
            "welcome12345",
            "Welcome12345!",
            "administrator",
            "administrator1",
            "admin1234567",
            "changeme1234",
            "monkey123456",
            "dragon123456",
            "football1234",
            "princess1234",
            "sunshine1234",
            "superman1234",
            "trustno1trustno1",
            "baseball2024",
            "January12025",
            "secret123456",
            "master123456",
        ] {
            assert_eq!(parse(text), Err(PasswordError::Guessable), "{text}");
        }
    }

    #[test]
    fn the_name_in_the_address_with_digits_is_refused() {
        for (email, text) in [
            ("ada.lovelace@example.test", "ada.lovelace"),
            ("ada.lovelace@example.test", "Ada.Lovelace2024"),
            ("ada.lovelace@example.test", "adalovelace1815!"),
            ("ada.lovelace@example.test", "1815-ada.lovelace"),
            ("ada.lovelace@example.test", "ada.lovelace@example.test"),
            ("xq7w@example.test", "xq7w20240116"),
            ("xq7w@example.test", "xq7wxq7wxq7w"),
        ] {
            assert_eq!(parse_for(email, "Weatherworks", text), Err(PasswordError::EmailAddress), "{text}");
        }
    }

    #[test]
    fn the_name_of_the_portal_with_digits_is_refused() {
        for text in ["Weatherworks", "weatherworks2026", "2026 WEATHERWORKS!", "WeatherWorksWeatherWorks"] {
            assert_eq!(parse(text), Err(PasswordError::PortalName), "{text}");
        }
    }

    #[test]
    fn length_is_12_to_128_characters_and_the_kind_of_character_does_not_matter() {
        assert_eq!(parse("xkfjwqpzmvt"), Err(PasswordError::TooShort));
        assert_eq!(parse(""), Err(PasswordError::TooShort));
        let phrase = WORDS.join("");
        for length in [15, 64, 128] {
            assert!(parse(&phrase[..length]).is_ok(), "{length}");
        }
        assert_eq!(parse(&phrase[..129]), Err(PasswordError::TooLong));
        assert!(parse("  trailing blanks stay, says Ada ").is_ok_and(|bytes| bytes.ends_with(b" ")));
        assert!(parse("žluťoučký 🐎 úpěl").is_ok());
    }

    #[test]
    fn more_than_1024_bytes_are_refused_before_anything_else() {
        let most = "🐎 ".repeat(204);
        assert_eq!(most.len(), 1_020);
        assert_eq!(parse(&most), Err(PasswordError::TooLong));
        assert_eq!(parse(&"x".repeat(1_025)), Err(PasswordError::TooManyBytes));
        assert_eq!(parse(&"x".repeat(10_000_000)), Err(PasswordError::TooManyBytes));
        assert_eq!(AttemptedPassword::parse(&"x".repeat(1_025)).map(|_| ()), Err(PasswordError::TooManyBytes));
    }

    #[test]
    fn both_typed_forms_of_a_letter_are_the_same_password_and_no_other_change_is() {
        let attempt = |text: &str| AttemptedPassword::parse(text).map(|password| password.expose().to_vec());
        let set = parse("caf\u{e9} au lait matin ");
        assert!(set.is_ok());
        assert_eq!(attempt("cafe\u{301} au lait matin "), set);
        assert_eq!(attempt("caf\u{e9} au lait matin "), set);
        assert_ne!(attempt("caf\u{e9} au lait matin"), set);
        assert_ne!(attempt("Caf\u{e9} au lait matin "), set);
        // What could not be set may still be typed.
        assert_eq!(attempt("x"), Ok(b"x".to_vec()));
    }

    #[test]
    fn the_estimate_ends_soon_and_never_fails_whatever_is_typed() {
        let hostile = [
            "4@8({[<69!1|0$5+7%2",
            "a4@b8c({e3g69i1!l|7o0s$5t+x%z2",
            "2020",
            "19451112",
            "1.1.2020",
            "p4$$w0rd",
            "ai",
            "qWeRtY",
            "İıßﬁ",
            "\u{301}e🐎",
            "\0\r\n",
        ];
        for text in hostile {
            for length in [12, 19, 20, 21, 41, 128] {
                let text: String = text.chars().cycle().take(length).collect();
                let _ = parse(&text);
            }
        }
    }

    #[test]
    fn what_is_repeated_counts_once() {
        for text in ["Password1234!", "qwertyuiop123", "summer2024", "aB1", "letmeinplease"] {
            assert_eq!(parse(&text.repeat(7)), Err(PasswordError::Guessable), "{text}");
        }
    }

    #[test]
    fn debug_shows_no_password() {
        assert_eq!(format!("{:?}", AttemptedPassword::parse("hunter2 hunter2")), "Ok(AttemptedPassword(…))");
    }
}
