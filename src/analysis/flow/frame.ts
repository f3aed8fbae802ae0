import type { TSESTree } from "@typescript-eslint/types";
import type { Variable } from "../syntax/scopes.ts";
import type { Facts } from "../project/facts.ts";
import type { Shapes } from "../project/shapes.ts";
import { contains, type FunctionNode, type Node, type Program } from "../syntax/ast.ts";
import { siteId, type Site, type SourceFile } from "../syntax/source-file.ts";
import { isBriefWait } from "./brief-waits.ts";
import type { Place } from "./place.ts";
import { State, joinInto, type Suspension } from "./state.ts";
import type { Event, Hazard, ReadEvent, Summary, WriteEvent } from "./summary.ts";
import { mergeUsedReads } from "./used-reads.ts";
import { isHandle, UNKNOWN, type HeldLock, type Value } from "./value.ts";

/** What the interpreter asks of the world outside the function at hand. */
export interface World {
  readonly shapes: Shapes;
  readonly facts: Facts;
  /** Names of functions that only log or measure. */
  readonly harmless: ReadonlySet<string>;
  summaryOf(fn: FunctionNode, file: SourceFile): Summary;
  /** The one location that stands for a module variable, where it is not the variable itself. */
  placeOfVariable(variable: Variable, file: SourceFile): Place | null;
  /** The value of a property that is a getter of a project class, or null. */
  getter(frame: Frame, node: TSESTree.MemberExpression, object: Value, name: string): Value | null;
  /** Assigns to a property that is a setter of a project class; false where it is none. */
  setter(
    frame: Frame,
    node: TSESTree.MemberExpression,
    object: Value,
    name: string,
    value: Value,
  ): boolean;
}

const MOST_EVENTS = 3000;
const MOST_HAZARDS = 2000;

/** Collects the states with which a loop or switch is left or gone round. */
export interface JumpTarget {
  readonly label: string | null;
  readonly isLoop: boolean;
  breaks: State;
  continues: State;
}

/** Collects the states in which a `try` block may throw. */
export interface TryContext {
  thrown: State;
  /** Paths that leave the block by `return`, `break` or `continue`, past its `finally`. */
  left: State;
}

/** One function under interpretation: its current state, and what was found so far. */
export class Frame {
  readonly world: World;
  readonly fn: FunctionNode | Program;
  readonly file: SourceFile;
  state = new State();
  readonly events = new Map<string, Event>();
  readonly hazards = new Map<string, Hazard>();
  readonly jumps: JumpTarget[] = [];
  readonly tries: TryContext[] = [];
  /** Submissions that something waits for. */
  readonly waitedTasks = new Set<string>();
  readonly taskEvents = new Map<string, string>();
  returned: State = State.dead();
  result: Value | null = null;
  /** Some path returns a value that is no constant. */
  returnsData = false;
  /** It has a wait in which something from outside may get a turn. */
  waitsForOthers = false;
  /** Where the next events run in code that nothing waits for. */
  isDetached = false;

  constructor(world: World, fn: FunctionNode | Program, file: SourceFile) {
    this.world = world;
    this.fn = fn;
    this.file = file;
  }

  site(node: Node): Site {
    return { file: this.file, node };
  }

  /** Control leaves here: everything read before is stale after it. */
  suspend(node: Node): void {
    const isBrief = isBriefWait(this, node);
    this.waitsForOthers ||= !isBrief;
    const suspension: Suspension = { site: this.site(node), ...(isBrief ? { isBrief } : {}) };
    this.state.suspend(suspension);
    this.mayThrow();
  }

  /** Remembers the state for the handlers of the `try` blocks around. */
  mayThrow(): void {
    const context = this.tries.at(-1);
    if (!context || this.state.isDead) return;
    if (context.thrown.isDead) context.thrown = this.state.clone();
    else joinInto(context.thrown, this.state);
  }

  /** The value is awaited or returned: its tasks are waited for, the handles of others are not. */
  waitForTasks(value: Value): void {
    for (const task of value.tasks ?? []) if (!isHandle(task)) this.waitedTasks.add(task);
  }

  addEvent(event: Event): string {
    const id = idOf(event);
    const known = this.events.get(id);
    if (known) {
      const merged = mergeEvents(known, event);
      if (merged !== known) this.events.set(id, merged);
    } else if (this.events.size < MOST_EVENTS) this.events.set(id, event);
    return id;
  }

  /**
   * Adds an event of a callee that needs nothing of this function. One that is there already stays, unless it
   * held more locks or came before every suspension, and this one after. `isClaim`: the caller has it as well.
   */
  takeOver(
    event: WriteEvent | ReadEvent,
    isClaim: boolean,
    call: Site,
    chain: readonly Site[],
  ): void {
    const id = rememberedId(event);
    const known = this.events.get(id);
    const suspended = this.state.suspended ?? (event.suspended ? { site: call } : null);
    if (known && known.locks.length <= event.locks.length) {
      if (suspended && !known.suspended && !isAgain(known, chain))
        this.events.set(id, { ...known, suspended });
      return;
    }
    if (!known && this.events.size >= MOST_EVENTS) return;
    const isDetached = event.isDetached || this.isDetached;
    this.events.set(id, {
      ...event,
      ...(event.kind === "write" ? { isClaim } : {}),
      suspended: suspended ?? known?.suspended ?? null,
      isDetached,
      chain,
    });
  }

  addHazard(hazard: Hazard): void {
    const id = [
      hazard.kind,
      hazard.place.id,
      siteId(hazard.site),
      siteId(hazard.read.site),
      hazard.read.place.id,
      hazard.parallel ? "parallel" : (hazard.whenGone ?? (hazard.isVerdict ? "verdict" : "")),
    ].join("|");
    if (!this.hazards.has(id) && this.hazards.size < MOST_HAZARDS) this.hazards.set(id, hazard);
  }

  /**
   * `const job = load(id); loading.set(id, job)`, `loading = fetch(url).then(store)`: the claim is there before what
   * was started gets past its first wait, so all that comes after it happens under the claim.
   */
  claimForStarted(place: Place): void {
    const { started } = this.state;
    if (started.length === 0) return;
    const isStarted = (step: Site): boolean =>
      started.some(({ file, node }) => step.file === file && contains(node, step.node));
    for (const [id, hazard] of this.hazards)
      if (isStarted(hazard.callers[0] ?? hazard.site))
        this.hazards.set(id, { ...hazard, claims: [...hazard.claims, place] });
    for (const [id, event] of this.events)
      if (event.isDetached && isStarted(event.chain[0] ?? event.site)) {
        const claims = [...event.claims, place];
        const isOfClaim = event.kind === "write" && event.place.id === place.id;
        // What frees the place at the end frees its own claim.
        this.events.set(id, { ...event, claims, ...(isOfClaim ? { freesClaim: false } : {}) });
      }
  }

  /** Whether the function's own activation owns the variable. */
  owns(variable: Variable): boolean {
    return this.file.ownerOf(variable) === this.fn && this.fn.type !== "Program";
  }

  /** What a variable of this function holds now. */
  localValue(identifier: Node): Value {
    const variable = this.file.variableOf(identifier);
    return (variable && this.state.env.get(variable)) ?? UNKNOWN;
  }

  isInside(node: Node): boolean {
    return contains(this.fn, node);
  }

  argumentNodes(call: TSESTree.CallExpression | TSESTree.NewExpression): Node[] {
    return call.arguments.map((argument) =>
      argument.type === "SpreadElement" ? argument.argument : argument,
    );
  }
}

/** The id of an event in a summary, which every caller of the function asks for. */
function rememberedId(event: Event): string {
  let id = ids.get(event);
  if (id === undefined) ids.set(event, (id = idOf(event)));
  return id;
}

const ids = new WeakMap<Event, string>();

/** The chain is no part of it: one way to a site is evidence enough, and keeps summaries linear. */
function idOf(event: Event): string {
  const at = `${event.kind}|${siteId(event.site)}`;
  switch (event.kind) {
    case "write":
      return `${at}|${event.place.id}|${event.verb}`;
    case "read":
    case "save":
      return `${at}|${event.place.id}`;
    case "call":
      return `${at}|${event.callee.id}`;
    case "submit":
      return `${at}|${event.pool.id}`;
    case "lock":
      return `${at}|${event.lock.id}`;
    default:
      return at;
  }
}

/**
 * The function gets to its own statement a second time, by calling itself: `next() { running = true; ...;
 * await job(); next(); }`. What counts for its callers is the first time.
 */
function isAgain(known: Event, chain: readonly Site[]): boolean {
  return known.chain.length === 0 && chain.length > 0;
}

/** Two ways to an event that take one lock for it, each by its own call. */
function isSameSection(a: HeldLock, b: HeldLock): boolean {
  if (a.acquisition === b.acquisition) return true;
  const keys = b.lock.keys.map((key) => key.text);
  return (
    a.lock.id === b.lock.id &&
    a.lock.keys.length === keys.length &&
    a.lock.keys.every((key, index) => key.text === keys[index])
  );
}

/** The same event on another path or in a later round of a loop; the very same where that says nothing new. */
function mergeEvents(a: Event, b: Event): Event {
  const suspended = a.suspended ?? (isAgain(a, b.chain) ? null : b.suspended);
  const kept = a.locks.filter((held) => b.locks.some((other) => isSameSection(held, other)));
  const locks = kept.length === a.locks.length ? a.locks : kept;
  const isSame = suspended === a.suspended && locks === a.locks;
  if (a.kind !== "write" || b.kind !== "write") return isSame ? a : { ...a, suspended, locks };
  const reads = mergeUsedReads(a.reads, b.reads);
  const isClaim = a.isClaim && b.isClaim;
  const freesClaim = a.freesClaim || b.freesClaim;
  const fillsGap = a.fillsGap && b.fillsGap;
  return isSame &&
    reads === a.reads &&
    isClaim === a.isClaim &&
    freesClaim === a.freesClaim &&
    fillsGap === a.fillsGap
    ? a
    : { ...a, suspended, locks, reads, isClaim, freesClaim, fillsGap };
}
