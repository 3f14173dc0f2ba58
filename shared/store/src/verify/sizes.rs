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
