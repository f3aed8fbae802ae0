import { plainText } from "../flow/constant.ts";
import { covers } from "../flow/key.ts";
import { isNeighbour, keysOf, meets, placeOf, type Place } from "../flow/place.ts";
import type { Hazard, WriteEvent } from "../flow/summary.ts";
import type { HeldLock, Read } from "../flow/value.ts";
import type { Finding } from "../finding.ts";
import { describeRace } from "../words/race.ts";
import { isCount, isGuess } from "../flow/row-checks.ts";
import { unwrap } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { remembered, type Activation } from "./activation.ts";
import { isExplained } from "./comments.ts";
import { confidenceOf, isOfSameHandler } from "./confidence.ts";
import { isOncePerOwner } from "./once.ts";
import { isLinkToo, isMadeWhereNoneWas } from "./fills.ts";
import { isBegunAnew, settlesBoth } from "./neighbours.ts";
import { mayOverlap } from "./overlap.ts";
import { firstOfEachCheck, isEcho, isAlwaysThere, isNewerVersion, isSameAgain } from "./repeats.ts";

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
  let index: ReturnType<typeof indexWrites> | null = null;
  const findings = new Map<string, Finding>();
  for (const activation of activations)
    for (const hazard of activation.hazards) {
      if (only !== undefined && hazard.site.file.path !== only) continue;
      if (isExplained(hazard) || isSameAgain(hazard) || isEcho(hazard, activation.hazards))
        continue;
      index ??= indexWrites(activations);
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

function rootKey(place: Place): string {
  return place.rootId;
}

const writesByRoot = remembered(({ writes }) => {
  const index = new Map<string, WriteEvent[]>();
  for (const write of writes) {
    const key = rootKey(write.place);
    const list = index.get(key);
    if (list) list.push(write);
    else index.set(key, [write]);
  }
  return index;
});

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

/** The writes that may come in between, the best evidence first: the same command or handler, then the shortest chain. */
function rivalsOf(
  activation: Activation,
  hazard: Hazard,
  index: ReadonlyMap<string, readonly IndexedWrite[]>,
): readonly Rival[] {
  if (hazard.protection.some((held) => held.lock.id.startsWith("transaction:"))) return [];
  const { parallel } = hazard;
  // A claim that the first callback makes keeps out the others of its call as well.
  if (
    parallel &&
    !isOfElement(hazard.place, parallel) &&
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
      mayOverlap(activation.root, candidate.activation.root, hazard.suspension.site) &&
      !(candidate.activation === activation && isOncePerOwner(activation.root, hazard.place)) &&
      changes(candidate.write, hazard) &&
      (!isOfNeighbour || settlesBoth(candidate, hazard)) &&
      !isMadeWhereNoneWas(candidate, hazard) &&
      !(hazard.isLink && isLinkToo(candidate)) &&
      !isExcluded(hazard, activation, candidate),
  );
  const rank = (candidate: IndexedWrite): number =>
    (candidate.activation.root.isAssumed ? 1_000 : 0) +
    (isGuess(candidate.write, hazard.read.place) ? 500 : 0) +
    (candidate.activation === activation ? 0 : 100) +
    (isOfSameHandler(hazard, candidate.write) ? 0 : 50) +
    candidate.write.chain.length;
  return candidates.sort((a, b) => rank(a) - rank(b));
}

/** The callbacks of one call each work on the row of their own element: `users.map(async (user) => ... user.id)`. */
function isOfElement(place: Place, parallel: Site): boolean {
  const own = `${siteId(parallel)}#`;
  return keysOf(place).some((key) =>
    key.parts.some(
      (part) =>
        typeof part !== "string" && part.root.kind === "site" && part.root.id.startsWith(own),
    ),
  );
}

/** Whether the write can change what was read, or make the outcome of the check false. */
function changes(write: WriteEvent, hazard: Hazard): boolean {
  const read = hazard.read.place;
  if (hazard.isVerdict) return write.verb === "assign" && meets(write.place, hazard.place);
  if (!meets(write.place, read)) return isOfSelection(write, hazard.read);
  if (write.verb === "create" && isColumnOfRow(read)) return false;
  if (write.ownColumns?.some((column) => hazard.read.columns?.includes(column))) return false;
  if (hazard.whenGone)
    return (
      write.verb === "delete" &&
      !(hazard.isLastAct && isAt(write, hazard.chain.at(-1) ?? hazard.site))
    );
  if (hazard.carries) return isOtherColumn(write, hazard.carries, read);
  // Where the row is gone, nothing is updated, whatever was read or compared.
  if (write.verb === "delete" && findsNoRow(hazard)) return false;
  if (hazard.outcome !== "absent" && isIdReceived(hazard)) return false;
  if (hazard.kind === "lost-update") return !isIdHandedOn(hazard);
  if (isNewerVersion(write, hazard) || leavesTest(write, hazard)) return false;
  if (hazard.isNotExpired && write.verb === "assign" && !write.constant) return false;
  if (hazard.kind === "overwritten")
    return write.verb === "assign" && write.constant?.isTruthy !== false;
  const isDeeper = write.place.path.length > read.path.length;
  // A row that is written as a whole keeps what it is known by.
  if (
    (write.verb === "assign" || write.verb === "update") &&
    write.place.path.length < read.path.length &&
    isIdentity(read)
  )
    return false;
  switch (hazard.outcome) {
    case "present":
      if (write.verb === "delete" || write.verb === "remove") return true;
      // The late delete takes the entry that was added anew.
      if (write.verb === "add" && hazard.verb === "delete" && !isDeeper) return true;
      // A remote resource that was found is there until it is deleted.
      if (isDeeper || isRemote(read) || isRowKept(write, hazard)) return false;
      return (
        write.verb === "update" ||
        (write.verb === "assign" &&
          write.constant?.isTruthy !== true &&
          !isAlwaysThere(write, read) &&
          !isStored(write, hazard))
      );
    case "absent":
      if (write.verb === "delete" || write.verb === "remove") return false;
      // A missing row comes into being by a create: a change of its columns finds no row.
      if (isDeeper && read.root.kind === "store" && read.root.model && read.path.length === 1)
        return false;
      // What is written into an entry needs the entry: only an element fills what was found empty.
      if (isDeeper && (read.root.kind === "store" || isElementOf(write.place, read)))
        return write.verb === "add" || write.verb === "create" || write.verb === "assign";
      if (isDeeper) return false;
      return write.constant?.isTruthy !== false;
    default:
      return !isDeeper || write.verb !== "assign";
  }
}

/**
 * A constant that the test takes like the one that was there; or the very one that is written here as well, where
 * nothing else hangs on the test.
 */
function leavesTest(
  write: WriteEvent,
  { read, place, values, isAlone, constant }: Hazard,
): boolean {
  if (!write.constant || write.place.path.length !== read.place.path.length) return false;
  const text = plainText(write.constant);
  if (
    isAlone &&
    constant &&
    place.path.length === read.place.path.length &&
    text === plainText(constant)
  )
    return true;
  return values !== undefined && values.texts.includes(text) === values.isAmong;
}

function isElementOf({ path }: Place, container: Place): boolean {
  return path.length === container.path.length + 1 && path.at(-1)?.kind === "element";
}

function isRemote(place: Place): boolean {
  return place.root.kind === "store" && place.root.model?.remote !== undefined;
}

function isIdentity({ root, path }: Place): boolean {
  const column = path.at(-1);
  return root.kind === "store" && column?.kind === "field" && isIdName(column.name);
}

function isIdName(name: string): boolean {
  return /^(?:_?id|.*_id|.*Id|uuid|tid)$/.test(name);
}

/** An id that was looked up is written as it was: nobody computes another one from it. */
function isIdHandedOn({ read, place, verb }: Hazard): boolean {
  const [, column, ...inner] = read.place.path;
  return (
    place.root.kind === "store" &&
    column?.kind === "field" &&
    isIdName(column.name) &&
    (verb !== "create" || inner.length === 0)
  );
}

/** `session.id = event.session_id`: an id that came from outside, whatever was sent there before. */
function isIdReceived({ read, place, site, chain }: Hazard): boolean {
  const [last, before] = [place.path.at(-1), read.place.path.at(-1)];
  if (place.root.kind === "store" || last?.kind !== "field" || before?.kind !== "field")
    return false;
  const assignment = unwrap((chain.at(-1) ?? site).node);
  return (
    last.name === before.name &&
    isIdName(last.name) &&
    !/^(?:next|last|latest|max|min|prev)/i.test(last.name) &&
    assignment.type === "AssignmentExpression" &&
    assignment.operator === "=" &&
    unwrap(assignment.right).type === "MemberExpression"
  );
}

/** A new row changes no column of another, but it does change what is counted over rows. */
function isColumnOfRow(read: Place): boolean {
  const column = read.path[1];
  return (
    read.root.kind === "store" &&
    read.root.model !== null &&
    !isRemote(read) &&
    column?.kind === "field" &&
    !isCount(column.name)
  );
}

/** `WHERE status = 'open'` chose the rows that were listed: a change of that column changes which there are. */
function isOfSelection({ verb, place }: WriteEvent, { place: read, columns }: Read): boolean {
  const [row, counted] = read.path;
  const [, written] = place.path;
  return (
    read.root.kind === "store" &&
    (verb === "assign" || verb === "update") &&
    row !== undefined &&
    counted?.kind === "field" &&
    counted.name === "length" &&
    written?.kind === "field" &&
    columns?.includes(written.name) === true &&
    meets(placeOf(place.root, place.path.slice(0, 1)), placeOf(read.root, [row]))
  );
}

/** The write changes a column that the hazard's row carries back unread. */
function isOtherColumn(write: WriteEvent, carried: readonly string[], row: Place): boolean {
  const column = write.place.path[row.path.length];
  return (
    (write.verb === "assign" || write.verb === "update") &&
    column?.kind === "field" &&
    !carried.includes(column.name)
  );
}

/** Where a table's row is gone, a change of its columns changes nothing; a key-value store makes the entry anew. */
function findsNoRow({ place, verb }: Hazard): boolean {
  return (
    place.root.kind === "store" &&
    place.root.model !== null &&
    place.root.model.isOneTable === undefined &&
    // It would store the whole row anew.
    place.root.model.saveWrites !== "all" &&
    (verb === "assign" || verb === "update")
  );
}

function isAt(write: WriteEvent, site: Site): boolean {
  return siteId(write.site) === siteId(site);
}

/** A table's row that was asked for by its key is there until it is deleted, whatever its columns are set to. */
function isRowKept(write: WriteEvent, { read }: Hazard): boolean {
  const { root, path } = read.place;
  const columns = read.columns ?? [];
  return (
    root.kind === "store" &&
    root.model !== null &&
    root.model.isOneTable === undefined &&
    path.length === 1 &&
    write.place.path.length === 1 &&
    write.constant === undefined &&
    (read.isUniqueLookup === true || (columns.length > 0 && columns.every(isIdName)))
  );
}

/** A row that is stored again is still there. */
function isStored(write: WriteEvent, hazard: Hazard): boolean {
  return (
    write.place.root.kind === "store" &&
    hazard.read.place.path.length <= write.place.path.length &&
    write.reads.length > 0
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
  return activation.writes.some((write) => write.freesClaim && meets(write.place, claim));
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
