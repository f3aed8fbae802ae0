import type { TSESTree } from "@typescript-eslint/types";
import { CALLED } from "../project/shape.ts";
import type { ProjectWorld } from "../project/world.ts";
import { childrenOf, isFunction, unwrap, type FunctionNode, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/** Milliseconds that an expression makes its awaiter pause, where the code says so; else null. */
export function pauseOf(world: ProjectWorld, node: Node, file: SourceFile): number | null {
  const inner = unwrap(node);
  if (inner.type === "NewExpression") return ownTimer(world, inner, file);
  if (inner.type !== "CallExpression") return null;
  for (const shape of world.shapes.of(inner.callee, file)) {
    if (shape.kind === "external") {
      const path = shape.path.filter((part) => part !== "default");
      const isTimer = shape.module === "timers/promises" && path.join(".") === "setTimeout";
      const isPromisified =
        shape.module === "util" && path[0] === "promisify" && path.at(-1) === CALLED;
      if (isTimer || (isPromisified && promisifiesTimer(shape.site?.node)))
        return argumentOf(world, inner, 0, file);
    } else if (shape.kind === "function") {
      const pause = pauseOfFunction(world, shape.node, shape.file, inner, file);
      if (pause !== null) return pause;
    }
  }
  return null;
}

function promisifiesTimer(call: Node | undefined): boolean {
  const argument = call?.type === "CallExpression" ? call.arguments[0] : undefined;
  return argument?.type === "Identifier" && argument.name === "setTimeout";
}

/** `const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))`. */
function pauseOfFunction(
  world: ProjectWorld,
  fn: FunctionNode,
  home: SourceFile,
  call: TSESTree.CallExpression,
  file: SourceFile,
): number | null {
  const made = promiseMade(fn);
  const delay = made && delayIn(made);
  if (!delay) return null;
  const index = fn.params.findIndex(
    (parameter) =>
      delay.type === "Identifier" &&
      parameter.type === "Identifier" &&
      parameter.name === delay.name,
  );
  return index === -1 ? world.facts.numbers.of(delay, home) : argumentOf(world, call, index, file);
}

/** The promise that is all a function returns. */
function promiseMade(fn: FunctionNode): TSESTree.NewExpression | null {
  let body: Node | null = fn.body;
  if (body.type === "BlockStatement") {
    const [only] = body.body;
    if (body.body.length !== 1) return null;
    body = only?.type === "ReturnStatement" ? only.argument : null;
  }
  const inner = body && unwrap(body);
  const made = inner?.type === "AwaitExpression" ? unwrap(inner.argument) : inner;
  return made?.type === "NewExpression" ? made : null;
}

function ownTimer(
  world: ProjectWorld,
  promise: TSESTree.NewExpression,
  file: SourceFile,
): number | null {
  const delay = delayIn(promise);
  return delay ? world.facts.numbers.of(delay, file) : null;
}

/** The delay in `new Promise((resolve) => setTimeout(resolve, delay))`. */
function delayIn(promise: TSESTree.NewExpression): Node | null {
  const executor = promise.arguments[0];
  if (
    promise.callee.type !== "Identifier" ||
    promise.callee.name !== "Promise" ||
    !isFunction(executor)
  )
    return null;
  let found: Node | null = null;
  const visit = (node: Node): void => {
    if (
      node.type === "CallExpression" &&
      node.callee.type === "Identifier" &&
      node.callee.name === "setTimeout"
    )
      found ??= node.arguments[1] ?? null;
    for (const child of childrenOf(node)) visit(child);
  };
  visit(executor.body);
  return found;
}

function argumentOf(
  world: ProjectWorld,
  call: TSESTree.CallExpression,
  index: number,
  file: SourceFile,
): number | null {
  const argument = call.arguments[index];
  return argument ? world.facts.numbers.of(argument, file) : null;
}
