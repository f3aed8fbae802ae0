import type { StoreModel, StoreOperation, StoreRepairs } from "../store-model.ts";

const READ: StoreOperation = { kind: "read", key: 0 };
const UPDATE: StoreOperation = { kind: "write", key: 0, data: 1 };
/** Gives the document, as it was or as it is now. */
const FIND_AND_UPDATE: StoreOperation = { ...UPDATE, givesRow: true };
const DELETE: StoreOperation = { kind: "delete", key: 0 };
const CREATE: StoreOperation = { kind: "create", data: 0 };

/** Operators that the server applies to the document as it is then. */
const ATOMIC_OPERATORS = ["$inc", "$push", "$mul", "$pop", "$bit", "$currentDate"];

/** Those after which a second application finds nothing to do. */
const IDEMPOTENT_OPERATORS = [
  "$addToSet",
  "$pull",
  "$pullAll",
  "$min",
  "$max",
  "$setOnInsert",
  "$unset",
];

const REPAIRS: StoreRepairs = {
  sum: { around: "column", add: "$inc" },
  condition: {
    operations: { updateOne: "updateOne", findOneAndUpdate: "findOneAndUpdate" },
    filter: { argument: 0 },
  },
};

const OPERATIONS: Readonly<Record<string, StoreOperation>> = {
  findOne: READ,
  find: READ,
  countDocuments: READ,
  distinct: READ,
  insertMany: CREATE,
  updateOne: UPDATE,
  updateMany: UPDATE,
  replaceOne: UPDATE,
  findOneAndUpdate: FIND_AND_UPDATE,
  findOneAndReplace: FIND_AND_UPDATE,
  deleteOne: DELETE,
  deleteMany: DELETE,
  findOneAndDelete: DELETE,
  startTransaction: { kind: "begin", protects: "always" },
  commitTransaction: { kind: "end" },
  abortTransaction: { kind: "end" },
};

export const mongodb: StoreModel = {
  id: "mongodb",
  packages: ["mongodb"],
  exports: ["MongoClient", "Collection", "Db"],
  operations: { ...OPERATIONS, insertOne: CREATE, estimatedDocumentCount: READ },
  ownKeys: ["_id"],
  atomicFields: ATOMIC_OPERATORS,
  idempotentFields: IDEMPOTENT_OPERATORS,
  repairs: REPAIRS,
  transactions: { withTransaction: { callback: 0, protects: "always" } },
  source:
    "MongoDB manual, Atomicity and Transactions: an update of one document is atomic; a transaction that wrote a document which changed since it began is aborted",
};

export const mongoose: StoreModel = {
  id: "mongoose",
  packages: ["mongoose", "@typegoose/typegoose", "ts-mongoose"],
  exports: ["model", "Model", "connection", "getModelForClass", "typedModel"],
  operations: {
    ...OPERATIONS,
    findById: READ,
    exists: READ,
    create: CREATE,
    findByIdAndUpdate: FIND_AND_UPDATE,
    findByIdAndDelete: DELETE,
    findByIdAndRemove: DELETE,
    findOneAndRemove: DELETE,
  },
  chain: { filters: ["where", "equals"] },
  tableArgument: 0,
  registry: "models",
  rowOperations: {
    save: { kind: "save" },
    deleteOne: DELETE,
    remove: DELETE,
    updateOne: { kind: "write", data: 0 },
  },
  saveWrites: "changed",
  ownKeys: ["_id"],
  atomicArrayMethods: ["push", "addToSet", "pull"],
  atomicFields: ATOMIC_OPERATORS,
  idempotentFields: IDEMPOTENT_OPERATORS,
  repairs: REPAIRS,
  transactions: {
    withTransaction: { callback: 0, protects: "always" },
    transaction: { callback: 0, protects: "always" },
  },
  source:
    "Mongoose 8 lib/model.js: save() sends $set of the changed paths and $push of what was pushed, and no condition but _id unless an array was changed by position",
};
