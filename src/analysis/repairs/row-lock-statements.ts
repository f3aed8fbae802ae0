import type { StatementLock } from "../../models/store-model.ts";
import { styleOf } from "../extraction/style.ts";
import type { Repair, TextEdit } from "../finding.ts";
import { leftmost, memberName, stringValue, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { freeName, mayLeave, nodesIn } from "./blocks.ts";
import {
  framed,
  LOCK_IN_TRANSACTION,
  LOCK_WHEN_READ,
  renamed,
  waitsOnlyFor,
  type StoreSection,
} from "./transaction-section.ts";

/**
 * SQL text: a connection of the pool, on which the transaction begins and ends, and `FOR UPDATE` at the end of
 * the SELECT. Null where the lines may leave before the end: the transaction would stay open.
 */
export function lockByStatement(
  { race, section, read, write }: StoreSection,
  form: StatementLock,
): Repair | null {
  const { file, hazard } = race;
  const { root } = hazard.place;
  const pool = leftmost(read);
  const variable = pool.type === "Identifier" ? file.variableOf(pool) : null;
  const lock = lockText(read.arguments[0], form.lock, file);
  if (pool.type !== "Identifier" || !variable || !lock || root.kind !== "store") return null;
  const isOwn = (node: Node): boolean => {
    const other = leftmost(node);
    return other.type === "Identifier" && file.variableOf(other) === variable;
  };
  if (!isOwn(write)) return null;
  if (hasBegun(read, isOwn, file)) return { title: LOCK_WHEN_READ, edits: [lock] };
  const pools = root.model?.pools ?? [];
  if (!isPool(pool.name, variable.defs[0]?.node, pools)) return null;
  if (section.statements.some(mayLeave) || !waitsOnlyFor(section, isOwn)) return null;
  const { indent, end, quote } = styleOf(file);
  const name = freeName(form.handle, file);
  const run = (sql: string): string =>
    `await ${name}.${memberName(read.callee)}(${quote}${sql}${quote})${end}`;
  return {
    title: LOCK_IN_TRANSACTION,
    edits: framed(
      section,
      [
        `const ${name} = await ${pool.name}.${form.connect}()${end}`,
        "try {",
        indent + run("BEGIN"),
      ],
      [
        indent + run("COMMIT"),
        "} catch (error) {",
        indent + run("ROLLBACK"),
        `${indent}throw error${end}`,
        "} finally {",
        `${indent}${name}.${form.release}()${end}`,
        "}",
      ],
      race,
      [...renamed(section, variable, name), lock],
    ),
  };
}

/** `new Pool()`, or what another module calls a pool. */
function isPool(name: string, definition: Node | undefined, pools: readonly string[]): boolean {
  if (definition?.type === "VariableDeclarator") {
    const made = definition.init && unwrap(definition.init);
    return (
      made?.type === "NewExpression" &&
      pools.some((pool) => made.callee.type === "Identifier" && made.callee.name === pool)
    );
  }
  return definition?.type.startsWith("Import") === true && /pool/i.test(name);
}

/** `client.query("BEGIN")` before the read, in the same function. */
function hasBegun(read: Node, isOwn: (node: Node) => boolean, file: SourceFile): boolean {
  for (const node of nodesIn(file.enclosing(read))) {
    if (node.type !== "CallExpression" || node.range[0] >= read.range[0] || !isOwn(node)) continue;
    const [text] = node.arguments;
    if (text && /^\s*(?:begin|start transaction)\b/i.test(stringValue(text) ?? "")) return true;
  }
  return false;
}

/** Rows that a grouped, joined or counted SELECT gives cannot be locked, or not all of them. */
const UNLOCKABLE =
  /\b(?:group by|distinct|union|join|count|sum|avg|min|max|for (?:update|share))\b/i;

function lockText(text: Node | undefined, lock: string, file: SourceFile): TextEdit | null {
  const node = text && unwrap(text);
  if (node?.type !== "TemplateLiteral" && (!node || stringValue(node) === null)) return null;
  const inner = file.textOf(node).slice(1, -1);
  if (!/^\s*select\b/i.test(inner) || UNLOCKABLE.test(inner)) return null;
  const at = node.range[0] + 1 + inner.replace(/[;\s]*$/, "").length;
  return { start: at, end: at, text: lock };
}
