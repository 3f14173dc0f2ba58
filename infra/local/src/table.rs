//! The table that the embedded engine holds: made when it is missing, refused when it is of a newer format.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ReturnValuesOnConditionCheckFailure, ScalarAttributeType, StreamSpecification, StreamViewType,
    TimeToLiveSpecification,
};

/// The format that this version reads and writes (item `TABLE / META`).
pub const FORMAT: u32 = 1;

/// The name that the table goes by in the embedded engine.
pub const TABLE: &str = "portico";

/// Why the table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A newer version of Portico has written it.
    #[error("the table has format {found}, newer than the format {FORMAT} that this version knows: use a newer portico")]
    Newer {
        /// The format found.
        found: u32,
    },
    /// The item that names the format is there and cannot be read.
    #[error("the table's format cannot be read")]
    Unreadable,
    /// There is no such table, where one must be.
    #[error("there is no table {0} in this account and region")]
    Missing(String),
    /// A call failed; the text holds the whole chain of causes.
    #[error("the table cannot be prepared: {0}")]
    Call(String),
}

/// Makes the table if it is missing and checks its format. Safe to repeat.
///
/// # Errors
/// [`TableError::Newer`] if the table is of a newer version; the others if it cannot be used at all.
pub async fn prepare(client: &Client, table: &str) -> Result<(), TableError> {
    match read_format(client, table).await {
        Ok(Some(found)) => return checked(found).map(|_| ()),
        Ok(None) => {}
        Err(ReadError::NoTable) => create(client, table).await?,
        Err(ReadError::Other(error)) => return Err(error),
    }
    expire_items(client, table).await?;
    mark(client, table).await
}

/// Makes the table with its stream, as the stack does: empty.
///
/// # Errors
/// [`TableError::Call`].
pub async fn create(client: &Client, table: &str) -> Result<(), TableError> {
    definition(client, table).map_err(failed)?.send().await.map_err(failed)?;
    Ok(())
}

/// What tells a table from another one of the same name that came after it: the name of its stream.
///
/// # Errors
/// [`TableError::Call`].
pub async fn identity(client: &Client, table: &str) -> Result<String, TableError> {
    let described = client.describe_table().table_name(table).send().await.map_err(failed)?;
    let stream = described.table.and_then(|table| table.latest_stream_arn);
    stream.ok_or_else(|| TableError::Call(format!("the table {table} has no stream")))
}

/// The format of a table that must be there; nothing if it is not marked with one yet.
///
/// # Errors
/// [`TableError::Newer`] if it is of a newer version; the others if it cannot be read.
pub async fn format(client: &Client, table: &str) -> Result<Option<u32>, TableError> {
    match read_format(client, table).await {
        Ok(found) => found.map(checked).transpose(),
        Err(ReadError::NoTable) => Err(TableError::Missing(table.to_owned())),
        Err(ReadError::Other(error)) => Err(error),
    }
}

/// Marks a table with the format of this version, unless it is marked already. Safe to repeat.
///
/// # Errors
/// As [`prepare`].
pub async fn mark(client: &Client, table: &str) -> Result<(), TableError> {
    let written = client
        .put_item()
        .table_name(table)
        .item("pk", text("TABLE"))
        .item("sk", text("META"))
        .item("kind", text("table"))
        .item("format", AttributeValue::N(FORMAT.to_string()))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::None)
        .send()
        .await;
    match written {
        Ok(_) => Ok(()),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception()) => {
            match read_format(client, table).await {
                Ok(Some(found)) => checked(found).map(|_| ()),
                Ok(None) | Err(ReadError::NoTable) => Err(TableError::Unreadable),
                Err(ReadError::Other(error)) => Err(error),
            }
        }
        Err(error) => Err(failed(error)),
    }
}

enum ReadError {
    NoTable,
    Other(TableError),
}

async fn read_format(client: &Client, table: &str) -> Result<Option<u32>, ReadError> {
    let read =
        client.get_item().table_name(table).key("pk", text("TABLE")).key("sk", text("META")).consistent_read(true).send().await;
    match read {
        Ok(read) => read
            .item
            .map(|item| {
                item.get("format")
                    .and_then(|format| format.as_n().ok()?.parse().ok())
                    .ok_or(ReadError::Other(TableError::Unreadable))
            })
            .transpose(),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
            Err(ReadError::NoTable)
        }
        Err(error) => Err(ReadError::Other(failed(error))),
    }
}

fn checked(found: u32) -> Result<u32, TableError> {
    if found > FORMAT { Err(TableError::Newer { found }) } else { Ok(found) }
}

/// Apart from the table's creation: a start that was cut off between the two is made good by the next.
async fn expire_items(client: &Client, table: &str) -> Result<(), TableError> {
    let now = client.describe_time_to_live().table_name(table).send().await.map_err(failed)?;
    if now.time_to_live_description.is_some_and(|now| now.attribute_name.is_some()) {
        return Ok(());
    }
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name("ttl").build().map_err(failed)?;
    client.update_time_to_live().table_name(table).time_to_live_specification(ttl).send().await.map_err(failed)?;
    Ok(())
}

/// The same definition as `PorticoTable` in `infra/template.yaml`.
fn definition(client: &Client, table: &str) -> Result<CreateTableFluentBuilder, aws_sdk_dynamodb::error::BuildError> {
    let mut create = client.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
    for name in ["pk", "sk", "list", "list_at"] {
        let attribute = AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
        create = create.attribute_definitions(attribute.build()?);
    }
    let lists = GlobalSecondaryIndex::builder()
        .index_name("lists")
        .key_schema(key("list", KeyType::Hash)?)
        .key_schema(key("list_at", KeyType::Range)?)
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .build()?;
    let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewAndOldImages).build()?;
    Ok(create
        .key_schema(key("pk", KeyType::Hash)?)
        .key_schema(key("sk", KeyType::Range)?)
        .global_secondary_indexes(lists)
        .stream_specification(stream))
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, aws_sdk_dynamodb::error::BuildError> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build()
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn failed(error: impl std::error::Error) -> TableError {
    TableError::Call(DisplayErrorContext(error).to_string())
}
