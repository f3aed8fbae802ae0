import type { StoreOperation } from "../store-model.ts";

/** Modules whose functions work on files. */
export const FILE_MODULES: readonly string[] = ["fs", "fs/promises", "fs-extra", "jsonfile"];

export interface FileOperation extends Omit<StoreOperation, "kind"> {
  readonly kind: "read" | "write" | "delete" | "atomic";
  /** Throws (or emits an error) where the file is gone. */
  readonly failsWhenMissing?: boolean;
}

const READ: FileOperation = { kind: "read", key: 0, failsWhenMissing: true };
const PROBE: FileOperation = { kind: "read", key: 0 };
const WRITE: FileOperation = { kind: "write", key: 0, data: 1 };

/**
 * Functions on one file, without `Sync`: the file is the row, its path the key. A rename takes the file away
 * from its old path, and of two the second fails.
 * Source: Node.js documentation, File system; fs-extra and jsonfile README.
 */
export const FILE_OPERATIONS: Readonly<Record<string, FileOperation>> = {
  readFile: READ,
  readJson: READ,
  readJSON: READ,
  createReadStream: READ,
  access: PROBE,
  exists: PROBE,
  pathExists: PROBE,
  stat: PROBE,
  writeFile: WRITE,
  writeJson: WRITE,
  writeJSON: WRITE,
  outputFile: WRITE,
  outputJson: WRITE,
  createWriteStream: { kind: "write", key: 0 },
  appendFile: { kind: "atomic", key: 0 },
  copyFile: { kind: "write", key: 1 },
  copy: { kind: "write", key: 1 },
  unlink: { kind: "delete", key: 0, failsWhenMissing: true },
  rename: { kind: "delete", key: 0, failsWhenMissing: true },
  rm: { kind: "delete", key: 0 },
  remove: { kind: "delete", key: 0 },
};
