//! What calls consume, as DynamoDB counts it: request units, and the bytes that travel. For the table of what operations cost.

use std::ops::AddAssign;

use serde_json::{Value, json};

use crate::engine::{Answer, writes};

/// What some calls consumed. A call that is refused says nothing of its units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Consumed {
    /// Calls.
    pub calls: usize,
    /// Read request units: 4 KiB each, half of it for an eventually consistent read, twice for a transaction.
    pub read_units: f64,
    /// Write request units: 1 KiB each, twice for a transaction, and those of the index.
    pub write_units: f64,
    /// Bytes of the requests' bodies.
    pub sent: usize,
    /// Bytes of the replies' bodies.
    pub received: usize,
}

impl AddAssign for Consumed {
    fn add_assign(&mut self, more: Self) {
        self.calls += more.calls;
        self.read_units += more.read_units;
        self.write_units += more.write_units;
        self.sent += more.sent;
        self.received += more.received;
    }
}

/// The request, asking what it consumes.
pub(crate) fn asking(body: &str) -> Option<String> {
    let mut request: Value = serde_json::from_str(body).ok()?;
    request.as_object_mut()?.insert("ReturnConsumedCapacity".to_owned(), json!("TOTAL"));
    Some(request.to_string())
}

/// What a call consumed by its own account, and the answer as it would be to a request that did not ask.
pub(crate) fn told(operation: &str, sent: usize, answer: Answer) -> (Consumed, Answer) {
    let mut units = 0.0;
    let mut answer = answer;
    if let Ok(Value::Object(mut members)) = serde_json::from_str::<Value>(&answer.body)
        && let Some(told) = members.remove("ConsumedCapacity")
    {
        let tables = told.as_array().cloned().unwrap_or_else(|| vec![told]);
        units = tables.iter().filter_map(|table| table.get("CapacityUnits")?.as_f64()).sum();
        answer.body = Value::Object(members).to_string();
    }
    let (read_units, write_units) = if writes(operation) { (0.0, units) } else { (units, 0.0) };
    (Consumed { calls: 1, read_units, write_units, sent, received: answer.body.len() }, answer)
}

#[cfg(test)]
mod tests {
    use super::{Consumed, asking, told};
    use crate::engine::Answer;

    #[test]
    fn a_request_asks_and_the_answer_is_as_if_it_had_not() {
        assert_eq!(asking(r#"{"TableName":"t"}"#).as_deref(), Some(r#"{"ReturnConsumedCapacity":"TOTAL","TableName":"t"}"#));
        let body = r#"{"ConsumedCapacity":[{"CapacityUnits":2.5,"TableName":"t"}],"Responses":{}}"#.to_owned();
        let (consumed, answer) = told("BatchGetItem", 10, Answer { status: 200, body });
        assert_eq!(answer.body, r#"{"Responses":{}}"#);
        assert_eq!(consumed, Consumed { calls: 1, read_units: 2.5, write_units: 0.0, sent: 10, received: 16 });
        let body = r#"{"ConsumedCapacity":{"CapacityUnits":3.0,"TableName":"t"}}"#.to_owned();
        let (consumed, answer) = told("UpdateItem", 10, Answer { status: 200, body });
        assert_eq!((consumed.write_units, answer.body.as_str()), (3.0, "{}"));
    }
}
