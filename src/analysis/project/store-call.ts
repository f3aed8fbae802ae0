import type { TSESTree } from "@typescript-eslint/types";
import type { StoreModel, StoreOperation } from "../../models/store-model.ts";
import { operationOfName } from "../../models/stores/generic.ts";
import {
  dottedName,
  isFunction,
  propertyName,
  stringValue,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import { siteId } from "../syntax/source-file.ts";
import type { Schemas, UniqueKeys } from "./schemas.ts";
import { CALLED, type ExternalShape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";
import { readSql, type SqlStatement } from "./sql-text.ts";
import {
  conditionsOf,
  isConditional,
  optionOf,
  type Chain,
  type ChainLink,
  type Condition,
} from "./store-chain.ts";
import { singular, tableOf } from "./store-table.ts";

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
    /** a manual transaction that protects what it reads, and its end */
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
  /** What the project's schema says is unique in the table; null where no schema was found. */
  readonly uniqueKeys: UniqueKeys | null;
}

/** One column: computed by the caller, or by the store itself. */
export interface StoredField {
  readonly name: string;
  readonly value: Node | null;
  readonly isAtomic: boolean;
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

export function describeModelled(
  chain: Chain,
  handle: Handle,
  shapes: Shapes,
  schemas: Schemas,
): StoreCall | null {
  const model = handle.model;
  if (!model) return null;
  const links = chain.links.slice(handle.index + 1);
  const found = operationIn(links, handle, model);
  if (!found) return null;
  const { link, operation } = found;
  const call = link.call;
  if (!call) return null;
  const args = expressions(call);
  const inputs = inputsOf(chain, links);
  if (operation.kind === "sql")
    return describeSql(chain, handle, model, args, inputs, shapes, schemas);
  const first = args[0] && unwrap(args[0]);
  const options = first?.type === "ObjectExpression" ? first : null;
  const tableNode = operation.table === undefined ? null : (args[operation.table] ?? null);
  const isManager = tableNode === null && isEntityName(first, model);
  const table = tableOf(chain, handle, isManager ? (first ?? null) : tableNode);
  const shift = isManager ? 1 : 0;
  const where = options && (optionOf(options, "where") ?? optionOf(options, "filter"));
  const key = operation.key === undefined ? null : (args[operation.key + shift] ?? null);
  const filterLinks = links.filter((other) => model.chain?.filters?.includes(other.name));
  const conditions = [
    ...(where ? conditionsOf("", [where]) : key ? keyConditions(key, link.name) : []),
    ...filterLinks.flatMap((other) =>
      other.call ? conditionsOf(other.name, expressions(other.call)) : [],
    ),
  ];
  const data = dataOf(operation, options, args, shift, links, model);
  const written = data.flatMap((node) => propertyNames(node));
  const isUpsert =
    link.name === "upsert" ||
    args.some((argument) => isTrue(optionOf(argument, "upsert"))) ||
    links.some((other) => model.chain?.conflicts?.includes(other.name));
  const isGuarded =
    operation.conditionalWith !== undefined &&
    args.slice(2).some((argument) => mentions(argument, operation.conditionalWith ?? []));
  const id = `${handle.id}.${table.table}`;
  const uniqueKeys = schemas.uniqueKeys(model, id);
  return {
    table: id,
    name: table.name,
    noun: "",
    model,
    kind: isGuarded ? "atomic" : operation.kind,
    keys: keysOf(conditions, uniqueKeys),
    columns: conditions.flatMap((condition) =>
      condition.isEquality && condition.column !== null ? [condition.column] : [],
    ),
    data,
    fields: [],
    inputs,
    isConditional:
      isConditional(conditions, written) &&
      (operation.kind === "write" || operation.kind === "delete"),
    isLocking:
      links.some((other) => model.chain?.locks?.includes(other.name)) ||
      args.some((argument) => hasLockOption(argument, model)),
    isSynchronous: model.synchronous ?? false,
    keepsExisting: isUpsert || isTrue(optionOf(options ?? undefined, "skipDuplicates")),
    uniqueKeys,
  };
}

/** A write anywhere in the chain decides; else the first read. */
function operationIn(
  links: readonly ChainLink[],
  handle: Handle,
  model: StoreModel,
): { link: ChainLink; operation: StoreOperation } | null {
  let read: { link: ChainLink; operation: StoreOperation } | null = null;
  for (const link of links) {
    if (!link.call) continue;
    // `import { getDoc } from "firebase/firestore"`: the function itself is the handle.
    const name = link.name === CALLED ? (handle.shape.path.at(-1) ?? "") : link.name;
    const operation = Object.hasOwn(model.operations, name) ? model.operations[name] : undefined;
    if (!operation) continue;
    if (operation.kind !== "read") return { link, operation };
    read ??= { link, operation };
  }
  if (read) return read;
  // `new Model().save()` and rows are judged by their values; a knex query may end with its filter.
  return null;
}

/** A plain key (`findById(id)`) or a filter. */
function keyConditions(key: Node, method: string): Condition[] {
  const conditions = conditionsOf("", [key]);
  return /ById|ByPk|By_id/.test(method)
    ? conditions.map((condition) => ({ ...condition, column: condition.column ?? "id" }))
    : conditions;
}

/**
 * The expressions that name the row. A constant beside them (`status: "open"`) tells rows apart only by what
 * may change, unless the schema has it in a unique key.
 */
function keysOf(conditions: readonly Condition[], uniqueKeys: UniqueKeys | null): Node[] {
  const equal = conditions.flatMap((condition) =>
    condition.isEquality && condition.value
      ? [{ column: condition.column, value: condition.value }]
      : [],
  );
  const naming = equal.filter(({ column, value }) =>
    stringValue(value) === null && unwrap(value).type !== "Literal"
      ? true
      : column !== null && (uniqueKeys?.some((key) => key.includes(column)) ?? false),
  );
  return (naming.length > 0 ? naming : equal).map(({ value }) => value);
}

function dataOf(
  operation: StoreOperation,
  options: TSESTree.ObjectExpression | null,
  args: readonly Node[],
  shift: number,
  links: readonly ChainLink[],
  model: StoreModel,
): Node[] {
  if (operation.kind === "read" || operation.kind === "delete") return [];
  const isOptions =
    options !== null && (optionOf(options, "where") ?? optionOf(options, "data")) !== null;
  if (isOptions && operation.data === operation.key) return partsOf(options);
  if (isOptions && operation.kind === "create" && optionOf(options, "data"))
    return partsOf(options);
  const chained = links
    .filter((link) => model.chain?.data?.includes(link.name))
    .flatMap((link) => (link.call ? expressions(link.call).slice(0, 1) : []));
  if (chained.length > 0) return chained;
  // `hset(key, field, value)`, and `hset(key, { field: value })`.
  const last = args.length > shift + 1 ? args.at(-1) : undefined;
  const given = operation.data === undefined ? undefined : (args[operation.data + shift] ?? last);
  return given && !isFunction(unwrap(given)) ? [given] : [];
}

function partsOf(options: TSESTree.ObjectExpression): Node[] {
  return ["data", "update"].flatMap((name) => optionOf(options, name) ?? []);
}

/** `manager.findOne(User, { where })`: an entity in front of what the repository's method takes. */
function isEntityName(first: Node | undefined, model: StoreModel): boolean {
  return model.id === "typeorm" && first?.type === "Identifier" && /^[A-Z]/.test(first.name);
}

function describeSql(
  chain: Chain,
  handle: Handle,
  model: StoreModel,
  args: readonly Node[],
  inputs: readonly Node[],
  shapes: Shapes,
  schemas: Schemas,
): StoreCall | null {
  const prepared = preparedText(chain, handle, shapes);
  const textNode = prepared?.node ?? args[0] ?? null;
  const text = prepared?.text ?? textIn(textNode, chain, shapes);
  if (text === null || !textNode) return null;
  const statement = readSql(text);
  const parameters = parametersOf(statementParameters(textNode, args, prepared !== null));
  const kind = KINDS[statement.verb];
  if (
    !kind ||
    (statement.verb !== "begin" && statement.verb !== "commit" && statement.table === "")
  )
    return null;
  if (statement.verb === "begin" && !statement.isSerializable) return null;
  const keys = statement.conditions.flatMap((condition) =>
    condition.isEquality ? (parameters(condition.parameter) ?? []) : [],
  );
  const id = `${handle.id}.${singular(statement.table)}`;
  return {
    table: id,
    name: statement.table,
    noun: "",
    model,
    kind,
    keys,
    columns: statement.conditions.flatMap((condition) =>
      condition.isEquality ? [condition.column] : [],
    ),
    data: statement.verb === "insert" ? keysOfColumns(statement, parameters) : [],
    fields:
      statement.verb === "update" || statement.verb === "upsert"
        ? statement.columns.map((column) => ({
            name: column.name,
            value: parameters(column.parameter),
            isAtomic: column.isComputed,
          }))
        : [],
    inputs,
    isConditional: statement.verb === "update" && isConditionalStatement(statement),
    isLocking: statement.isLocking,
    isSynchronous: model.synchronous ?? false,
    keepsExisting: statement.hasConflictClause,
    uniqueKeys: schemas.uniqueKeys(model, id),
  };
}

const KINDS: Readonly<Record<SqlStatement["verb"], StoreCall["kind"] | null>> = {
  select: "read",
  insert: "create",
  upsert: "write",
  update: "write",
  delete: "delete",
  begin: "begin",
  commit: "end",
  other: null,
};

function isConditionalStatement(statement: SqlStatement): boolean {
  const written = new Set(statement.columns.map((column) => column.name));
  return statement.conditions.some(
    (condition) =>
      written.has(condition.column) ||
      (statement.conditions.length > 1 && (!condition.isEquality || condition.isConstant)),
  );
}

function keysOfColumns(
  statement: SqlStatement,
  parameters: (parameter: string | number | null) => Node | null,
): Node[] {
  return statement.columns.flatMap((column) => parameters(column.parameter) ?? []);
}

/** `db.prepare("SELECT ...").get(id)`, also where the statement was prepared elsewhere. */
function preparedText(
  chain: Chain,
  handle: Handle,
  shapes: Shapes,
): { node: Node; text: string } | null {
  const link = chain.links.find((candidate) => candidate.name === "prepare");
  const site = handle.shape.path.at(-2) === "prepare" ? handle.shape.site : null;
  const call = link?.call ?? (site?.node.type === "CallExpression" ? site.node : null);
  const node = call ? expressions(call)[0] : undefined;
  const text = node ? textIn(node, chain, shapes) : null;
  return node && text !== null ? { node, text } : null;
}

function textIn(node: Node | null, chain: Chain, shapes: Shapes, depth = 0): string | null {
  const inner = node && unwrap(node);
  if (!inner || depth > 3) return null;
  if (inner.type === "TemplateLiteral")
    return inner.quasis.map((quasi) => quasi.value.raw).join("?");
  if (inner.type === "ObjectExpression")
    return textIn(optionOf(inner, "text") ?? optionOf(inner, "sql"), chain, shapes, depth + 1);
  if (inner.type === "BinaryExpression" && inner.operator === "+") {
    const left = textIn(inner.left, chain, shapes, depth);
    return left === null ? null : left + (textIn(inner.right, chain, shapes, depth) ?? "?");
  }
  if (inner.type === "Identifier") {
    const home = shapes.variableHome(inner, chain.file);
    const declarator = home?.variable.defs[0]?.node as Node | undefined;
    return declarator?.type === "VariableDeclarator"
      ? textIn(declarator.init, chain, shapes, depth + 1)
      : null;
  }
  return stringValue(inner);
}

/** The expressions given for the statement's parameters, in order. */
function statementParameters(textNode: Node, args: readonly Node[], isPrepared: boolean): Node[] {
  const text = unwrap(textNode);
  if (text.type === "TemplateLiteral" && text.expressions.length > 0) return [...text.expressions];
  const given = isPrepared ? args : args.slice(1);
  return given.flatMap((argument): Node[] => {
    const inner = unwrap(argument);
    if (inner.type === "ArrayExpression")
      return inner.elements.flatMap((item) => (item ? [item] : []));
    return isFunction(inner) ? [] : [argument];
  });
}

function parametersOf(given: readonly Node[]): (parameter: string | number | null) => Node | null {
  const [only] = given;
  return (parameter) => {
    if (parameter === null) return null;
    if (typeof parameter === "number") return given[parameter - 1] ?? null;
    return optionOf(only, parameter) ?? only ?? null;
  };
}

/** What names say where neither a model nor a body does. */
export function describeNamed(chain: Chain, last: ChainLink, handle: Handle): StoreCall | null {
  const call = last.call;
  if (!call) return null;
  const isFile = handle.id === "file";
  const functionName = last.name === CALLED ? (handle.shape.path.at(-1) ?? "") : last.name;
  const isBareFunction = chain.links.length === 1 && last.name === CALLED;
  const named = operationOfName(
    isFile ? functionName.replace(/Sync$/, "").replace("File", "") : functionName,
  );
  if (isFile && named.kind === "unknown") return null;
  const tableParts = chain.links
    .slice(0, -1)
    .flatMap((link) => [
      ...(link.name === CALLED || FILTERS.has(link.name) ? [] : [link.name]),
      ...constantArguments(link),
    ]);
  const base = isFile ? "file" : isBareFunction ? handle.shape.module : handleId(handle);
  const filters = chain.links
    .slice(0, -1)
    .flatMap((link) => (link.call ? expressions(link.call) : []))
    .filter((argument) => stringValue(argument) === null && !isFunction(argument));
  const kind = named.kind === "unknown" ? "read" : named.kind === "mark" ? "write" : named.kind;
  const split = splitArguments(call, kind, filters.length > 0);
  const whereCalls = chain.links.filter(
    (link) => FILTERS.has(link.name) && link.name !== "doc" && link.name !== "ref",
  ).length;
  const pathNode = call.arguments[0];
  const name = isFile
    ? pathNode
      ? chain.file.textOf(pathNode)
      : "the file"
    : isBareFunction
      ? functionName
      : [dottedName(chain.base), ...tableParts].join(".");
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
        [],
      ),
    isLocking:
      chain.links.some((link) => ROW_LOCKS.has(link.name)) ||
      call.arguments.some((argument) => hasLockOption(argument, null)),
    isSynchronous: functionName.endsWith("Sync"),
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
const ROW_LOCKS = new Set(["lock", "forUpdate", "pessimisticLock"]);

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

/** What is evaluated for a chain: an awaited base, then the arguments of its calls. */
function inputsOf(chain: Chain, links: readonly ChainLink[]): Node[] {
  const base = chain.base.type === "Identifier" || chain.base.type === "ThisExpression";
  return [
    ...(base ? [] : [chain.base]),
    ...links.flatMap((link) => (link.call ? expressions(link.call) : [])),
  ];
}

function expressions(call: TSESTree.CallExpression): TSESTree.Expression[] {
  return call.arguments.map((argument) =>
    argument.type === "SpreadElement" ? argument.argument : argument,
  );
}

function propertyNames(node: Node): string[] {
  const inner = unwrap(node);
  if (inner.type !== "ObjectExpression") return [];
  return inner.properties.flatMap((property) => {
    if (property.type !== "Property") return [];
    const name = propertyName(property) ?? "";
    return name.startsWith("$") ? propertyNames(property.value) : [name];
  });
}

function isTrue(node: Node | null): boolean {
  return node?.type === "Literal" && node.value === true;
}

function mentions(argument: Node, words: readonly string[]): boolean {
  const inner = unwrap(argument);
  const text = stringValue(inner);
  return (text !== null && words.includes(text)) || words.some((word) => optionOf(inner, word));
}

function hasLockOption(argument: Node, model: StoreModel | null): boolean {
  const names = model?.rowLocks ?? [...ROW_LOCKS];
  return names.some((name) => {
    const lock = optionOf(argument, name);
    return lock !== null && !(lock.type === "Literal" && !lock.value);
  });
}
