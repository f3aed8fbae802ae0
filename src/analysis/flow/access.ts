import { deleteOwnValue, keepOwnValue, useOwnValue } from "./own-values.ts";
import { isFunction, unwrap, type Node } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import type { Frame } from "./frame.ts";
import { atomOf, keyOf, memberKey, type Key } from "./key.ts";
import {
  element,
  extend,
  field,
  includes,
  isNeighbour,
  meets,
  placeOf,
  rootId,
  type Place,
  type Step,
} from "./place.ts";
import {
  isAboutAnotherRow,
  isKeptByUniqueKey,
  isSameRow,
  makesWhatWasMissing,
  mayBeSameRow,
  needsBelief,
  repeatsWhatItTests,
} from "./row-checks.ts";
import type { Check, Content } from "./state.ts";
import type { UsedCheck, UsedRead, WriteEvent, WriteVerb } from "./summary.ts";
import { noteVerdict } from "./verdicts.ts";
import { mergePlaces, mergeReads, UNKNOWN, type Constant, type Read, type Value } from "./value.ts";

/** Members that tell how many elements there are: a read of the whole container. */
const COUNTS = new Set(["length", "size"]);

/** Reads a location here and now. */
export function readPlace(frame: Frame, place: Place, node: Node, isExternal = false): Read {
  const site = frame.site(node);
  const read: Read = {
    id: siteId(site),
    place,
    site,
    chain: [],
    locks: frame.state.locks,
    isExternal,
  };
  frame.state.reads.set(read.id, null);
  useOwnValue(frame, place, read);
  if (place.root.kind !== "local" && place.root.kind !== "parameter")
    frame.addEvent({ ...eventBase(frame, site), kind: "read", place });
  return read;
}

export function eventBase(
  frame: Frame,
  site: Site,
  checks: readonly UsedCheck[] = usedChecks(frame, frame.state.checks),
) {
  return {
    site,
    chain: [] as readonly Site[],
    suspended: frame.state.suspended,
    checks,
    locks: frame.state.locks,
    claims: frame.state.claims.map((claim) => claim.place),
    isDetached: frame.isDetached,
  };
}

export function usedChecks(frame: Frame, checks: readonly Check[]): UsedCheck[] {
  return checks.map((check) => ({ check, stale: frame.state.staleness(check.read) }));
}

/** The key of an element that the value names; the place of evaluation stands in where nothing is known. */
export function keyFor(frame: Frame, value: Value, node: Node): Key {
  return value.key ?? keyOf([atomOf({ kind: "site", id: siteId(frame.site(node)) }, "")]);
}

export function contentOf(frame: Frame, place: Place): Content | null {
  return place.root.kind === "local" ? (frame.state.contents.get(place.root.id) ?? null) : null;
}

/** What a path below an object of this activation leads to, where a field holds another object. */
export function heldAt(frame: Frame, place: Place): readonly Place[] {
  const [step, ...rest] = place.path;
  if (place.root.kind !== "local" || step?.kind !== "field") return [place];
  const held = frame.state.contents.get(place.root.id)?.fields.get(step.name)?.places ?? [];
  if (held.length === 0) return [place];
  return held.flatMap((inner) => heldAt(frame, extend(inner, ...rest)));
}

/** A new object of this activation. */
export function localObject(
  frame: Frame,
  node: Node,
  reads: readonly Read[],
  fields: ReadonlyMap<string, Value> = new Map(),
  origin: Read | null = null,
): Value {
  const id = `${origin ? "row" : "new"}:${siteId(frame.site(node))}`;
  frame.state.contents.set(id, { origin, reads, fields });
  return { reads: origin ? [origin] : [], places: [placeOf({ kind: "local", id })], key: null };
}

/** Everything the value derives from, with what was put into the objects that it refers to. */
export function deepReads(frame: Frame, value: Value): readonly Read[] {
  let reads = value.reads;
  for (const place of value.places) {
    const content = contentOf(frame, place);
    if (!content) continue;
    reads = mergeReads(
      reads,
      content.reads,
      ...[...content.fields.values()].map((inner) => inner.reads),
    );
  }
  return reads;
}

export function used(frame: Frame, reads: readonly Read[]): UsedRead[] {
  return reads.map((read) => ({ read, stale: frame.state.staleness(read) }));
}

/** The member or element of an object value. */
export function readMember(frame: Frame, object: Value, step: Step, node: Node): Value {
  let reads: readonly Read[] = [];
  let places: readonly Place[] = [];
  const isCount = step.kind === "field" && COUNTS.has(step.name);
  for (const place of object.places) {
    if (place.root.kind === "local") {
      const inner = readLocal(frame, place.root.id, step);
      reads = mergeReads(reads, inner.reads);
      places = mergePlaces(places, inner.places);
      continue;
    }
    const target = isCount ? place : extend(place, step);
    reads = mergeReads(reads, [readPlace(frame, target, node)]);
    places = mergePlaces(places, [target]);
  }
  // Data taken out of data: a snapshot's field was read when the snapshot was.
  if (object.places.length === 0 || object.reads.some((read) => read.isExternal))
    reads = mergeReads(
      reads,
      object.reads
        .filter((read) => read.isExternal || object.places.length === 0)
        .map((read) =>
          read.isExternal && !isCount ? { ...read, place: extend(read.place, step) } : read,
        ),
    );
  const key = step.kind === "field" && object.key ? memberKey(object.key, step.name) : null;
  return reads.length === 0 && places.length === 0 && !key && !object.tasks
    ? UNKNOWN
    : { reads, places, key, tasks: object.tasks };
}

function readLocal(frame: Frame, object: string, step: Step): Value {
  const content = frame.state.contents.get(object);
  if (!content) return UNKNOWN;
  const known = step.kind === "field" ? content.fields.get(step.name) : undefined;
  if (known) return known;
  const reads = content.origin
    ? [{ ...content.origin, place: extend(content.origin.place, step) }]
    : content.reads.map((read) => columnOfCopy(read, step));
  const id = `${object}/${step.kind === "field" ? step.name : "[]"}`;
  if (content.origin && !frame.state.contents.has(id))
    frame.state.contents.set(id, {
      origin: { ...content.origin, place: extend(content.origin.place, step) },
      reads: [],
      fields: new Map(),
    });
  return { reads, places: content.origin ? [placeOf({ kind: "local", id })] : [], key: null };
}

/** `{ ...row, isNew: true }`: a field of the copy is that column of the row. */
function columnOfCopy(read: Read, step: Step): Read {
  const { root, path } = read.place;
  const isRow = root.kind === "store" && root.model !== null && path.length === 1;
  return isRow && read.isExternal && step.kind === "field"
    ? { ...read, place: extend(read.place, step) }
    : read;
}

export interface WriteDetails {
  readonly verb: WriteVerb;
  readonly reads: readonly UsedRead[];
  readonly constant?: Constant | undefined;
  readonly isIdempotent?: boolean;
  /** The written expression, in source text. */
  readonly valueText?: string | undefined;
  /** The value is data of the update at hand. */
  readonly isUpdateData?: boolean;
  /** Where to report: the write, or the call that leads to it. */
  readonly site: Site;
  /** From `site` down to the write. */
  readonly chain: readonly Site[];
  readonly isDetached?: boolean;
  readonly isClaim?: boolean;
  readonly freesClaim?: boolean;
  /** A create whose failure nobody hears of. */
  readonly failsSilently?: boolean;
  /** The whole row goes back as it was read, but for these columns. */
  readonly carries?: readonly string[];
  /** The write happens in a callee, which found its own races: what of the callee's the caller still has to judge. */
  readonly fromCallee?: {
    readonly reads: readonly UsedRead[];
    readonly checks: readonly UsedCheck[];
    readonly recheckedPlaces: ReadonlySet<string>;
    readonly claims: readonly Place[];
  };
}

/** Writes a location: records the event, finds the races that end here, and takes the claim if it is one. */
export function writePlace(frame: Frame, place: Place, details: WriteDetails): void {
  const state = frame.state;
  if (place.root.kind === "local") {
    writeLocal(frame, place.root.id, place.path, details);
    return;
  }
  if (details.carries) {
    for (const { read, stale } of details.reads)
      if (stale) addHazard(frame, "lost-update", read, stale, null, place, details);
    return;
  }
  noteVerdict(frame, place, details);
  const checks = state.checks.filter((check) => concerns(check, place, details.verb));
  const judged = [
    ...usedChecks(frame, checks).map((entry) => ({ ...entry, isCallees: false })),
    ...(details.fromCallee?.checks
      .filter(({ check }) => concerns(check, place, details.verb))
      .map((entry) => ({ ...entry, isCallees: true })) ?? []),
  ];
  const neighbours = usedChecks(
    frame,
    state.checks.filter((check) => isNeighbour(check.read.place, place)),
  );
  const rechecked = new Set(
    judged.filter(({ stale }) => !stale).map(({ check }) => check.read.place.id),
  );
  const site = firstLateWrite(frame, place) ?? details.site;
  // Deleting by key, or adding to a set of things, twice is the same as once.
  for (const { check, stale, isCallees } of details.isIdempotent ? [] : judged) {
    if (check.isClaimedInCopy && check.read.place.root.kind !== "store") continue;
    if (
      !stale ||
      rechecked.has(check.read.place.id) ||
      details.fromCallee?.recheckedPlaces.has(check.read.place.id)
    )
      continue;
    if (check.isIteration && isElementUpkeep(details.verb) && !check.read.isExternal) continue;
    if (details.valueText !== undefined && check.comparedWith?.includes(details.valueText))
      continue;
    if (
      isKeptByUniqueKey(check, place, details) ||
      repeatsWhatItTests(frame, check, place, details)
    )
      continue;
    // Where the test stands in the callee, so does the way from the test to the write.
    const inner = isCallees ? details.chain.at(-1) : undefined;
    const at = inner ?? site;
    addHazard(
      frame,
      "check-then-act",
      check.read,
      stale,
      check.outcome,
      place,
      at === details.site ? details : { ...details, site: at, chain: [] },
    );
  }
  // A count that goes down when a task that runs by itself is done does not act on this test any more.
  const isCountedLater =
    details.verb === "update" && (frame.isDetached || (details.isDetached ?? false));
  for (const { check, stale } of details.isIdempotent || isCountedLater ? [] : neighbours) {
    if (!stale || check.isIteration || check.isExpected || check.isClaimedInCopy) continue;
    const isRechecked = neighbours.some(
      (other) => !other.stale && other.check.read.place.id === check.read.place.id,
    );
    if (!isRechecked && !details.fromCallee?.recheckedPlaces.has(check.read.place.id))
      addHazard(frame, "check-then-act", check.read, stale, check.outcome, place, details, true);
  }
  if (details.verb !== "add" && details.verb !== "remove" && details.verb !== "delete")
    for (const { read, stale } of details.fromCallee?.reads ?? details.reads)
      if (
        stale &&
        meets(read.place, place) &&
        mayBeSameRow(read.place, place) &&
        read.place.root.kind !== "local"
      )
        addHazard(frame, "lost-update", read, stale, null, place, details);
  const isHeld = state.claims.some((claim) => claim.place.id === place.id);
  const isClaim = takeClaim(frame, place, details, checks);
  const event: WriteEvent = {
    ...eventBase(frame, details.chain.at(-1) ?? details.site),
    chain: details.chain.length > 0 ? [details.site, ...details.chain.slice(0, -1)] : [],
    ...(details.fromCallee
      ? { claims: [...details.fromCallee.claims, ...(isClaim ? [place] : [])] }
      : {}),
    isDetached: frame.isDetached || (details.isDetached ?? false),
    kind: "write",
    place,
    verb: details.verb,
    reads: details.reads,
    constant: details.constant,
    isClaim: isClaim || (details.isClaim ?? false),
    freesClaim: details.freesClaim ?? (releases(details) && !isClaim && !isHeld),
    isIdempotent: details.isIdempotent ?? false,
    failsSilently: details.failsSilently ?? false,
  };
  frame.addEvent(event);
  if (details.verb === "delete") deleteOwnValue(frame, place, details.site, checks);
  keepOwnValue(frame, place, details.verb, details.site, details.isUpdateData ?? false);
  const root = rootId(place.root);
  if (
    !state.lateWrites.has(root) &&
    state.checks.some(
      (check) => state.staleness(check.read) && rootId(check.read.place.root) === root,
    )
  )
    state.lateWrites.set(root, details.site);
}

/**
 * Where the write that the check allowed began: code that changes an object after a stale test changes several
 * of its fields. The fields of a class have less to do with each other, and rows of a store nothing.
 */
function firstLateWrite(frame: Frame, place: Place): Site | undefined {
  const { kind } = place.root;
  return kind === "variable" || kind === "parameter"
    ? frame.state.lateWrites.get(rootId(place.root))
    : undefined;
}

/** Deleting or updating the element a loop is at: what was listed before decides nothing about it. */
function isElementUpkeep(verb: WriteVerb): boolean {
  return verb === "delete" || verb === "update" || verb === "assign";
}

/** Whether a check on one location is about the write of another: the same, or a part of what is overwritten. */
function concerns(check: Check, place: Place, verb: WriteVerb): boolean {
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

function takeClaim(
  frame: Frame,
  place: Place,
  details: WriteDetails,
  checks: readonly Check[],
): boolean {
  const state = frame.state;
  const fresh = checks.filter(
    (check) =>
      !state.staleness(check.read) &&
      (includes(place, check.read.place) ||
        includes(check.read.place, place) ||
        makesWhatWasMissing(check, place, details.verb)),
  );
  const copies = place.root.kind === "parameter" ? fresh : [];
  // The activation knows what it stored itself: older tests of the place say nothing any more.
  state.checks = state.checks.filter(
    (check) =>
      !fresh.includes(check) &&
      !(
        checks.includes(check) &&
        (check.read.place.id === place.id ||
          (fresh.length > 0 && includes(place, check.read.place)))
      ),
  );
  if (copies.length > 0)
    state.checks = [
      ...state.checks,
      ...copies.map((check) => ({ ...check, isClaimedInCopy: true })),
    ];
  if (releases(details)) state.claims = state.claims.filter((claim) => claim.place.id !== place.id);
  if (!details.isClaim && !fresh.some((check) => keepsOthersOut(check, details))) return false;
  state.claims = [
    ...state.claims.filter((claim) => claim.place.id !== place.id),
    { place, site: details.site },
  ];
  return true;
}

/** Whether the write makes the same test go the other way for whoever makes it next. */
function keepsOthersOut(check: Check, details: WriteDetails): boolean {
  switch (check.outcome) {
    case "absent":
      return (
        details.verb === "add" ||
        details.verb === "create" ||
        (details.verb === "assign" && details.constant?.isTruthy !== false)
      );
    case "present":
      return details.verb === "delete" || details.verb === "remove" || releases(details);
    case "other":
      return details.verb === "assign";
  }
}

function releases(details: WriteDetails): boolean {
  return (
    details.verb === "delete" || (details.verb === "assign" && details.constant?.isTruthy === false)
  );
}

function addHazard(
  frame: Frame,
  kind: "lost-update" | "check-then-act",
  read: Read,
  suspension: { site: Site },
  outcome: Check["outcome"] | null,
  place: Place,
  details: WriteDetails,
  isNeighbour = false,
): void {
  const held = frame.state.locks.filter((lock) =>
    read.locks.some((other) => other.acquisition === lock.acquisition),
  );
  frame.addHazard({
    kind,
    place,
    read,
    suspension,
    outcome,
    site: details.site,
    chain: details.chain,
    callers: [],
    verb: details.verb,
    constant: details.constant,
    protection: held,
    claims: frame.state.claims.map((claim) => claim.place),
    parallel: null,
    ...(details.carries ? { carries: details.carries } : {}),
    ...(isNeighbour || needsBelief(read, place, details) ? { needsBelief: true } : {}),
  });
}

/** Puts data into an object of this activation. */
function writeLocal(
  frame: Frame,
  object: string,
  path: Place["path"],
  details: WriteDetails,
): void {
  const content: Content = frame.state.contents.get(object) ?? {
    origin: null,
    reads: [],
    fields: new Map(),
  };
  const reads = details.reads.map((entry) => entry.read);
  const [step, ...deeper] = path;
  const fields = new Map(content.fields);
  if (step?.kind === "field" && deeper.length === 0)
    fields.set(step.name, { reads, places: [], key: null, constant: details.constant });
  else if (step?.kind === "field") {
    const inner = fields.get(step.name);
    fields.set(step.name, {
      reads: mergeReads(inner?.reads ?? [], reads),
      places: inner?.places ?? [],
      key: null,
    });
  }
  const isField = step?.kind === "field";
  frame.state.contents.set(object, {
    ...content,
    reads: isField ? content.reads : mergeReads(content.reads, reads),
    fields,
  });
}

/** Writes to every object that the target expression may mean. */
export function writeMember(frame: Frame, object: Value, step: Step, details: WriteDetails): void {
  for (const place of object.places) writePlace(frame, extend(place, step), details);
}

export function constantOf(node: Node): Constant | undefined {
  const inner = unwrap(node);
  if (inner.type === "Literal") return { text: inner.raw, isTruthy: Boolean(inner.value) };
  if (inner.type === "Identifier" && inner.name === "undefined")
    return { text: "undefined", isTruthy: false };
  if (inner.type === "UnaryExpression" && inner.operator === "void")
    return { text: "undefined", isTruthy: false };
  if (
    inner.type === "UnaryExpression" &&
    inner.operator === "-" &&
    inner.argument.type === "Literal"
  )
    return { text: `-${inner.argument.raw}`, isTruthy: Boolean(inner.argument.value) };
  if (isFunction(inner)) return { text: "function", isTruthy: true };
  return undefined;
}

export { element, field };

export function extendByField(place: Place, name: string): Place {
  return extend(place, field(name));
}
