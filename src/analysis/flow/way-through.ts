import {
  childrenOf,
  contains,
  isFunction,
  isJump,
  lastStatement,
  type Node,
} from "../syntax/ast.ts";
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
