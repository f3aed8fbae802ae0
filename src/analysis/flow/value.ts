import type { Site } from "../syntax/source-file.ts";
import type { Key } from "./key.ts";
import { isSamePlace, type Place } from "./place.ts";

/** One evaluation of a shared location: where, under which locks, and through which calls. */
export interface Read {
  /** Identity of the evaluation; fields taken out of what was read share it. */
  readonly id: string;
  readonly place: Place;
  readonly site: Site;
  /** Calls from the function at hand down to the read, outermost first. */
  readonly chain: readonly Site[];
  readonly locks: readonly HeldLock[];
  /** The value came from outside the process and was stale the moment it arrived. */
  readonly isExternal: boolean;
  /** The columns by which a store's row was looked for. */
  readonly columns?: readonly string[];
  /** By what a store looked for the rows: an element of the list has no key of its own, but was found by this. */
  readonly foundBy?: Key;
  /** The columns that name the row, in the order of its key's parts. */
  readonly keyColumns?: readonly string[];
  /** The store takes only columns that are unique for such a look-up. */
  readonly isUniqueLookup?: boolean;
  /**
   * It decided which of a function's values was returned, and is no part of them: `all` of them are constants, so
   * that the decision is what the function tells, or `some`.
   */
  readonly decides?: "all" | "some";
  /** A write gave its row back: one that leaves a row that is there as it is, or one that changed it. */
  readonly isGivenBy?: "found" | "written";
  /**
   * The read, stale by then, that gave the object of which this is a member: what is new of the object is seen, and
   * not that another one stands in its place.
   */
  readonly through?: Read;
  /** It is negated in what was computed from it. */
  readonly isFlipped?: boolean;
  /** The row is locked: it stays as it was read until the transaction ends. */
  readonly isLocked?: boolean;
  /** It was to be locked on a connection that the function was handed: the caller's transaction may hold more. */
  readonly isOnGivenConnection?: boolean;
}

/** A lock held at some moment. `acquisition` tells two sections of the same lock apart. */
export interface HeldLock {
  readonly lock: LockRef;
  readonly acquisition: string;
  readonly site: Site;
}

/** Which lock: its object (by allocation site or place) and, for keyed locks, its keys. */
export interface LockRef {
  readonly id: string;
  readonly name: string;
  /** The lock object is a parameter (or hangs on one) and is named by the caller. */
  readonly place: Place | null;
  /** Empty for a lock without keys. */
  readonly keys: readonly Key[];
}

/** What an expression's value is known to be. */
export interface Value {
  /** What it derives from by data flow. */
  readonly reads: readonly Read[];
  /** Memory the value may be a reference to. */
  readonly places: readonly Place[];
  readonly key: Key | null;
  /** The value is this constant: `null`, `false`, `0`, `"x"`; undefined when unknown. */
  readonly constant?: Constant | undefined;
  /** `!row.isActive`: the opposite of what it derives from. */
  readonly isFlipped?: boolean;
  /** Submitted tasks that the value stands for: waiting for the value waits for them. */
  readonly tasks?: readonly string[] | undefined;
}

export interface Constant {
  readonly text: string;
  /** Null where only the name is known: `Status.DONE`. */
  readonly isTruthy: boolean | null;
}

export const UNKNOWN: Value = { reads: [], places: [], key: null };

/** The parameter that a value is. */
export function parameterOf({ places }: Value): Place | undefined {
  const [only] = places;
  return places.length === 1 && only?.root.kind === "parameter" && only.path.length === 0
    ? only
    : undefined;
}

const MOST_READS = 24;
const MOST_PLACES = 8;

/**
 * Each read of the lists once. A list that has all of it is given back as it is: states are joined all the time,
 * mostly with themselves, and what stays the same object is not copied, compared or kept twice.
 */
export function mergeReads(...lists: readonly (readonly Read[])[]): readonly Read[] {
  let merged = lists[0] ?? [];
  let isMerged = false;
  for (const list of lists) {
    if (list.length === 0 || list === merged) continue;
    if (merged.length === 0) merged = list;
    else {
      merged = withReads(eachOnce(merged), list);
      isMerged = true;
    }
  }
  return isMerged && merged.length > MOST_READS ? merged.slice(0, MOST_READS) : merged;
}

/** What was put together of several lists may have a read twice. */
function eachOnce(list: readonly Read[]): readonly Read[] {
  if (list.length < 2) return list;
  const once = withReads(list.slice(0, 1), list.slice(1));
  return once.length === list.length ? list : once;
}

function withReads(own: readonly Read[], others: readonly Read[]): readonly Read[] {
  let merged: Read[] | null = null;
  for (const [index, read] of others.entries()) {
    const current: readonly Read[] = merged ?? own;
    if (current[index] === read) continue;
    const known = current.findIndex((other) => isSameRead(other, read));
    if (known === -1) (merged ??= [...own]).push(read);
    else if (replaces(read, current[known])) (merged ??= [...own])[known] = read;
  }
  return merged ?? own;
}

/** What decided is no part of the value where a part of it is known; and what was negated may be there plainly as well. */
function replaces(read: Read, known: Read | undefined): boolean {
  return read !== known && !read.decides && (!read.isFlipped || known?.decides !== undefined);
}

/** The same evaluation, and the same of what it gave. */
function isSameRead(a: Read, b: Read): boolean {
  return a === b || (a.id === b.id && a.place.id === b.place.id);
}

/** Each place of two lists once; the first list as it is where it has all of them. */
export function mergePlaces(a: readonly Place[], b: readonly Place[]): readonly Place[] {
  if (b.length === 0 || a === b) return a;
  if (a.length === 0) return b;
  if (a.length === b.length && a.every((place, index) => isSamePlace(place, b[index]))) return a;
  const byId = new Map<string, Place>();
  for (const place of a) byId.set(place.id, place);
  for (const place of b) byId.set(place.id, place);
  return [...byId.values()].slice(0, MOST_PLACES);
}

/** Either of two values; the first as it is where the second adds nothing. */
export function joinValues(a: Value, b: Value): Value {
  if (a === b) return a;
  const reads = mergeReads(a.reads, b.reads);
  const places = mergePlaces(a.places, b.places);
  const key = a.key && b.key && a.key.text === b.key.text ? a.key : null;
  const constant =
    a.constant && b.constant && a.constant.text === b.constant.text ? a.constant : undefined;
  const tasks = a.tasks === b.tasks ? a.tasks : mergeTasks(a, b);
  const isFirst =
    reads === a.reads &&
    places === a.places &&
    key === a.key &&
    constant === a.constant &&
    tasks === a.tasks &&
    !a.isFlipped;
  return isFirst ? a : { reads, places, key, constant, tasks };
}

/** A new value computed from others: it derives from all of them and is a reference to none. */
export function derived(...values: readonly Value[]): Value {
  const reads = mergeReads(...values.map((value) => value.reads));
  const tasks = mergeTasks(...values);
  return reads.length === 0 && !tasks ? UNKNOWN : { reads, places: [], key: null, tasks };
}

const HANDLE = "handle:";

/** A `runAsync` call gives a handle that is not thenable: only its `.result` waits for the task. */
export function handleOf(task: string): string {
  return HANDLE + task;
}

export function isHandle(task: string): boolean {
  return task.startsWith(HANDLE);
}

/** The promises of the tasks behind handles: `handle.result`. */
export function resultsOf(tasks: readonly string[]): readonly string[] {
  return tasks.map((task) => (isHandle(task) ? task.slice(HANDLE.length) : task));
}

function mergeTasks(...values: readonly Value[]): readonly string[] | undefined {
  const tasks = values.flatMap((value) => value.tasks ?? []);
  return tasks.length === 0 ? undefined : [...new Set(tasks)];
}
