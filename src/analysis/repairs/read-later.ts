import type { TSESTree } from "@typescript-eslint/types";
import { indentAt, styleOf } from "../extraction/style.ts";
import type { Repair, TextEdit } from "../finding.ts";
import { contains, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import {
  constantOf,
  freeName,
  hasAwait,
  isReading,
  isStable,
  mentions,
  nodesIn,
  positionsOf,
  stateName,
  type LocalRace,
} from "./blocks.ts";

/**
 * Reads after the wait what was read before it: the declarations that hold the old value move down to the write,
 * and an `await` in the write itself moves in front of it. Null where the old value is used before the write,
 * where anything else in the function speaks of the state, and where the order of other effects would change.
 */
export function readLater(race: LocalRace): Repair | null {
  const { hazard, file, fn } = race;
  if (hazard.kind !== "lost-update") return null;
  const [position] = positionsOf(hazard.site.node, race);
  const target = position?.list[position.index];
  if (!position || target?.type !== "ExpressionStatement") return null;
  const state = stateName(hazard.read.site.node, file);
  const awaited = awaitOf(target);
  if (awaited === undefined) return null;
  const moved = declarationsOf(race, target, state);
  const isInWrite = awaited !== null && contains(target, hazard.read.site.node);
  if (!moved || (moved.length === 0 && !isInWrite)) return null;
  if (isMentionedBefore(fn.body, target, moved, state, file)) return null;
  const style = styleOf(file);
  const newLine = style.newline + indentAt(file.text, target.range[0]);
  const inFront: string[] = [];
  const edits: TextEdit[] = moved.map((statement) => removal(statement, file));
  if (awaited) {
    const name = freeName("result", file);
    inFront.push(`const ${name} = ${file.textOf(awaited)}${style.end}`);
    edits.push(replacement(awaited, name, file));
  }
  inFront.push(...moved.map((statement) => textOf(statement, file, newLine)));
  const text = inFront.map((line) => line + newLine).join("");
  const start = startOfComments(target, file);
  edits.push({ start, end: start, text });
  return {
    title: `Read \`${state}\` after the wait`,
    edits: edits.sort((a, b) => a.start - b.start),
  };
}

/** The only `await` of the write, where it may as well come first; null for none, undefined where it may not. */
function awaitOf(
  target: TSESTree.ExpressionStatement,
): TSESTree.AwaitExpression | null | undefined {
  const waits = [...nodesIn(target)].filter((node) => node.type === "AwaitExpression");
  const [wait] = waits;
  if (!wait) return null;
  const written = writtenBy(target.expression);
  if (waits.length > 1 || !written) return undefined;
  return written.every((part) => isReadingBut(part, wait)) ? wait : undefined;
}

/** What the write evaluates: the target and the value of an assignment, the arguments of a container's method. */
function writtenBy(expression: Node): readonly Node[] | null {
  const inner = unwrap(expression);
  if (inner.type === "AssignmentExpression") return [inner.left, inner.right];
  if (inner.type !== "CallExpression") return null;
  const callee = unwrap(inner.callee);
  return callee.type === "MemberExpression" ? [callee.object, ...inner.arguments] : null;
}

/** Reads only, but for one part that is evaluated in any case. */
function isReadingBut(node: Node, part: Node): boolean {
  const inner = unwrap(node);
  if (inner === part) return true;
  if (!contains(inner, part)) return isReading(inner);
  switch (inner.type) {
    case "BinaryExpression":
      return isReadingBut(inner.left, part) && isReadingBut(inner.right, part);
    case "LogicalExpression":
      return contains(inner.left, part) && isReadingBut(inner.left, part) && isReading(inner.right);
    case "MemberExpression":
      return !inner.computed && isReadingBut(inner.object, part);
    case "UnaryExpression":
      return isReadingBut(inner.argument, part);
    case "ObjectExpression":
      return inner.properties.every((property) =>
        isReadingBut(property.type === "Property" ? property.value : property.argument, part),
      );
    case "TemplateLiteral":
      return inner.expressions.every((expression) => isReadingBut(expression, part));
    default:
      return false;
  }
}

/** The declarations that the write's value comes from and that read the state, in order; null where one cannot move. */
function declarationsOf(
  race: LocalRace,
  target: TSESTree.ExpressionStatement,
  state: string,
): TSESTree.VariableDeclaration[] | null {
  const { file, fn } = race;
  const used = new Set<TSESTree.VariableDeclaration>();
  const follow = (node: Node): boolean => {
    for (const inner of nodesIn(node, true)) {
      const declaration = inner.type === "Identifier" ? declarationOf(inner, file) : null;
      if (!declaration || used.has(declaration) || !contains(fn.body, declaration)) continue;
      const { init } = declaration.declarations[0];
      if (!init || !readsState(init, state, file, fn.body)) continue;
      if (!isReading(init) || !isStable(init, file, state)) return false;
      used.add(declaration);
      if (!follow(init)) return false;
    }
    return true;
  };
  if (!follow(target)) return null;
  const [position] = positionsOf(target, race);
  const around = new Set(positionsOf(target, race).map(({ holder }) => holder));
  const moved = [...used].sort((a, b) => a.range[0] - b.range[0]);
  for (const declaration of moved) {
    const holder = file.parentOf(declaration);
    if (!holder || !around.has(holder) || !isStraight(holder, target, file)) return null;
    for (const variable of declaration.declarations.flatMap(({ id }) => file.variableOf(id) ?? []))
      for (const { identifier } of variable.references) {
        const isOwn = moved.some((other) => contains(other, identifier));
        const isBehind =
          identifier.range[0] >= target.range[0] &&
          position !== undefined &&
          contains(position.holder, identifier);
        if (!isOwn && !isBehind) return null;
      }
  }
  return moved;
}

/** `const name = ...`, alone in its statement, that an identifier means. */
function declarationOf(identifier: Node, file: SourceFile): TSESTree.VariableDeclaration | null {
  const declarator = file.variableOf(identifier)?.defs[0]?.node;
  const declaration = declarator && file.parentOf(declarator);
  return declaration?.type === "VariableDeclaration" && constantOf(declaration)
    ? declaration
    : null;
}

/** Whether a value comes from the state, by constants of the function too. */
function readsState(init: Node, state: string, file: SourceFile, body: Node, depth = 0): boolean {
  if (mentions(init, state, file)) return true;
  if (depth > 4) return false;
  for (const inner of nodesIn(init)) {
    const declaration = inner.type === "Identifier" ? declarationOf(inner, file) : null;
    const value = declaration?.declarations[0]?.init;
    if (declaration && value && contains(body, declaration) && !contains(declaration, init))
      if (!hasAwait(value) && readsState(value, state, file, body, depth + 1)) return true;
  }
  return false;
}

/** From the outer list to the write lead only branches and blocks: no loop, no callback. */
function isStraight(holder: Node, target: Node, file: SourceFile): boolean {
  for (let node = file.parentOf(target); node && node !== holder; node = file.parentOf(node))
    if (
      node.type !== "BlockStatement" &&
      node.type !== "IfStatement" &&
      node.type !== "TryStatement"
    )
      return false;
  return true;
}

/** What is said of the state before the write, beside what moves, may be a test of the old value. */
function isMentionedBefore(
  body: Node,
  target: Node,
  moved: readonly Node[],
  state: string,
  file: SourceFile,
): boolean {
  for (const inner of nodesIn(body, true)) {
    if (inner.type !== "Identifier" && inner.type !== "MemberExpression") continue;
    if (inner.range[0] >= target.range[0] || file.textOf(inner) !== state) continue;
    if (!moved.some((statement) => contains(statement, inner))) return true;
  }
  return false;
}

/** The statement with its line and the comments above it, where it stands alone there. */
function removal(statement: Node, file: SourceFile): TextEdit {
  const { text } = file;
  const [start, end] = statement.range;
  const before = text.slice(0, start).replace(/[ \t]*$/, "");
  const rest = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(end))?.[0];
  const isAlone = rest !== undefined && before.endsWith("\n");
  return isAlone
    ? {
        start: startOfComments(statement, file) - (start - before.length),
        end: end + rest.length,
        text: "",
      }
    : { start, end, text: "" };
}

/** Where the lines of comment begin that stand right above a statement. */
function startOfComments({ range: [start] }: Node, { text }: SourceFile): number {
  const comments = /(?<=^|\n)[ \t]*(?:\/\/[^\n]*\n[ \t]*)+$/.exec(text.slice(0, start));
  return comments ? comments.index + comments[0].indexOf("/") : start;
}

/** The statement and the comments above it, for a line that begins with `newLine`. */
function textOf(statement: Node, file: SourceFile, newLine: string): string {
  const comments = file.text.slice(startOfComments(statement, file), statement.range[0]);
  const lines = comments.split("\n").map((line) => line.trim());
  return [...lines.filter((line) => line !== ""), file.textOf(statement)].join(newLine);
}

/** The name in the place of `await f()`, and of the parentheses that only the `await` needed. */
function replacement(awaited: Node, name: string, file: SourceFile): TextEdit {
  const [start, end] = awaited.range;
  const parent = file.parentOf(awaited);
  const isWrapped =
    parent?.type !== "CallExpression" && file.text[start - 1] === "(" && file.text[end] === ")";
  return isWrapped ? { start: start - 1, end: end + 1, text: name } : { start, end, text: name };
}
