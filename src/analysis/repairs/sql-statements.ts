import type { TSESTree } from "@typescript-eslint/types";
import { indentAt, styleOf } from "../extraction/style.ts";
import type { Repair, TextEdit } from "../finding.ts";
import type { Hazard } from "../flow/summary.ts";
import { memberName, propertyName, stringValue, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { freeName, isReading, nodesIn } from "./blocks.ts";

/** An UPDATE whose text and parameters stand in one call, and nothing else is put into it. */
interface Update {
  readonly call: TSESTree.CallExpression;
  readonly text: Node;
  readonly sql: string;
  readonly parameters: readonly Node[];
  /** The list of parameters, where they stand in one. */
  readonly list: TSESTree.ArrayExpression | null;
}

/**
 * `UPDATE ... SET points = $1` with `row.points + 5` becomes `SET points = points + $1` with `5`: the statement
 * adds to what is there by then. Null where the parameter is anything but the column's old value plus or minus
 * something.
 */
export function computedColumn(hazard: Hazard): Repair | null {
  const column = writtenColumn(hazard);
  const update = column === null ? null : updateOf(hazard);
  if (hazard.kind !== "lost-update" || column === null || !update) return null;
  const { file } = hazard.site;
  const assignment = new RegExp(`\\b${column}\\b["\`\\]]?\\s*=\\s*(\\$\\d+|\\?)`, "i").exec(
    update.sql,
  );
  const [whole, marker] = assignment ?? [];
  if (!assignment || whole === undefined || marker === undefined) return null;
  const at = assignment.index + whole.length - marker.length;
  const given = update.parameters[indexOfMarker(update.sql, marker, at)];
  if (!given) return null;
  const sum = unwrap(given);
  if (
    sum.type !== "BinaryExpression" ||
    (sum.operator !== "+" && sum.operator !== "-") ||
    !isColumn(sum.left, column) ||
    stringValue(sum.right) !== null ||
    sum.right.type === "TemplateLiteral" ||
    update.sql.split(marker).length > (marker === "?" ? Infinity : 2)
  )
    return null;
  const start = update.text.range[0] + 1 + at;
  return {
    title: `Let the store compute ${column}`,
    edits: [
      { start, end: start, text: `${column} ${sum.operator} ` },
      { start: given.range[0], end: given.range[1], text: file.textOf(sum.right) },
    ],
  };
}

/**
 * `UPDATE ... WHERE id = $1` gets `AND status = $2` with what was read, and an error where no row was changed:
 * another activation was first. Null where the old value has no name that still means it.
 */
export function oldValueInWhere(hazard: Hazard): Repair | null {
  const { place, read, site } = hazard;
  const { root } = place;
  const { file } = site;
  const column = writtenColumn(hazard);
  const changed = root.kind === "store" ? root.model?.repairs?.changed : undefined;
  const known = read.place.path.at(-1);
  // Nothing equals NULL, and what was absent is NULL.
  if (!changed || column === null || hazard.outcome === "absent" || hazard.whenGone) return null;
  if (known?.kind !== "field" || known.name.toLowerCase() !== column) return null;
  const update = updateOf(hazard);
  const old = oldValue(hazard, column);
  if (!update || old === null || !/\bwhere\b/i.test(update.sql)) return null;
  if (/\b(?:or|returning|limit|order by)\b/i.test(update.sql.replace(/^.*?\bwhere\b/is, "")))
    return null;
  const statement = statementOf(update.call, file);
  const last = update.list?.elements.at(-1) ?? update.call.arguments.at(-1);
  if (!statement || !last || (update.parameters.length === 0 && update.list)) return null;
  const marker = update.sql.includes("$1") ? `$${String(update.parameters.length + 1)}` : "?";
  if (marker === "?" && !update.sql.includes("?")) return null;
  const end = update.text.range[0] + 1 + update.sql.replace(/[;\s]*$/, "").length;
  const style = styleOf(file);
  const name = freeName("result", file);
  const newLine = style.newline + indentAt(file.text, statement.range[0]);
  const edits: TextEdit[] = [
    {
      start: statement.range[0],
      end: statement.range[0],
      text: `const ${(changed.pattern ?? "#").replace("#", name)} = `,
    },
    { start: end, end, text: ` AND ${column} = ${marker}` },
    { start: last.range[1], end: last.range[1], text: `, ${old}` },
    {
      start: statement.range[1],
      end: statement.range[1],
      text: `${newLine}if (${name}.${changed.path} === 0) throw new Error(${style.quote}${column} was changed meanwhile${style.quote})${style.end}`,
    },
  ];
  return {
    title: `Write only where ${column} is still what was read, and fail where it is not`,
    edits: edits.sort((a, b) => a.start - b.start),
  };
}

/** The one column of the row that is written. */
function writtenColumn({ place, chain }: Hazard): string | null {
  const [, column, ...deeper] = place.path;
  return place.root.kind === "store" &&
    place.root.model?.repairs?.changed !== undefined &&
    chain.length === 0 &&
    deeper.length === 0 &&
    column?.kind === "field"
    ? column.name.toLowerCase()
    : null;
}

/** `pool.query(text, [...])`, `db.run(text, a, b)` and `db.prepare(text).run(a, b)`. */
function updateOf({ site }: Hazard): Update | null {
  const call = site.node;
  if (call.type !== "CallExpression") return null;
  const callee = unwrap(call.callee);
  const before = callee.type === "MemberExpression" ? unwrap(callee.object) : null;
  const isPrepared = before?.type === "CallExpression" && memberName(before.callee) === "prepare";
  const text = isPrepared ? before.arguments[0] : call.arguments[0];
  const rest = isPrepared ? call.arguments : call.arguments.slice(1);
  const sql = text && literal(text, site.file);
  if (!text || !sql || !/^\s*update\b/i.test(sql)) return null;
  const [only] = rest;
  const list = rest.length === 1 && only?.type === "ArrayExpression" ? only : null;
  const parameters = list ? list.elements : rest;
  if (parameters.some((part) => !part || part.type === "SpreadElement")) return null;
  return { call, text, sql, parameters: parameters as readonly Node[], list };
}

/** The text of a literal in which nothing is escaped or put in, so that offsets in it are those in the source. */
function literal(node: Node, file: SourceFile): string | null {
  const isText =
    (node.type === "Literal" && typeof node.value === "string") ||
    (node.type === "TemplateLiteral" && node.expressions.length === 0);
  const inner = file.textOf(node).slice(1, -1);
  // A mark inside a text of the statement is no parameter.
  return isText && !inner.includes("\\") && !/'[^']*[?$][^']*'/.test(inner) ? inner : null;
}

/** `$2` is the second parameter; the third `?` of a statement the third. */
function indexOfMarker(sql: string, marker: string, at: number): number {
  return marker === "?" ? sql.slice(0, at).split("?").length - 1 : Number(marker.slice(1)) - 1;
}

function isColumn(node: Node, column: string): boolean {
  const inner = unwrap(node);
  return inner.type === "MemberExpression" && propertyName(inner)?.toLowerCase() === column;
}

/** `row.status`, `rows[0].status`: what the code itself calls the old value, where nothing assigns it. */
function oldValue({ read, site }: Hazard, column: string): string | null {
  const { file, node } = read.site;
  const fn = file.enclosing(site.node);
  if (read.chain.length > 0 || file !== site.file || fn !== file.enclosing(node)) return null;
  let old: string | null = null;
  for (const inner of nodesIn(fn)) {
    if (!isColumn(inner, column) || !isReading(inner)) continue;
    const parent = file.parentOf(inner);
    if (parent?.type === "UpdateExpression") return null;
    if (parent?.type === "AssignmentExpression" && parent.left === inner) return null;
    if (old === null && inner.range[0] > node.range[0] && isOfRead(inner, node, file))
      old = file.textOf(inner);
  }
  return old;
}

const MOST_NAMES = 3;

/** Whether a constant holds what was read, or a part of it. */
function isOfRead(value: Node, read: Node, file: SourceFile, depth = 0): boolean {
  let inner = unwrap(value);
  while (inner.type === "MemberExpression") inner = unwrap(inner.object);
  if (inner === read) return true;
  if (inner.type === "AwaitExpression") return isOfRead(inner.argument, read, file, depth);
  const variable = inner.type === "Identifier" ? file.variableOf(inner) : null;
  const declarator = variable?.defs[0]?.node;
  return (
    depth < MOST_NAMES &&
    variable?.isReassigned === false &&
    declarator?.type === "VariableDeclarator" &&
    declarator.init !== null &&
    isOfRead(declarator.init, read, file, depth + 1)
  );
}

/** The statement that is nothing but the call, awaited or not. */
function statementOf(call: Node, file: SourceFile): TSESTree.ExpressionStatement | null {
  const parent = file.parentOf(call);
  const statement = parent?.type === "AwaitExpression" ? file.parentOf(parent) : parent;
  const holder = statement && file.parentOf(statement);
  return statement?.type === "ExpressionStatement" && holder?.type === "BlockStatement"
    ? statement
    : null;
}
