import { includes, meets, sharedSteps } from "../flow/place.ts";
import type { Hazard, WriteEvent } from "../flow/summary.ts";
import { contains, type FunctionNode, type Program } from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import type { Activation } from "./activation.ts";

/**
 * Whether code that turns a check the other way sees to the written neighbour as well: `disconnect()` empties the
 * client and sets the status, so a status that is written after a stale test of the client undoes half of it. Two
 * fields that nobody changes together need not agree: the late write of one is right whatever the other says.
 */
export function settlesBoth(
  rival: { readonly activation: Activation; readonly write: WriteEvent },
  { place, read }: Hazard,
): boolean {
  const { activation, write } = rival;
  const shared = sharedSteps(place, read.place);
  // The object is replaced as a whole. Where the list around it is, the object stays what it was.
  if (write.place.path.length <= shared) return write.place.path.length === shared;
  const home = homeOf(write);
  return activation.writes.some(
    (other) =>
      meets(other.place, place) &&
      !includes(other.place, read.place) &&
      [...other.chain, other.site].some((site) => isInside(site, home)),
  );
}

interface Home {
  readonly file: SourceFile;
  readonly fn: FunctionNode | Program;
}

/** The function that a write belongs to; where that does nothing else, as a setter, the one that calls it. */
function homeOf({ chain, site }: WriteEvent): Home {
  const homes = [site, ...chain.toReversed()].map(({ file, node }) => ({
    file,
    fn: file.enclosing(node),
  }));
  const [innermost] = homes;
  return (
    homes.find(({ fn }) => !isOneStatement(fn)) ??
    innermost ?? { file: site.file, fn: site.file.ast }
  );
}

function isOneStatement({ body }: FunctionNode | Program): boolean {
  if (Array.isArray(body)) return false;
  return body.type !== "BlockStatement" || body.body.length <= 1;
}

function isInside({ file, node }: Site, { file: home, fn }: Home): boolean {
  return file === home && contains(fn, node);
}
