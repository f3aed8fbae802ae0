import { checkSettings } from "./settings-checks.ts";

/** `settings["run-async"]` of an ESLint or oxlint config: facts about the project that its code does not say. */
export interface RunAsyncSettings {
  /**
   * Folder of the project: imports, handlers and state below it are analysed together. Absolute, or relative
   * to the linter's working directory. Default: the nearest folder above the file that has a package.json.
   */
  root?: string;
  /**
   * How updates of a framework are dispatched, by the framework's id, where the code does not show it (the
   * start is in another repository) or where a deployment decides: `{ grammy: "concurrent" }`.
   */
  dispatch?: Record<string, "sequential" | "concurrent">;
  /** Names of functions that only log or measure: they are never a write, a check or an effect. */
  harmless?: string[];
  /** Functions that take a handler: `withErrors(handler)`, `onCommand("tip", handler)`. */
  wrappers?: WrapperSetting[];
  /** Locks that exclude other holders inside one process. */
  locks?: LockSetting[];
  /** Clients that read and write outside the process, where neither their package nor their names say how. */
  stores?: StoreSetting[];
  /**
   * Exported async functions that no handler, job or timer of the project reaches: left out (default), or taken
   * to run at once. What is found only so is left out by the recommended config.
   */
  unreached?: "ignore" | "concurrent";
}

/** Where a setting finds what it describes. Nobody looks into its source any more: the setting stands for it. */
export interface ModuleSetting {
  /** A package's name, or a file by its path from the project's root: `./src/locks.ts`. */
  from: string;
}

export interface WrapperSetting extends ModuleSetting {
  /** By exported name, `default` for the default export. */
  functions: Record<string, WrapperFunction>;
}

export interface WrapperFunction {
  /** The arguments that are handlers: a position from 0, the last, or all functions among them (default). */
  handlers?: number | "last" | "functions";
  /** Properties of an argument that hold handlers: `["execute"]` for `defineCommand({ name, execute })`. */
  handlerOptions?: string[];
  /**
   * Whether handlers of the wrapper run at once, or one at a time. Default: as whoever they are registered with
   * dispatches, and at once where the project registers them with nobody.
   */
  concurrency?: "sequential" | "concurrent";
  /** Name of a lock that the wrapper holds while the handler runs; wrappers with the same name share it. */
  lock?: string;
  /**
   * Key of the lock: a path below the handler's first argument (`from.id`), or the position of the argument
   * that is a function of the update. A key alone is the key of a lock of the wrapper's own.
   */
  key?: string | number;
}

/** With a `name`, the methods of an instance; without, functions that the module exports and that share a lock. */
export type LockSetting = ModuleSetting &
  (
    | { name: string; methods: Record<string, LockFunction>; functions?: undefined }
    | { functions: Record<string, LockFunction>; name?: undefined; methods?: undefined }
  );

export interface LockFunction {
  /** `section` (default) runs a callback while held; `acquire` resolves to a release; `release` gives back. */
  kind?: "section" | "acquire" | "release";
  /** Position of the argument with the key, from 0; without it the lock has no keys. */
  key?: number;
  /** Position of the argument with the callback, from 0. Default: the first that is not the key. */
  callback?: number;
}

/** With a `name`, operations on an instance; without, functions that the module exports. */
export type StoreSetting = ModuleSetting &
  (
    | { name: string; operations: Record<string, StoreFunction>; functions?: undefined }
    | { functions: Record<string, StoreFunction>; name?: undefined; operations?: undefined }
  );

export interface StoreFunction {
  /**
   * `read` gives what is stale on arrival; `write` stores what its caller computed; `atomic` changes in one
   * step, or under a condition of its own; `idempotent` changes nothing when repeated.
   */
  kind: "read" | "write" | "create" | "delete" | "atomic" | "idempotent" | "save";
  /** Position of the argument that names the row, from 0; without it every call may mean the same row. */
  key?: number;
  /** Position of the argument with the data written, from 0. */
  data?: number;
  /** Position of the argument that names the table, from 0; without it the store is one table. */
  table?: number;
}

/**
 * Checks what a config gives under `settings["run-async"]`.
 * @throws TypeError that names the wrong setting, what it should be, and the nearest valid name.
 */
export function readSettings(given: unknown): RunAsyncSettings {
  if (given === undefined) return {};
  checkSettings(given);
  return given;
}
