import type { StoreModel, StoreOperation } from "../store-model.ts";

const READ: StoreOperation = { kind: "read", key: 0 };
const UPDATE: StoreOperation = { kind: "write", key: 0, data: 0 };
const GIVING: StoreOperation = { ...UPDATE, givesRow: true };
const CREATE: StoreOperation = { kind: "create", data: 0 };
const DELETE: StoreOperation = { kind: "delete", key: 0 };

export const prisma: StoreModel = {
  id: "prisma",
  packages: ["@prisma/client"],
  exports: ["PrismaClient"],
  schema: "prisma",
  operations: {
    findUnique: READ,
    findFirst: READ,
    findMany: READ,
    findUniqueOrThrow: READ,
    findFirstOrThrow: READ,
    count: READ,
    aggregate: READ,
    groupBy: READ,
    create: CREATE,
    createMany: CREATE,
    createManyAndReturn: CREATE,
    update: GIVING,
    updateMany: UPDATE,
    updateManyAndReturn: UPDATE,
    upsert: GIVING,
    delete: DELETE,
    deleteMany: DELETE,
  },
  handleNames: ["prisma"],
  uniqueLookups: ["findUnique", "findUniqueOrThrow"],
  failsWhenMissing: ["update", "delete"],
  atomicFields: ["increment", "decrement", "multiply", "divide", "push"],
  idempotentFields: ["connect", "connectOrCreate", "disconnect"],
  repairs: {
    sum: { around: "amount", add: "increment", subtract: "decrement" },
    condition: {
      operations: { update: "updateMany", updateMany: "updateMany" },
      filter: { argument: 0, option: "where" },
      options: ["where", "data"],
    },
    lenient: { update: "updateMany", delete: "deleteMany" },
    // Its queries lock no row; of two serializable transactions one fails (P2034) and can be tried again.
    rowLock: {
      by: "link",
      transaction: ".$transaction(",
      handle: "tx",
      options: '{ isolationLevel: "Serializable" }',
    },
  },
  transactions: { $transaction: { callback: 0, protects: "serializable" } },
  // SQLite: one writer. CockroachDB: serializable by default. MongoDB: a snapshot, and a write conflict aborts.
  isolatingProviders: ["sqlite", "cockroachdb", "mongodb"],
  source:
    "Prisma documentation, Transactions: an interactive transaction runs at the database's default isolation; atomic number operations; findUnique takes unique fields only; error reference, P2025: update and delete of a record that does not exist throw",
};
