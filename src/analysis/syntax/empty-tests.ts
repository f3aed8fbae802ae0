import { unwrap, type Node } from "./ast.ts";

/** What a test finds empty: `x` of `!x`, `x === 0`, `x == null`, `x === undefined`. */
export function foundEmpty(test: Node): Node | null {
  const inner = unwrap(test);
  if (inner.type === "UnaryExpression" && inner.operator === "!") return inner.argument;
  if (inner.type !== "BinaryExpression" || !/^={2,3}$/.test(inner.operator)) return null;
  const { left, right } = inner;
  const isEmpty =
    (right.type === "Literal" && !right.value) ||
    (right.type === "Identifier" && right.name === "undefined");
  return isEmpty ? left : null;
}
