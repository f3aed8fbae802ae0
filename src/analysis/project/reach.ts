import { childrenOf, isFunction, type FunctionNode, type Node } from "../syntax/ast.ts";
import type { ActivationRoot } from "./roots.ts";
import type { FunctionShape, Shape } from "./shape.ts";
import { constructorOf, type Shapes } from "./shapes.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/**
 * The functions that the roots reach, roots included: by calls, constructions and function values given as
 * arguments. A function written inside a reached one counts as reached.
 */
export function reachedFunctions(
  shapes: Shapes,
  roots: readonly ActivationRoot[],
): ReadonlySet<FunctionNode> {
  const reached = new Set<FunctionNode>();
  const pending: { fn: FunctionNode; file: SourceFile }[] = [];
  const reach = (fn: FunctionNode, file: SourceFile): void => {
    if (reached.has(fn)) return;
    reached.add(fn);
    pending.push({ fn, file });
  };
  const follow = (values: readonly Shape[]): void => {
    for (const value of values) {
      const fn = functionOf(value);
      if (fn) reach(fn.node, fn.file);
    }
  };
  for (const root of roots) reach(root.fn.node, root.fn.file);
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { file } = next;
    const visit = (node: Node): void => {
      if (isFunction(node)) reach(node, file);
      else if (node.type === "CallExpression" || node.type === "NewExpression") {
        follow(shapes.of(node.callee, file));
        for (const argument of node.arguments) follow(shapes.of(argument, file));
      } else if (node.type === "MemberExpression") follow(shapes.of(node, file));
      for (const child of childrenOf(node)) visit(child);
    };
    for (const child of childrenOf(next.fn)) visit(child);
  }
  return reached;
}

function functionOf(value: Shape): Pick<FunctionShape, "node" | "file"> | null {
  if (value.kind === "function") return value;
  const constructor = value.kind === "class" ? constructorOf(value) : null;
  return constructor && value.kind === "class" ? { node: constructor, file: value.file } : null;
}
