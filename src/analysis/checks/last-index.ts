import {
  childrenOf,
  dottedName,
  isFunction,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import type { CallNode } from "./call-graph.ts";

/** `if (i === hosts.length - 1) await respond(...)` in callbacks that overlap: the last to start is not the last to end. */
export function* lastIndexTests(calls: readonly CallNode[], file: SourceFile): Iterable<Site> {
  for (const call of calls) {
    const callback = parallelCallback(call);
    const index = callback?.params[1];
    if (!callback?.async || index?.type !== "Identifier") continue;
    const name = index.name;
    let hasSuspended = false;
    const found: Node[] = [];
    const visit = (node: Node): void => {
      if (isFunction(node)) return;
      if (node.type === "IfStatement" && hasSuspended && testsLast(node.test, name))
        found.push(firstCall(node.consequent) ?? node);
      for (const child of childrenOf(node)) visit(child);
      if (node.type === "AwaitExpression") hasSuspended = true;
    };
    visit(callback.body);
    for (const node of found) yield { file, node };
  }
}

/** The literal callback of a `map` or `forEach`, whose runs overlap as soon as they suspend. */
export function parallelCallback(call: CallNode): FunctionNode | null {
  const callee = unwrap(call.callee);
  const name = callee.type === "MemberExpression" ? propertyName(callee) : null;
  const [callback] = call.arguments;
  if ((name !== "map" && name !== "forEach") || !isFunction(callback)) return null;
  return callback;
}

function testsLast(test: Node, index: string): boolean {
  const inner = unwrap(test);
  if (inner.type === "LogicalExpression")
    return testsLast(inner.left, index) || testsLast(inner.right, index);
  if (inner.type !== "BinaryExpression" || !/^={2,3}$/.test(inner.operator)) return false;
  const sides: readonly Node[] = [inner.left, inner.right];
  return (
    sides.some((side) => side.type === "Identifier" && side.name === index) &&
    sides.some(
      (side) =>
        side.type === "BinaryExpression" &&
        side.operator === "-" &&
        /\.(?:length|size)$/.test(dottedName(side.left)),
    )
  );
}

function firstCall(node: Node): Node | null {
  if (isFunction(node)) return null;
  if (node.type === "CallExpression") return node;
  for (const child of childrenOf(node)) {
    const found = firstCall(child);
    if (found) return found;
  }
  return null;
}
