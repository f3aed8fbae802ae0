import { isFunction, unwrap, type Node } from "../syntax/ast.ts";
import { constantOf, namedConstantOf, plainText } from "./constant.ts";

/** The constants with which a test compares, and whether what was tested is one of them where the code goes on. */
export interface TestedValues {
  readonly texts: readonly string[];
  readonly isAmong: boolean;
}

/**
 * What `state === "open"`, `state === "open" || state === "late"` and `["open", "late"].includes(state)` say where
 * they are true (`side`) or false.
 */
export function testedValues(node: Node, side: boolean): TestedValues | undefined {
  const inner = unwrap(node);
  if (inner.type === "LogicalExpression") {
    // Of `a || b` something is known where it is true, of `a && b` where it is false.
    if ((inner.operator === "||") !== side || inner.operator === "??") return undefined;
    const [left, right] = [testedValues(inner.left, side), testedValues(inner.right, side)];
    if (!left?.isAmong || !right?.isAmong) return undefined;
    return { texts: [...left.texts, ...right.texts], isAmong: true };
  }
  if (inner.type === "BinaryExpression" && /^[!=]==?$/.test(inner.operator)) {
    const text = textOf(inner.right) ?? textOf(inner.left);
    return text === undefined
      ? undefined
      : { texts: [text], isAmong: inner.operator.startsWith("=") === side };
  }
  const texts = listed(inner);
  return texts && { texts, isAmong: side };
}

/** The elements of `[...].includes(x)`. */
function listed(node: Node): string[] | undefined {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return undefined;
  const { object, property } = node.callee;
  const list = unwrap(object);
  if (list.type !== "ArrayExpression" || property.type !== "Identifier") return undefined;
  if (property.name !== "includes") return undefined;
  const texts = list.elements.map((item) => (item ? textOf(item) : undefined));
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

function textOf(node: Node): string | undefined {
  const constant = isFunction(node) ? undefined : (constantOf(node) ?? namedConstantOf(node));
  return constant && plainText(constant);
}
