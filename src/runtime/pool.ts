import { PoolClosedError } from "./errors.ts";
import { PoolEngine, type EngineSettings } from "./pool-engine.ts";
import { recordSite } from "./submission-site.ts";
import { Submission, type TaskFunction } from "./submission.ts";
import { promiseOf } from "./tracked-promise.ts";
import type { DetectDeadlocks } from "./wait-graph.ts";

export interface PoolOptions {
  /** How many tasks run at the same time. Default 4, as in python-telegram-bot. */
  workers?: number;
  /**
   * How many tasks may wait; one more is rejected with QueueFullError. Default: no limit, and 0 for
   * `overflow: "reject"`.
   */
  maxQueue?: number;
  /**
   * What happens when no slot is free.
   * - `"queue"` (default): the task waits in line; a submission never waits.
   * - `"block"`: as `"queue"`, but a task keeps its slot after its function has settled until every
   *   submission it made has started. Needs AsyncLocalStorage.
   * - `"reject"`: as `"queue"` with `maxQueue: 0`.
   */
  overflow?: "queue" | "block" | "reject";
  /**
   * What happens when a task waits for a task of the same pool while it holds a slot.
   * - `"queue"` (default): the awaited task waits in line like any other.
   * - `"error"`: the wait is rejected with NestedWaitError.
   * - `"inherit"`: the awaited task runs in the slot of the one that waits, one at a time.
   *
   * The last two need AsyncLocalStorage.
   */
  nested?: "queue" | "error" | "inherit";
  /**
   * Finds tasks that wait for each other in a circle, over all pools and keys. `"report"` tells
   * `onError` and leaves the tasks as they are; `"reject"` rejects the wait that closed the circle.
   * Default `"report"`, and `"off"` when NODE_ENV is "production". Needs AsyncLocalStorage.
   */
  detectDeadlocks?: DetectDeadlocks;
  /**
   * Milliseconds without any settlement, all slots busy and tasks waiting, after which `onError`
   * gets a PoolStalledError. Works in every mode. Default 30,000; Infinity turns it off.
   */
  stallAfter?: number;
  /** Told about deadlocks, stalls and task errors that nobody asked for. Default: console.error. */
  onError?: (error: unknown) => void;
  /** Shown in reports. */
  name?: string;
}

export interface RunOptions {
  /** Before the start it withdraws the task; after it the waiter is rejected, the slot stays taken. */
  signal?: AbortSignal;
  /** Milliseconds from the start of the function until its waiter is rejected. */
  timeout?: number;
  /** Shown in reports; default: the name of the function. */
  name?: string;
}

export interface PoolStats {
  readonly workers: number;
  /** Slots taken, including those of overrunning tasks and of tasks that hold for an acceptance. */
  readonly running: number;
  readonly queued: number;
  /** Tasks whose waiter was answered (timeout, abort) and whose function has not settled. */
  readonly overrunning: number;
  /** Tasks whose function has settled since the pool was made. */
  readonly settled: number;
}

/** The machinery of a pool, for the other modules of this runtime. */
export const engineOf = Symbol("engine");

let created = 0;

/**
 * Runs at most `workers` tasks at the same time and starts the others in the order of submission.
 *
 * Submission and start cost O(1); no timer is made per task. The async context of the submitter is
 * kept. `run` starts the function at once, synchronously, when a slot is free.
 *
 * @throws RangeError when `workers` is not a positive integer or Infinity, or `maxQueue` is negative
 */
export class BoundedPool {
  /** @internal */
  readonly [engineOf]: PoolEngine;

  constructor(options: PoolOptions = {}) {
    this[engineOf] = new PoolEngine(settingsFrom(options));
  }

  get name(): string {
    return this[engineOf].settings.name;
  }

  /**
   * Submits `fn` and returns a promise of its outcome.
   *
   * @throws nothing; the promise rejects with what `fn` throws, or with QueueFullError,
   *   PoolClosedError, TaskAbortedError, TaskTimeoutError, NestedWaitError or PoolDeadlockError
   */
  run<R>(fn: TaskFunction<R>, options?: RunOptions): Promise<R> {
    const engine = this[engineOf];
    // eslint-disable-next-line @typescript-eslint/unbound-method -- names the function, calls nothing
    const site = recordSite(BoundedPool.prototype.run);
    const task = new Submission(engine, fn, options?.name, site);
    const promise = promiseOf<R>(task);
    engine.submit(task, options?.signal, options?.timeout);
    return promise;
  }

  /** A function that runs `fn` in this pool: `const send = pool.wrap(sendMessage)`. */
  wrap<A extends readonly unknown[], R>(
    fn: (...args: A) => R | PromiseLike<R>,
    options?: RunOptions,
  ): (...args: A) => Promise<R> {
    const named = { ...options, name: options?.name ?? (fn.name || undefined) };
    return (...args) => this.run(() => fn(...args), named);
  }

  stats(): PoolStats {
    const { settings, running, queued, overrunning, settled } = this[engineOf];
    return { workers: settings.workers, running, queued, overrunning, settled };
  }

  /** Resolves when no task runs or waits. */
  onIdle(): Promise<void> {
    return this[engineOf].whenIdle();
  }

  /**
   * Refuses new tasks and resolves when the pool is idle.
   *
   * @param options.drain whether tasks in line still run (default); else they are rejected with
   *   PoolClosedError. Running tasks are waited for in both cases.
   */
  close(options: { drain?: boolean } = {}): Promise<void> {
    const engine = this[engineOf];
    engine.isClosed = true;
    if (options.drain === false) {
      engine.withdrawAll(
        (task) =>
          new PoolClosedError(`${task.label} had not started when ${engine.place} was closed.`),
      );
    }
    return engine.whenIdle();
  }
}

/** Fills in the defaults; `previous` keeps what the options do not name. */
export function settingsFrom(options: PoolOptions, previous?: EngineSettings): EngineSettings {
  const overflow = options.overflow ?? previous?.overflow ?? "queue";
  const workers = options.workers ?? previous?.workers ?? 4;
  const maxQueue = options.maxQueue ?? previous?.maxQueue ?? (overflow === "reject" ? 0 : Infinity);
  const isDevelopment = process.env["NODE_ENV"] !== "production";
  if (!(workers >= 1) || !(Number.isInteger(workers) || workers === Infinity)) {
    throw new RangeError(`workers must be a positive integer or Infinity, not ${String(workers)}`);
  }
  if (!(maxQueue >= 0)) throw new RangeError(`maxQueue must not be negative: ${String(maxQueue)}`);
  const stallAfter = options.stallAfter ?? previous?.stallAfter ?? 30_000;
  if (!(stallAfter > 0)) throw new RangeError(`stallAfter must be positive: ${String(stallAfter)}`);
  return {
    overflow,
    workers,
    maxQueue,
    stallAfter,
    nested: options.nested ?? previous?.nested ?? "queue",
    detectDeadlocks:
      options.detectDeadlocks ?? previous?.detectDeadlocks ?? (isDevelopment ? "report" : "off"),
    onError: options.onError ?? previous?.onError ?? logError,
    name: options.name ?? previous?.name ?? `pool ${String((created += 1))}`,
  };
}

function logError(error: unknown): void {
  console.error(error);
}
