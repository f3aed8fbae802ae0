import type { StoreModel, StoreOperation } from "../store-model.ts";

const READ: StoreOperation = { kind: "read" };
/** Without a callback the code commits by itself. */
const BEGIN: StoreOperation = { kind: "begin", protects: "serializable" };
const END: StoreOperation = { kind: "end" };

export const knex: StoreModel = {
  id: "knex",
  packages: ["knex"],
  exports: ["default", "knex"],
  schema: "sql",
  operations: {
    first: READ,
    select: READ,
    count: READ,
    pluck: READ,
    where: READ,
    insert: { kind: "create", data: 0 },
    update: { kind: "write", data: 0 },
    increment: { kind: "atomic" },
    decrement: { kind: "atomic" },
    del: { kind: "delete" },
    delete: { kind: "delete" },
    transaction: BEGIN,
    commit: END,
    rollback: END,
  },
  chain: {
    filters: ["where", "andWhere", "whereNull", "whereNotNull", "whereIn", "whereNot", "whereRaw"],
    tables: ["from", "into", "table"],
    locks: ["forUpdate"],
    conflicts: ["onConflict"],
    conflictUpdate: { by: "links", data: "merge", target: ["onConflict"] },
    gives: ["returning"],
  },
  transactions: { transaction: { callback: 0, protects: "serializable" } },
  repairs: {
    condition: { operations: { update: "update" }, filter: { link: "where" } },
    rowLock: { by: "link", transaction: ".transaction(", handle: "trx", lock: ".forUpdate()" },
  },
  source: "knexjs.org, Query Builder: increment, forUpdate, onConflict, merge",
};

export const kysely: StoreModel = {
  id: "kysely",
  packages: ["kysely"],
  exports: ["Kysely"],
  schema: "sql",
  operations: {
    selectFrom: { kind: "read", table: 0 },
    insertInto: { kind: "create", table: 0 },
    updateTable: { kind: "write", table: 0 },
    deleteFrom: { kind: "delete", table: 0 },
    startTransaction: BEGIN,
    commit: END,
    rollback: END,
  },
  chain: {
    filters: ["where"],
    data: ["set", "values"],
    locks: ["forUpdate"],
    conflicts: ["onConflict", "ignore"],
    conflictUpdate: { by: "builder", data: "doUpdateSet", target: ["column", "columns"] },
    gives: ["returning", "returningAll"],
  },
  transactions: { execute: { callback: 0, protects: "serializable" } },
  repairs: {
    condition: {
      operations: { execute: "execute", executeTakeFirst: "executeTakeFirst" },
      filter: { link: "where", operator: "=" },
    },
    rowLock: {
      by: "link",
      transaction: ".transaction().execute(",
      handle: "trx",
      lock: ".forUpdate()",
      isBeforeLast: true,
    },
  },
  source:
    "kysely.dev, Examples: transaction().setIsolationLevel().execute(), forUpdate; OnConflictBuilder: doUpdateSet",
};

export const drizzle: StoreModel = {
  id: "drizzle",
  packages: ["drizzle-orm"],
  exports: ["drizzle"],
  operations: {
    select: READ,
    findFirst: { kind: "read", key: 0 },
    findMany: { kind: "read", key: 0 },
    insert: { kind: "create", table: 0 },
    update: { kind: "write", table: 0 },
    delete: { kind: "delete", table: 0 },
  },
  chain: {
    filters: ["where"],
    data: ["set", "values"],
    tables: ["from"],
    locks: ["for"],
    conflicts: ["onConflictDoNothing", "onConflictDoUpdate", "onDuplicateKeyUpdate"],
    conflictUpdate: { by: "options", data: "set", target: ["target"] },
    gives: ["returning"],
  },
  transactions: { transaction: { callback: 0, protects: "serializable" } },
  repairs: {
    rowLock: {
      by: "link",
      transaction: ".transaction(",
      handle: "tx",
      lock: '.for("update")',
      reads: ["select"],
    },
  },
  source:
    "orm.drizzle.team: insert, update, transactions with isolationLevel, select().for('update')",
};

/** Over a driver that answers at once: a query is done where it is run, and `await` waits for nothing outside. */
export const drizzleSync: StoreModel = {
  ...drizzle,
  id: "drizzle-sync",
  packages: [
    "drizzle-orm/better-sqlite3",
    "drizzle-orm/bun-sqlite",
    "drizzle-orm/durable-sqlite",
    "drizzle-orm/expo-sqlite",
    "drizzle-orm/node-sqlite",
  ],
  exports: ["drizzle", "BetterSQLite3Database", "BunSQLiteDatabase", "NodeSQLiteDatabase"],
  synchronous: true,
  runs: ["get", "all", "run"],
  source:
    "drizzle-orm src/better-sqlite3/driver.ts: BaseSQLiteDatabase<'sync', ...>, whose run(), all() and get() give results",
};

export const supabase: StoreModel = {
  id: "supabase",
  packages: ["@supabase/supabase-js"],
  exports: ["createClient", "SupabaseClient"],
  schema: "sql",
  operations: {
    select: READ,
    insert: { kind: "create", data: 0 },
    update: { kind: "write", data: 0 },
    upsert: { kind: "write", data: 0 },
    delete: { kind: "delete" },
  },
  chain: {
    filters: ["eq", "match", "is", "neq", "gt", "gte", "lt", "lte", "in", "filter", "not"],
    tables: ["from"],
    gives: ["select"],
  },
  resultFields: ["data"],
  answerFields: ["error", "status", "statusText"],
  source: "supabase-js documentation: each call is one HTTP request, so no transaction spans two",
};
