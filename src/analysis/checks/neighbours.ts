import { includes, meets, sharedSteps, type Place } from "../flow/place.ts";
import type { Hazard, WriteEvent } from "../flow/summary.ts";
import { contains, type FunctionNode, type Program } from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import type { Activation } from "./activation.ts";
import { branchAround, isAlwaysThere } from "./repeats.ts";

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

/**
 * Whether all who fill what was tested begin the neighbour anew: `start()` sets the raffle and empties the cursor,
 * so what a poll of the old raffle leaves in it is gone before anybody looks. Not what was asked for the old one,
 * where another has taken its place: that is the old one's answer under the new one's name. Nor what is emptied late:
 * that takes what came in for the new one.
 */
export function isBegunAnew(
  { place, read, outcome, verb, constant, isAnswer }: Hazard,
  writes: readonly { readonly activation: Activation; readonly write: WriteEvent }[],
): boolean {
  const isEmptied = verb === "delete" || constant?.isTruthy === false;
  if (outcome !== "present" || isAnswer || isEmptied) return false;
  const fills = writes.filter(
    ({ write }) =>
      meets(write.place, read.place) &&
      write.place.path.length <= read.place.path.length &&
      (write.verb === "assign" || write.verb === "add") &&
      write.constant?.isTruthy !== false,
  );
  return (
    fills.length > 0 &&
    fills.every(({ activation, write }) => {
      const home = homeOf(write);
      const fill = [...write.chain, write.site].find((site) => isOf(site, home));
      return activation.writes.some(
        (other) =>
          meets(other.place, place) &&
          isBeginning(other, place) &&
          [...other.chain, other.site].some((site) => fill && goesWith(site, fill)),
      );
    })
  );
}

/** `cursor = null`, `seen.clear()`, `entries = []`. */
function isBeginning(write: WriteEvent, place: Place): boolean {
  if (write.place.path.length > place.path.length) return false;
  if (write.verb === "delete") return true;
  return write.verb === "assign" && (write.constant !== undefined || isAlwaysThere(write, place));
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

/** Whether code runs with the fill: before it on its way, or after it, if not always. */
function goesWith(step: Site, fill: Site): boolean {
  if (step.file !== fill.file) return false;
  return step.node.range[0] < fill.node.range[0]
    ? contains(branchAround(step), fill.node)
    : contains(branchAround(fill), step.node);
}

function isOf({ file, node }: Site, { file: home, fn }: Home): boolean {
  return file === home && file.enclosing(node) === fn;
}

function isInside({ file, node }: Site, { file: home, fn }: Home): boolean {
  return file === home && contains(fn, node);
}
