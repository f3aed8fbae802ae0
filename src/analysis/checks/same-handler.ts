import type { Hazard, WriteEvent } from "../flow/summary.ts";
import type { Node } from "../syntax/ast.ts";
import type { Site } from "../syntax/source-file.ts";

/** Of all the commands that one listener leads to, the write belongs to the hazard's. */
export function isOfSameHandler({ site }: Hazard, write: WriteEvent | null): boolean {
  const handler = outermostFunction(site);
  return (
    write === null ||
    [write.site, ...write.chain].some((step) => outermostFunction(step) === handler)
  );
}

/** The function of the module that the code stands in. */
function outermostFunction({ file, node }: Site): Node {
  let outer = file.enclosing(node);
  for (let next = file.enclosing(outer); next.type !== "Program"; next = file.enclosing(outer))
    outer = next;
  return outer;
}
