import { PERMISSIONS } from "../../models/effects/permissions.ts";
import { LOOKS_UP, SETTINGS } from "../../models/effects/sends.ts";
import { MIRRORED_COLUMNS } from "../../models/stores/generic.ts";
import { isLength } from "../flow/drains.ts";
import type { Hazard } from "../flow/summary.ts";
import { columnId, isOwnersId, type Place } from "../flow/place.ts";
import type { ActivationRoot } from "../project/roots.ts";
import { unwrap, type Node } from "../syntax/ast.ts";
import { areInOneFunction, type Site } from "../syntax/source-file.ts";
import type { Finding } from "../finding.ts";
import { isCount, isGuess } from "../flow/row-checks.ts";
import type { IndexedWrite, Race } from "./races.ts";
import { isCacheFill } from "./cache-fill.ts";
import { isLoadedTwice } from "./loaded-twice.ts";
import { isDropped, isFailureNoted, isOutcomeKept } from "./failures.ts";
import { isTextOfRow } from "./made-texts.ts";
import { isQuietCleanUp, isRepeatedCleanUp } from "./clean-ups.ts";
import { isMark, isSameNote } from "./marks.ts";
import { isOfSameHandler } from "./same-handler.ts";
import { calledNames, isLookUpOrMessage, waitsBetween } from "./waits.ts";

/**
 * Which findings the `recommended` config keeps; null where nothing is lost. All are true interleavings; the ones
 * marked `strict` do little harm by themselves, and a reader would have to know more than the code says to be
 * convinced.
 *
 * @param writes all that is written where the hazard's place hangs on
 */
export function confidenceOf(
  race: Race,
  writes: readonly IndexedWrite[],
): Finding["confidence"] | null {
  const { hazard } = race;
  const rivals = race.rivals.flatMap(({ write }) => write ?? []);
  if (isOfKeptContext(hazard.place) || isFailureNoted(hazard) || isToggle(hazard)) return null;
  if (isOfKeptPromise(hazard)) return null;
  if (isPermission(hazard)) return null;
  if (hazard.needsBelief || isHardlyInterrupted(hazard) || isRareMeeting(race)) return "strict";
  if (hazard.place.root.kind === "store") return isPlainOfStore(race) ? "recommended" : "strict";
  if (hazard.read.chain.length > DEEPEST_READ) return "strict";
  if (hazard.drains && isMeantToBeLost(hazard)) return "strict";
  if (hazard.kind !== "check-then-act") return "recommended";
  if (hazard.chain.length > DEEPEST_WRITE) return "strict";
  if (isCacheFill(hazard, race.rivals)) return isLoadedTwice(hazard, writes) ? null : "strict";
  if (isMark(race, rivals)) return null;
  if (isEntryOfLog(hazard)) return "strict";
  if (isRepeatedCleanUp(hazard, rivals)) return isQuietCleanUp(hazard) ? null : "strict";
  if (isDropped(hazard))
    return rivals.every((write) => isSameNote(hazard, write)) ? null : "strict";
  if (isSlowTimer(race) || !isLateClaim(hazard) || isSetAgain(hazard)) return "strict";
  return isOutcomeKept(hazard) || isOwnersTest(hazard) ? "strict" : "recommended";
}

/** Who only shows what there is, and then empties it, may mean all of it; and who begins to count anew. */
function isMeantToBeLost({ suspension, constant, place }: Hazard): boolean {
  const isCounter = constant !== undefined && !isLength(place);
  return isCounter || isLookUpOrMessage(suspension.site.node);
}

/** Nothing from outside gets a turn in between, but what was started in the same turn does. */
function isHardlyInterrupted({ suspension, parallel }: Hazard): boolean {
  return suspension.isBrief === true && parallel === null;
}

/**
 * Calls from the check to the write, of a store and of memory, and from a handler to what it read of memory: further
 * down, nobody sees by reading which value decided what. Of what lay deeper, few were real in bots that nobody had
 * read (docs/precision.md).
 */
const DEEPEST_STORE_WRITE = 2;
const DEEPEST_WRITE = 1;
const DEEPEST_READ = 1;

function isPlainOfStore(race: Race): boolean {
  if (isSlowTimer(race) || isOnlyGuessed(race)) return false;
  const { kind, chain } = race.hazard;
  if (kind === "lost-update") return !isOfWholeRow(race.hazard) && !isMirrored(race.hazard);
  return (
    kind !== "check-then-act" ||
    (chain.length <= DEEPEST_STORE_WRITE && !isOfAnotherColumn(race) && !isLeftFilled(race))
  );
}

/** `if (!user.isAdmin) return; ...; update({ isBanned: true })`: who was allowed when he asked was allowed. */
function isPermission({ kind, read, place }: Hazard): boolean {
  const [, tested] = read.place.path;
  const [, written] = place.path;
  return (
    kind === "check-then-act" &&
    place.root.kind === "store" &&
    tested?.kind === "field" &&
    written?.kind === "field" &&
    tested.name !== written.name &&
    PERMISSIONS.test(tested.name)
  );
}

/** `update({ isOn: !row.isOn })`: two who press at once saw the same, and both get what they wanted. */
function isToggle({ kind, place, isFlipped }: Hazard): boolean {
  return kind === "lost-update" && place.root.kind === "store" && isFlipped === true;
}

/**
 * `row = await find(); update({ log: await render(row) })`: what of the row the text was made from, nobody sees. The
 * same of a new row that a callee makes of what was found: an entry of a log, which takes nothing from anybody.
 */
function isOfWholeRow({ read, place, chain, verb, site }: Hazard): boolean {
  if (read.place.path.length > 1) return false;
  if (chain.length > 0) return place.path.length > 1 || verb === "create";
  return place.path.length > 1 && isTextOfRow(site);
}

/** `update({ username: row.username })`: what somebody is called elsewhere, and the next look mends it. */
function isMirrored({ read, place }: Hazard): boolean {
  const [, column, ...inner] = read.place.path;
  return (
    columnId(read.place) === columnId(place) &&
    column?.kind === "field" &&
    inner.length === 0 &&
    MIRRORED_COLUMNS.test(column.name)
  );
}

/** A row or a column was found filled, and others only put new values there: that these may be empty has to be known. */
function isLeftFilled({ hazard, rivals }: Race): boolean {
  const [, column, ...inner] = hazard.read.place.path;
  return (
    hazard.outcome === "present" &&
    (column === undefined || (column.kind === "field" && !isCount(column.name))) &&
    inner.length === 0 &&
    rivals.every(({ write }) => write?.verb === "assign" && write.constant === undefined)
  );
}

/** A run that takes so many milliseconds waits for more than a request or two. */
const LONG_RUN = 5000;

/** Only the next run of the same timer could come in between: this one would have to take a whole period. */
function isSlowTimer({ activation, rivals }: Race): boolean {
  const { period } = activation.root;
  return (
    period !== null &&
    period >= LONG_RUN &&
    rivals.every((rival) => rival.activation === activation && rival.write !== null)
  );
}

/**
 * All that others write are columns that nobody knows: that the one which was read is among them has to be known. What
 * the activation itself computes from a column, it puts there.
 */
function isOnlyGuessed({ activation, hazard, rivals }: Race): boolean {
  const isComputed = hazard.kind === "lost-update";
  return rivals.every(
    (rival) =>
      rival.write !== null &&
      isGuess(rival.write, hazard.read.place) &&
      !(isComputed && rival.activation === activation),
  );
}

const HOUR = 3_600_000;

/** A timer of the start-up and a job that runs once an hour or a day: the process would have to start at that moment. */
function isRareMeeting({ activation, rivals }: Race): boolean {
  const meetsRarely = (a: ActivationRoot, b: ActivationRoot): boolean =>
    a.isArmedOnce === true && b.period !== null && b.period >= HOUR;
  return rivals.every(
    ({ activation: { root } }) =>
      meetsRarely(activation.root, root) || meetsRarely(root, activation.root),
  );
}

/**
 * `if (row.owner === user) update({ title })`, and somebody else changes `owner`: whether something is there or
 * is equal need not have to do with what is written elsewhere, nor has the number of rows. Where the activation
 * itself changes both columns, or compared amounts or times (`now - row.paidAt > DAY`), it has.
 */
function isOfAnotherColumn({ activation, hazard, rivals }: Race): boolean {
  const [, tested] = hazard.read.place.path;
  const [, written] = hazard.place.path;
  return (
    tested?.kind === "field" &&
    written?.kind === "field" &&
    tested.name !== written.name &&
    // What the listed rows were chosen by is what is changed.
    !(tested.name === "length" && hazard.read.columns?.includes(written.name)) &&
    (hazard.isEquality === true || isCount(tested.name)) &&
    rivals.every(
      (rival) => rival.activation !== activation || !isOfSameHandler(hazard, rival.write),
    )
  );
}

/**
 * Whether the late write is what would have kept the others out, had it been made in time: it takes what was
 * there, or puts there what was not. Any other write under a stale check may be right.
 */
function isLateClaim(hazard: Hazard): boolean {
  const verb = hazard.isStep ? "update" : hazard.verb;
  if (verb === "assign" && hazard.place.path.length < hazard.read.place.path.length)
    return hazard.constant?.isTruthy === false;
  switch (hazard.outcome) {
    case "present":
      return verb !== "assign" || hazard.constant?.isTruthy === false;
    case "absent":
      return verb !== "delete" && verb !== "remove" && hazard.constant?.isTruthy !== false;
    default:
      return true;
  }
}

/**
 * `if (answerIn(await log.recent())) await log.add(text)`: what a helper made of the list decided, and another one puts
 * something behind whatever is there by then. Where the two are about one entry, there are two of it; most logs have
 * room for that.
 */
function isEntryOfLog({ read, outcome, isAppended }: Hazard): boolean {
  return isAppended === true && read.chain.length > 0 && outcome !== "other";
}

/** `if (entry.ownerId !== user) return; ...; entries.delete(k)`: whose it is was tested, and stays as it is. */
function isOwnersTest({ place, read }: Hazard): boolean {
  return read.place.path.length > place.path.length && isOwnersId(read.place);
}

/**
 * `pending.get(user).ctx.session.images = ...`: the session of an update that is over. Whether a later update
 * of the same user has the same object or a copy of its own is for the session's store to say.
 */
function isOfKeptContext({ path }: Place): boolean {
  const names = path.map((step) => (step.kind === "field" ? step.name : ""));
  return names.some(
    (name, index) => /^(?:ctx|context)$/.test(name) && names[index + 1] === "session",
  );
}

/** `cache.client = await cache.promise`: whoever waits for the promise that is kept puts the same there. */
function isOfKeptPromise({ outcome, chain, site: { file, node } }: Hazard): boolean {
  if (outcome !== "absent" || chain.length > 0) return false;
  const write = node.type === "AssignmentExpression" ? node : file.parentOf(node);
  if (write?.type !== "AssignmentExpression" || write.operator !== "=") return false;
  const waited = write.right.type === "AwaitExpression" ? unwrap(write.right.argument) : null;
  return waited?.type === "MemberExpression" || (waited !== null && isOfModule(waited, file));
}

function isOfModule(node: Node, file: Site["file"]): boolean {
  const declarator = node.type === "Identifier" ? file.variableOf(node)?.defs[0]?.node : null;
  return !!declarator && file.enclosing(declarator).type === "Program";
}

/** `if (shown.get(user) !== language) { await api.setMyCommands(menu); shown.set(user, language) }`: twice is once. */
function isSetAgain({ suspension, site, verb }: Hazard): boolean {
  if (verb !== "assign" || !areInOneFunction(suspension.site, site)) return false;
  const names = waitsBetween(suspension.site, site).map((wait) => calledNames(wait)[0] ?? "");
  return (
    names.every((name) => SETTINGS.test(name) || LOOKS_UP.test(name)) &&
    names.some((name) => SETTINGS.test(name))
  );
}
