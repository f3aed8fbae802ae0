import { writeSite, type Event, type Hazard, type Summary } from "../flow/summary.ts";
import { siteId } from "../syntax/source-file.ts";
import { stateOf } from "./shared-state.ts";

/**
 * A middleware's test decides what this handler does. Where the handler itself waits first, that is the
 * suspension; where not everything stands in one file, nobody sees it by reading the handler.
 */
export function asSeenInChain(
  hazard: Hazard,
  { fn, events }: Summary,
  passed: ReadonlyMap<string, boolean>,
): Partial<Hazard> {
  const isSure = passed.get(hazard.read.id);
  if (isSure === undefined) return {};
  const write = events.find((event) => event.kind === "write" && isWriteOf(event, hazard));
  const own = hazard.suspension.site.node === fn ? write?.suspended : null;
  const suspension = own ?? hazard.suspension;
  const { file } = hazard.site;
  const isInOneFile = hazard.read.site.file === file && suspension.site.file === file;
  return { suspension, ...(isSure && isInOneFile ? {} : { needsBelief: true }) };
}

function isWriteOf(event: Event, hazard: Hazard): boolean {
  return siteId(event.site) === siteId(writeSite(hazard));
}

/**
 * The middleware's test is used up by the handler's first write of that state: what comes after it acts on what
 * the handler wrote itself. And where one write acted on the test too late, those behind it are its consequence.
 */
export function isSpent(
  hazard: Hazard,
  hazards: readonly Hazard[],
  { events }: Summary,
  passed: ReadonlyMap<string, boolean>,
): boolean {
  if (!passed.has(hazard.read.id)) return false;
  const states = [hazard.place, hazard.read.place].map((place) => stateOf(place)?.id);
  const turnOf = (late: Hazard): number =>
    events.findIndex((event) => event.kind === "write" && isWriteOf(event, late));
  const first = events.findIndex(
    (event) => event.kind === "write" && states.includes(stateOf(event.place)?.id),
  );
  const turn = turnOf(hazard);
  return (
    turn > first ||
    hazards.some(
      (other) =>
        other.read.id === hazard.read.id &&
        siteId(other.site) !== siteId(hazard.site) &&
        turnOf(other) < turn,
    )
  );
}
