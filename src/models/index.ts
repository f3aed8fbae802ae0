import { locks } from "./locks/index.ts";
import type { LockModel, WrapperModel } from "./model.ts";
import type { StoreModel } from "./store-model.ts";
import { stores } from "./stores/index.ts";

/** The tables that a project may add to, by its settings. What stands first wins. */
export interface Models {
  readonly locks: readonly LockModel[];
  readonly stores: readonly StoreModel[];
  readonly wrappers: readonly WrapperModel[];
  /** Exports that models describe although their source is in the project: nobody looks into it. */
  readonly described: readonly DescribedModule[];
}

/** A module that is known by what a model says of it. */
export interface DescribedModule {
  /** A package's name, or a file's path relative to the project's root: `./src/locks.ts`. */
  readonly from: string;
  readonly exports: readonly string[];
}

/** What is known of every project. */
export const MODELS: Models = { locks, stores, wrappers: [], described: [] };
