import { basename } from "node:path";
import { CALLED } from "../../analysis/project/shape.ts";
import type { Shapes } from "../../analysis/project/shapes.ts";
import type { Node } from "../../analysis/syntax/ast.ts";
import type { SourceFile } from "../../analysis/syntax/source-file.ts";

/**
 * The name by which a test's stubs know what is called: `priceFor`, `prisma.user.findUnique`; null for what is no
 * stub, or not known. A module's default export goes by the module's name.
 */
export function stubLabel(callee: Node, file: SourceFile, shapes: Shapes): string | null {
  for (const shape of shapes.of(callee, file)) {
    if (shape.kind !== "external") continue;
    const path = shape.path.filter((step) => step !== CALLED);
    const stem = basename(shape.module).replace(/\.[cm]?[jt]sx?$/, "");
    const [first, ...rest] = path;
    const named = first === undefined || first === "default" ? [stem, ...rest] : path;
    return named.join(".");
  }
  return null;
}
