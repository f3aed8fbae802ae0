import type { Node } from "./ast.ts";
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
