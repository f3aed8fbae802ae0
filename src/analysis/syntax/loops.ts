import type { Node } from "./ast.ts";
import type { SourceFile } from "./source-file.ts";

/** What the `for ... of` loop runs over whose variable the declarator declares. */
export function loopedOver(declarator: Node, file: SourceFile): Node | null {
  const declaration = file.parentOf(declarator);
  const loop = declaration && file.parentOf(declaration);
  return loop?.type === "ForOfStatement" && loop.left === declaration ? loop.right : null;
}
