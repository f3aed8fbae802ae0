import { MESSAGES } from "../../models/effects/messages.ts";
import { LOOKS_UP } from "../../models/effects/sends.ts";
import type { Hazard } from "../flow/summary.ts";
import { childrenOf, isFunction, type Node } from "../syntax/ast.ts";
import { calledNames } from "./cache-fill.ts";

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
