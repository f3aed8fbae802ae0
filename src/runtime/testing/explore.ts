import { inspect } from "node:util";
import { forget, findDeadlock, waitingActivities } from "../wait-graph.ts";
import { KeyedSequence } from "../keyed-sequence.ts";
import { setStage } from "../ownership.ts";
import { BoundedPool, type PoolOptions } from "../pool.ts";
import { realTime } from "../real-time.ts";
import { stallWatches } from "../stall-watch.ts";
import { PendingWaits } from "./pending-waits.ts";
import { depthFirst, replayOf, seededRandom, type Chooser } from "./schedules.ts";
import { Stage, type ScheduleRun } from "./stage.ts";

/**
 * - `"ok"`: the program ended and every invariant held.
 * - `"violation"`: an invariant did not hold.
 * - `"error"`: the program failed, or a task did and nobody asked for its error.
 * - `"deadlock"`: the program has not ended, and nothing is left that could move it.
 * - `"uninstrumented"`: the program waits for something that the explorer does not control (a real
 *   timer, a file, a socket): it cannot tell, and names what is active.
 */
export type Verdict = "ok" | "violation" | "error" | "deadlock" | "uninstrumented";

/** One schedule in which something went wrong. */
export interface Failure {
  readonly verdict: Exclude<Verdict, "ok">;
  readonly message: string;
  /** The error thrown, the PoolDeadlockError with its chain, or undefined. */
  readonly error: unknown;
  /** Labels of the completions, in the order of this schedule. */
  readonly trace: readonly string[];
  /** Give it to `explore(program, { replay })` to run exactly this schedule again. */
  readonly replay: string;
}

/** Schedules in which the program returned the same value. */
export interface Outcome<R> {
  readonly value: R;
  readonly schedules: number;
  /** Of the first of them. */
  readonly trace: readonly string[];
  readonly replay: string;
}

export interface ExploreReport<R> {
  /** How many schedules were run. */
  readonly schedules: number;
  /** Every schedule there is was run. */
  readonly isExhaustive: boolean;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** The first failures, at most `maxFailures`, in the order they were found. */
  readonly failures: readonly Failure[];
  /** What the program returned, the most frequent first. */
  readonly outcomes: readonly Outcome<R>[];
}

export interface ExploreOptions {
  /** Most schedules to run. Default 10,000; three quarters depth-first, the rest random. */
  maxSchedules?: number;
  /** Seed of the random schedules. Default 1. */
  seed?: number;
  /** Runs only the schedule that this string of a failure or outcome stands for. */
  replay?: string;
  /** Options of the default pool that each schedule has for itself. Default: 4 workers. */
  pool?: PoolOptions;
  /** Failures to keep. Default 20. */
  maxFailures?: number;
  /** End with the first schedule that fails. Default false. */
  stopsAtFailure?: boolean;
}

/**
 * Runs `program` once for every order in which its I/O can complete.
 *
 * @param program is given `io`, `invariant` and a pool of its own, and must set up its state anew;
 *   calls of `runAsync` functions and of `sequential` go to that pool and to keys of that schedule
 * @throws TypeError when a replay string does not fit the program; never for what the program does
 */
export async function explore<R>(
  program: (run: ScheduleRun) => R | PromiseLike<R>,
  options: ExploreOptions = {},
): Promise<ExploreReport<R>> {
  const { maxSchedules = 10_000, seed = 1, maxFailures = 20, replay } = options;
  const { stopsAtFailure = false } = options;
  const explorer = new Explorer(program, options.pool ?? {});
  const summary = new Summary<R>(maxFailures);
  const waits = explorer.waits;
  waits.start();
  try {
    if (replay !== undefined) {
      summary.add(await explorer.run(replayOf(replay)));
      return summary.report(false);
    }
    const search = depthFirst();
    const depthFirstLimit = Math.ceil(maxSchedules * 0.75);
    for (let next = search.next(); next !== undefined; next = search.next()) {
      if (summary.schedules >= depthFirstLimit) break;
      summary.add(await explorer.run(next));
      if (stopsAtFailure && summary.hasFailed) return summary.report(false);
    }
    const isExhaustive = search.isExhausted;
    const random = seededRandom(seed);
    while (!isExhaustive && summary.schedules < maxSchedules) {
      summary.add(await explorer.run(random()));
      if (stopsAtFailure && summary.hasFailed) break;
    }
    return summary.report(isExhaustive);
  } finally {
    waits.stop();
  }
}

interface Ending<R> {
  readonly verdict: Verdict;
  readonly message: string;
  readonly error: unknown;
  readonly value: R | undefined;
  readonly trace: readonly string[];
  readonly replay: string;
}

class Explorer<R> {
  readonly waits = new PendingWaits();
  readonly #program: (run: ScheduleRun) => R | PromiseLike<R>;
  readonly #pool: PoolOptions;
  #patience = 3;

  constructor(program: (run: ScheduleRun) => R | PromiseLike<R>, pool: PoolOptions) {
    this.#program = program;
    this.#pool = pool;
  }

  async run(chooser: Chooser): Promise<Ending<R>> {
    const before = new Set(waitingActivities());
    const watchesBefore = new Set(stallWatches());
    const errors: unknown[] = [];
    const onError = (error: unknown): void => {
      errors.push(error);
    };
    const pool = new BoundedPool({
      detectDeadlocks: "report",
      name: "default",
      ...this.#pool,
      onError,
    });
    const stage = new Stage(pool);
    setStage({ pool, sequence: new KeyedSequence({ detectDeadlocks: "report", onError }) });
    try {
      return await this.#perform(stage, chooser, errors);
    } finally {
      setStage(undefined);
      stage.end();
      for (const activity of [...waitingActivities()]) if (!before.has(activity)) forget(activity);
      for (const watch of [...stallWatches()]) if (!watchesBefore.has(watch)) watch.silence();
    }
  }

  async #perform(stage: Stage, chooser: Chooser, errors: unknown[]): Promise<Ending<R>> {
    const settlement: { isSettled: boolean; value?: R; error?: unknown; hasFailed?: boolean } = {
      isSettled: false,
    };
    const ending = (verdict: Verdict, message: string, error?: unknown): Ending<R> => ({
      verdict,
      message,
      error,
      value: settlement.value,
      trace: stage.trace,
      replay: chooser.replay,
    });
    void this.waits
      .run(async () => this.#program(stage.run))
      .then(
        (value) => {
          settlement.isSettled = true;
          settlement.value = value;
        },
        (error: unknown) => {
          Object.assign(settlement, { isSettled: true, hasFailed: true, error });
        },
      );
    for (;;) {
      await drainTicks();
      // asked before the event loop turns: a file may be read faster than that, now and then
      if (!settlement.isSettled && stage.pending === 0 && this.waits.names.length > 0) {
        return ending("uninstrumented", notInstrumented(this.waits.names));
      }
      await quiesce();
      const broken = stage.brokenInvariant();
      if (broken !== undefined) return ending("violation", broken);
      if (settlement.isSettled && stage.pending === 0) break;
      if (stage.pending === 0) {
        const stuck = await this.#diagnose(stage, settlement);
        if (stuck !== undefined) return ending(stuck.verdict, stuck.message, stuck.error);
        continue;
      }
      stage.complete(stage.pending === 1 ? 0 : chooser.choose(stage.pending));
    }
    const [error] = settlement.hasFailed === true ? [settlement.error] : errors;
    if (settlement.hasFailed === true || errors.length > 0) {
      const isViolation = error instanceof Error && error.name === "AssertionError";
      return ending(isViolation ? "violation" : "error", messageOf(error), error);
    }
    return ending("ok", "");
  }

  /** Nothing is left to complete: why does the program not end? Undefined when it goes on after all. */
  async #diagnose(
    stage: Stage,
    settlement: { isSettled: boolean },
  ): Promise<
    { verdict: "deadlock" | "uninstrumented"; message: string; error?: unknown } | undefined
  > {
    const isMoving = (): boolean => stage.pending > 0 || settlement.isSettled;
    await quiesce();
    if (isMoving()) return undefined;
    const { names } = this.waits;
    if (names.length > 0) return { verdict: "uninstrumented", message: notInstrumented(names) };
    const error = findDeadlock();
    if (error !== undefined) return { verdict: "deadlock", message: error.message, error };
    // something older than the program may still wake it (a socket, a worker): give it a moment
    if (this.#patience > 0) {
      this.#patience -= 1;
      await new Promise((resolve) => realTime.setTimeout(resolve, 20));
      if (isMoving()) {
        const message =
          "The program was woken by something that is not instrumented and older than it.";
        return { verdict: "uninstrumented", message };
      }
    }
    const message =
      "Nothing is left to complete, and the program has not ended: it waits for a promise that nobody " +
      "will resolve. No pool or key is to blame.";
    return { verdict: "deadlock", message };
  }
}

function notInstrumented(names: readonly string[]): string {
  return (
    `The program waits for something that is not instrumented: ${names.join(", ")}. ` +
    "Put it behind io(label, ...), or replace it by a fake."
  );
}

/** Lets all microtasks and ticks run; a tick comes when no microtask is left. */
async function drainTicks(): Promise<void> {
  for (let i = 0; i < 2; i++)
    await new Promise<void>((resolve) => {
      realTime.nextTick(resolve);
    });
}

/** Lets everything run that needs no completion: two turns, as a task's error is told in the next. */
async function quiesce(): Promise<void> {
  await new Promise((resolve) => realTime.setImmediate(resolve));
  await new Promise((resolve) => realTime.setImmediate(resolve));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : inspect(error);
}

class Summary<R> {
  readonly #maxFailures: number;
  readonly #verdicts: Record<Verdict, number> = {
    ok: 0,
    violation: 0,
    error: 0,
    deadlock: 0,
    uninstrumented: 0,
  };
  readonly #failures: Failure[] = [];
  readonly #outcomes = new Map<
    string,
    { value: R; schedules: number; trace: readonly string[]; replay: string }
  >();
  schedules = 0;

  constructor(maxFailures: number) {
    this.#maxFailures = maxFailures;
  }

  get hasFailed(): boolean {
    return this.#failures.length > 0;
  }

  add({ verdict, message, error, value, trace, replay }: Ending<R>): void {
    this.schedules += 1;
    this.#verdicts[verdict] += 1;
    if (verdict === "ok" || verdict === "violation") {
      const key = inspect(value, { depth: 8, sorted: true });
      const outcome = this.#outcomes.get(key);
      if (outcome === undefined)
        this.#outcomes.set(key, { value: value as R, schedules: 1, trace, replay });
      else outcome.schedules += 1;
    }
    if (verdict !== "ok" && this.#failures.length < this.#maxFailures) {
      this.#failures.push({ verdict, message, error, trace, replay });
    }
  }

  report(isExhaustive: boolean): ExploreReport<R> {
    const outcomes = [...this.#outcomes.values()].sort((a, b) => b.schedules - a.schedules);
    return {
      schedules: this.schedules,
      isExhaustive,
      verdicts: this.#verdicts,
      failures: this.#failures,
      outcomes,
    };
  }
}
