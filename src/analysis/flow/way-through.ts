import {
  childrenOf,
  contains,
  isFunction,
  isJump,
  lastStatement,
  type Node,
} from "../syntax/ast.ts";
import { isLoop } from "../syntax/loops.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/**
 * The code that runs where `target` runs, of the code that a guard lets through: what stands before it, the tests
 * on the way, and what comes after it until the way leaves. Other branches are not on it.
 */
export function wayThrough(file: SourceFile, guarded: readonly Node[], target: Node): Node[] {
  const way: Node[] = [];
  const add = (node: Node): void => {
    if (guarded.some((outer) => contains(outer, node))) way.push(node);
  };
  let hasLeft = false;
  let inner = target;
  for (
    let outer = file.parentOf(inner);
    outer && !isFunction(outer);
    outer = file.parentOf(inner)
  ) {
    const statements = statementsOf(outer);
    if (statements) {
      const index = statements.indexOf(inner);
      for (const before of statements.slice(0, index)) add(isExit(before) ? before.test : before);
      for (const after of hasLeft ? [] : statements.slice(index + 1)) {
        add(isExit(after) ? after.test : after);
        hasLeft = isJump(after);
        if (hasLeft) break;
      }
    } else if (outer.type === "IfStatement") add(outer.test);
    else
      way.push(
        ...siblings(outer, inner).filter((node) => guarded.some((all) => contains(all, node))),
      );
    if (isJump(outer)) hasLeft = true;
    inner = outer;
  }
  return [target, ...way];
}

/** Whether code further up leads to code further down: the latter stands in no other branch, and nothing leaves before. */
export function leadsTo(file: SourceFile, before: Node, after: Node): boolean {
  let inner = before;
  for (let outer = file.parentOf(inner); outer; outer = file.parentOf(inner)) {
    if (contains(outer, after))
      return (
        (outer.type !== "IfStatement" && outer.type !== "ConditionalExpression") ||
        inner === outer.test
      );
    const end = (statementsOf(outer) ?? []).find(isJump);
    if (end && leavesFor(file, end, after)) return false;
    inner = outer;
  }
  return true;
}

/** A jump that goes past the code: out of the function, or out of a loop or `switch` that the code stands in. */
function leavesFor(file: SourceFile, jump: Node, after: Node): boolean {
  if (jump.type === "ReturnStatement" || jump.type === "ThrowStatement") return true;
  const left = (outer: Node): boolean =>
    isLoop(outer) || (outer.type === "SwitchStatement" && jump.type === "BreakStatement");
  let outer = file.parentOf(jump);
  while (outer && !left(outer)) outer = file.parentOf(outer);
  return outer !== null && contains(outer, after);
}

function statementsOf(node: Node): readonly Node[] | null {
  if (node.type === "BlockStatement" || node.type === "Program") return node.body;
  return node.type === "SwitchCase" ? node.consequent : null;
}

/** What runs beside the inner node in an expression or a `try`; the cases of a `switch` are branches. */
function siblings(outer: Node, inner: Node): Node[] {
  if (outer.type === "SwitchStatement") return [outer.discriminant];
  if (outer.type === "TryStatement") return outer.finalizer ? [outer.finalizer] : [];
  if (outer.type === "ConditionalExpression") return [outer.test];
  return childrenOf(outer).filter((child) => child !== inner);
}

/** `if (...) return`: whoever comes past it did not go in. */
function isExit(node: Node): node is Extract<Node, { type: "IfStatement" }> {
  return node.type === "IfStatement" && !node.alternate && isJump(lastStatement(node.consequent));
}
