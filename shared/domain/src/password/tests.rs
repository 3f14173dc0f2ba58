//! What may be set and what may not.

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
    "zenith", "apron", "bramble", "cactus", "drizzle", "easel", "funnel", "glacier", "hammock", "inkwell", "jasmine", "kernel",
    "lantern", "marble", "nutmeg",
];

#[test]
fn a_hundred_passphrases_of_lower_case_words_pass() {
    for n in 0..100_u32 {
        // The digest of a counter serves as repeatable dice.
        let dice = crate::digest::Digest::of(&n.to_be_bytes()).to_string();
        let words: Vec<&str> = (0..4).map(|i| WORDS[usize::from_str_radix(&dice[2 * i..2 * i + 2], 16).unwrap() % 64]).collect();
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
