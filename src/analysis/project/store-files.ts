import { lookup } from "../../models/lookup.ts";
import { FILE_OPERATIONS } from "../../models/stores/files.ts";
import { isFunction } from "../syntax/ast.ts";
import { CALLED } from "./shape.ts";
import { expressions, inputsOf } from "./store-arguments.ts";
import type { Handle, StoreCall } from "./store-call.ts";
import type { Chain, ChainLink } from "./store-chain.ts";

/** `readFile(path)`, `fs.promises.unlink(path)`: all files of the disk are one store, and their paths its keys. */
export function describeFile(chain: Chain, last: ChainLink, handle: Handle): StoreCall | null {
  const { call } = last;
  if (!call) return null;
  const name = last.name === CALLED ? (handle.shape.path.at(-1) ?? "") : last.name;
  const operation = lookup(FILE_OPERATIONS, name.replace(/Sync$/, ""));
  if (!operation) return null;
  const args = expressions(call);
  const path = operation.key === undefined ? undefined : args[operation.key];
  const data = operation.data === undefined ? undefined : args[operation.data];
  return {
    table: handle.id,
    name: path ? chain.file.textOf(path) : "the file",
    noun: "",
    model: null,
    kind: operation.kind,
    keys: path ? [path] : [],
    columns: [],
    data: data ? [data] : [],
    fields: [],
    inputs: inputsOf(chain, chain.links),
    isConditional: false,
    isLocking: false,
    isSynchronous: name.endsWith("Sync"),
    isUniqueLookup: false,
    // The callback form hands the error over.
    whenMissing: operation.failsWhenMissing && !args.some(isFunction) ? "fails" : null,
    keepsExisting: false,
    uniqueKeys: null,
  };
}
