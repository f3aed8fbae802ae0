import type { StoreModel, StoreOperation } from "../store-model.ts";

const GET: StoreOperation = { kind: "read" };
const CHANGE: StoreOperation = { kind: "write", data: 0 };

/** Up to version 1: a chain of lodash over one object in memory. Only what is computed across a wait is lost. */
export const lowdb: StoreModel = {
  id: "lowdb",
  packages: ["lowdb"],
  exports: ["default"],
  hasOtherExports: true,
  operations: {
    value: GET,
    set: { kind: "write", table: 0, data: 1 },
    update: { kind: "atomic", table: 0 },
    assign: CHANGE,
    merge: CHANGE,
    push: { kind: "create", data: 0 },
    unshift: { kind: "create", data: 0 },
    remove: { kind: "delete", key: 0 },
    unset: { kind: "delete", table: 0 },
  },
  chain: { filters: ["find", "filter"], tables: ["get"] },
  synchronous: true,
  keepsDuplicates: true,
  source: "lowdb 1 README: a chain is evaluated by value() and write(), in memory",
};

const FILE: Pick<StoreModel, "packages" | "hasOtherExports" | "operations" | "isOneTable"> = {
  packages: ["lowdb"],
  hasOtherExports: true,
  operations: {
    read: GET,
    // `data`, which `read` took from the file, goes back as it is by then; `update` calls its argument and writes.
    write: { kind: "write", writesBack: true },
    update: { kind: "write", writesBack: true },
  },
  isOneTable: "handle",
};

/** Since version 2 `data` is a plain object in memory, which `read` replaces by what the file holds. */
export const low: StoreModel = {
  ...FILE,
  id: "low",
  exports: ["Low", "LowWithLodash", "JSONFilePreset", "JSONPreset"],
  source:
    "lowdb 7 src/core/Low.ts: read() sets data to what the adapter read; write() gives data to the adapter",
};

export const lowSync: StoreModel = {
  ...FILE,
  id: "low-sync",
  exports: ["LowSync", "LowSyncWithLodash", "JSONFileSyncPreset"],
  synchronous: true,
  source: "lowdb 7 src/core/Low.ts, LowSync",
};
