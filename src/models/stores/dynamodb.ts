import type { StoreModel, StoreOperation } from "../store-model.ts";

const READ: StoreOperation = { kind: "read" };
const WRITE: StoreOperation = { kind: "write" };

/** Named after the requests of its API; `getItem`, `GetItemCommand` and the document client's `get` are one. */
export const dynamodb: StoreModel = {
  id: "dynamodb",
  packages: ["@aws-sdk/lib-dynamodb", "@aws-sdk/client-dynamodb", "aws-sdk"],
  exports: ["DynamoDBDocumentClient", "DynamoDBDocument", "DynamoDBClient", "DynamoDB"],
  hasOtherExports: true,
  operations: {
    get: READ,
    query: READ,
    scan: READ,
    put: WRITE,
    update: WRITE,
    delete: { kind: "delete" },
  },
  requests: {
    sends: "send",
    suffix: /(?:Item)?(?:Command)?$/,
    table: "TableName",
    key: "Key",
    row: "Item",
    query: "KeyConditionExpression",
    change: "UpdateExpression",
    condition: "ConditionExpression",
    values: "ExpressionAttributeValues",
    names: "ExpressionAttributeNames",
  },
  resultFields: ["Item", "Items", "Attributes"],
  source:
    "docs.aws.amazon.com, DynamoDB Developer Guide: a request changes one item atomically; a read and a write are two requests; ConditionExpression makes a write fail where it does not hold; update expressions compute from the stored item",
};
