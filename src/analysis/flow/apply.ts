import type { Site } from "../syntax/source-file.ts";
import { readEvent, usedChecks } from "./access.ts";
import { writePlace } from "./writes.ts";
import { isResultUsed, resultOf, stepsOfDropped } from "./call-result.ts";
import { hasBearingOn, isClosed } from "./closed-events.ts";
import { askedHelpers } from "./callee-tests.ts";
import { claimedIn } from "./callee-claims.ts";
import type { Frame } from "./frame.ts";
import { keepsCallbacksApart } from "./parallel.ts";
import { functionsAt, parameterAt } from "./passed-functions.ts";
import { columnId, includes, type Place } from "./place.ts";
import type { Claim, State } from "./state.ts";
import { findRefusedStep } from "./refused-steps.ts";
import { saveRow } from "./row-saves.ts";
import { writeContent } from "./row-writes.ts";
import { DEEPEST_CHAIN, Substitution, type Application } from "./substitution.ts";
import type {
  CallEvent,
  Event,
  EventBase,
  Hazard,
  SaveEvent,
  SubmitEvent,
  Summary,
  WriteEvent,
} from "./summary.ts";
import { mergeReads, UNKNOWN, type Value } from "./value.ts";

/** Does here what the callee's summary says, and gives the value of the call. */
export function applySummary(frame: Frame, summary: Summary, application: Application): Value {
  return new Applier(frame, summary, application).run();
}

class Applier {
  readonly frame: Frame;
  readonly summary: Summary;
  readonly app: Application;
  readonly call: Site;
  readonly here: Substitution;
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
    this.here = new Substitution(frame, summary, app);
    this.call = this.here.call;
    this.isInline = this.here.isInline;
    this.entryClaims = frame.state.claims;
    const receivers = app.binding.receiver?.places ?? [];
    this.#hasSameReceiver =
      this.isInline || (receivers.length === 1 && receivers[0]?.id === "this");
  }

  run(): Value {
    const { frame, summary, app } = this;
    for (const hazard of summary.hazards) this.#hazard(hazard);
    findRefusedStep(this.here, frame.state.suspended);
    // What happens twice is listed where it was first, with the later one's suspension.
    for (const event of summary.events)
      if (!event.suspended && !event.isDetached) this.#event(event);
    let hasSuspended = false;
    for (const event of summary.events) {
      if (!event.suspended && !event.isDetached) continue;
      if (app.isAwaited && !event.isDetached && !app.isParallel) {
        if (!hasSuspended) frame.suspend(app.node);
        hasSuspended = true;
        this.#event(event);
      } else this.#afterReturn(event);
    }
    const result = resultOf(this.here);
    if (app.isAwaited && summary.suspends && !hasSuspended) frame.suspend(app.node);
    if (app.isAwaited) this.#exitChecks();
    else if (summary.suspends) frame.state.started = [...frame.state.started, this.call];
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
      this.#later.slots = [];
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
      const isClaim = event.kind === "write" && event.isClaim && this.#isTold(event.place);
      frame.takeOver(event, isClaim, this.call, this.here.chain(event.chain));
      return;
    }
    const outer = frame.state.locks;
    frame.state.locks = this.here.locks(event.locks);
    if (event.kind === "write") this.#write(event);
    else this.#other(event, this.#base(event));
    frame.state.locks = outer;
  }

  /** Where and under what an event of the callee happens, seen from here. A read decides nothing and needs no checks. */
  #base(event: Event): EventBase {
    const { frame } = this;
    const checks =
      event.kind === "read"
        ? []
        : [...usedChecks(frame, frame.state.checks), ...this.here.checks(event.checks)].slice(
            0,
            24,
          );
    return {
      site: event.site,
      chain: this.here.chain(event.chain),
      suspended: frame.state.suspended,
      checks,
      locks: frame.state.locks,
      claims: this.#claims(event),
      isDetached: frame.isDetached,
    };
  }

  #other(event: Exclude<Event, WriteEvent>, base: EventBase): void {
    const { frame } = this;
    switch (event.kind) {
      case "read":
        for (const place of this.here.places(event.place))
          if (place.root.kind !== "local" && place.root.kind !== "parameter")
            frame.addEvent(readEvent(base, place));
        break;
      case "save":
        this.#save(event, base);
        break;
      case "call":
        this.#callback(event, base);
        break;
      case "submit":
        this.#submit(event, base);
        break;
      case "lock":
        frame.addEvent({
          ...base,
          kind: "lock",
          lock: this.here.lock(event.lock),
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

  #submit(event: SubmitEvent, base: EventBase): void {
    const { frame, here } = this;
    const submitted: SubmitEvent = {
      ...event,
      ...base,
      pool: here.lock(event.pool),
      holding: [
        ...frame.state.slots,
        ...event.holding.map((held) => ({ ...held, pool: here.lock(held.pool) })),
      ],
    };
    if (!event.callee) {
      frame.addEvent(submitted);
      return;
    }
    for (const fn of functionsAt(here, event.callee))
      frame.addEvent({
        ...submitted,
        task: frame.world.summaryOf(fn.node, fn.file),
        callee: null,
      });
    const upward = parameterAt(here, event.callee);
    if (upward) frame.addEvent({ ...submitted, task: null, callee: upward });
  }

  #save(event: SaveEvent, base: EventBase): void {
    const { frame } = this;
    const target = event.target && (this.here.places(event.target)[0] ?? null);
    const reportAt = this.isInline ? event.site : this.call;
    const places = this.here.places(event.place);
    for (const place of places) {
      const chain = reportAt === event.site ? [] : [event.site];
      const value = { ...UNKNOWN, places: [place] };
      if (event.isUpdate && target && writeContent(frame, target, value, reportAt, chain)) continue;
      if (place.root.kind === "local") saveRow(frame, place, reportAt, event.site, target);
      else
        frame.addEvent({
          ...base,
          kind: "save",
          place,
          target,
          ...(event.isUpdate ? { isUpdate: true } : {}),
        });
    }
    if (places.length > 0 || !target) return;
    const { reads } = this.here.usedRead({
      read: { ...NO_READ, place: event.place, site: event.site },
      stale: null,
    });
    const chain = this.isInline ? event.chain : [...event.chain, event.site];
    writePlace(frame, target, { verb: "assign", reads, site: reportAt, chain });
  }

  #write(event: WriteEvent): void {
    const { frame } = this;
    const { reads, passed } = this.here.usedReads(event.reads);
    const given = event.given ? this.here.givenTo(event.given) : {};
    const { all: checks, callers } = this.here.sortedChecks(event.checks);
    const { all: ownTests, callers: callersTests } = this.here.sortedChecks(event.ownTests);
    const isCallers = new Set(callers.map(({ check }) => check.read.id));
    const passedOn = new Set(callersTests.map(({ check }) => check.read.id));
    const path = [...event.chain, event.site];
    const site = this.isInline ? (path[0] ?? event.site) : this.call;
    const chain = this.isInline ? path.slice(1) : path;
    for (const place of this.here.places(event.place))
      writePlace(frame, place, {
        verb: event.verb,
        reads,
        constant: event.constant ?? given.constant,
        given: given.given,
        isIdempotent: event.isIdempotent,
        failsSilently: event.failsSilently,
        ...(event.rowKeys
          ? {
              rowKeys: event.rowKeys.map(({ column, key }) => ({
                column,
                key: this.here.key(key),
              })),
            }
          : {}),
        site,
        chain,
        isDetached: event.isDetached,
        isClaim: event.isClaim && this.#isTold(event.place),
        fillsGap: event.fillsGap,
        fillsMissing: event.fillsMissing,
        freesClaim:
          event.freesClaim &&
          (claimedIn(this.summary).all.has(event.place.id) || !holdsClaim(frame, place)),
        fromCallee: {
          reads: passed,
          claims: this.#claims(event),
          claimsAtOnce: event.claims
            .filter(({ id }) => claimedIn(this.summary).atOnce.has(id))
            .flatMap((claim) => this.here.places(claim)),
          writtenAtOnce: event.writtenAtOnce.flatMap((row) => this.here.places(row)),
          checks: callers,
          empties: event.empties ?? false,
          // A callback that is written here tests for this function.
          ownChecks: this.isInline ? checks : [],
          ownTests: ownTests.filter(({ check }) => !passedOn.has(check.read.id)),
          // Where the callee's own test is stale by then, the race is the callee's, and reported there.
          recheckedPlaces: new Set(
            checks
              .filter(({ check, stale }) => !stale || !isCallers.has(check.read.id))
              .flatMap(({ check: { read } }) => [
                read.place.id,
                columnId(read.place) ?? read.place.id,
              ]),
          ),
          askedHelpers: askedHelpers(event.checks),
        },
      });
    const own = this.here.ownVariable(event.place);
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
    const own = event.claims.flatMap((claim) => this.here.places(claim));
    const kept = this.entryClaims.filter(({ place }) => holdsClaim(this.frame, place));
    return [...own, ...kept.map(({ place }) => place)];
  }

  /**
   * Whether the caller knows that the callee claimed the place: the callee always has when it ends, or says so
   * in a result that the caller looks at. `if (!client) client = connect(); return client;` says nothing.
   */
  #isTold(place: Place): boolean {
    const { summary } = this;
    if (summary.exitClaims.some((claim) => claim.id === place.id)) return true;
    if (summary.result.places.some((given) => includes(place, given))) return false;
    return (
      summary.result.reads.some((read) => read.place.id === place.id) &&
      isResultUsed(this.frame.file, this.app.node)
    );
  }

  #callback(event: CallEvent, base: EventBase): void {
    const { frame } = this;
    for (const fn of functionsAt(this.here, event.callee)) {
      const summary = frame.world.summaryOf(fn.node, fn.file);
      applySummary(frame, summary, {
        binding: { args: [], argNodes: [], receiver: null },
        node: this.app.node,
        isAwaited: event.isAwaited && this.app.isAwaited,
        isParallel: event.isRepeated && summary.isAsync,
      });
    }
    const upward = parameterAt(this.here, event.callee);
    if (upward)
      frame.addEvent({
        ...base,
        kind: "call",
        callee: upward,
        isAwaited: event.isAwaited && this.app.isAwaited,
        isRepeated: event.isRepeated,
      });
  }

  #hazard(hazard: Hazard): void {
    const { frame, app } = this;
    if (hazard.callers.length >= DEEPEST_CHAIN) return;
    const overlap = app.isParallel && !keepsCallbacksApart(hazard.protection, this.summary.fn);
    const parallel = hazard.parallel ?? (overlap ? this.call : null);
    const steps = app.isAwaited ? null : stepsOfDropped(frame.file, app.node);
    const dropped = hazard.dropped ?? (steps ? this.call : undefined);
    // Who goes on alone holds no lock of the function that started it, unless a later step gives it back.
    const isAlone = dropped && !steps?.some((step) => step !== "catch");
    const own = this.here.ownVariable(hazard.place);
    const places =
      own && parallel
        ? [hazard.place]
        : this.here.places(hazard.place).filter((place) => place.root.kind !== "local");
    for (const place of places) {
      const [readPlace] = own
        ? [hazard.read.place]
        : this.here
            .places(hazard.read.place)
            .filter((candidate) => candidate.root.kind !== "local");
      frame.addHazard({
        ...hazard,
        place,
        read: {
          ...hazard.read,
          ...this.here.foundBy(hazard.read),
          place: readPlace ?? hazard.read.place,
        },
        callers: this.isInline ? hazard.callers : [this.call, ...hazard.callers],
        protection: [
          ...(isAlone ? [] : frame.state.locks),
          ...hazard.protection.map((held) => ({ ...held, lock: this.here.lock(held.lock) })),
        ],
        claims: [
          ...frame.state.claims.map((claim) => claim.place),
          ...hazard.claims.flatMap((claim) => this.here.places(claim)),
        ],
        parallel,
        ...(dropped ? { dropped } : {}),
      });
    }
  }

  #exitChecks(): void {
    const { frame } = this;
    const used = this.here.checks(this.summary.exitChecks);
    for (const { check, stale } of used)
      if (!frame.state.reads.get(check.read.id)) frame.state.reads.set(check.read.id, stale);
    const added = used.map(({ check }) => check);
    if (added.length > 0) frame.state.checks = [...frame.state.checks, ...added].slice(-24);
  }
}

function holdsClaim(frame: Frame, place: Place): boolean {
  return frame.state.claims.some((claim) => claim.place.id === place.id);
}

const NO_READ = { id: "passed", chain: [], locks: [], isExternal: false };
