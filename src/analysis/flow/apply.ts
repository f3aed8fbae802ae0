import type { Node } from "../syntax/ast.ts";
import { isFunction } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import type { FunctionShape } from "../project/shape.ts";
import {
  contentOf,
  deepReads,
  eventBase,
  heldAt,
  readMember,
  usedChecks,
  writePlace,
} from "./access.ts";
import type { Frame } from "./frame.ts";
import { hasBearingOn, isClosed } from "./closed-events.ts";
import { keyOf, substituteKey, variableId, type Atom, type Key } from "./key.ts";
import { extend, placeOf, substituteKeys, type Place } from "./place.ts";
import type { Check, Claim, State } from "./state.ts";
import { saveRow } from "./row-saves.ts";
import type {
  CallEvent,
  Event,
  Hazard,
  SaveEvent,
  Summary,
  UsedCheck,
  UsedRead,
  WriteEvent,
} from "./summary.ts";
import {
  mergeReads,
  UNKNOWN,
  type HeldLock,
  type LockRef,
  type Read,
  type Value,
} from "./value.ts";

/** What a call passes to the function it calls. */
export interface Binding {
  readonly args: readonly Value[];
  readonly argNodes: readonly (Node | null)[];
  readonly receiver: Value | null;
}

export interface Application {
  readonly binding: Binding;
  /** The call, in the function at hand. */
  readonly node: Node;
  /** The caller waits: what the callee does after its suspensions still happens in order. */
  readonly isAwaited: boolean;
  /** Several runs of the callee overlap each other: `items.map(async ...)`. */
  readonly isParallel?: boolean;
}

const DEEPEST_CHAIN = 8;

/** Does here what the callee's summary says, and gives the value of the call. */
export function applySummary(frame: Frame, summary: Summary, application: Application): Value {
  return new Applier(frame, summary, application).run();
}

class Applier {
  readonly frame: Frame;
  readonly summary: Summary;
  readonly app: Application;
  readonly call: Site;
  /** A function literal written inside the function at hand: its lines are this function's lines. */
  readonly isInline: boolean;
  /** What the caller had claimed when it made the call. */
  readonly entryClaims: readonly Claim[];
  readonly #hasSameReceiver: boolean;
  /** The state in which the part of an un-awaited callee runs that comes after its first suspension. */
  #later: State | null = null;

  constructor(frame: Frame, summary: Summary, app: Application) {
    this.frame = frame;
    this.summary = summary;
    this.app = app;
    this.call = frame.site(app.node);
    this.entryClaims = frame.state.claims;
    this.isInline =
      summary.file === frame.file && summary.fn !== frame.fn && frame.isInside(summary.fn);
    const receivers = app.binding.receiver?.places ?? [];
    this.#hasSameReceiver =
      this.isInline || (receivers.length === 1 && receivers[0]?.id === "this");
  }

  run(): Value {
    const { frame, summary, app } = this;
    for (const hazard of summary.hazards) this.#hazard(hazard);
    let hasSuspended = false;
    for (const event of summary.events) {
      if (!event.suspended && !event.isDetached) {
        this.#event(event);
        continue;
      }
      if (app.isAwaited && !event.isDetached && !app.isParallel) {
        if (!hasSuspended) frame.suspend(app.node);
        hasSuspended = true;
        this.#event(event);
      } else this.#afterReturn(event);
    }
    const result = this.#result();
    if (app.isAwaited && summary.suspends && !hasSuspended) frame.suspend(app.node);
    if (app.isAwaited) this.#exitChecks();
    frame.mayThrow();
    return result;
  }

  /** The rest of a callee that nobody waits for runs at some later time, beside the caller. */
  #afterReturn(event: Event): void {
    const { frame } = this;
    const now = frame.state;
    if (!this.#later) {
      this.#later = now.clone();
      this.#later.suspend({ site: this.call });
    }
    frame.state = this.#later;
    const wasDetached = frame.isDetached;
    frame.isDetached = true;
    this.#event(event);
    frame.isDetached = wasDetached;
    frame.state = now;
  }

  #event(event: Event): void {
    const { frame } = this;
    if (isClosed(event, this.#hasSameReceiver) && !hasBearingOn(frame.state, event.place)) {
      frame.takeOver(event, this.call, this.#chain(event.chain));
      return;
    }
    const outer = frame.state.locks;
    frame.state.locks = this.#locks(event.locks);
    if (event.kind === "write") this.#write(event);
    else this.#other(event, this.#base(event));
    frame.state.locks = outer;
  }

  /** Where and under what an event of the callee happens, seen from here. A read decides nothing and needs no checks. */
  #base(event: Event): ReturnType<typeof eventBase> {
    const { frame } = this;
    const checks =
      event.kind === "read"
        ? []
        : [...usedChecks(frame, frame.state.checks), ...this.#checks(event.checks)].slice(0, 24);
    return {
      ...eventBase(frame, event.site, checks),
      chain: this.#chain(event.chain),
      claims: this.#claims(event),
    };
  }

  #other(event: Exclude<Event, WriteEvent>, base: ReturnType<typeof eventBase>): void {
    const { frame } = this;
    switch (event.kind) {
      case "read":
        for (const place of this.places(event.place))
          if (place.root.kind !== "local" && place.root.kind !== "parameter")
            frame.addEvent({ ...base, kind: "read", place });
        break;
      case "save":
        this.#save(event, base);
        break;
      case "call":
        this.#callback(event, base);
        break;
      case "submit":
        if (event.callee) {
          for (const fn of this.#functionsAt(event.callee))
            frame.addEvent({
              ...base,
              kind: "submit",
              pool: this.#lock(event.pool),
              isWaited: event.isWaited,
              task: frame.world.summaryOf(fn.node, fn.file),
              callee: null,
            });
          const upward = this.#parameterAt(event.callee);
          if (upward)
            frame.addEvent({
              ...base,
              kind: "submit",
              pool: this.#lock(event.pool),
              isWaited: event.isWaited,
              task: null,
              callee: upward,
            });
        } else
          frame.addEvent({
            ...base,
            kind: "submit",
            pool: this.#lock(event.pool),
            isWaited: event.isWaited,
            task: event.task,
            callee: null,
          });
        break;
      case "lock":
        frame.addEvent({
          ...base,
          kind: "lock",
          lock: this.#lock(event.lock),
          isOrdered: event.isOrdered,
        });
        break;
      case "effect":
        frame.addEvent({
          ...base,
          kind: "effect",
          name: event.name,
          isAwaited: event.isAwaited && this.app.isAwaited,
        });
    }
  }

  #save(event: SaveEvent, base: ReturnType<typeof eventBase>): void {
    const { frame } = this;
    const target = event.target && (this.places(event.target)[0] ?? null);
    const reportAt = this.isInline ? event.site : this.call;
    const places = this.places(event.place);
    for (const place of places) {
      if (place.root.kind === "local") saveRow(frame, place, reportAt, event.site, target);
      else frame.addEvent({ ...base, kind: "save", place, target });
    }
    if (places.length > 0 || !target) return;
    const { reads } = this.#usedRead({
      read: { ...NO_READ, place: event.place, site: event.site },
      stale: null,
    });
    const chain = this.isInline ? event.chain : [...event.chain, event.site];
    writePlace(frame, target, { verb: "assign", reads, site: reportAt, chain });
  }

  #chain(chain: readonly Site[]): readonly Site[] {
    return this.isInline || chain.length >= DEEPEST_CHAIN ? chain : [this.call, ...chain];
  }

  /** Locks the caller holds, then those the callee holds at the event. */
  #locks(held: readonly HeldLock[]): readonly HeldLock[] {
    const own = this.frame.state.locks;
    if (held.length === 0) return own;
    const suffix = this.isInline ? "" : `@${siteId(this.call)}`;
    return [
      ...own,
      ...held.map((lock) => ({
        ...lock,
        lock: this.#lock(lock.lock),
        acquisition: lock.acquisition + suffix,
      })),
    ];
  }

  #lock(lock: LockRef): LockRef {
    const keys = lock.keys.map((key) => this.key(key));
    if (!lock.place) return { ...lock, keys };
    const [place] = this.places(lock.place).filter((candidate) => candidate.root.kind !== "local");
    if (!place) return { ...lock, keys };
    const prefix = lock.id.startsWith("chain:") ? "chain:" : "";
    return { ...lock, id: prefix + place.id, place, keys };
  }

  #write(event: WriteEvent): void {
    const { frame } = this;
    const reads: UsedRead[] = [];
    const passed: UsedRead[] = [];
    for (const entry of event.reads) {
      const substituted = this.#usedRead(entry);
      reads.push(...substituted.reads);
      if (substituted.isCallers) passed.push(...substituted.reads);
    }
    const checks = this.#checks(event.checks);
    const path = [...event.chain, event.site];
    const site = this.isInline ? (path[0] ?? event.site) : this.call;
    const chain = this.isInline ? path.slice(1) : path;
    for (const place of this.places(event.place))
      writePlace(frame, place, {
        verb: event.verb,
        reads,
        constant: event.constant,
        isIdempotent: event.isIdempotent,
        failsSilently: event.failsSilently,
        site,
        chain,
        isDetached: event.isDetached,
        isClaim: event.isClaim,
        freesClaim: event.freesClaim && (this.#isClaimed(event.place) || !holdsClaim(frame, place)),
        fromCallee: {
          reads: passed,
          claims: this.#claims(event),
          checks: this.#callersChecks(event.checks),
          recheckedPlaces: new Set(
            checks.filter(({ stale }) => !stale).map(({ check }) => check.read.place.id),
          ),
        },
      });
    const own = this.#ownVariable(event.place);
    if (own) {
      const before = frame.state.env.get(own) ?? UNKNOWN;
      frame.state.env.set(own, {
        ...before,
        reads: mergeReads(
          before.reads,
          reads.map(({ read }) => read),
        ),
        constant: undefined,
      });
      for (const { read, stale } of reads)
        if (stale && !frame.state.reads.get(read.id)) frame.state.reads.set(read.id, stale);
    }
  }

  /** What is claimed at an event: by the callee on the way to it, and by the caller, unless the callee gave it up. */
  #claims(event: Event): Place[] {
    const own = event.claims.flatMap((claim) => this.places(claim));
    const kept = this.entryClaims.filter(({ place }) => holdsClaim(this.frame, place));
    return [...own, ...kept.map(({ place }) => place)];
  }

  /** Whether the callee itself claims the place, on some path. */
  #isClaimed(place: Place): boolean {
    return this.summary.events.some(
      (event) => event.kind === "write" && event.isClaim && event.place.id === place.id,
    );
  }

  /** The variable of the function at hand that a callee's captured location is, when it is one itself. */
  #ownVariable(place: Place): Parameters<Frame["owns"]>[0] | null {
    const root = place.root;
    return root.kind === "variable" && place.path.length === 0 && this.frame.owns(root.variable)
      ? root.variable
      : null;
  }

  #callback(event: CallEvent, base: ReturnType<typeof eventBase>): void {
    const { frame } = this;
    for (const fn of this.#functionsAt(event.callee)) {
      const summary = frame.world.summaryOf(fn.node, fn.file);
      applySummary(frame, summary, {
        binding: { args: [], argNodes: [], receiver: null },
        node: this.app.node,
        isAwaited: event.isAwaited && this.app.isAwaited,
        isParallel: event.isRepeated && summary.isAsync,
      });
    }
    const upward = this.#parameterAt(event.callee);
    if (upward)
      frame.addEvent({
        ...base,
        kind: "call",
        callee: upward,
        isAwaited: event.isAwaited && this.app.isAwaited,
        isRepeated: event.isRepeated,
      });
  }

  /** The functions that the caller passed where the callee calls a parameter. */
  #functionsAt(callee: Place): FunctionShape[] {
    const { frame, app, summary } = this;
    const root = callee.root;
    if (root.kind !== "parameter" || root.fn !== summary.fn || callee.path.length > 0) return [];
    const node = app.binding.argNodes[root.index];
    if (!node) return [];
    return frame.world.shapes
      .of(node, frame.file)
      .filter(
        (shape): shape is FunctionShape => shape.kind === "function" && !shape.wrappers?.length,
      )
      .slice(0, 8);
  }

  /** The parameter of the function at hand that is passed on as the callee's callback. */
  #parameterAt(callee: Place): Place | null {
    const root = callee.root;
    if (
      root.kind !== "parameter" ||
      root.fn !== this.summary.fn ||
      isFunction(this.app.binding.argNodes[root.index])
    )
      return null;
    return (
      this.app.binding.args[root.index]?.places.find(
        (place) => place.root.kind === "parameter" && place.path.length === 0,
      ) ?? null
    );
  }

  #hazard(hazard: Hazard): void {
    const { frame, app } = this;
    if (hazard.callers.length >= DEEPEST_CHAIN) return;
    const parallel = hazard.parallel ?? (app.isParallel ? this.call : null);
    const own = this.#ownVariable(hazard.place);
    const places =
      own && parallel
        ? [hazard.place]
        : this.places(hazard.place).filter((place) => place.root.kind !== "local");
    for (const place of places) {
      const [readPlace] = own
        ? [hazard.read.place]
        : this.places(hazard.read.place).filter((candidate) => candidate.root.kind !== "local");
      frame.addHazard({
        ...hazard,
        place,
        read: { ...hazard.read, place: readPlace ?? hazard.read.place },
        callers: this.isInline ? hazard.callers : [this.call, ...hazard.callers],
        protection: [
          ...frame.state.locks,
          ...hazard.protection.map((held) => ({ ...held, lock: this.#lock(held.lock) })),
        ],
        claims: [
          ...frame.state.claims.map((claim) => claim.place),
          ...hazard.claims.flatMap((claim) => this.places(claim)),
        ],
        parallel,
      });
    }
  }

  /** A location of the callee as the caller names it; nothing when it belongs to this activation unseen. */
  places(place: Place): readonly Place[] {
    const { frame, summary, app } = this;
    const path = substituteKeys(place.path, (atom) => this.#atom(atom));
    const root = place.root;
    switch (root.kind) {
      case "parameter":
        if (root.fn !== summary.fn) return [onPath(place, path)];
        return this.#below(app.binding.args[root.index]?.places ?? [], path);
      case "this":
        return this.isInline
          ? [onPath(place, path)]
          : this.#below(app.binding.receiver?.places ?? [], path);
      case "variable": {
        if (!frame.owns(root.variable)) return [onPath(place, path)];
        return this.#below(frame.state.env.get(root.variable)?.places ?? [], path);
      }
      default:
        return [onPath(place, path)];
    }
  }

  #below(bases: readonly Place[], path: Place["path"]): Place[] {
    return bases.flatMap((base) => heldAt(this.frame, extend(base, ...path)));
  }

  key(key: Key): Key {
    return substituteKey(key, (atom) => this.#atom(atom));
  }

  #atom(atom: Atom): Key | null {
    const { frame, summary, app } = this;
    switch (atom.root.kind) {
      case "parameter":
        if (atom.root.fn !== summary.fn) return null;
        return (
          app.binding.args[atom.root.index]?.key ??
          unknownKey(`${siteId(this.call)}#${String(atom.root.index)}`)
        );
      case "variable": {
        const { variable } = atom.root;
        if (frame.owns(variable)) return frame.state.env.get(variable)?.key ?? null;
        // A variable of the callee has another value in each call.
        return !this.isInline && summary.file.ownerOf(variable) === summary.fn
          ? unknownKey(`${siteId(this.call)}~${String(variableId(variable))}`)
          : null;
      }
      case "this":
        return this.isInline ? null : (app.binding.receiver?.key ?? null);
      case "site":
        return null;
    }
  }

  /** The value that a root location of the callee has in the caller, or null when it is not the caller's to say. */
  #valueAt(place: Place): Value | null {
    const { frame, summary, app } = this;
    const root = place.root;
    let value: Value | null = null;
    if (root.kind === "parameter" && root.fn === summary.fn)
      value = app.binding.args[root.index] ?? UNKNOWN;
    else if (root.kind === "variable" && frame.owns(root.variable))
      value = frame.state.env.get(root.variable) ?? UNKNOWN;
    if (!value) return null;
    const shared = value.places.some((candidate) => candidate.root.kind !== "local");
    for (const step of place.path)
      value = shared ? { ...value, reads: [] } : readMember(frame, value, step, app.node);
    return value;
  }

  #usedRead({ read, stale }: UsedRead): { reads: UsedRead[]; isCallers: boolean } {
    const { frame } = this;
    const value = this.#valueAt(read.place);
    const found: UsedRead[] = [];
    if (value)
      for (const inner of deepReads(frame, value))
        found.push({
          read: inner,
          stale: frame.state.staleness(inner) ?? (stale ? { site: this.call } : null),
        });
    if (!value || read.place.path.length > 0)
      for (const place of this.places(read.place))
        if (place.root.kind !== "local") found.push({ read: this.#read(read, place), stale });
    return {
      reads: found,
      isCallers:
        value !== null && read.place.path.length === 0
          ? true
          : value !== null && found.some((entry) => entry.read.isExternal),
    };
  }

  #read(read: Read, place: Place): Read {
    if (this.isInline) return { ...read, place };
    return {
      ...read,
      id: `${read.id}@${siteId(this.call)}`,
      place,
      chain: [this.call, ...read.chain].slice(0, DEEPEST_CHAIN),
    };
  }

  #checks(checks: readonly UsedCheck[]): UsedCheck[] {
    return checks.flatMap(({ check, stale }) =>
      this.#usedRead({ read: check.read, stale }).reads.map((entry) => ({
        check: { ...check, read: entry.read },
        stale: entry.stale,
      })),
    );
  }

  /** Tests in the callee of what the caller read and passed: stale for the caller, though fresh in the callee. */
  #callersChecks(checks: readonly UsedCheck[]): UsedCheck[] {
    return checks.flatMap(({ check, stale }) => {
      if (check.isClaimedInCopy) return this.#asItWasRead(check);
      const substituted = this.#usedRead({ read: check.read, stale });
      return substituted.isCallers
        ? substituted.reads.map((entry) => ({
            check: { ...check, read: entry.read },
            stale: entry.stale,
          }))
        : [];
    });
  }

  /** A test of a row that the callee then set in its copy: what decided is the row as it was read. */
  #asItWasRead(check: Check): UsedCheck[] {
    const { frame, app } = this;
    const { root, path } = check.read.place;
    if (root.kind !== "parameter" || root.fn !== this.summary.fn) return [];
    return (app.binding.args[root.index]?.places ?? []).flatMap((place): UsedCheck[] => {
      const [held] = heldAt(frame, place);
      const origin = held && contentOf(frame, held)?.origin;
      if (!origin) return [];
      const read = { ...origin, place: extend(origin.place, ...path) };
      return [{ check: { ...check, read }, stale: frame.state.staleness(origin) }];
    });
  }

  #exitChecks(): void {
    const { frame } = this;
    const used = this.#checks(this.summary.exitChecks);
    for (const { check, stale } of used)
      if (!frame.state.reads.get(check.read.id)) frame.state.reads.set(check.read.id, stale);
    const added = used.map(({ check }) => check);
    if (added.length > 0) frame.state.checks = [...frame.state.checks, ...added].slice(-24);
  }

  #result(): Value {
    const { frame, summary } = this;
    const { result } = summary;
    let reads: readonly Read[] = [];
    for (const read of result.reads) {
      const stale = summary.resultStaleness.get(read.id) ?? null;
      const substituted = this.#usedRead({ read, stale });
      for (const entry of substituted.reads) {
        reads = mergeReads(reads, [entry.read]);
        if (!substituted.isCallers)
          frame.state.reads.set(
            entry.read.id,
            frame.state.reads.get(entry.read.id) ?? (entry.stale ? { site: this.call } : null),
          );
      }
    }
    const places = result.places.flatMap((place) =>
      place.root.kind === "local" ? this.#object(place) : this.places(place),
    );
    const key = result.key ? this.key(result.key) : null;
    if (reads.length === 0 && places.length === 0 && !key && !result.tasks)
      return result.constant ? { ...UNKNOWN, constant: result.constant } : UNKNOWN;
    return {
      reads,
      places,
      key,
      constant: result.constant,
      tasks: result.tasks,
    };
  }

  /** An object that the callee made or fetched and gave away. */
  #object(place: Place): Place[] {
    const { frame, summary } = this;
    if (place.root.kind !== "local") return [];
    const content = summary.objects.get(place.root.id);
    if (!content) return [];
    const moved = placeOf(
      {
        kind: "local",
        id: this.isInline ? place.root.id : `${place.root.id}@${siteId(this.call)}`,
      },
      place.path,
    );
    if (moved.root.kind !== "local") return [];
    const move = (read: Read): Read[] =>
      this.#usedRead({ read, stale: null }).reads.map((entry) => entry.read);
    const fields = new Map(
      [...content.fields].map(
        ([name, value]) =>
          [name, { ...value, reads: value.reads.flatMap(move), places: [] }] as const,
      ),
    );
    const [origin] = content.origin ? move(content.origin) : [];
    frame.state.contents.set(moved.root.id, {
      origin: origin ?? null,
      reads: content.reads.flatMap(move),
      fields,
    });
    for (const read of [...(origin ? [origin] : []), ...content.reads.flatMap(move)])
      if (!frame.state.reads.has(read.id))
        frame.state.reads.set(read.id, summary.suspends ? { site: this.call } : null);
    return [moved];
  }
}

/** Most locations of a callee need no substitution: they are the same object for every caller. */
function onPath(place: Place, path: Place["path"]): Place {
  return path === place.path ? place : placeOf(place.root, path);
}

function holdsClaim(frame: Frame, place: Place): boolean {
  return frame.state.claims.some((claim) => claim.place.id === place.id);
}

const NO_READ = { id: "passed", chain: [], locks: [], isExternal: false };

function unknownKey(id: string): Key {
  return keyOf([{ root: { kind: "site", id }, path: "", id: `s${id}` }]);
}
