//! Numbers in base 62 with a fixed width: the digits, then upper case, then lower case.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Appends the big-endian number in exactly `width` digits; what does not fit is cut off at the front.
pub(crate) fn encode<const N: usize>(mut number: [u8; N], width: usize, out: &mut String) {
    let start = out.len();
    for _ in 0..width {
        let mut remainder = 0_u32;
        for byte in &mut number {
            let value = (remainder << 8) | u32::from(*byte);
            // A remainder is below 62, so the quotient is below 256.
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            remainder = value % 62;
        }
        let digit = usize::try_from(remainder).ok().and_then(|index| ALPHABET.get(index)).copied().unwrap_or(b'0');
        out.insert(start, char::from(digit));
    }
}

/// The value of such a number, or `None` if it has a foreign character or does not fit into 128 bits.
pub(crate) fn decode(digits: &[u8]) -> Option<u128> {
    digits.iter().try_fold(0_u128, |value, digit| value.checked_mul(62)?.checked_add(u128::from(digit_value(*digit)?)))
}

fn digit_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'Z' => Some(digit - b'A' + 10),
        b'a'..=b'z' => Some(digit - b'a' + 36),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    fn encoded(number: u128) -> String {
        let mut out = String::from("_");
        encode(number.to_be_bytes(), 22, &mut out);
        out
    }

    #[test]
    fn a_number_comes_back_and_has_a_fixed_width() {
        for number in [0, 1, 61, 62, u128::from(u64::MAX), u128::MAX - 1, u128::MAX] {
            let text = encoded(number);
            assert_eq!(text.len(), 23);
            assert_eq!(decode(&text.as_bytes()[1..]), Some(number), "{text}");
        }
        assert_eq!(encoded(62 * 62 + 1), "_0000000000000000000101");
    }

    #[test]
    fn what_is_too_large_or_not_a_digit_is_refused() {
        assert_eq!(decode(b"zzzzzzzzzzzzzzzzzzzzzz"), None);
        assert_eq!(decode(b"00-1"), None);
        assert_eq!(decode("é".as_bytes()), None);
    }
}
