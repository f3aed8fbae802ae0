import {
  childrenOf,
  isFunction,
  type FunctionNode,
  type Node,
  type Program,
} from "../syntax/ast.ts";
import type { Shape } from "./shape.ts";
import { functionOf } from "./class-shapes.ts";
import type { Shapes } from "./shapes.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/** Where a walk begins: a root's function, or a module's own code. */
export interface ReachStart {
  readonly node: FunctionNode | Program;
  readonly file: SourceFile;
}

/**
 * The functions that can be got to from the starts, the starts included: by calls, constructions and function
 * values given away. A function written inside a reached one counts as reached. From a module's own code only
 * what is called or constructed counts: what it gives away runs later.
 */
export function reachedFunctions(
  shapes: Shapes,
  starts: readonly ReachStart[],
): ReadonlySet<FunctionNode> {
  const reached = new Set<FunctionNode>();
  const pending: ReachStart[] = [];
  const reach = (fn: FunctionNode, file: SourceFile): void => {
    if (reached.has(fn)) return;
    reached.add(fn);
    pending.push({ node: fn, file });
  };
  const follow = (values: readonly Shape[]): void => {
    for (const value of values) {
      const fn = functionOf(value);
      if (fn) reach(fn.node, fn.file);
    }
  };
  for (const { node, file } of starts)
    if (isFunction(node)) reach(node, file);
    else pending.push({ node, file });
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { file } = next;
    const isModule = next.node.type === "Program";
    const visit = (node: Node): void => {
      if (isFunction(node)) {
        if (!isModule) reach(node, file);
        return;
      }
      if (node.type === "CallExpression" || node.type === "NewExpression") {
        follow(shapes.of(node.callee, file));
        if (!isModule) for (const argument of node.arguments) follow(shapes.of(argument, file));
      } else if (node.type === "MemberExpression" && !isModule) follow(shapes.of(node, file));
      for (const child of childrenOf(node)) visit(child);
    };
    for (const child of childrenOf(next.node)) visit(child);
  }
  return reached;
}
