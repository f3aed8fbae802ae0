import type { StoreModel, StoreOperation } from "../../models/store-model.ts";
import type { Node } from "../syntax/ast.ts";
import type { UniqueKeys } from "./schemas.ts";
import type { ExternalShape } from "./shape.ts";

/** The store that all files of the disk are: its keys are their paths. */
export const FILES = "file";

/** A call that reads or writes outside the process. */
export interface StoreCall {
  /** Identity of the table. */
  readonly table: string;
  readonly name: string;
  /** What a generic name speaks of: `account` in `readAccount`. */
  readonly noun: string;
  readonly model: StoreModel | null;
  readonly kind:
    | Exclude<StoreOperation["kind"], "sql">
    | "mark"
    | "unknown"
    /** a transaction that the code ends by itself, and its end */
    | "begin"
    | "end";
  /** Expressions that name the row. */
  readonly keys: readonly Node[];
  /** Columns that the filter compares; those of the keys come first, in the keys' order. */
  readonly columns: readonly string[];
  /** Expressions whose values are written. */
  readonly data: readonly Node[];
  /** Columns that are written one by one. */
  readonly fields: readonly StoredField[];
  /** Everything that is evaluated before the call is made, in order. */
  readonly inputs: readonly Node[];
  /** The change happens only where the store still holds what the condition says. */
  readonly isConditional: boolean;
  /** The read takes a lock on the row that lasts as long as the transaction. */
  readonly isLocking: boolean;
  readonly isSynchronous: boolean;
  /** A create that finds the row does nothing, or changes that row: `ON CONFLICT`. */
  readonly keepsExisting: boolean;
  /**
   * The write gives back its row: `found` where it leaves a row that is there as it is (get or create), `written`
   * where it changes the row.
   */
  readonly gives?: "found" | "written";
  /** The columns of the filter are unique, or the store would not take it. */
  readonly isUniqueLookup: boolean;
  /** Writes back what the last read of the same table gave, changed or not. */
  readonly writesBack?: boolean;
  /** What becomes of the call where the row is gone: it throws, or makes the row; null: nothing. */
  readonly whenMissing: "fails" | "creates" | null;
  /** The transaction that begins here protects what it reads. */
  readonly isIsolated?: boolean;
  /** The chain goes on to end the transaction around it: `multi().set(...).exec()`. */
  readonly endsTransaction?: boolean;
  /** What the project's schema says is unique in the table; null where no schema was found. */
  readonly uniqueKeys: UniqueKeys | null;
}

/** One column: computed by the caller, or by the store itself. */
export interface StoredField {
  readonly name: string;
  readonly value: Node | null;
  readonly isAtomic: boolean;
  /** The store writes it only where the row has none. */
  readonly keepsOwn?: boolean;
}

/** The beginning of a chain that stands for a store. */
export interface Handle {
  readonly id: string;
  readonly shape: ExternalShape;
  readonly model: StoreModel | null;
  /** The link that is the handle; -1 for the base itself. */
  readonly index: number;
  readonly tableName?: string;
}
