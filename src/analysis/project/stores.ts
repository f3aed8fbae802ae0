import type { TSESTree } from "@typescript-eslint/types";
import type { StoreModel, StoreOperation } from "../../models/model.ts";
import { operationOfName, TRANSACTIONS } from "../../models/stores/generic.ts";
import { REST_READS } from "../../models/stores/rest.ts";
import { stores } from "../../models/stores/index.ts";
import {
  dottedName,
  isFunction,
  propertyName,
  stringValue,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import { siteId, type SourceFile } from "../syntax/source-file.ts";
import { CALLED, packageOf, type ExternalShape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";

/** A call that reads or writes outside the process. */
export interface StoreCall {
  readonly table: string;
  readonly name: string;
  readonly noun: string;
  readonly model: StoreModel | null;
  readonly kind: StoreOperation["kind"] | "mark" | "unknown";
  /** Expressions that name the row. */
  readonly keys: readonly Node[];
  /** Expressions whose values are written. */
  readonly data: readonly Node[];
  /** The change happens only where the store still holds what the condition says. */
  readonly isConditional: boolean;
  /** The read takes a lock on the row that lasts as long as the transaction. */
  readonly isLocking: boolean;
  readonly isSynchronous: boolean;
}

/** A callback that the store runs as one transaction. */
export interface TransactionCall {
  readonly callback: Node;
  readonly isProtected: boolean;
  readonly id: string;
}

interface ChainLink {
  readonly name: string;
  readonly call: TSESTree.CallExpression | null;
}

interface Chain {
  readonly base: Node;
  readonly file: SourceFile;
  readonly links: readonly ChainLink[];
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
const ROW_LOCKS = new Set(["lock", "forUpdate", "pessimisticLock"]);
const SYNCHRONOUS = new Set(["better-sqlite3", "node:sqlite", "sqlite"]);

export class Stores {
  readonly #shapes: Shapes;

  constructor(shapes: Shapes) {
    this.#shapes = shapes;
  }

  call(node: TSESTree.CallExpression, file: SourceFile): StoreCall | null {
    const chain = this.#chainOf(node, file, 0);
    const last = chain.links.at(-1);
    if (!last?.call) return null;
    const rest = this.#restRead(chain);
    if (rest) return rest;
    const handle = this.#handleOf(chain);
    if (!handle) return null;
    return describe(chain, last, handle);
  }

  transaction(node: TSESTree.CallExpression, file: SourceFile): TransactionCall | null {
    const callee = unwrap(node.callee);
    if (callee.type !== "MemberExpression") return null;
    const protection = TRANSACTIONS[propertyName(callee) ?? ""];
    const callback = node.arguments.find((argument) => isFunction(argument));
    if (!protection || !callback) return null;
    const options = node.arguments
      .filter((argument) => argument !== callback)
      .map((argument) => file.textOf(argument))
      .join();
    const isProtected = protection === "always" || /serializable/i.test(options);
    return { callback, isProtected, id: siteId({ file, node }) };
  }

  /** `db("users").where({ id }).first`: the links from the base expression outwards. */
  #chainOf(node: Node, file: SourceFile, depth: number): Chain {
    const links: ChainLink[] = [];
    let inner = unwrap(node);
    let call: TSESTree.CallExpression | null = null;
    for (;;) {
      if (inner.type === "CallExpression") {
        if (call) links.unshift({ name: CALLED, call });
        call = inner;
        inner = unwrap(inner.callee);
      } else if (inner.type === "MemberExpression") {
        links.unshift({ name: propertyName(inner) ?? "[]", call });
        call = null;
        inner = unwrap(inner.object);
      } else break;
    }
    if (call) links.unshift({ name: CALLED, call });
    if (inner.type === "Identifier" && depth < 4) {
      const before = this.#constantChain(inner, file, depth);
      if (before) return { ...before, links: [...before.links, ...links] };
    }
    return { base: inner, file, links };
  }

  /** `const ref = db.doc(id)`: a constant that holds the beginning of a chain. */
  #constantChain(identifier: TSESTree.Identifier, file: SourceFile, depth: number): Chain | null {
    const definition = file.variableOf(identifier)?.defs[0];
    if (definition?.type === "Parameter")
      return this.#transactionHandle(definition.node as Node, definition.name as Node, file, depth);
    const declarator = definition?.node as Node | undefined;
    if (
      declarator?.type !== "VariableDeclarator" ||
      declarator.id.type !== "Identifier" ||
      !declarator.init
    )
      return null;
    const init = unwrap(declarator.init);
    if (init.type !== "CallExpression" && init.type !== "MemberExpression") return null;
    const isModuleLevel = file.enclosing(declarator).type === "Program";
    return isModuleLevel && init.type === "CallExpression"
      ? null
      : this.#chainOf(init, file, depth + 1);
  }

  /** `prisma.$transaction(async (tx) => tx.user...)`: inside, `tx` stands for `prisma`. */
  #transactionHandle(fn: Node, name: Node, file: SourceFile, depth: number): Chain | null {
    if (!isFunction(fn) || fn.params[0] !== name) return null;
    const call = file.parentOf(fn);
    if (call?.type !== "CallExpression") return null;
    const callee = unwrap(call.callee);
    if (callee.type !== "MemberExpression" || !TRANSACTIONS[propertyName(callee) ?? ""])
      return null;
    return this.#chainOf(callee.object, file, depth + 1);
  }

  #restRead(chain: Chain): StoreCall | null {
    const names = chain.links.map((link) => link.name);
    const rest = REST_READS[names.slice(-2).join(".")];
    const call = chain.links.at(-1)?.call;
    if (!rest || !call) return null;
    return {
      table: rest.id,
      name: rest.name,
      noun: "",
      model: null,
      kind: "read",
      keys: call.arguments,
      data: [],
      isConditional: false,
      isLocking: false,
      isSynchronous: false,
    };
  }

  #handleOf(chain: Chain): Handle | null {
    if (this.#isResult(chain)) return null;
    for (const shape of this.#shapes.of(chain.base, chain.file)) {
      if (shape.kind !== "external" || shape.module === "global") continue;
      const model =
        stores.find((candidate) => candidate.packages.includes(packageOf(shape.module))) ?? null;
      if (shape.module === "fs" || shape.module === "fs/promises")
        return { id: "file", name: "the file", shape, model: null };
      if (!model && !shape.isMissing) continue;
      return {
        id:
          shape.site && !shape.isMissing
            ? siteId(shape.site)
            : `${shape.module}:${shape.path.join(".")}`,
        name: dottedName(chain.base),
        shape,
        model,
      };
    }
    return null;
  }

  /** A local that holds what a call gave is a row or a result, and no handle to the store. */
  #isResult(chain: Chain): boolean {
    if (chain.base.type !== "Identifier") return chain.base.type === "AwaitExpression";
    const declarator = chain.file.variableOf(chain.base)?.defs[0]?.node as Node | undefined;
    return (
      declarator?.type === "VariableDeclarator" &&
      chain.file.enclosing(declarator).type !== "Program" &&
      declarator.init !== null
    );
  }
}

interface Handle {
  readonly id: string;
  readonly name: string;
  readonly shape: ExternalShape;
  readonly model: StoreModel | null;
}

function describe(chain: Chain, last: ChainLink, handle: Handle): StoreCall | null {
  const call = last.call;
  if (!call) return null;
  const isFile = handle.id === "file";
  const functionName = last.name === CALLED ? (handle.shape.path.at(-1) ?? "") : last.name;
  const isBareFunction = chain.links.length === 1 && last.name === CALLED;
  const named = operationOfName(
    isFile ? functionName.replace(/Sync$/, "").replace("File", "") : functionName,
  );
  const modelled = handle.model?.operations[functionName];
  if (handle.model && !modelled) return null;
  if (isFile && named.kind === "unknown") return null;
  const tableParts = chain.links
    .slice(0, -1)
    .flatMap((link) => [
      ...(link.name === CALLED || FILTERS.has(link.name) ? [] : [link.name]),
      ...constantArguments(link),
    ]);
  const base = isBareFunction || isFile ? (isFile ? "file" : handle.shape.module) : handle.id;
  const filters = chain.links
    .slice(0, -1)
    .flatMap((link) =>
      link.call
        ? link.call.arguments.filter(
            (argument) => stringValue(argument) === null && !isFunction(argument),
          )
        : [],
    );
  const split = splitArguments(
    call,
    modelled ?? {
      kind: named.kind === "unknown" ? "read" : named.kind === "mark" ? "write" : named.kind,
    },
    filters.length > 0,
  );
  const whereCalls = chain.links.filter(
    (link) => FILTERS.has(link.name) && link.name !== "doc" && link.name !== "ref",
  ).length;
  const name = isFile
    ? call.arguments[0]
      ? chain.file.textOf(call.arguments[0])
      : "the file"
    : isBareFunction
      ? functionName
      : [handle.name, ...tableParts].join(".");
  return {
    table: [base, ...tableParts].join("."),
    name,
    noun: modelled ? "" : named.noun,
    model: handle.model,
    kind: modelled ? modelled.kind : named.kind,
    keys: [...filters, ...split.keys],
    data: split.data,
    isConditional: whereCalls > 1 || isConditionalFilter(split.keys, handle.model),
    isLocking:
      chain.links.some((link) => ROW_LOCKS.has(link.name)) ||
      call.arguments.some((argument) => hasLockOption(argument)),
    isSynchronous:
      functionName.endsWith("Sync") ||
      (handle.model?.synchronous ?? false) ||
      SYNCHRONOUS.has(handle.shape.module),
  };
}

function constantArguments(link: ChainLink): string[] {
  if (!link.call || FILTERS.has(link.name)) return [];
  return link.call.arguments.flatMap((argument) => stringValue(argument) ?? []);
}

/** Tells the row's name from the data: `set(key, value)`, `update(data)`, `update({ where, data })`. */
function splitArguments(
  call: TSESTree.CallExpression,
  operation: StoreOperation,
  hasFilters: boolean,
): { keys: Node[]; data: Node[] } {
  const nodes = call.arguments.filter(
    (argument): argument is TSESTree.Expression => argument.type !== "SpreadElement",
  );
  const options = nodes[0] && unwrap(nodes[0]);
  if (options?.type === "ObjectExpression") {
    const where = optionOf(options, "where") ?? optionOf(options, "filter");
    const data = ["data", "update", "create", "set"].flatMap(
      (name) => optionOf(options, name) ?? [],
    );
    if (where && (data.length > 0 || operation.kind === "read" || operation.kind === "delete"))
      return { keys: [where], data };
    if (operation.kind === "create" && data.length > 0) return { keys: [], data };
  }
  if (operation.kind === "read" || operation.kind === "delete" || operation.kind === "atomic")
    return { keys: nodes.slice(0, 1), data: [] };
  if (operation.key !== undefined || operation.data !== undefined)
    return {
      keys: operation.key === undefined ? [] : nodes.slice(operation.key, operation.key + 1),
      data: operation.data === undefined ? [] : nodes.slice(operation.data, operation.data + 1),
    };
  if (hasFilters || nodes.length === 1) return { keys: [], data: nodes };
  return { keys: nodes.slice(0, 1), data: nodes.slice(1) };
}

export function optionOf(object: Node | undefined, name: string): Node | null {
  const inner = object && unwrap(object);
  if (inner?.type !== "ObjectExpression") return null;
  for (const property of inner.properties)
    if (property.type === "Property" && propertyName(property) === name) return property.value;
  return null;
}

/** A filter that also says what the row must hold is a condition that the store checks itself. */
function isConditionalFilter(keys: readonly Node[], model: StoreModel | null): boolean {
  return keys.some((key) => {
    const inner = unwrap(key);
    if (inner.type !== "ObjectExpression") return false;
    const properties = inner.properties.filter((property) => property.type === "Property");
    const conditions = properties.filter(
      (property) =>
        property.value.type === "Literal" ||
        (property.value.type === "ObjectExpression" && isOperator(property.value)),
    );
    void model;
    return conditions.length > 0 && properties.length > 1;
  });
}

function isOperator(object: TSESTree.ObjectExpression): boolean {
  return object.properties.some(
    (property) =>
      property.type === "Property" &&
      /^(?:\$?(?:gte?|lte?|ne|not|in|nin|exists|equals|lt|gt)|\$.*)$/.test(
        propertyName(property) ?? "",
      ),
  );
}

function hasLockOption(argument: Node): boolean {
  const lock = [...ROW_LOCKS]
    .map((name) => optionOf(argument, name))
    .find((option) => option !== null);
  return lock !== undefined && lock !== null && !(lock.type === "Literal" && !lock.value);
}
