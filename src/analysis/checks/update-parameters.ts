import { atomOf, keyOf, type Atom, type Key } from "../flow/key.ts";
import { placeOf, substituteKeys, type Place } from "../flow/place.ts";
import type { FunctionNode } from "../syntax/ast.ts";

/** A middleware's location as a handler behind it names it: both have the same update and context. */
export function asPassedTo(handler: FunctionNode, middleware: FunctionNode, place: Place): Place {
  const replace = (atom: Atom): Key | null =>
    atom.root.kind === "parameter" && atom.root.fn === middleware
      ? keyOf([atomOf({ kind: "parameter", fn: handler, index: atom.root.index }, "")])
      : null;
  return placeOf(place.root, substituteKeys(place.path, replace));
}
