import type { TSESTree } from "@typescript-eslint/types";
import { indentAt, styleOf, type Style } from "../extraction/style.ts";
import type { Repair } from "../finding.ts";
import {
  contains,
  isJump,
  lastStatement,
  memberName,
  propertyName,
  unwrap,
  type Node,
  type Statement,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import {
  constantOf,
  declaredIn,
  hasAwait,
  isSameKey,
  indented,
  indexIn,
  isReading,
  isStable,
  isUsedBehind,
  mayLeave,
  mentions,
  nodesIn,
  positionsOf,
  stateName,
  type LocalRace,
  type Position,
} from "./blocks.ts";

/** The write that keeps others out once it is made, and what takes it back. */
interface Claim {
  readonly statement: TSESTree.ExpressionStatement;
  /** The state, as the source names it. */
  readonly state: string;
  readonly undo: string;
}

/**
 * Writes right behind the check what is written after the wait, and takes it back when the wait fails: until now
 * a failure left no trace. Null where the code in between may leave, uses the state, or gives the written value.
 */
export function claimFirst(race: LocalRace): Repair | null {
  const { hazard, file } = race;
  if (hazard.kind !== "check-then-act" || hazard.isVerdict || hazard.whenGone) return null;
  const [position] = positionsOf(hazard.site.node, race);
  const statement = position?.list[position.index];
  if (!position || statement?.type !== "ExpressionStatement") return null;
  const first = firstBehindCheck(position, race);
  const claim = claimOf(statement, race);
  if (first === null || !claim) return null;
  const checked = position.list.slice(first, position.index);
  // Up to the first wait the check holds.
  const between = checked.slice(checked.findIndex(hasAwait));
  const [start] = between;
  if (!start || hasAwait(statement) || !checked.some(hasAwait)) return null;
  if (checked.some((other) => mentions(other, claim.state, file))) return null;
  if (between.some(mayLeave)) return null;
  if (usesDeclared(statement, between, file)) return null;
  if (isUsedBehind(between, statement.range[1], file)) return null;
  return {
    title: `Claim before the wait: \`${excerpt(file.textOf(statement))}\` comes first, and is taken back if what follows fails`,
    edits: [
      {
        start: start.range[0],
        end: statement.range[1],
        text: rewritten(claim, start, between, file, styleOf(file)),
      },
    ],
  };
}

function rewritten(
  { statement, undo }: Claim,
  start: Statement,
  between: readonly Statement[],
  file: SourceFile,
  style: Style,
): string {
  const outer = indentAt(file.text, start.range[0]);
  const inner = outer + style.indent;
  return [
    file.textOf(statement),
    `${outer}try {`,
    `${inner}${indented(between, [start.range[0], statement.range[0]], file, style).trimEnd()}`,
    `${outer}} catch (error) {`,
    `${inner}${undo}${style.end}`,
    `${inner}throw error${style.end}`,
    `${outer}}`,
  ].join(style.newline);
}

/** Index of the first statement that runs only because of the check; null where that cannot be said. */
function firstBehindCheck({ list, holder }: Position, race: LocalRace): number | null {
  const { hazard, file } = race;
  const read = hazard.read.site.node;
  // `if (!busy) { ...; busy = true; }`
  const parent = file.parentOf(holder);
  if (parent?.type === "IfStatement" && parent.consequent === holder && contains(parent.test, read))
    return 0;
  const index = indexIn(list, read);
  const statement = list[index];
  if (statement && leavesAtOnce(statement) && contains(statement.test, read)) return index + 1;
  // `const order = orders.get(id); if (!order) return;`
  const next = list[index + 1];
  const declarator = statement && constantOf(statement);
  if (!declarator || !next || !leavesAtOnce(next) || hasAwait(next.test)) return null;
  const variable = file.variableOf(declarator.id);
  return variable?.references.some(({ identifier }) => contains(next.test, identifier))
    ? index + 2
    : null;
}

/** `if (busy) return;`, also after an answer. */
function leavesAtOnce(statement: Statement): statement is TSESTree.IfStatement {
  if (statement.type !== "IfStatement" || statement.alternate) return false;
  const last = lastStatement(statement.consequent);
  return isJump(last) && last.type !== "BreakStatement";
}

function claimOf(statement: TSESTree.ExpressionStatement, race: LocalRace): Claim | null {
  const { hazard, file } = race;
  const write = unwrap(statement.expression);
  const state = stateName(write, file);
  if (state !== stateName(hazard.read.site.node, file)) return null;
  const undo =
    write.type === "AssignmentExpression"
      ? undoOfFlag(write, file)
      : write.type === "CallExpression"
        ? undoOfEntry(write, state, race)
        : null;
  return undo === null ? null : { statement, state, undo };
}

/** `isRunning = true` is undone by `isRunning = false`. */
function undoOfFlag(write: TSESTree.AssignmentExpression, file: SourceFile): string | null {
  const value = unwrap(write.right);
  if (write.operator !== "=" || value.type !== "Literal" || typeof value.value !== "boolean")
    return null;
  return isReading(write.left) ? `${file.textOf(write.left)} = ${String(!value.value)}` : null;
}

function undoOfEntry(
  write: TSESTree.CallExpression,
  state: string,
  { hazard, file }: LocalRace,
): string | null {
  const callee = unwrap(write.callee);
  const [key] = write.arguments;
  if (callee.type !== "MemberExpression" || !key) return null;
  if (!write.arguments.every((part) => isReading(part) && isStable(part, file, ""))) return null;
  if (!isSameKey(hazard.read.site.node, key, file)) return null;
  const method = propertyName(callee);
  const name = file.textOf(key);
  if (hazard.outcome === "absent" && (method === "add" || method === "set"))
    return `${state}.delete(${name})`;
  if (hazard.outcome !== "present" || method !== "delete") return null;
  if (isSet(callee.object, file)) return `${state}.add(${name})`;
  // What somebody put there meanwhile stays.
  const entry = entryName(hazard.read.site.node, file);
  return entry === null ? null : `if (!${state}.has(${name})) ${state}.set(${name}, ${entry})`;
}

/** `order` of `const order = orders.get(id)`. */
function entryName(read: Node, file: SourceFile): string | null {
  const call = unwrap(read);
  const declarator = file.parentOf(read);
  return call.type === "CallExpression" &&
    memberName(call.callee) === "get" &&
    declarator?.type === "VariableDeclarator" &&
    declarator.id.type === "Identifier" &&
    isStable(declarator.id, file, "")
    ? declarator.id.name
    : null;
}

function isSet(object: Node, file: SourceFile): boolean {
  const declarator = file.variableOf(object)?.defs[0]?.node;
  const made = declarator?.type === "VariableDeclarator" && declarator.init;
  return (
    !!made &&
    made.type === "NewExpression" &&
    made.callee.type === "Identifier" &&
    made.callee.name === "Set"
  );
}

/** Whether the write needs what the code in between makes. */
function usesDeclared(write: Node, between: readonly Statement[], file: SourceFile): boolean {
  const made = between.flatMap((statement) => declaredIn(statement, file));
  for (const inner of nodesIn(write, true)) {
    const variable = inner.type === "Identifier" ? file.variableOf(inner) : null;
    if (variable && made.includes(variable)) return true;
  }
  return false;
}

const LONGEST_EXCERPT = 40;

function excerpt(text: string): string {
  const line = text.replace(/;$/, "").replace(/\s+/g, " ");
  return line.length > LONGEST_EXCERPT ? `${line.slice(0, LONGEST_EXCERPT)}…` : line;
}
