import type { StoreModel, StoreOperation } from "../store-model.ts";

const SQL: StoreOperation = { kind: "sql" };

/** The text of the statement was given to `prepare`; the call brings the parameters. */
export const betterSqlite3: StoreModel = {
  id: "better-sqlite3",
  packages: [
    "better-sqlite3",
    "better-sqlite3-multiple-ciphers",
    "libsql",
    "node:sqlite",
    "bun:sqlite",
  ],
  exports: ["default", "Database", "DatabaseSync"],
  schema: "sql",
  operations: { get: SQL, all: SQL, run: SQL, iterate: SQL, pluck: SQL },
  synchronous: true,
  runs: ["get", "all", "run", "iterate"],
  repairs: { changed: { path: "changes" } },
  transactions: { transaction: { callback: 0, protects: "always" } },
  source:
    "better-sqlite3 and node:sqlite documentation: every call is synchronous, so nothing of this process runs between two of them",
};

export const sqlite3: StoreModel = {
  id: "sqlite3",
  packages: ["sqlite3", "sqlite"],
  exports: ["Database", "default", "open"],
  schema: "sql",
  operations: { get: SQL, all: SQL, run: SQL, each: SQL },
  repairs: { changed: { path: "changes" } },
  source: "sqlite3 and sqlite documentation: statements run on a pool of threads, in any order",
};

export const libsql: StoreModel = {
  id: "libsql",
  packages: ["@libsql/client"],
  exports: ["createClient"],
  schema: "sql",
  pools: ["createClient"],
  operations: { execute: SQL },
  repairs: { changed: { path: "rowsAffected" } },
  source: "libSQL client reference: execute() is a transaction of its own",
};

export const postgres: StoreModel = {
  id: "postgres",
  packages: ["pg", "@neondatabase/serverless", "@vercel/postgres"],
  exports: ["Pool", "Client"],
  schema: "sql",
  locksFoundRowsOnly: true,
  pools: ["Pool"],
  operations: { query: SQL },
  repairs: {
    changed: { path: "rowCount" },
    rowLock: {
      by: "statement",
      connect: "connect",
      release: "release",
      handle: "client",
      lock: " FOR UPDATE",
    },
  },
  source:
    "PostgreSQL manual 13.2: read committed re-reads no value that a client computed with; 13.3: FOR UPDATE locks the rows that were found, and no gap",
};

export const mysql: StoreModel = {
  id: "mysql",
  packages: ["mysql2", "mysql", "mariadb"],
  exports: ["createConnection", "createPool"],
  schema: "sql",
  pools: ["createPool"],
  operations: {
    query: SQL,
    execute: SQL,
    beginTransaction: { kind: "begin", protects: "serializable" },
    commit: { kind: "end" },
    rollback: { kind: "end" },
  },
  repairs: { changed: { path: "affectedRows", pattern: "[#]" } },
  source: "MySQL manual 15.7: locking reads; ON DUPLICATE KEY UPDATE",
};

/** Called with the connection, what the default export gives gives the database. */
export const pgPromise: StoreModel = {
  id: "pg-promise",
  packages: ["pg-promise"],
  exports: ["default"],
  schema: "sql",
  locksFoundRowsOnly: true,
  pools: ["default"],
  operations: {
    query: SQL,
    none: SQL,
    one: SQL,
    oneOrNone: SQL,
    many: SQL,
    manyOrNone: SQL,
    any: SQL,
    result: SQL,
  },
  transactions: {
    tx: { callback: "last", protects: "serializable" },
    txIf: { callback: "last", protects: "serializable" },
  },
  source:
    "pg-promise README, Query Methods and Transactions: each query takes a connection of the pool; tx() runs at the database's isolation",
};

/** The template is the statement, and the parts put into it are its parameters. */
export const postgresTag: StoreModel = {
  id: "postgres.js",
  packages: ["postgres"],
  exports: ["default"],
  schema: "sql",
  locksFoundRowsOnly: true,
  pools: ["default"],
  isTag: true,
  operations: { unsafe: SQL },
  transactions: { begin: { callback: "last", protects: "serializable" } },
  source:
    "Postgres.js README, Queries and Transactions: sql`...` sends one query; sql.begin(fn) runs at the database's isolation",
};

export const slonik: StoreModel = {
  id: "slonik",
  packages: ["slonik"],
  exports: ["createPool"],
  schema: "sql",
  locksFoundRowsOnly: true,
  pools: ["createPool"],
  operations: {
    query: SQL,
    one: SQL,
    oneFirst: SQL,
    maybeOne: SQL,
    maybeOneFirst: SQL,
    many: SQL,
    manyFirst: SQL,
    any: SQL,
    anyFirst: SQL,
    exists: SQL,
  },
  transactions: { transaction: { callback: 0, protects: "serializable" } },
  source:
    "Slonik README: query methods take sql.unsafe`...`; transaction() runs at the database's isolation",
};
