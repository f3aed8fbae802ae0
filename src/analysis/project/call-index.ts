import type { FunctionNode } from "../syntax/ast.ts";
import type { Site } from "../syntax/source-file.ts";
import { constructorOf } from "./class-shapes.ts";
import type { Shapes } from "./shapes.ts";

/** By function, the calls of the whole project that may call it with an argument. */
export function indexCalls(resolver: Shapes): Map<FunctionNode, Site[]> {
  const index = new Map<FunctionNode, Site[]>();
  for (const path of resolver.project.component()) {
    const file = resolver.project.fileAt(path);
    if (!file) continue;
    for (const node of file.calls) {
      if (node.arguments.length === 0) continue;
      for (const shape of resolver.of(node.callee, file)) {
        const fn =
          shape.kind === "function"
            ? shape.node
            : node.type === "NewExpression" && shape.kind === "class"
              ? constructorOf(shape)
              : null;
        if (!fn) continue;
        const sites = index.get(fn);
        if (sites) sites.push({ file, node });
        else index.set(fn, [{ file, node }]);
      }
    }
  }
  return index;
}
