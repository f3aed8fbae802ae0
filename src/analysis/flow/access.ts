import type { Node } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import type { Frame } from "./frame.ts";
import { atomOf, keyOf, memberKey, type Key } from "./key.ts";
import { readLocal } from "./local-objects.ts";
import { useOwnValue } from "./own-values.ts";
import { extend, type Place, type Step } from "./place.ts";
import type { Check } from "./state.ts";
import type { EventBase, ReadEvent, UsedCheck, UsedRead } from "./summary.ts";
import { mergePlaces, mergeReads, UNKNOWN, type Read, type Value } from "./value.ts";

/** Members that tell how many elements there are: a read of the whole container. */
/** Members that say how much there is, and are no part of it. */
export const COUNTS: ReadonlySet<string> = new Set(["length", "size"]);

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
    frame.addEvent(readEvent(eventBase(frame, site), place));
  return read;
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
    const read = readPlace(frame, target, node);
    const through = place.root.kind === "store" ? undefined : oldReference(frame, object, place);
    reads = mergeReads(reads, [through ? { ...read, through } : read]);
    places = mergePlaces(places, [target]);
  }
  // Data taken out of data: a snapshot's field was read when the snapshot was.
  if (object.places.length === 0 || object.reads.some((read) => read.isExternal))
    reads = mergeReads(
      reads,
      object.reads
        .filter((read) => read.isExternal || object.places.length === 0)
        .map((read) =>
          read.isExternal && !isCount && !read.decides
            ? { ...read, place: extend(read.place, step) }
            : read,
        ),
    );
  const key = object.key && partKey(object.key, step);
  return reads.length === 0 && places.length === 0 && !key && !object.tasks
    ? UNKNOWN
    : { reads, places, key, tasks: object.tasks };
}

/** `const entry = map.get(k); await ...; entry.n`: the entry may have been replaced since. */
function oldReference({ state }: Frame, object: Value, { id }: Place): Read | undefined {
  return object.reads.find((read) => read.place.id === id && state.staleness(read) !== null);
}

/** The key of a member; an element of a list of new ids is new as well. */
function partKey(key: Key, step: Step): Key | null {
  if (step.kind === "field") return memberKey(key, step.name);
  return key.isFresh ? key : null;
}

/** The key of an element that the value names; the place of evaluation stands in where nothing is known. */
export function keyFor(frame: Frame, value: Value, node: Node): Key {
  return value.key ?? keyOf([atomOf({ kind: "site", id: siteId(frame.site(node)) }, "")]);
}

export function eventBase(
  frame: Frame,
  site: Site,
  checks: readonly UsedCheck[] = usedChecks(frame, frame.state.checks),
): EventBase {
  return {
    site,
    chain: [],
    suspended: frame.state.suspended,
    checks,
    locks: frame.state.locks,
    claims: frame.state.claims.map((claim) => claim.place),
    isDetached: frame.isDetached,
  };
}

/** Field by field: reads are most of all events, and a spread of what has many forms is slow. */
export function readEvent(base: EventBase, place: Place): ReadEvent {
  const { site, chain, suspended, checks, locks, claims, isDetached } = base;
  return { kind: "read", place, site, chain, suspended, checks, locks, claims, isDetached };
}

export function usedChecks(frame: Frame, checks: readonly Check[]): UsedCheck[] {
  return checks.map((check) => ({ check, stale: frame.state.staleness(check.read) }));
}

export function used(frame: Frame, reads: readonly Read[]): UsedRead[] {
  return reads.map((read) => ({ read, stale: frame.state.staleness(read) }));
}
