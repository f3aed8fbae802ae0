import type { StoreModel } from "../../models/store-model.ts";
import { isFunction, unwrap, type Node } from "../syntax/ast.ts";
import { matchExport } from "./match-export.ts";
import type { Schemas } from "./schemas.ts";
import type { Shapes } from "./shapes.ts";
import { CALLED } from "./shape.ts";
import { holeNamed, isHole, preparedText, textOf, type SqlText } from "./sql-source.ts";
import { readSql, type SqlStatement } from "./sql-text.ts";
import type { Handle, StoreCall } from "./store-call.ts";
import { optionOf, type Chain } from "./store-chain.ts";
import { singular } from "./store-table.ts";

/** What a call does whose SQL text can be read. */
export function describeSql(
  chain: Chain,
  handle: Handle,
  model: StoreModel,
  args: readonly Node[],
  inputs: readonly Node[],
  shapes: Shapes,
  schemas: Schemas,
): StoreCall | null {
  const prepared = preparedText(chain, handle, shapes);
  const text = prepared ?? textOf(args[0] ?? null, chain.file, shapes);
  if (!text) return null;
  const statement = readSql(text.sql);
  const parameters = parametersOf(text, statementParameters(args, prepared !== null));
  const kind = KINDS[statement.verb];
  if (!kind || (/^(?:create|write|delete)$/.test(kind) && statement.table === "")) return null;
  if (statement.verb === "isolate" && !statement.isSerializable) return null;
  // Each statement may get another connection: a transaction or a lock ends with the statement that made it.
  const isOnPool = isPool(handle, model) && chain.isInTransaction !== true;
  if (isOnPool && (kind === "begin" || kind === "end")) return null;
  const keys = statement.conditions.flatMap((condition) =>
    condition.isEquality ? (parameters(condition.parameter) ?? []) : [],
  );
  // `SELECT ... FROM ${table}`: a row is looked up, and by what is no part of it.
  const id = `${handle.id}.${singular(statement.table) || "?"}`;
  return {
    table: id,
    name: statement.table || "a table",
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
            isAtomic: column.isComputed || column.keepsOwn,
            keepsOwn: column.keepsOwn,
          }))
        : [],
    inputs,
    isConditional: statement.verb === "update" && isConditionalStatement(statement),
    isLocking: statement.isLocking && !isOnPool,
    isSynchronous: model.synchronous ?? false,
    isUniqueLookup: false,
    whenMissing: null,
    keepsExisting: statement.hasConflictClause,
    ...(kind === "begin" && statement.isSerializable ? { isIsolated: true } : {}),
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
  isolate: "begin",
  commit: "end",
  other: null,
};

/** `new Pool()` itself, and no connection that it gave. */
function isPool({ shape }: Handle, { packages, pools }: StoreModel): boolean {
  const rest = pools && matchExport(shape, packages, pools);
  return rest?.length === 1 && rest[0] === CALLED;
}

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

/** The expressions given for the statement's parameters, in order. */
function statementParameters(args: readonly Node[], isPrepared: boolean): Node[] {
  // pg: `query({ text, values })`; libsql: `execute({ sql, args })`
  const listed = optionOf(args[0], "values") ?? optionOf(args[0], "args");
  const given = isPrepared ? args : listed ? [listed] : args.slice(1);
  return given.flatMap((argument): Node[] => {
    const inner = unwrap(argument);
    if (inner.type === "ArrayExpression")
      return inner.elements.flatMap((item) => (item ? [item] : []));
    return isFunction(inner) ? [] : [argument];
  });
}

function parametersOf(
  text: SqlText,
  given: readonly Node[],
): (parameter: string | number | null) => Node | null {
  const [only] = given;
  return (parameter) => {
    if (parameter === null) return null;
    if (typeof parameter === "number") return given[parameter - 1] ?? null;
    if (isHole(parameter)) return holeNamed(text, parameter);
    return optionOf(only, parameter) ?? only ?? null;
  };
}
