import { covers, type Key } from "../flow/key.ts";
import { isNeighbour, keysOf, meets, type Place } from "../flow/place.ts";
import type { Hazard, WriteEvent } from "../flow/summary.ts";
import type { HeldLock, Read } from "../flow/value.ts";
import type { Finding } from "../finding.ts";
import { groupBy } from "../group-by.ts";
import { describeRace } from "../words/race.ts";
import { isGuess } from "../flow/row-checks.ts";
import type { ActivationRoot } from "../project/roots.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { remembered, type Activation } from "./activation.ts";
import { changes } from "./changes.ts";
import { isExplained } from "./comments.ts";
import { confidenceOf } from "./confidence.ts";
import { isOncePerOwner } from "./once.ts";
import { isLinkToo, isMadeWhereNoneWas } from "./fills.ts";
import { isBegunAnew, settlesBoth } from "./neighbours.ts";
import { mayOverlap, mayOverlapDropped } from "./overlap.ts";
import { isOfOtherObject, isOfTwoObjects } from "./receivers.ts";
import { firstOfEachCheck, isEcho, isSameAgain } from "./repeats.ts";
import { isOfSameHandler } from "./same-handler.ts";

/** An activation that writes in between. */
export interface Rival {
  readonly activation: Activation;
  readonly write: WriteEvent | null;
}

/** A finding's activations: `hazard` is what one does, and each rival may write in between. The likeliest is first. */
export interface Race {
  readonly activation: Activation;
  readonly hazard: Hazard;
  readonly rivals: readonly [Rival, ...Rival[]];
}

/**
 * Lost updates and checks that went stale: A read, A suspended, A writes. A finding needs a rival B whose
 * write can change what A read, and that neither a dispatcher, a lock nor a claim keeps out.
 */
export function findRaces(activations: readonly Activation[], only?: string): Finding[] {
  let index: WriteIndex | null = null;
  const findings = new Map<string, Finding>();
  for (const activation of activations)
    for (const hazard of activation.hazards) {
      if (only !== undefined && hazard.site.file.path !== only) continue;
      if (isExplained(hazard) || isSameAgain(hazard) || isEcho(hazard, activation.hazards))
        continue;
      index ??= only === undefined ? indexWrites(activations) : writesOnDemand(activations);
      const [nearest, ...others] = rivalsOf(activation, hazard, index);
      if (!nearest) continue;
      const rivals: Race["rivals"] = [nearest, ...others];
      const race: Race = { activation, hazard, rivals };
      const sureness = confidenceOf(race, index.get(rootKey(hazard.place)) ?? []);
      if (!sureness) continue;
      const isAssumed = [activation, nearest.activation].some(({ root }) => root.isAssumed);
      const confidence = isAssumed ? "strict" : sureness;
      const finding = { ...describeRace(race), confidence, race };
      const id = siteId(hazard.site);
      const known = findings.get(id);
      if (!known || isBetter(finding, known)) findings.set(id, finding);
    }
  return firstOfEachCheck([...findings.values()]);
}

/** One report for each line: the surest, and of these the one that names what is lost. */
function isBetter(finding: Finding, known: Finding): boolean {
  if (finding.confidence !== known.confidence) return known.confidence === "strict";
  return known.isCheck && !finding.isCheck;
}

/** A write, and the activation that makes it. */
export interface IndexedWrite {
  readonly activation: Activation;
  readonly write: WriteEvent;
}

/** Who writes, by the root of the place. */
type WriteIndex = Pick<ReadonlyMap<string, readonly IndexedWrite[]>, "get" | "has">;

function rootKey(place: Place): string {
  return place.rootId;
}

const writesByRoot = remembered(({ writes }) => groupBy(writes, ({ place }) => rootKey(place)));

function indexWrites(activations: readonly Activation[]): Map<string, IndexedWrite[]> {
  const index = new Map<string, IndexedWrite[]>();
  for (const activation of activations)
    for (const [key, writes] of writesByRoot(activation)) {
      const indexed = writes.map((write) => ({ activation, write }));
      const list = index.get(key);
      if (list) list.push(...indexed);
      else index.set(key, indexed);
    }
  return index;
}

/** For the few hazards of one file: most writes are to other roots. */
function writesOnDemand(activations: readonly Activation[]): WriteIndex {
  const known = new Map<string, readonly IndexedWrite[]>();
  const get = (key: string): readonly IndexedWrite[] | undefined => {
    let writes = known.get(key);
    if (!writes) {
      writes = activations.flatMap((activation) =>
        (writesByRoot(activation).get(key) ?? []).map((write) => ({ activation, write })),
      );
      known.set(key, writes);
    }
    return writes.length > 0 ? writes : undefined;
  };
  return { get, has: (key) => get(key) !== undefined };
}

/** The writes that may come in between, the best evidence first: the same command or handler, then the shortest chain. */
function rivalsOf(activation: Activation, hazard: Hazard, index: WriteIndex): readonly Rival[] {
  if (isOfTwoObjects(hazard)) return [];
  if (hazard.protection.some((held) => held.lock.id.startsWith("transaction:"))) return [];
  const { parallel } = hazard;
  // A claim that the first callback makes keeps out the others of its call as well.
  if (
    parallel &&
    !isOfElement(hazard.place, parallel) &&
    !isFoundByElement(hazard.read, parallel) &&
    hazard.claims.every((claim) => isOfElement(claim, parallel))
  )
    return [{ activation, write: null }];
  // What nobody of the project changes was not asked for in vain: a permission, a setting.
  if (hazard.isVerdict && !index.has(rootKey(hazard.read.place))) return [];
  const contested = hazard.isVerdict ? hazard.place : hazard.read.place;
  if (activation.root.hasOwnMemory && contested.root.kind !== "store") return [];
  const writes = index.get(rootKey(contested)) ?? [];
  const isOfNeighbour = isNeighbour(hazard.place, hazard.read.place);
  if (isOfNeighbour && isBegunAnew(hazard, writes)) return [];
  const candidates = writes.filter(
    (candidate) =>
      candidate.activation.component === activation.component &&
      mayRunBeside(activation.root, candidate.activation.root, hazard) &&
      !(candidate.activation === activation && isOncePerOwner(activation.root, hazard.place)) &&
      changes(candidate.write, hazard) &&
      !isOfOtherObject(hazard, candidate.write) &&
      (!isOfNeighbour || settlesBoth(candidate, hazard)) &&
      !isMadeWhereNoneWas(candidate, hazard) &&
      !(hazard.isLink && isLinkToo(candidate)) &&
      !isExcluded(hazard, activation, candidate),
  );
  if (candidates.length < 2) return candidates;
  const ranks = new Map(
    candidates.map((candidate) => [
      candidate,
      (candidate.activation.root.isAssumed ? 1_000 : 0) +
        (isGuess(candidate.write, hazard.read.place) ? 500 : 0) +
        (isNearest(candidate.write, hazard) ? 0 : 200) +
        (candidate.activation === activation ? 0 : 100) +
        (isOfSameHandler(hazard, candidate.write) ? 0 : 50) +
        candidate.write.chain.length,
    ]),
  );
  return candidates.sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
}

function mayRunBeside(a: ActivationRoot, b: ActivationRoot, hazard: Hazard): boolean {
  return hazard.dropped ? mayOverlapDropped(a, b) : mayOverlap(a, b, hazard.suspension.site);
}

/** Two make one row; two change one column. To take away all around it is another story. */
function isNearest({ verb, place }: WriteEvent, { outcome, verb: late, read }: Hazard): boolean {
  const isWithin = place.path.length >= read.place.path.length;
  if (place.root.kind !== "store") return verb !== "delete" || isWithin;
  if (late === "create" && outcome === "absent") return verb === "create";
  return isWithin;
}

/** The callbacks of one call each work on the row of their own element: `users.map(async (user) => ... user.id)`. */
function isOfElement(place: Place, parallel: Site): boolean {
  return keysOf(place).some((key) => isMadeOfElement(key, parallel));
}

/** Or on rows that they found by it: `chats.map(async (chat) => { for (const row of await due(chat)) ... })`. */
function isFoundByElement({ place, foundBy }: Read, parallel: Site): boolean {
  return isOfElement(place, parallel) || (!!foundBy && isMadeOfElement(foundBy, parallel));
}

function isMadeOfElement({ parts }: Key, parallel: Site): boolean {
  const own = `${siteId(parallel)}#`;
  return parts.some(
    (part) => typeof part !== "string" && part.root.kind === "site" && part.root.id.startsWith(own),
  );
}

/** A lock that both hold, over keys that are equal whenever the location's are; or a claim of the same place. */
function isExcluded(hazard: Hazard, activation: Activation, rival: IndexedWrite): boolean {
  const placeKeys = keysOf(hazard.read.place);
  const rivalKeys = keysOf(rival.write.place);
  for (const held of hazard.protection)
    for (const other of rival.write.locks)
      if (isSameLock(held, other, placeKeys, rivalKeys)) return true;
  for (const claim of hazard.claims) {
    if (rival.activation === activation && rival.write.claims.length === 0) continue;
    if (isFreedByLoser(activation, claim)) continue;
    for (const other of rival.write.claims)
      if (
        meets(claim, other) &&
        claim.path.length === other.path.length &&
        claimCovers(claim, placeKeys, other, rivalKeys)
      )
        return true;
  }
  return false;
}

/** `try { if (busy) return; busy = true; ... } finally { busy = false }`: who was kept out lets the next one in. */
function isFreedByLoser(activation: Activation, claim: Place): boolean {
  return activation.writes.some(
    (write) =>
      write.freesClaim &&
      meets(write.place, claim) &&
      // Who takes the object out of its map lets nobody in: those who have it keep it.
      write.place.path.length >= claim.path.length,
  );
}

function claimCovers(
  claim: Place,
  placeKeys: ReturnType<typeof keysOf>,
  other: Place,
  rivalKeys: ReturnType<typeof keysOf>,
): boolean {
  const claimKeys = keysOf(claim);
  const otherKeys = keysOf(other);
  return claimKeys.every((key, index) => {
    const counterpart = otherKeys[index];
    return counterpart !== undefined && covers(key, placeKeys, counterpart, rivalKeys);
  });
}

function isSameLock(
  a: HeldLock,
  b: HeldLock,
  placeKeys: ReturnType<typeof keysOf>,
  rivalKeys: ReturnType<typeof keysOf>,
): boolean {
  if (a.lock.id !== b.lock.id) return false;
  if (a.lock.keys.length === 0 && b.lock.keys.length === 0) return true;
  return a.lock.keys.some((key) =>
    b.lock.keys.some((other) => covers(key, placeKeys, other, rivalKeys)),
  );
}
