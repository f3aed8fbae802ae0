import { MESSAGES } from "../../models/effects/messages.ts";
import { LOOKS_UP } from "../../models/effects/sends.ts";
import type { Hazard } from "../flow/summary.ts";
import {
  childrenOf,
  dottedName,
  isFunction,
  isPromiseStep,
  unwrap,
  type Node,
} from "../syntax/ast.ts";

/** Each `await` of a piece of code, nested functions left out. */
export function waitsIn(code: Node): Node[] {
  return [
    ...(code.type === "AwaitExpression" ? [code] : []),
    ...childrenOf(code).flatMap((child) => (isFunction(child) ? [] : waitsIn(child))),
  ];
}

/** Between the check and the write are look-ups and messages, and nothing else that is waited for. */
export function isOnlyLookedUp({ suspension, site }: Hazard): boolean {
  const { file, node } = suspension.site;
  const run = file.enclosing(node);
  if (site.file !== file || file.enclosing(site.node) !== run) return false;
  const between = waitsIn(run).filter(
    ({ range }) => range[1] >= node.range[0] && range[1] <= site.node.range[0],
  );
  return [node, ...between].every((wait) => {
    const name = calledNames(wait)[0];
    return name !== undefined && (MESSAGES.test(name) || LOOKS_UP.test(name));
  });
}

/** The names along the chain of calls that a suspension waits for, the last one first. */
export function calledNames(node: Node): string[] {
  const inner = unwrap(node);
  if (inner.type === "AwaitExpression") return calledNames(inner.argument);
  if (inner.type !== "CallExpression") return [];
  const names = dottedName(inner.callee).replaceAll("(...)", "").split(".").reverse();
  return names.filter((name) => !isPromiseStep(name));
}
