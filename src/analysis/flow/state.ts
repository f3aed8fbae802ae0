import type { Variable } from "../syntax/scopes.ts";
import type { Site } from "../syntax/source-file.ts";
import type { Place } from "./place.ts";
import type { HeldSlots } from "./pool-refs.ts";
import type { OpenTransaction } from "./transactions.ts";
import { BranchingMap } from "./branching-map.ts";
import type { TestedValues } from "./tested-values.ts";
import { joinValues, mergeReads, type HeldLock, type Read, type Value } from "./value.ts";

/** The point where a function gave up control. */
export interface Suspension {
  readonly site: Site;
  /** It ends before anything from outside gets a turn. */
  readonly isBrief?: boolean;
}

/** What made a read stale, of two suspensions after it: the first one in which others get a turn. */
function longer(first: Suspension | null | undefined, later: Suspension): Suspension {
  return first && (!first.isBrief || later.isBrief) ? first : later;
}

/** A test of shared state that decides whether the code at hand runs. */
export interface Check {
  readonly read: Read;
  /** Which way the test went on this path; the other way does not reach here. */
  readonly outcome: "present" | "absent" | "other";
  readonly site: Site;
  /** Identity of the branch: both sides of one test have the same, with different sides. */
  readonly id: string;
  readonly side: boolean;
  /** The test is a loop over a list that was read: it says that an element was there. */
  readonly isIteration: boolean;
  /** Nothing tested it: the code made the place free and goes on as if it still were. */
  readonly isExpected?: boolean;
  /** The sides of the comparison, in source text: storing what was compared with only repeats the test. */
  readonly comparedWith?: readonly string[];
  /** The constants that it was compared with. */
  readonly values?: TestedValues | undefined;
  /**
   * The place was an argument's and was set in the test's own segment: a claim, unless the caller passed a
   * row of a store, which is a copy that others do not see.
   */
  readonly isClaimedInCopy?: boolean;
  /** The row was written in the segment of the test: what comes later follows from that and not from the test. */
  readonly isActedOn?: boolean;
}

/** A write made in the segment of its check: other activations that make the check stay out. */
export interface Claim {
  readonly place: Place;
  readonly site: Site;
  /** The entry was taken out: nobody else takes the same one, but somebody may put another there. */
  readonly isRemoval: boolean;
}

/** What this activation put into a shared location, and the suspension that let others in since. */
export interface Stored {
  readonly place: Place;
  readonly site: Site;
  readonly suspended: Suspension | null;
  /** The value is data of the update at hand. */
  readonly isUpdateData: boolean;
}

/** What was put into an object that this activation made or fetched. */
export interface Content {
  /** The read of a store that gave the object, when it is a row. */
  readonly origin: Read | null;
  readonly reads: readonly Read[];
  /** Fields assigned since the object was read, for stores that save changed fields. */
  readonly fields: ReadonlyMap<string, Value>;
  /** The rows that an array literal was written with. */
  readonly items?: readonly Place[];
  /** The table that the object becomes a row of when it is stored: `new User(...)`. */
  readonly made?: Place;
}

/**
 * What holds at one point of one function, over all paths that lead there. Reads go stale by may-analysis
 * (stale on any path is stale), checks, claims and locks hold by must-analysis (only what all paths have).
 */
export class State {
  isDead: boolean;
  env: BranchingMap<Variable, Value>;
  contents: BranchingMap<string, Content>;
  /** Reads in flight: fresh (null), or the suspension that made them stale. */
  reads: BranchingMap<string, Suspension | null>;
  checks: readonly Check[];
  claims: readonly Claim[];
  locks: readonly HeldLock[];
  /** Transactions that were begun by a call and not ended. */
  transactions: readonly OpenTransaction[];
  /** Slots of pools that were taken and not given back. */
  slots: readonly HeldSlots[];
  /** The first suspension since the function was entered, if any path has one. */
  suspended: Suspension | null;
  /** The first write since the last suspension to each root that a stale check allowed. */
  lateWrites: BranchingMap<string, Site>;
  /** Values of this activation in places that others write as well. */
  stored: BranchingMap<string, Stored>;
  /** Rows that the function itself wrote before its first suspension. */
  writtenAtOnce: readonly Place[];
  /** Places that were counted up or down since the last suspension. */
  stepped: readonly string[];
  /** Reads of what calls were given that the code waited for: `await save(buffer)`. */
  handed: readonly Read[];
  /** Calls since the last suspension that were started and not waited for: they have not got past their first wait. */
  started: readonly Site[];

  /** A branch of `origin`, or the state in which a function begins. */
  constructor(origin: State | null = null) {
    this.isDead = origin?.isDead ?? false;
    this.env = origin?.env.branch() ?? BranchingMap.empty();
    this.contents = origin?.contents.branch() ?? BranchingMap.empty();
    this.reads = origin?.reads.branch() ?? BranchingMap.empty();
    this.checks = origin?.checks ?? [];
    this.claims = origin?.claims ?? [];
    this.locks = origin?.locks ?? [];
    this.transactions = origin?.transactions ?? [];
    this.slots = origin?.slots ?? [];
    this.suspended = origin?.suspended ?? null;
    this.lateWrites = origin?.lateWrites.branch() ?? BranchingMap.empty();
    this.stored = origin?.stored.branch() ?? BranchingMap.empty();
    this.writtenAtOnce = origin?.writtenAtOnce ?? [];
    this.stepped = origin?.stepped ?? [];
    this.started = origin?.started ?? [];
    this.handed = origin?.handed ?? [];
  }

  clone(): State {
    return new State(this);
  }

  static dead(): State {
    const state = new State();
    state.isDead = true;
    return state;
  }

  suspend(suspension: Suspension): void {
    this.reads.replaceEach((stale) => longer(stale, suspension));
    this.stored.replaceEach((own) => (own.suspended ? own : { ...own, suspended: suspension }));
    this.suspended ??= suspension;
    this.lateWrites.clear();
    this.stepped = [];
    this.started = [];
  }

  /** How many reads in flight others may have overtaken. */
  countStale(): number {
    let count = 0;
    for (const stale of this.reads.values()) if (stale) count += 1;
    return count;
  }

  staleness(read: Read): Suspension | null {
    return read.isLocked ? null : (this.reads.get(read.id) ?? null);
  }
}

/** The state where two paths meet. */
export function joinStates(a: State, b: State): State {
  if (a.isDead) return b;
  if (b.isDead) return a;
  const joined = a.clone();
  joinInto(joined, b);
  return joined;
}

/** Makes a state the one where it meets another; both are alive, and the other stays as it is. */
export function joinInto(state: State, other: State): void {
  if (!state.env.isSameAs(other.env))
    other.env.forEach((value, variable) => {
      const own = state.env.get(variable);
      state.env.set(variable, own ? joinValues(own, value) : value);
    });
  if (!state.contents.isSameAs(other.contents))
    other.contents.forEach((content, id) => {
      const own = state.contents.get(id);
      state.contents.set(id, own ? joinContents(own, content) : content);
    });
  if (!state.reads.isSameAs(other.reads))
    other.reads.forEach((stale, id) => {
      if (stale) state.reads.set(id, longer(stale, state.reads.get(id) ?? stale));
      else if (!state.reads.has(id)) state.reads.set(id, null);
    });
  state.checks = commonChecks(state.checks, other.checks);
  state.claims = common(state.claims, other.claims, (a, b) => a.place.id === b.place.id);
  state.locks = common(state.locks, other.locks, sameAcquisition);
  state.transactions = common(state.transactions, other.transactions, sameAcquisition);
  state.slots = common(state.slots, other.slots, sameAcquisition);
  state.writtenAtOnce = common(state.writtenAtOnce, other.writtenAtOnce, (a, b) => a.id === b.id);
  state.stepped = common(state.stepped, other.stepped, (a, b) => a === b);
  state.suspended ??= other.suspended;
  if (state.started.length === 0) state.started = other.started;
  if (state.handed.length === 0) state.handed = other.handed;
  for (const [id, own] of state.stored) {
    const theirs = other.stored.get(id);
    if (!theirs) state.stored.delete(id);
    else if (theirs.suspended && !own.suspended) state.stored.set(id, theirs);
  }
}

/** What holds on both paths; the very same list where all of it does. */
function common<T>(
  own: readonly T[],
  others: readonly T[],
  isSame: (a: T, b: T) => boolean,
): readonly T[] {
  if (own === others || own.length === 0) return own;
  const shared = own.filter(
    (entry, index) =>
      others[index] === entry || others.some((candidate) => isSame(entry, candidate)),
  );
  return shared.length === own.length ? own : shared;
}

/** The tests that hold on both paths; one of them has had its effect where it has on both. */
function commonChecks(own: readonly Check[], others: readonly Check[]): readonly Check[] {
  const both = common(own, others, sameCheck);
  if (own === others || !both.some((check) => check.isActedOn)) return both;
  return both.map(
    (check) => others.find((theirs) => sameCheck(check, theirs) && !theirs.isActedOn) ?? check,
  );
}

function sameAcquisition(
  a: { readonly acquisition: string },
  b: { readonly acquisition: string },
): boolean {
  return a.acquisition === b.acquisition;
}

function sameCheck(a: Check, b: Check): boolean {
  return (
    a.id === b.id &&
    a.side === b.side &&
    a.read.id === b.read.id &&
    a.read.place.id === b.read.place.id
  );
}

/** The first as it is where the second adds nothing. */
function joinContents(a: Content, b: Content): Content {
  if (a === b) return a;
  const origin = a.origin ?? b.origin;
  const reads = mergeReads(a.reads, b.reads);
  const fields = joinFields(a.fields, b.fields);
  const made = a.made ?? b.made;
  const items = a.items ?? b.items;
  const isFirst =
    origin === a.origin &&
    reads === a.reads &&
    fields === a.fields &&
    made === a.made &&
    items === a.items;
  return isFirst
    ? a
    : { origin, reads, fields, ...(made ? { made } : {}), ...(items ? { items } : {}) };
}

function joinFields(a: Content["fields"], b: Content["fields"]): Content["fields"] {
  if (a === b) return a;
  let joined: Map<string, Value> | null = null;
  for (const [name, value] of b) {
    const own = a.get(name);
    const either = own ? joinValues(own, value) : value;
    if (either !== own) (joined ??= new Map(a)).set(name, either);
  }
  return joined ?? a;
}

/** Whether a loop's entry state grew since the last round; the loop is done when it did not. */
export function isSameState(a: State, b: State): boolean {
  if (a.isDead !== b.isDead || a.env.size !== b.env.size || a.reads.size !== b.reads.size)
    return false;
  if (
    a.checks.length !== b.checks.length ||
    a.claims.length !== b.claims.length ||
    a.locks.length !== b.locks.length ||
    a.transactions.length !== b.transactions.length ||
    a.slots.length !== b.slots.length
  )
    return false;
  if ((a.suspended === null) !== (b.suspended === null) || a.contents.size !== b.contents.size)
    return false;
  for (const [id, stale] of a.reads)
    if ((stale === null) !== (b.reads.get(id) === null)) return false;
  for (const [variable, value] of a.env) {
    const other = b.env.get(variable);
    if (
      !other ||
      other.reads.length !== value.reads.length ||
      other.places.length !== value.places.length
    )
      return false;
  }
  for (const [id, content] of a.contents)
    if (b.contents.get(id)?.reads.length !== content.reads.length) return false;
  return true;
}
