import { basename } from "node:path";
import { CALLED, type ExternalShape } from "../../analysis/project/shape.ts";
import type { ProjectWorld } from "../../analysis/project/world.ts";
import type { Shapes } from "../../analysis/project/shapes.ts";
import {
  childrenOf,
  memberName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../../analysis/syntax/ast.ts";
import type { SourceFile } from "../../analysis/syntax/source-file.ts";

/**
 * The name by which a test's stubs know what is called: `priceFor`, `prisma.user.findUnique`; null for what is no
 * stub, or not known. A module's default export goes by the module's name.
 */
export function stubLabel(callee: Node, file: SourceFile, shapes: Shapes): string | null {
  for (const shape of shapes.of(callee, file)) {
    if (shape.kind !== "external" || isRealGlobal(shape)) continue;
    const path = shape.path.filter((step) => step !== CALLED);
    const stem = basename(shape.module).replace(/\.[cm]?[jt]sx?$/, "");
    const [first, ...rest] = path;
    const named = first === undefined || first === "default" ? [stem, ...rest] : path;
    return named.join(".");
  }
  return null;
}

/** Of the globals only `fetch` is a stub that answers. */
function isRealGlobal({ module, path }: ExternalShape): boolean {
  return module === "global" && path[0] !== "fetch";
}

/** The stubs that a function waits for in some part of it, by their labels; what is sent to people left out. */
export function awaitedStubs(
  fn: FunctionNode,
  file: SourceFile,
  { shapes, facts }: ProjectWorld,
  isIn: (node: Node) => boolean = () => true,
): string[] {
  const labels = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type === "AwaitExpression" && isIn(node)) {
      const call = unwrap(node.argument);
      const callee = call.type === "CallExpression" ? unwrap(call.callee) : null;
      const label =
        callee && !facts.isSend(memberName(callee)) ? stubLabel(callee, file, shapes) : null;
      if (label !== null) labels.add(label);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(fn.body);
  return [...labels];
}
