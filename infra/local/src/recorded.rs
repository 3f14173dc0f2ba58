//! What each function did with the table: actions as IAM names them, where, and on which keys. For the tests that hold the roles of
//! `infra/template.yaml` against what the code really does.

use std::fmt;

use serde_json::Value;

/// One thing that a function did.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// The function, as its crate is called.
    pub function: String,
    /// `PutItem`, `Query`, …: in a transaction the actions of its items.
    pub action: String,
    /// The index, where one was read.
    pub index: Option<String>,
    /// What the partition key begins with, such as `DEV#`; nothing for an index, whose keys are no rule's business.
    pub prefix: String,
}

tokio::task_local! {
    static FUNCTION: String;
}

/// Runs what a function does, so that its calls are known for its own. What it spawns is not.
pub async fn acting_as<F: Future>(function: &str, work: F) -> F::Output {
    FUNCTION.scope(function.to_owned(), work).await
}

/// What a call of the function that acts now does. Nothing outside a function.
pub(crate) fn uses(operation: &str, body: &str) -> Vec<Use> {
    let Ok(function) = FUNCTION.try_with(Clone::clone) else { return Vec::new() };
    let request: Value = serde_json::from_str(body).unwrap_or_default();
    let index = request.get("IndexName").and_then(Value::as_str).map(str::to_owned);
    let used = |action: &str, prefix: String| Use {
        function: function.clone(),
        action: action.to_owned(),
        index: index.clone(),
        prefix,
    };
    let members = |name: &str| request.get(name).and_then(Value::as_array).into_iter().flatten();
    match operation {
        "TransactWriteItems" => members("TransactItems")
            .filter_map(Value::as_object)
            .flatten()
            .map(|(kind, write)| {
                let action = if kind == "ConditionCheck" { "ConditionCheckItem".to_owned() } else { format!("{kind}Item") };
                used(&action, prefix(write))
            })
            .collect(),
        "TransactGetItems" => {
            members("TransactItems").filter_map(|item| Some(used("GetItem", prefix(item.get("Get")?)))).collect()
        }
        "BatchGetItem" => {
            let tables = request.get("RequestItems").and_then(Value::as_object).into_iter().flatten();
            let keys = tables.filter_map(|(_, table)| table.get("Keys")?.as_array()).flatten();
            keys.map(|key| used("BatchGetItem", begin(key))).collect()
        }
        "Query" if index.is_some() => vec![used("Query", String::new())],
        "Query" => vec![used("Query", queried(&request))],
        "Scan" => vec![used("Scan", String::new())],
        single => vec![used(single, prefix(&request))],
    }
}

/// What the partition key of the write's `Key` or `Item` begins with.
fn prefix(write: &Value) -> String {
    write.get("Key").or_else(|| write.get("Item")).map(begin).unwrap_or_default()
}

fn begin(key: &Value) -> String {
    let pk = key.get("pk").and_then(|pk| pk.get("S")?.as_str()).unwrap_or_default();
    pk.split_inclusive('#').next().unwrap_or_default().to_owned()
}

/// What the partition of a query begins with: a condition names its partition first.
fn queried(request: &Value) -> String {
    let condition = request.get("KeyConditionExpression").and_then(Value::as_str).unwrap_or_default();
    let name = condition.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':' || c == '_')).find(|word| word.starts_with(':'));
    let value = name.and_then(|name| request.get("ExpressionAttributeValues")?.get(name)?.get("S")?.as_str());
    value.unwrap_or_default().split_inclusive('#').next().unwrap_or_default().to_owned()
}

impl Use {
    /// Reads what [`fmt::Display`] wrote.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let mut words = line.split('\t').map(str::to_owned);
        let (function, action, index, prefix) = (words.next()?, words.next()?, words.next()?, words.next()?);
        Some(Self { function, action, index: Some(index).filter(|index| !index.is_empty()), prefix })
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\t{}\t{}\t{}", self.function, self.action, self.index.as_deref().unwrap_or_default(), self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::{Use, acting_as, uses};
    use serde_json::json;

    async fn of(operation: &str, body: serde_json::Value) -> Vec<String> {
        let found = acting_as("create-app", async { uses(operation, &body.to_string()) }).await;
        assert!(found.iter().all(|one| Use::read(&one.to_string()).as_ref() == Some(one)));
        found.iter().map(|one| format!("{} {} {}", one.action, one.index.as_deref().unwrap_or("-"), one.prefix)).collect()
    }

    #[tokio::test]
    async fn a_call_is_the_actions_that_it_needs_on_the_keys_that_it_names() {
        let key = |pk: &str| json!({ "pk": { "S": pk }, "sk": { "S": "META" } });
        assert_eq!(of("PutItem", json!({ "Item": key("DEV#1") })).await, ["PutItem - DEV#"]);
        assert_eq!(of("DeleteItem", json!({ "Key": key("TABLE") })).await, ["DeleteItem - TABLE"]);
        let batch = json!({ "RequestItems": { "t": { "Keys": [key("DEV#1"), key("PORTAL#2")] } } });
        assert_eq!(of("BatchGetItem", batch).await, ["BatchGetItem - DEV#", "BatchGetItem - PORTAL#"]);
        let transaction = json!({ "TransactItems": [
            { "ConditionCheck": { "Key": key("API#1") } },
            { "Put": { "Item": key("APP#1") } },
            { "Update": { "Key": key("DEV#1") } },
        ] });
        let wanted = ["ConditionCheckItem - API#", "PutItem - APP#", "UpdateItem - DEV#"];
        assert_eq!(of("TransactWriteItems", transaction).await, wanted);
        let query = json!({
            "KeyConditionExpression": "#a = :b AND begins_with(#c, :d)",
            "ExpressionAttributeValues": { ":d": { "S": "APP#" }, ":b": { "S": "DEV#1" } },
        });
        assert_eq!(of("Query", query.clone()).await, ["Query - DEV#"]);
        let mut of_index = query;
        of_index["IndexName"] = json!("lists");
        assert_eq!(of("Query", of_index).await, ["Query lists "]);
        assert!(uses("PutItem", "{}").is_empty(), "nobody acts here");
    }
}
