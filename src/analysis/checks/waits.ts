import type { TSESTree } from "@typescript-eslint/types";
import { MESSAGES } from "../../models/effects/messages.ts";
import { LOOKS_UP } from "../../models/effects/sends.ts";
import { leadsTo } from "../flow/way-through.ts";
import {
  childrenOf,
  dottedName,
  isFunction,
  isJump,
  isPromiseStep,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import { isLoop } from "../syntax/loops.ts";
import type { Site } from "../syntax/source-file.ts";

/** Each `await` of a piece of code, nested functions left out. */
export function waitsIn(code: Node): Node[] {
  const found: Node[] = [];
  collect(code, isWait, found);
  return found;
}

/** Each `await` of the function around a node, or of the module. */
export function waitsAround({ file, node }: Site): Node[] {
  const fn = file.enclosing(node);
  return isFunction(fn) ? file.nodesIn(fn).filter(isWait) : waitsIn(fn);
}

function isWait(node: Node): node is TSESTree.AwaitExpression {
  return node.type === "AwaitExpression";
}

function collect<Found extends Node>(
  code: Node,
  isMeant: (node: Node) => node is Found,
  found: Found[],
): void {
  if (isMeant(code)) found.push(code);
  for (const child of childrenOf(code)) if (!isFunction(child)) collect(child, isMeant, found);
}

/** What a function waits for from one of its waits on, on the way to a place further down. */
export function waitsBetween(start: Site, { node: end }: Site): Node[] {
  const { file, node } = start;
  const between = waitsAround(start).filter(
    (wait) =>
      wait.range[1] >= node.range[0] && wait.range[1] <= end.range[0] && leadsTo(file, wait, end),
  );
  return [node, ...between];
}

export function isLookUpOrMessage(wait: Node): boolean {
  const name = calledNames(wait)[0];
  return name !== undefined && (MESSAGES.test(name) || LOOKS_UP.test(name));
}

/** The statements that run after this one, to the end of its function or round of a loop. */
export function codeAfter({ file, node }: Site): Node[] {
  const after: Node[] = [];
  for (let outer = file.parentOf(node); outer; outer = file.parentOf(outer)) {
    if (outer.type === "BlockStatement" || outer.type === "SwitchCase") {
      const body = outer.type === "BlockStatement" ? outer.body : outer.consequent;
      const rest = body.filter(({ range }) => range[0] >= node.range[1]);
      after.push(...rest);
      if (rest.some(isJump)) return after;
    }
    if (isFunction(outer) || isLoop(outer)) return after;
  }
  return after;
}

/** Each call of a piece of code, nested functions left out. */
export function callsIn(code: Node): TSESTree.CallExpression[] {
  const found: TSESTree.CallExpression[] = [];
  collect(code, (node) => node.type === "CallExpression", found);
  return found;
}

/** The names along the chain of calls that a suspension waits for, the last one first. */
export function calledNames(node: Node): string[] {
  const inner = unwrap(node);
  if (inner.type === "AwaitExpression") return calledNames(inner.argument);
  if (inner.type !== "CallExpression") return [];
  const names = dottedName(inner.callee).replaceAll("(...)", "").split(".").reverse();
  return names.filter((name) => !isPromiseStep(name));
}
