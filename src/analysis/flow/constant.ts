import { dottedName, isFunction, unwrap, type Node } from "../syntax/ast.ts";
import type { Constant } from "./value.ts";

/** `Status.DONE`: a member that by its name is the same in every activation. */
export function namedConstantOf(node: Node): Constant | undefined {
  const inner = unwrap(node);
  const name = inner.type === "MemberExpression" ? dottedName(inner) : "";
  return /^[A-Z]\w*\.[A-Z][A-Z\d_]*$/.test(name) ? { text: name, isTruthy: null } : undefined;
}

/** Constants are compared by what they are, however they are quoted. */
export function plainText({ text }: Constant): string {
  return text.replace(/^(["'`])(.*)\1$/s, "$2");
}

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
