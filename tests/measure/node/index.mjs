// The read of `browse-catalog` as many functions do it today: Node and the AWS SDK, one GetItem of the portal. The loop around it is
// Lambda's Runtime API and no more, which is less than Lambda's own runtime for Node does.

import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient({});
const runtime = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;

async function handle() {
  const key = { pk: { S: `PORTAL#${process.env.PORTICO_PORTAL_ID}` }, sk: { S: "META" } };
  const { Item } = await client.send(new GetItemCommand({ TableName: process.env.PORTICO_TABLE, Key: key }));
  if (!Item) throw new Error("the portal is not there");
  return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(Item) };
}

for (;;) {
  const next = await fetch(`${runtime}/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  await next.json();
  await fetch(`${runtime}/${id}/response`, { method: "POST", body: JSON.stringify(await handle()) });
}
