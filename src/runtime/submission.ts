import { Activity, WAITING } from "./activity.ts";
import type { Limits } from "./limits.ts";
import type { PoolEngine } from "./pool-engine.ts";
import type { Site } from "./submission-site.ts";
import { TrackedPromise } from "./tracked-promise.ts";
import type { DeadlockPolicy, Wait } from "./wait-graph.ts";

/** What a task's function is given. */
export interface TaskScope {
  /** Aborts when the task's signal fires, its `timeout` passes or it is cancelled. */
  readonly signal: AbortSignal;
}

export type TaskFunction<R> = (scope: TaskScope) => R | PromiseLike<R>;

/** Bookkeeping of slots lent to children (`nested: "inherit"`) and of acceptance (`"block"`). */
export class Loan {
  /** The child that runs in this task's slot now. */
  child: Submission | undefined = undefined;
  /** Waits whose targets are to run in this task's slot, in the order of the waits. */
  readonly wanted: Wait[] = [];
  /** Outcomes that are handed over once the slot is back. */
  readonly deliveries: (() => void)[] = [];
  /** Submissions of this task that have not started. */
  readonly unaccepted = new Set<Submission>();
}

/** What most tasks have not; kept apart, as 100,000 of them may wait in line. */
export class Extras {
  name: string | undefined = undefined;
  limits: Limits | undefined = undefined;
  /** The task whose slot this one runs in. */
  lender: Submission | undefined = undefined;
  loan: Loan | undefined = undefined;
}

export function loanOf(task: Submission): Loan {
  return (task.withExtras().loan ??= new Loan());
}

/** One task of a pool, from its submission to the return of its slot. */
export class Submission extends Activity {
  declare readonly engine: PoolEngine;
  declare readonly fn: TaskFunction<unknown>;
  declare resolve: (value: unknown) => void;
  declare reject: (reason: unknown) => void;
  declare slot: number;
  declare extras: Extras | undefined;

  constructor(
    engine: PoolEngine,
    fn: TaskFunction<unknown>,
    name: string | undefined,
    site: Site | undefined,
  ) {
    super(site);
    this.engine = engine;
    this.fn = fn;
    this.resolve = nothing;
    this.reject = nothing;
    this.slot = -1;
    this.extras = undefined;
    if (name !== undefined) this.withExtras().name = name;
  }

  withExtras(): Extras {
    return (this.extras ??= new Extras());
  }

  /** The signal for the function; made when it is asked for. */
  get signal(): AbortSignal {
    return this.engine.limitsOf(this).controller.signal;
  }

  get label(): string {
    return this.extras?.name ?? (this.fn.name || "(anonymous)");
  }
  get place(): string {
    return this.engine.place;
  }
  get policy(): DeadlockPolicy {
    return this.engine;
  }
  override get unaccepted(): Iterable<Submission> {
    return this.extras?.loan?.unaccepted ?? [];
  }

  /** Called when the task takes its slot. */
  accepted(): void {
    // a Task overrides it
  }

  /** Called when the function has settled, or never will run. */
  finished(): void {
    // a keyed Task overrides it
  }

  isObstructedBy(blocked: ReadonlySet<Activity>): boolean {
    return this.engine.isHeldBy(blocked);
  }
  obstacles(): Iterable<Activity> {
    return this.engine.holders();
  }
  withdraw(error: unknown): boolean {
    if (this.state !== WAITING) return false;
    this.engine.withdraw(this, error);
    return true;
  }
}

/** The promise of a submission's outcome; one that notices waits where the pool tracks them. */
export function promiseOf<R>(task: Submission): Promise<R> {
  const keep = (resolve: (value: R) => void, reject: (reason: unknown) => void): void => {
    task.resolve = resolve as (value: unknown) => void;
    task.reject = reject;
  };
  return task.engine.isTracking ? trackedPromise(task, keep) : new Promise<R>(keep);
}

/** A promise that stands for `task`: waiting for it is waiting for the task. */
export function trackedPromise<T>(
  task: Submission,
  executor: (resolve: (value: T) => void, reject: (reason: unknown) => void) => void,
): Promise<T> {
  const promise = new TrackedPromise<T>(executor);
  promise.target = task;
  promise.rule = task.engine;
  return promise;
}

function nothing(): void {
  // replaced before the submission enters a pool
}
