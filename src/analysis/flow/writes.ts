import { usedChecks } from "./access.ts";
import { releases, takeClaim } from "./claims.ts";
import { isEmptying, judgeDrain } from "./drains.ts";
import type { Frame } from "./frame.ts";
import { concerns, findCarriedColumns, findRaces, isGapFilled, isMissing } from "./late-writes.ts";
import { writeLocal } from "./local-objects.ts";
import { deleteOwnValue, keepOwnValue } from "./own-values.ts";
import { extend, type Place, type Step } from "./place.ts";
import { isOfEarlierRound, rowMade } from "./row-checks.ts";
import type { Check } from "./state.ts";
import { writeSite, type UsedCheck, type WriteEvent } from "./summary.ts";
import type { Value } from "./value.ts";
import { noteVerdict } from "./verdicts.ts";
import type { WriteDetails } from "./write-details.ts";

/** How many tests of a place are kept for the callers to know of. */
const MOST_TESTS = 8;
/** How many rows are kept that were written in time. */
const MOST_ROWS = 8;

/** Writes a location: records the event, finds the races that end here, and takes the claim if it is one. */
export function writePlace(frame: Frame, target: Place, details: WriteDetails): void {
  if (target.root.kind === "local") {
    writeLocal(frame, target.root.id, target.path, details);
    return;
  }
  const place = rowMade(target, details.verb, frame.state.checks);
  if (details.carries) {
    findCarriedColumns(frame, place, details);
    return;
  }
  const { state } = frame;
  noteVerdict(frame, place, details);
  const checks = state.checks.filter(
    (check) => concerns(check, place, details.verb) && !isOfEarlierRound(check.read, details),
  );
  findRaces(frame, place, checks, details);
  const empties = isEmptying(details);
  if (empties) judgeDrain(frame, place, details);
  const isHeld = state.claims.some((claim) => claim.place.id === place.id);
  const fillsGap = isGapFilled(frame, checks, details);
  const fresh = checks.filter((check) => !state.staleness(check.read));
  const isClaim = takeClaim(frame, place, details, checks);
  const { fromCallee } = details;
  const spent = fresh.filter((check) => !state.checks.includes(check));
  if (place.root.kind === "store" && details.verb !== "create" && !fromCallee)
    actOn(frame, place, fresh);
  const tested = spent.map((check): UsedCheck => ({ check, stale: null }));
  // Field by field: a spread of what has many forms is slow, and this is made more often than anything else.
  const event: WriteEvent = {
    site: writeSite(details),
    chain: details.chain.length > 0 ? [details.site, ...details.chain.slice(0, -1)] : [],
    suspended: state.suspended,
    checks: usedChecks(frame, state.checks),
    locks: state.locks,
    claims: fromCallee
      ? [...fromCallee.claims, ...(isClaim ? [place] : [])]
      : state.claims.map((claim) => claim.place),
    isDetached: frame.isDetached || (details.isDetached ?? false),
    kind: "write",
    place,
    verb: details.verb,
    reads: details.reads,
    constant: details.constant,
    ...(details.given ? { given: details.given } : {}),
    isClaim: isClaim || (details.isClaim ?? false),
    freesClaim: details.freesClaim ?? (releases(details) && !isClaim && !isHeld),
    fillsGap,
    ownTests: fromCallee ? [...tested, ...fromCallee.ownTests].slice(0, MOST_TESTS) : tested,
    fillsMissing: isMissing(place, checks, details),
    isIdempotent: details.isIdempotent ?? false,
    failsSilently: details.failsSilently ?? false,
    writtenAtOnce: fromCallee?.writtenAtOnce ?? state.writtenAtOnce,
    ...(details.rowKeys ? { rowKeys: details.rowKeys } : {}),
    ...(empties ? { empties } : {}),
  };
  frame.addEvent(event);
  if (details.verb === "update" && place.root.kind !== "store" && !fromCallee)
    state.stepped = [...state.stepped, place.id].slice(-MOST_ROWS);
  if (event.isClaim) frame.claimForStarted(place);
  if (details.verb === "delete") deleteOwnValue(frame, place, details.site, checks);
  // `sock.games = sock.games ?? new Map()`: what was there stays.
  const isOwn = !details.reads.some(({ read }) => read.place.id === place.id);
  keepOwnValue(frame, place, details.verb, details.site, isOwn && details.isUpdateData === true);
  const root = place.rootId;
  if (
    !state.lateWrites.has(root) &&
    state.checks.some((check) => state.staleness(check.read) && check.read.place.rootId === root)
  )
    state.lateWrites.set(root, details.site);
}

/** `if (vote.isOpen) { close(vote); await tell(); note(vote); }`: the test has had its effect when the wait begins. */
function actOn({ state }: Frame, row: Place, fresh: readonly Check[]): void {
  if (!state.suspended && state.writtenAtOnce.length < MOST_ROWS)
    state.writtenAtOnce = [...state.writtenAtOnce, row];
  if (fresh.length === 0) return;
  state.checks = state.checks.map((check) =>
    fresh.includes(check) ? { ...check, isActedOn: true } : check,
  );
}

/** Writes to every object that the target expression may mean. */
export function writeMember(frame: Frame, object: Value, step: Step, details: WriteDetails): void {
  for (const place of object.places) writePlace(frame, extend(place, step), details);
}
