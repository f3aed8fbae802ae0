import type { WriteEvent } from "../flow/summary.ts";
import { isFunction, isJump, lastStatement, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/**
 * `timer = setTimeout(() => { if (!isActive) return; ... })`: the callback asks first whether to go on, so whoever ends
 * the chain by what it asks for has ended the new timer as well. To ask whether the slot is filled says nothing.
 */
export function asksFirst({ site: { node, file } }: WriteEvent): boolean {
  const write = unwrap(node);
  const call = write.type === "AssignmentExpression" ? unwrap(write.right) : null;
  const callback = call?.type === "CallExpression" ? call.arguments[0] : undefined;
  const [first, ...rest] = statementsOf(callback);
  if (write.type !== "AssignmentExpression" || first?.type !== "IfStatement") return false;
  const isOfSlot = namesSlot(first.test, write.left, file);
  return !isOfSlot && (isJump(lastStatement(first.consequent)) || rest.length === 0);
}

/** What a callback does, also inside `try { ... }` and `void (async () => { ... })()`. */
function statementsOf(node: Node | undefined): readonly Node[] {
  const inner = node && unwrap(node);
  if (!inner) return [];
  if (isFunction(inner)) return statementsOf(inner.body);
  if (inner.type === "BlockStatement") {
    const [only, ...rest] = inner.body;
    return only && rest.length === 0 && only.type !== "IfStatement"
      ? statementsOf(only)
      : inner.body;
  }
  if (inner.type === "TryStatement") return statementsOf(inner.block);
  if (inner.type === "ExpressionStatement") return statementsOf(inner.expression);
  if (inner.type === "UnaryExpression") return statementsOf(inner.argument);
  return inner.type === "CallExpression" && isFunction(unwrap(inner.callee))
    ? statementsOf(inner.callee)
    : [];
}

/** `if (timer)`, `if (!this.timer)`. */
function namesSlot(test: Node, slot: Node, file: SourceFile): boolean {
  let asked = unwrap(test);
  while (asked.type === "UnaryExpression") asked = unwrap(asked.argument);
  return file.textOf(asked) === file.textOf(slot);
}
