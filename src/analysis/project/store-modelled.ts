import type { TSESTree } from "@typescript-eslint/types";
import { lookup } from "../../models/lookup.ts";
import type { StoreModel, StoreOperation } from "../../models/store-model.ts";
import { isFunction, isTrue, propertyName, stringValue, unwrap, type Node } from "../syntax/ast.ts";
import type { Schemas, UniqueKeys } from "./schemas.ts";
import { CALLED } from "./shape.ts";
import type { Shapes } from "./shapes.ts";
import {
  expressions,
  hasLockOption,
  inputsOf,
  mentions,
  propertyNames,
} from "./store-arguments.ts";
import type { Handle, StoreCall } from "./store-call.ts";
import { conflictUpdate } from "./store-conflicts.ts";
import {
  conditionsOf,
  isConditional,
  optionOf,
  type Chain,
  type ChainLink,
  type Condition,
} from "./store-chain.ts";
import { describeSql } from "./store-sql.ts";
import { tableOf } from "./store-table.ts";

/** What a call on a handle of a modelled store does. Null where the model names no operation in the chain. */
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
  const { link, call, operation } = found;
  const args = expressions(call);
  const inputs = inputsOf(chain, links);
  const isOver = links.some((other) => isEnd(model, other));
  if (operation.kind === "sql")
    return describeSql(chain, handle, model, args, inputs, shapes, schemas);
  const first = args[0] && unwrap(args[0]);
  const options = first?.type === "ObjectExpression" ? first : null;
  const tableNode = operation.table === undefined ? null : (args[operation.table] ?? null);
  const isManager = tableNode === null && isEntityName(first, model);
  const table = tableOf(chain, handle, isManager ? (first ?? null) : tableNode);
  const shift = isManager ? 1 : 0;
  const key = operation.key === undefined ? null : (args[operation.key + shift] ?? null);
  const where = [first, key ?? undefined]
    .map((argument) => optionOf(argument, "where") ?? optionOf(argument, "filter"))
    .find((filter) => filter !== null);
  const filterLinks = links.filter((other) => model.chain?.filters?.includes(other.name));
  const conditions = [
    ...(where
      ? conditionsOf("", [where])
      : key && !isOptionsAlone(key)
        ? keyConditions(key, link.name)
        : []),
    ...filterLinks.flatMap((other) =>
      other.call ? conditionsOf(other.name, expressions(other.call)) : [],
    ),
  ];
  const made = dataOf(operation, options, args, shift, links, model);
  const update = conflictUpdate(operation, links, made, model);
  const data = update ? [update.data] : made;
  const written = data.flatMap((node) => propertyNames(node));
  const isUpsert =
    link.name === "upsert" ||
    args.some((argument) => isTrue(optionOf(argument, "upsert"))) ||
    links.some((other) => model.chain?.conflicts?.includes(other.name));
  const { conditionalWith } = operation;
  const isGuarded =
    conditionalWith !== undefined &&
    args.slice(2).some((argument) => mentions(argument, conditionalWith));
  // `update({ state: "taken" }).where(id, state = "open").returning()`: what a claim gave is this activation's own.
  const isClaim = conditions.some(
    ({ column, isEquality }) => isEquality && column !== null && written.includes(column),
  );
  const given = givenRow(operation, link.name, data, links, model);
  const gives = given === "written" && isClaim ? null : given;
  const id = `${handle.id}.${table.table}`;
  const uniqueKeys = model.keepsDuplicates ? [] : schemas.uniqueKeys(model, id);
  return {
    table: id,
    name: table.name,
    noun: "",
    model,
    kind: isGuarded ? "atomic" : update ? "write" : operation.kind,
    keys: update?.keys ?? keysOf(namingConditions(conditions, written), uniqueKeys),
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
      // What a statement of a transaction has changed, nobody else changes until its end.
      (gives === "written" && chain.isInTransaction === true) ||
      links.some((other) => model.chain?.locks?.includes(other.name)) ||
      args.some((argument) => hasLockOption(argument, model, chain.file)),
    isSynchronous: model.synchronous ?? false,
    isUniqueLookup: model.uniqueLookups?.includes(link.name) ?? false,
    whenMissing: whenMissing(model, operation, nameOf(link, handle), isUpsert),
    ...(gives ? { gives } : {}),
    keepsExisting: isUpsert || isTrue(optionOf(options ?? undefined, "skipDuplicates")),
    ...(operation.writesBack ? { writesBack: true } : {}),
    ...(isIsolated(operation, links) ? { isIsolated: true } : {}),
    ...(isOver ? { endsTransaction: true } : {}),
    uniqueKeys,
  };
}

interface Found {
  readonly link: ChainLink;
  readonly call: TSESTree.CallExpression;
  readonly operation: StoreOperation;
}

/** A write anywhere in the chain decides; else the first read. */
function operationIn(links: readonly ChainLink[], handle: Handle, model: StoreModel): Found | null {
  let read: Found | null = null;
  for (const link of links) {
    const { call } = link;
    if (!call) continue;
    const name = nameOf(link, handle);
    const operation = Object.hasOwn(model.operations, name) ? model.operations[name] : undefined;
    if (!operation || !isMeant(operation, call)) continue;
    if (operation.kind !== "read") return { link, call, operation };
    read ??= { link, call, operation };
  }
  // Null for `new Model().save()` and rows, which are judged by their values; a knex query may end with its filter.
  return read;
}

/** `import { getDoc } from "firebase/firestore"`: the function itself is the handle. */
function nameOf(link: ChainLink, { shape }: Handle): string {
  return link.name === CALLED ? (shape.path.at(-1) ?? "") : link.name;
}

function whenMissing(
  model: StoreModel,
  { kind }: StoreOperation,
  name: string,
  isUpsert: boolean,
): StoreCall["whenMissing"] {
  if (model.failsWhenMissing?.includes(name)) return "fails";
  const makes = isUpsert || model.makesMissing?.includes(name) === true;
  return makes && kind === "write" ? "creates" : null;
}

/** With a callback `transaction` is no manual one: it ends where the callback does. */
function isMeant({ kind }: StoreOperation, call: TSESTree.CallExpression): boolean {
  return kind !== "begin" || !call.arguments.some((argument) => isFunction(argument));
}

/** `sequelize.transaction({ isolationLevel: "SERIALIZABLE" })`, `startTransaction().setIsolationLevel(...)`. */
function isIsolated({ kind, protects }: StoreOperation, links: readonly ChainLink[]): boolean {
  if (kind !== "begin" || protects === undefined) return false;
  return (
    protects === "always" ||
    links.some(
      ({ call, file }) =>
        call?.arguments.some((argument) => /serializable/i.test(file.textOf(argument))) === true,
    )
  );
}

function isEnd(model: StoreModel, { name, call }: ChainLink): boolean {
  return call !== null && lookup(model.operations, name)?.kind === "end";
}

const QUERY_OPTION =
  /^(?:orderBy|order|take|limit|skip|offset|select|include|attributes|relations|by|cursor|distinct|_.*)$/;

/** `findMany({ orderBy: { age: "asc" } })`: options of a query over all rows, and no filter. */
function isOptionsAlone(node: Node): boolean {
  const inner = unwrap(node);
  return (
    inner.type === "ObjectExpression" &&
    inner.properties.length > 0 &&
    inner.properties.every(
      (property) =>
        property.type === "Property" &&
        QUERY_OPTION.test(propertyName(property) ?? "") &&
        propertyName(property) !== "_id",
    )
  );
}

/** A plain key (`findById(id)`) or a filter. */
function keyConditions(key: Node, method: string): Condition[] {
  const conditions = conditionsOf("", [key]);
  return /ById|ByPk|By_id/.test(method)
    ? conditions.map((condition) => ({ ...condition, column: condition.column ?? "id" }))
    : conditions;
}

/** `update({ where: { id, state: old }, data: { state } })`: the column that is changed says when, and not which row. */
function namingConditions(
  conditions: readonly Condition[],
  written: readonly string[],
): readonly Condition[] {
  const naming = conditions.filter(({ column }) => column === null || !written.includes(column));
  return naming.length > 0 ? naming : conditions;
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

/** What a write gives back, where it gives its row. */
function givenRow(
  operation: StoreOperation,
  name: string,
  data: readonly Node[],
  links: readonly ChainLink[],
  model: StoreModel,
): StoreCall["gives"] | null {
  if (operation.kind === "read" || operation.kind === "delete") return null;
  const isAsked = links.some((link) => model.chain?.gives?.includes(link.name));
  if (!operation.givesRow && !isAsked) return null;
  const isLookUp =
    name.startsWith("findOrCreate") ||
    (data.length > 0 && data.every((node) => changesNothing(node)));
  return isLookUp ? "found" : "written";
}

/** `{}`, or only what is set where the row is made. */
function changesNothing(data: Node): boolean {
  const inner = unwrap(data);
  return (
    inner.type === "ObjectExpression" &&
    inner.properties.every(
      (property) => property.type === "Property" && propertyName(property) === "$setOnInsert",
    )
  );
}

function partsOf(options: TSESTree.ObjectExpression): Node[] {
  return ["data", "update"].flatMap((name) => optionOf(options, name) ?? []);
}

/** `manager.findOne(User, { where })`: an entity in front of what the repository's method takes. */
function isEntityName(first: Node | undefined, model: StoreModel): boolean {
  return model.takesEntity === true && first?.type === "Identifier" && /^[A-Z]/.test(first.name);
}
