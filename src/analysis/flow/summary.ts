import type { FunctionNode, Program } from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import type { Place } from "./place.ts";
import type { HeldSlots, PoolRef } from "./pool-refs.ts";
import type { Check, Content, Suspension } from "./state.ts";
import type { ColumnKey } from "./row-keys.ts";
import type { TestedValues } from "./tested-values.ts";
import type { Constant, HeldLock, LockRef, Read, Value } from "./value.ts";

/** A read together with what made it stale by the time it was used. */
export interface UsedRead {
  readonly read: Read;
  readonly stale: Suspension | null;
}

/** A check together with what made it stale by the time it decided. */
export interface UsedCheck {
  readonly check: Check;
  readonly stale: Suspension | null;
}

export interface EventBase {
  /** Where it happens. */
  readonly site: Site;
  /** Calls from the summarised function down to the site, outermost first. */
  readonly chain: readonly Site[];
  /** The first suspension between the function's entry and this event, if any path has one. */
  readonly suspended: Suspension | null;
  /** Tests that decide whether it happens. */
  readonly checks: readonly UsedCheck[];
  readonly locks: readonly HeldLock[];
  /** Claims that the activation holds by then. */
  readonly claims: readonly Place[];
  /** The event runs in code that the function starts and does not wait for. */
  readonly isDetached: boolean;
}

/** How a write changes its location. */
export type WriteVerb =
  | "assign"
  | "delete"
  /** adds to a container: commutes with other additions */
  | "add"
  /** removes some element: `shift`, `pop` */
  | "remove"
  /** read and write in one step: `n += 1`, an atomic operator of a store */
  | "update"
  /** a store row made where none should be */
  | "create";

export interface WriteEvent extends EventBase {
  readonly kind: "write";
  readonly place: Place;
  readonly verb: WriteVerb;
  /** What the written value derives from, as it stood at the write. */
  readonly reads: readonly UsedRead[];
  readonly constant: Constant | undefined;
  /** The parameter that is written as it was given. */
  readonly given?: Place;
  /** Made in the segment of a check on the same location. */
  readonly isClaim: boolean;
  /** Frees a place that the function claims elsewhere, on a path that made no claim: the winner's is gone. */
  readonly freesClaim: boolean;
  /** Puts something where the same segment found nothing: it replaces nothing of anybody's. */
  readonly fillsGap: boolean;
  /** Tests of the place in the segment of the write, here and in callees: nobody came in between. */
  readonly ownTests: readonly UsedCheck[];
  /** Its own function tested before, in this segment or an earlier one, that nothing was there. */
  readonly fillsMissing: boolean;
  /** Repeating it changes nothing: an additive endpoint, a delete by key. */
  readonly isIdempotent: boolean;
  /** Empties the place: `list = []`, `map.clear()`. */
  readonly empties?: boolean;
  /** What a new row has in its columns: a look-up that asks for something else there does not find it. */
  readonly rowKeys?: readonly ColumnKey[];
  /** A create whose failure nobody hears of. */
  readonly failsSilently: boolean;
  /** Rows that the function had written by then before it first waited. */
  readonly writtenAtOnce: readonly Place[];
}

/** A read of a location that outlives the function. */
export interface ReadEvent extends EventBase {
  readonly kind: "read";
  readonly place: Place;
}

/** A row or document is stored: what it writes depends on where the row came from. */
export interface SaveEvent extends EventBase {
  readonly kind: "save";
  readonly place: Place;
  /** The row it is stored as, where the call names it; else the row it was read from. */
  readonly target: Place | null;
  /** The call changes the columns that the object names, and no others. */
  readonly isUpdate?: boolean;
}

/** A call of a function that the caller passed in. */
export interface CallEvent extends EventBase {
  readonly kind: "call";
  readonly callee: Place;
  readonly isAwaited: boolean;
  /** Called for several elements at once: `items.map(callback)`. */
  readonly isRepeated: boolean;
}

/** A task is submitted to a pool. */
export interface SubmitEvent extends EventBase {
  readonly kind: "submit";
  readonly pool: PoolRef;
  /** The function waits for the task while it runs. */
  readonly isWaited: boolean;
  /** What the task does. */
  readonly task: Summary | null;
  /** The submitted function is the caller's argument. */
  readonly callee: Place | null;
  /** Slots that it takes at once. */
  readonly slots: number;
  /** Several tasks at once, one for each element of a list. */
  readonly isMany: boolean;
  /** It submits nothing, and waits until the pool has nothing to do. */
  readonly isDrain: boolean;
  /** Slots that the code itself holds when it submits; those of the task around it are not among them. */
  readonly holding: readonly HeldSlots[];
}

/** A lock is requested, with what is already held in {@link EventBase.locks}. */
export interface LockEvent extends EventBase {
  readonly kind: "lock";
  readonly lock: LockRef;
  /** Keys of one request are taken one after the other in the given order. */
  readonly isOrdered: boolean;
}

/** Something leaves the process: a message, a payment, a job. */
export interface EffectEvent extends EventBase {
  readonly kind: "effect";
  readonly name: string;
  readonly isAwaited: boolean;
}

export type Event =
  WriteEvent | ReadEvent | SaveEvent | CallEvent | SubmitEvent | LockEvent | EffectEvent;

/** What the test and the write show of a race, beyond what is read and written. */
export interface HazardFacts {
  /** What was read decides on another resource of the same service: whoever writes that one last, wins. */
  readonly isVerdict?: boolean;
  /** What is written was computed from what the test looked at, as that was before the wait. */
  readonly isAnswer?: boolean;
  /** What was tested is whether something is equal, or there at all: no comparison of amounts or times. */
  readonly isEquality?: boolean;
  /** The callee sets the field that was tested to what it reads there and a step: `add(user, -price)`. */
  readonly isStep?: boolean;
  /** A new object made of the old one's members as they are by then: only who puts another there loses it. */
  readonly isReplacement?: boolean;
  /** What was there was handed on, all of it or one element after the other, and the write empties the place. */
  readonly drains?: "whole" | "elements";
  /** The callee puts something to the list that it finds by then. */
  readonly isAppended?: boolean;
  /** The constants that the test compared with. */
  readonly values?: TestedValues | undefined;
  /** The test guards the write and messages, nothing else: a second time is the same as once. */
  readonly isAlone?: boolean;
  /** An empty link is filled with the row that is found by the same key: others would put the same there. */
  readonly isLink?: boolean;
  /** What was compared with the time has not come to its end: others only move that further off. */
  readonly isNotExpired?: boolean;
  /** True, but with a fact that the project does not show, such as a unique key. */
  readonly needsBelief?: boolean;
}

/** The late half of a race, found where one function holds both halves; whose turn it is decides the caller. */
export interface Hazard extends HazardFacts {
  /**
   * `overwritten`: what the activation itself stored was replaced before it used it again. `refused`: a callee
   * tested again and did nothing, and the caller goes on.
   */
  readonly kind: "lost-update" | "check-then-act" | "overwritten" | "refused";
  readonly place: Place;
  readonly read: Read;
  readonly suspension: Suspension;
  /** For a check: how it went on this path. */
  readonly outcome: Check["outcome"] | null;
  /** Where the write (or the call that leads to it) stands, in the function that holds both halves. */
  readonly site: Site;
  /** From that site down to the write itself. */
  readonly chain: readonly Site[];
  /** From the summarised function down to `site`. */
  readonly callers: readonly Site[];
  readonly verb: WriteVerb;
  readonly constant: Constant | undefined;
  /** Locks held from the read to the write without a gap, and claims made before it. */
  readonly protection: readonly HeldLock[];
  readonly claims: readonly Place[];
  /** Several activations of the code run at once inside one caller: `items.map(async ...)`. */
  readonly parallel: Site | null;
  /** The call in which it happens, and which nobody waits for: it goes on when the activation is over. */
  readonly dropped?: Site;
  /** The row is stored as it was read but for these columns: what another activation wrote in others is undone. */
  readonly carries?: readonly string[];
  /** The row may have been deleted meanwhile: then the write throws, or makes it anew. */
  readonly whenGone?: "fails" | "creates";
  /** The function only answers after it: another activation of the same delete harms nobody. */
  readonly isLastAct?: boolean;
  /** The opposite of what was read is written. */
  readonly isFlipped?: boolean;
}

/** The late write itself, at the end of the calls that lead to it. */
export function writeSite({ site, chain }: Pick<Hazard, "site" | "chain">): Site {
  return chain.at(-1) ?? site;
}

/** What a function does, in terms of its parameters, its receiver and what it captures. */
export interface Summary {
  readonly fn: FunctionNode | Program;
  readonly file: SourceFile;
  readonly isAsync: boolean;
  /** Whoever awaits it goes on before anything from outside gets a turn: it waits for nothing itself. */
  readonly endsAtOnce: boolean;
  /** The first suspension on some path to a normal end. */
  readonly suspends: Suspension | null;
  /** What the result derives from, with the staleness of each read at the end. */
  readonly result: Value;
  readonly resultStaleness: ReadonlyMap<string, Suspension | null>;
  /** Objects that the result refers to, by the id of their local root. */
  readonly objects: ReadonlyMap<string, Content>;
  /** Tests that hold whenever the function ends normally, with their staleness by then. */
  readonly exitChecks: readonly UsedCheck[];
  /** What the function has claimed whenever it ends normally. */
  readonly exitClaims: readonly Place[];
  readonly events: readonly Event[];
  readonly hazards: readonly Hazard[];
}

export function emptySummary(fn: FunctionNode | Program, file: SourceFile): Summary {
  return {
    fn,
    file,
    isAsync: fn.type !== "Program" && fn.async,
    endsAtOnce: false,
    suspends: null,
    result: { reads: [], places: [], key: null },
    resultStaleness: new Map(),
    objects: new Map(),
    exitChecks: [],
    exitClaims: [],
    events: [],
    hazards: [],
  };
}
