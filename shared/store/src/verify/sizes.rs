//! How large DynamoDB takes an item to be.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::Item;

/// The most that an item can have, in bytes.
pub(super) const MOST: usize = 400 * 1024;

/// The size of an item: names and values, as the developer guide counts them ("Item sizes and formats").
pub(super) fn of(item: &Item) -> usize {
    item.attributes.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::Ss(texts) => texts.iter().map(String::len).sum(),
        AttributeValue::Ns(numbers) => numbers.iter().map(|digits| digits.len().div_ceil(2) + 1).sum(),
        AttributeValue::L(values) => 3 + values.iter().map(|value| 1 + value_size(value)).sum::<usize>(),
        AttributeValue::M(values) => 3 + values.iter().map(|(name, value)| 1 + name.len() + value_size(value)).sum::<usize>(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{MOST, of};
    use crate::{Item, Key};

    #[test]
    fn an_item_is_as_large_as_its_names_and_values() {
        let key = Key::from_parts("PK", "SK");
        let size = |entity| of(&Item::new(&key, "x", &entity).expect("an item"));
        let keys_and_kind = "pkPKskSKkindx".len();
        assert_eq!(size(json!({})), keys_and_kind);
        assert_eq!(size(json!({ "name": "é" })), keys_and_kind + 6);
        assert_eq!(size(json!({ "n": 12345, "b": true })), keys_and_kind + 1 + 4 + 1 + 1);
        assert_eq!(size(json!({ "l": ["ab"], "m": { "k": "v" } })), keys_and_kind + 1 + 3 + 3 + 1 + 3 + 3);
        assert!(size(json!({ "text": "x".repeat(MOST) })) > MOST);
    }
}
