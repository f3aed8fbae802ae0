import type { TSESTree } from "@typescript-eslint/types";
import type { StoreOperation } from "../../models/store-model.ts";
import { operationOfName } from "../../models/stores/generic.ts";
import { dottedName, isFunction, stringValue, unwrap, type Node } from "../syntax/ast.ts";
import { siteId } from "../syntax/source-file.ts";
import { CALLED } from "./shape.ts";
import {
  expressions,
  hasLockOption,
  inputsOf,
  propertyNames,
  ROW_LOCKS,
} from "./store-arguments.ts";
import type { Handle, StoreCall } from "./store-call.ts";
import {
  conditionsOf,
  isConditional,
  optionOf,
  type Chain,
  type ChainLink,
  type Condition,
} from "./store-chain.ts";

/** What names say where neither a model nor a body does. */
export function describeNamed(chain: Chain, last: ChainLink, handle: Handle): StoreCall | null {
  const call = last.call;
  if (!call) return null;
  const functionName = last.name === CALLED ? (handle.shape.path.at(-1) ?? "") : last.name;
  const isBareFunction = chain.links.length === 1 && last.name === CALLED;
  const named = operationOfName(functionName);
  const tableParts = chain.links
    .slice(0, -1)
    .flatMap((link) => [
      ...(link.name === CALLED || FILTERS.has(link.name) ? [] : [link.name]),
      ...constantArguments(link),
    ]);
  const base = isBareFunction ? handle.shape.module : handleId(handle);
  const filters = chain.links
    .slice(0, -1)
    .flatMap((link) => (link.call ? expressions(link.call) : []))
    .filter((argument) => stringValue(argument) === null && !isFunction(argument));
  const kind = named.kind === "unknown" ? "read" : named.kind === "mark" ? "write" : named.kind;
  const split = splitArguments(call, kind, filters.length > 0);
  const whereCalls = chain.links.filter(
    (link) => FILTERS.has(link.name) && link.name !== "doc" && link.name !== "ref",
  ).length;
  const name = isBareFunction ? functionName : [dottedName(chain.base), ...tableParts].join(".");
  return {
    table: [base, ...tableParts].join("."),
    name,
    noun: named.noun,
    model: null,
    kind: named.kind === "sql" ? "unknown" : named.kind,
    keys: [...filters, ...split.keys],
    columns: [],
    data: split.data,
    fields: [],
    inputs: inputsOf(chain, chain.links),
    isConditional:
      whereCalls > 1 ||
      isConditional(
        split.keys.flatMap((key) => objectKeyConditions(key)),
        split.data.flatMap(propertyNames),
      ),
    isLocking:
      chain.links.some((link) => ROW_LOCKS.includes(link.name)) ||
      call.arguments.some((argument) => hasLockOption(argument, null, chain.file)),
    isSynchronous: functionName.endsWith("Sync"),
    isUniqueLookup: false,
    whenMissing: null,
    keepsExisting: false,
    uniqueKeys: null,
  };
}

const FILTERS = new Set([
  "where",
  "eq",
  "filter",
  "match",
  "andWhere",
  "whereIn",
  "doc",
  "ref",
  "child",
]);

function handleId(handle: Handle): string {
  const { shape } = handle;
  return shape.site && !shape.isMissing ? siteId(shape.site) : handle.id;
}

function objectKeyConditions(key: Node): Condition[] {
  return unwrap(key).type === "ObjectExpression" ? conditionsOf("", [key]) : [];
}

function constantArguments(link: ChainLink): string[] {
  if (!link.call || FILTERS.has(link.name)) return [];
  return link.call.arguments.flatMap((argument) => stringValue(argument) ?? []);
}

/** Tells the row's name from the data: `set(key, value)`, `update(data)`, `update({ where, data })`. */
function splitArguments(
  call: TSESTree.CallExpression,
  kind: StoreOperation["kind"],
  hasFilters: boolean,
): { keys: Node[]; data: Node[] } {
  const nodes = expressions(call);
  const options = nodes[0] && unwrap(nodes[0]);
  if (options?.type === "ObjectExpression") {
    const where = optionOf(options, "where") ?? optionOf(options, "filter");
    const data = ["data", "update", "create", "set"].flatMap(
      (name) => optionOf(options, name) ?? [],
    );
    if (where && (data.length > 0 || kind === "read" || kind === "delete"))
      return { keys: [where], data };
    if (kind === "create" && data.length > 0) return { keys: [], data };
  }
  if (kind === "read" || kind === "delete" || kind === "atomic")
    return { keys: nodes.slice(0, 1), data: [] };
  if (hasFilters || nodes.length === 1) return { keys: [], data: nodes };
  return { keys: nodes.slice(0, 1), data: nodes.slice(1) };
}
