import { isFunction, unwrap, type Node } from "../syntax/ast.ts";
import type { Constant } from "./value.ts";

/** The value of a literal expression. */
export function constantOf(node: Node): Constant | undefined {
  const inner = unwrap(node);
  if (inner.type === "Literal") return { text: inner.raw, isTruthy: Boolean(inner.value) };
  if (inner.type === "Identifier" && inner.name === "undefined")
    return { text: "undefined", isTruthy: false };
  if (inner.type === "UnaryExpression" && inner.operator === "void")
    return { text: "undefined", isTruthy: false };
  if (
    inner.type === "UnaryExpression" &&
    inner.operator === "-" &&
    inner.argument.type === "Literal"
  )
    return { text: `-${inner.argument.raw}`, isTruthy: Boolean(inner.argument.value) };
  if (isFunction(inner)) return { text: "function", isTruthy: true };
  return undefined;
}
