import type { Place } from "../flow/place.ts";
import type { ActivationRoot } from "../project/roots.ts";
import {
  childrenOf,
  dottedName,
  isFunction,
  lastStatement,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import { foundEmpty } from "../syntax/empty-tests.ts";
import { isLoop } from "../syntax/loops.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Reached } from "./call-graph.ts";

/** Whether the first activation alone gets there: the site itself, or a call on the way to it, is guarded. */
export function isReachedOnce(
  { chain, file }: Pick<Reached, "chain" | "file">,
  node: Node,
): boolean {
  return [...chain, { file, node }].some((site) => isDoneOnce(site.node, site.file));
}

/**
 * Whether the callback runs once for each call of the function that owns the variable: a one-shot listener that
 * the function itself registers, and in no loop. Two of its runs never see one variable.
 */
export function isOncePerOwner({ site, isOneShot }: ActivationRoot, { root }: Place): boolean {
  if (!isOneShot || root.kind !== "variable" || root.owner.type === "Program") return false;
  // What was passed in may be the same object in each call.
  if (root.variable.defs.some((definition) => definition.type === "Parameter")) return false;
  const { file, node } = site;
  for (let outer = file.parentOf(node); outer; outer = file.parentOf(outer)) {
    if (outer === root.owner) return true;
    if (isFunction(outer) || isLoop(outer)) return false;
  }
  return false;
}

/**
 * Whether what stands here happens in the first activation only: `x ??= make()`, `if (!x) x = make()`, and
 * `if (done) return; done = true; ...`.
 */
function isDoneOnce(node: Node, file: SourceFile): boolean {
  let isOnce = doneOnce.get(node);
  if (isOnce === undefined) doneOnce.set(node, (isOnce = standsBehindGuard(node, file)));
  return isOnce;
}

/** By the node: the same calls lead to much of what is asked about, and a new text has nodes of its own. */
const doneOnce = new WeakMap<Node, boolean>();

function standsBehindGuard(node: Node, file: SourceFile): boolean {
  let inner: Node = node;
  for (let parent = file.parentOf(node); parent; parent = file.parentOf(parent)) {
    if (parent.type === "AssignmentExpression" && /^(?:\?\?|\|\|)=$/.test(parent.operator))
      return true;
    if (parent.type === "IfStatement" && inner === parent.consequent) {
      const name = absent(parent.test);
      if (name !== null && namesSetIn(parent.consequent).has(name)) return true;
      if (name !== null && isOnlyCounted(name, parent.test, file)) return true;
      if (/listenerCount|\.listeners\(/.test(file.textOf(parent.test))) return true;
    }
    if (parent.type === "BlockStatement" && isAfterGuard(parent.body, inner, file)) return true;
    if (isFunction(parent)) return false;
    inner = parent;
  }
  return false;
}

/** `if (done) return;` and then `done = true`, before or after the node. */
function isAfterGuard(statements: readonly Node[], node: Node, file: SourceFile): boolean {
  for (const statement of statements) {
    if (statement === node) return false;
    if (statement.type !== "IfStatement" || !leaves(statement.consequent)) continue;
    const name = nameOf(statement.test);
    if (
      name !== null &&
      statements.some((other) => namesSetIn(other).has(name)) &&
      !isReset(name, file.enclosing(statement))
    )
      return true;
  }
  return false;
}

/** `if (attempts === 0) load()`, where the same function counts its attempts, and nobody begins to count anew. */
function isOnlyCounted(name: string, test: Node, file: SourceFile): boolean {
  const inner = unwrap(test);
  if (inner.type !== "BinaryExpression") return false;
  const run = file.enclosing(test);
  const counts = (node: Node): boolean =>
    (node.type === "UpdateExpression" &&
      node.operator === "++" &&
      nameOf(node.argument) === name) ||
    childrenOf(node).some(counts);
  return counts(run) && !isReset(name, run);
}

/** `busy = false` at the end lets the next one in: the guard keeps runs apart, it does not make them one. */
function isReset(name: string, run: Node): boolean {
  const resets = (node: Node): boolean =>
    (node.type === "AssignmentExpression" &&
      node.right.type === "Literal" &&
      !node.right.value &&
      nameOf(node.left) === name) ||
    childrenOf(node).some(resets);
  return resets(run);
}

function leaves(node: Node): boolean {
  return lastStatement(node).type === "ReturnStatement";
}

/** The name that a test finds empty: `!x`, `x === null`, `x == undefined`. */
function absent(test: Node): string | null {
  const operand = foundEmpty(test);
  return operand && nameOf(operand);
}

function nameOf(node: Node): string | null {
  const inner = unwrap(node);
  return inner.type === "Identifier" || inner.type === "MemberExpression"
    ? dottedName(inner)
    : null;
}

const setNames = new WeakMap<Node, ReadonlySet<string>>();

/** The names that a statement assigns, functions inside left out. Each call behind a guard asks for them again. */
function namesSetIn(statement: Node): ReadonlySet<string> {
  let names = setNames.get(statement);
  if (!names) {
    const found = new Set<string>();
    collectSetNames(statement, found);
    setNames.set(statement, (names = found));
  }
  return names;
}

function collectSetNames(node: Node, names: Set<string>): void {
  if (isFunction(node)) return;
  const name = node.type === "AssignmentExpression" ? nameOf(node.left) : null;
  if (name !== null) names.add(name);
  for (const child of childrenOf(node)) collectSetNames(child, names);
}
