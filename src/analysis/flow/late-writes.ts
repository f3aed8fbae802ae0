import { UPKEEP_COLUMNS } from "../../models/stores/generic.ts";
import type { Site } from "../syntax/source-file.ts";
import { isSum, storedValue } from "../syntax/stored-value.ts";
import { usedChecks } from "./access.ts";
import {
  isAppendedByCallee,
  isCalleesConcern,
  isRechecked,
  isStepOfCallee,
} from "./callee-tests.ts";
import { isNotExpired } from "./expiries.ts";
import type { Frame } from "./frame.ts";
import {
  columnId,
  includes,
  isBackingField,
  isNeighbour,
  meets,
  sharedSteps,
  type Place,
} from "./place.ts";
import {
  isAboutAnotherRow,
  isKeptByUniqueKey,
  isLink,
  isOfEarlierRound,
  isSameRow,
  mayBeSameRow,
  needsBelief,
} from "./row-checks.ts";
import { guardsNothingElse, repeatsWhatItTests } from "./redundant-guards.ts";
import type { Check } from "./state.ts";
import type { Hazard, HazardFacts, UsedCheck, WriteVerb } from "./summary.ts";
import type { Read } from "./value.ts";
import type { WriteDetails } from "./write-details.ts";

/** The races that end in this write: it acts on a check, or carries a value, from before a suspension. */
export function findRaces(
  frame: Frame,
  place: Place,
  checks: readonly Check[],
  details: WriteDetails,
): void {
  if (isUpkeep(place) || isOfOwnVersion(frame, place, details)) return;
  // Deleting by key, or adding to a set of things, twice is the same as once.
  if (!details.isIdempotent) {
    judgeChecks(frame, place, checks, details);
    // What is missing is filled in whatever another field says by then.
    if (!isMissing(place, checks, details)) judgeNeighbours(frame, place, details);
  }
  if (details.verb === "add" || details.verb === "remove" || details.verb === "delete") return;
  // A row that was looked for and is not there holds nothing that could be lost.
  if (details.verb === "create" && isMissing(place, checks, details)) return;
  if (place.root.kind !== "store" && isAddition(frame, checks, details)) return;
  if (isStepOfCallee(place, details)) return;
  for (const { read, stale } of details.fromCallee?.reads ?? details.reads)
    if (
      stale &&
      meets(read.place, place) &&
      mayBeSameRow(read.place, place) &&
      !isOfEarlierRound(read, details) &&
      !isAddedTo(read, place, details) &&
      read.decides !== "some" &&
      read.place.root.kind !== "local"
    )
      addHazard(frame, place, details, { kind: "lost-update", read, suspension: stale });
  judgeReplacement(frame, place, details);
}

/**
 * `const entry = map.get(k); S; map.set(k, { n: entry.n + 1 })`: what is new of the entry is in it, but where others
 * put another one there meanwhile, theirs is gone.
 */
function judgeReplacement(frame: Frame, place: Place, details: WriteDetails): void {
  if (details.verb !== "assign" || details.fromCallee || place.root.kind === "store") return;
  for (const { read } of details.reads) {
    const pointer = read.through;
    const suspension = pointer?.place.id === place.id ? frame.state.staleness(pointer) : null;
    if (pointer && suspension) {
      addHazard(frame, place, details, {
        kind: "lost-update",
        read: pointer,
        suspension,
        isReplacement: true,
      });
      return;
    }
  }
}

/** `for (const old of taken) counts[old.key].n = counts[old.key].n + old.n`: what is there by then is added to. */
function isAddedTo(read: Read, place: Place, { reads, site, fromCallee }: WriteDetails): boolean {
  const value = storedValue(site.node);
  return (
    !fromCallee &&
    value !== null &&
    isSum({ file: site.file, node: value }) &&
    read.place.id !== place.id &&
    reads.some((other) => other.stale === null && other.read.place.id === place.id)
  );
}

/**
 * `const mine = ++draft.version; S; if (draft.version !== mine) return; draft.text = text`: whoever came in between has
 * put another number there, so what was read before the wait is still what it was.
 */
function isOfOwnVersion(frame: Frame, place: Place, { fromCallee }: WriteDetails): boolean {
  const { state } = frame;
  return [...usedChecks(frame, state.checks), ...(fromCallee?.ownChecks ?? [])].some(
    ({ check: { read, outcome, comparedWith }, stale }) =>
      !stale &&
      outcome === "other" &&
      (comparedWith?.length ?? 0) > 0 &&
      state.stored.has(read.place.id) &&
      isNeighbour(read.place, place) &&
      sharedSteps(read.place, place) === read.place.path.length - 1,
  );
}

/** `updated_at = now`: when the row was last written is right whatever else it says. */
function isUpkeep({ root, path }: Place): boolean {
  const column = path.at(-1);
  return root.kind === "store" && column?.kind === "field" && UPKEEP_COLUMNS.test(column.name);
}

/**
 * `if (map.has(k)) map.get(k).n += n; else map.set(k, { n })`, of what was taken out of the map before: whatever
 * others have put there since stays.
 */
function isAddition(frame: Frame, checks: readonly Check[], details: WriteDetails): boolean {
  // `n += await f()` is no step of its own; in a callee it is, with what it was given.
  const isStep = details.verb === "update" && details.fromCallee !== undefined;
  return isStep || isGapFilled(frame, checks, details);
}

/** `if (!map.has(k)) map.set(k, v)`, here or in the callee. */
export function isGapFilled(
  frame: Frame,
  checks: readonly Check[],
  details: WriteDetails,
): boolean {
  if (details.verb !== "add" && details.verb !== "assign") return false;
  if (details.constant?.isTruthy === false) return false;
  return (
    details.fillsGap === true ||
    checks.some((check) => check.outcome === "absent" && !frame.state.staleness(check.read))
  );
}

/** A whole row goes back as it was read: columns that others wrote meanwhile are lost. */
export function findCarriedColumns(frame: Frame, place: Place, details: WriteDetails): void {
  for (const { read, stale } of details.reads)
    if (stale) addHazard(frame, place, details, { kind: "lost-update", read, suspension: stale });
}

/** Checks of what is written. */
function judgeChecks(
  frame: Frame,
  place: Place,
  checks: readonly Check[],
  details: WriteDetails,
): void {
  const judged = [
    ...usedChecks(frame, checks).map((entry) => ({ ...entry, isCallees: false })),
    ...(details.fromCallee?.checks
      .filter(({ check }) => concerns(check, place, details.verb))
      .map((entry) => ({ ...entry, isCallees: true })) ?? []),
  ];
  const rechecked = new Set(
    judged.filter(({ stale }) => !stale).map(({ check }) => check.read.place.id),
  );
  const site = firstLateWrite(frame, place) ?? details.site;
  for (const { check, stale, isCallees } of judged) {
    if (!stale || isRechecked(check, rechecked, details)) continue;
    if (isCalleesConcern({ check, stale, isCallees }, place, details)) continue;
    if (check.isClaimedInCopy && check.read.place.root.kind !== "store") continue;
    if (isActedOn({ check, stale }, place, details)) continue;
    if (check.isIteration && isElementUpkeep(details.verb) && !check.read.isExternal) continue;
    if (details.valueText !== undefined && check.comparedWith?.includes(details.valueText))
      continue;
    if (
      isKeptByUniqueKey(check, place, details) ||
      repeatsWhatItTests(frame, check, place, details)
    )
      continue;
    // Where the test stands in the callee, so does the way from the test to the write.
    const at = (isCallees ? details.chain.at(-1) : undefined) ?? site;
    addHazard(frame, place, at === details.site ? details : { ...details, site: at, chain: [] }, {
      kind: "check-then-act",
      read: check.read,
      suspension: stale,
      outcome: check.outcome,
      isEquality: check.outcome !== "other" || (check.comparedWith?.length ?? 0) > 0,
      values: check.values,
      isAlone: details.constant !== undefined && guardsNothingElse(frame, check, details),
      needsBelief: isStartedByCallee(place, details),
      isLink: isLink(check, place, details),
      isNotExpired: isNotExpired(check),
      isStep: isStepOfCallee(place, details, check.read.place),
      isAppended: isAppendedByCallee(place, details),
    });
  }
}

/** The row was written in the segment of the test, here or in the callee, and another column of it is written now. */
function isActedOn(
  { check, stale }: UsedCheck,
  place: Place,
  { site, fromCallee }: WriteDetails,
): boolean {
  if (columnId(check.read.place) === columnId(place) || place.root.kind !== "store") return false;
  const inTime = stale?.site.node === site.node ? (fromCallee?.writtenAtOnce ?? []) : [];
  return check.isActedOn === true || inTime.some((row) => isSameRow(check.read.place, row));
}

/** `if (isDue(job)) start(job)`, and start does not wait for it: a job that runs by itself reads what it needs. */
function isStartedByCallee({ root }: Place, { isDetached }: WriteDetails): boolean {
  return root.kind === "store" && isDetached === true;
}

/** Checks of another column or field of the same object, which often decide what is written in this one. */
function judgeNeighbours(frame: Frame, place: Place, details: WriteDetails): void {
  // What happened is counted or noted, whatever another field says by then. `#n` is what `n` gives.
  const isNote = details.verb === "update" || details.verb === "add";
  const neighbours = usedChecks(
    frame,
    frame.state.checks.filter(
      ({ read }) =>
        isNeighbour(read.place, place) && (!isNote || isBackingField(read.place, place)),
    ),
  );
  const rechecked = new Set(
    neighbours.filter(({ stale }) => !stale).map(({ check }) => check.read.place.id),
  );
  for (const { check, stale } of neighbours) {
    if (!stale || check.isIteration || check.isExpected || check.isClaimedInCopy) continue;
    if (isRechecked(check, rechecked, details)) continue;
    addHazard(frame, place, details, {
      kind: "check-then-act",
      read: check.read,
      suspension: stale,
      outcome: check.outcome,
      needsBelief: true,
      isAnswer: details.reads.some(
        (used) => used.stale !== null && includes(check.read.place, used.read.place),
      ),
    });
  }
}

/**
 * `if (!map.has(k)) map.set(k, await load(k))`, and a row that is created where a look-up finds none, here or in
 * the callee that writes.
 */
export function isMissing(
  place: Place,
  checks: readonly Check[],
  { verb, constant, fillsMissing }: WriteDetails,
): boolean {
  if (fillsMissing !== undefined) return fillsMissing;
  if (verb === "create") return checks.some(({ outcome }) => outcome === "absent");
  return (
    (verb === "add" || verb === "assign") &&
    constant?.isTruthy !== false &&
    checks.some(({ outcome, read }) => outcome === "absent" && read.place.id === place.id)
  );
}

/**
 * Where the write that the check allowed began: code that changes an object after a stale test changes several
 * of its fields. The fields of a class have less to do with each other, and rows of a store nothing.
 */
function firstLateWrite(frame: Frame, place: Place): Site | undefined {
  const { kind } = place.root;
  return kind === "variable" || kind === "parameter"
    ? frame.state.lateWrites.get(place.rootId)
    : undefined;
}

/** Deleting or updating the element a loop is at: what was listed before decides nothing about it. */
function isElementUpkeep(verb: WriteVerb): boolean {
  return verb === "delete" || verb === "update" || verb === "assign";
}

/** Whether a check on one location is about the write of another: the same, or a part of what is overwritten. */
export function concerns(check: Check, place: Place, verb: WriteVerb): boolean {
  const checked = check.read.place;
  if (isAboutAnotherRow(check, place, verb) || !mayBeSameRow(checked, place)) return false;
  if (isSameRow(checked, place)) return true;
  if (!meets(checked, place)) return false;
  if (place.path.length <= checked.path.length) return true;
  // `if (!list.length) ...; list.push(x)`: a test of the whole container is about its elements' coming and going.
  return (
    place.path.length === checked.path.length + 1 &&
    place.path.at(-1)?.kind === "element" &&
    (verb === "add" || verb === "remove" || verb === "delete" || verb === "create")
  );
}

/** What was read before the suspension, and what the finding calls it. */
interface Ground extends HazardFacts {
  readonly kind: Hazard["kind"];
  readonly read: Read;
  readonly suspension: { site: Site };
  readonly outcome?: Check["outcome"];
}

/** Notes that this write races with what others do between the read and it. */
export function addHazard(frame: Frame, place: Place, details: WriteDetails, ground: Ground): void {
  const { kind, read, suspension, outcome, ...facts } = ground;
  frame.addHazard({
    kind,
    place,
    read,
    suspension,
    outcome: outcome ?? null,
    site: details.site,
    chain: details.chain,
    callers: [],
    verb: details.verb,
    constant: details.constant,
    protection: frame.state.locks.filter((lock) =>
      read.locks.some((other) => other.acquisition === lock.acquisition),
    ),
    claims: [
      ...frame.state.claims.map((claim) => claim.place),
      // The test was fresh when the call began, and the callee claimed before it let others in.
      ...(suspension.site.node === details.site.node
        ? (details.fromCallee?.claimsAtOnce ?? [])
        : []),
    ],
    parallel: null,
    ...(details.carries ? { carries: details.carries } : {}),
    ...facts,
    ...((details.isFlipped || read.isFlipped) && kind === "lost-update" ? { isFlipped: true } : {}),
    needsBelief: facts.needsBelief === true || needsBelief(read, place, details),
  });
}
