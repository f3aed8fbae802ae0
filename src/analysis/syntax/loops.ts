import { isFunction, type Node } from "./ast.ts";
import type { SourceFile } from "./source-file.ts";

export function isLoop({ type }: Node): boolean {
  return /^(?:For|ForIn|ForOf|While|DoWhile)Statement$/.test(type);
}

/** What the `for ... of` loop runs over whose variable the declarator declares. */
export function loopedOver(declarator: Node, file: SourceFile): Node | null {
  const declaration = file.parentOf(declarator);
  const loop = declaration && file.parentOf(declaration);
  return loop?.type === "ForOfStatement" && loop.left === declaration ? loop.right : null;
}

/** Whether a node stands in the head or the body of a loop over the elements of something. */
export function isPerElement(node: Node, file: SourceFile): boolean {
  for (let outer = file.parentOf(node); outer && !isFunction(outer); outer = file.parentOf(outer))
    if (outer.type === "ForOfStatement" || outer.type === "ForInStatement") return true;
  return false;
}
