import type { Variable } from "../syntax/scopes.ts";
import { contains, type FunctionNode, type Node, type Program } from "../syntax/ast.ts";
import type { Atom, Key } from "./key.ts";
import type { Place } from "./place.ts";
import type { HeldLock } from "./value.ts";

/**
 * Whether callbacks of one call take turns: `items.map(async (item) => lock.runExclusive(...))`. The lock has to
 * be the same for all of them, so neither it nor its key may hang on what each callback has for itself.
 */
export function keepsCallbacksApart(
  protection: readonly HeldLock[],
  callback: FunctionNode | Program,
): boolean {
  return protection.some(
    ({ lock: { place, keys } }) =>
      keys.every((key) => isSameForAll(key, callback)) &&
      (place === null || !isOwn(place.root, callback)),
  );
}

function isSameForAll(key: Key, callback: Node): boolean {
  return key.parts.every(
    (part) =>
      typeof part === "string" || (part.root.kind !== "site" && !isOwn(part.root, callback)),
  );
}

/** A parameter of the callback, or a variable that it declares. */
function isOwn(root: Atom["root"] | Place["root"], callback: Node): boolean {
  if (root.kind === "parameter") return contains(callback, root.fn);
  return root.kind === "variable" && declares(callback, root.variable);
}

function declares(callback: Node, { identifiers }: Variable): boolean {
  return identifiers.some((identifier) => contains(callback, identifier));
}
