import type { BotApi } from "./bot-api.ts";
import type { Context, ErrorHandler } from "./context.ts";
import { DispatcherHandlerStop } from "./errors.ts";
import type { Match, UpdateHandler } from "./handlers.ts";
import { currentPool } from "./ownership.ts";
import type { BoundedPool } from "./pool.ts";
import { engineOf } from "./pool.ts";
import { Ring } from "./ring.ts";
import { submitTask, unwrap } from "./run-async.ts";
import { reportTo, Task, whenSettled } from "./task.ts";
import { isThenable } from "./tracked-promise.ts";
import type { Update } from "./update.ts";
import { Waiters } from "./waiters.ts";

export interface DispatcherOptions<U = Update, B = BotApi> {
  /** Where asynchronous handlers run. Default: the pool of `runAsync`. */
  pool?: BoundedPool;
  /** Given to handlers as `context.bot`. */
  bot?: B;
  /** Awaited for updates that no handler matched: the handlers of an adapted bot. */
  fallback?: (update: U) => unknown;
}

interface Entry<U> {
  readonly update: U;
  readonly walked: () => void;
  readonly settled: (() => void) | undefined;
  /** Parts of the update that still run: the walk itself and its tasks. */
  open: number;
}

/**
 * Hands each update to its handlers.
 *
 * Groups are walked in ascending order; in each, the first handler that matches gets the update.
 * Updates are walked one at a time, in the order of `processUpdate`: a handler that is not
 * asynchronous is awaited before anything else is handled. An asynchronous one (a `runAsync`
 * function, `runAsync: true`, `sequentialBy`) is submitted to the pool, and the walk goes on; under
 * `overflow: "block"` it goes on once the task has its slot.
 *
 * Generic over the update and the bot, so that it serves discord.js, Bolt or anything else.
 */
export class Dispatcher<U = Update, B = BotApi> {
  readonly bot: B;
  /** The bot's user name, for commands that name their bot; the Updater sets it. */
  username: string | undefined;
  readonly #pool: BoundedPool | undefined;
  readonly #fallback: ((update: U) => unknown) | undefined;
  /** Replaced on every change, so that a handler may add or remove handlers while it runs. */
  #groups: ReadonlyMap<number, readonly UpdateHandler<U, B>[]> = new Map();
  #errorHandlers: readonly ErrorHandler<U, B>[] = [];
  readonly #line = new Ring<Entry<U>>();
  /** Tasks of handlers that have not settled. */
  readonly #tasks = new Set<Task<unknown>>();
  #isWalking = false;
  #inFlight = 0;
  readonly #idle = new Waiters();

  constructor(options: DispatcherOptions<U, B> = {}) {
    this.#pool = options.pool;
    this.#fallback = options.fallback;
    this.bot = options.bot as B;
  }

  get pool(): BoundedPool {
    return this.#pool ?? currentPool();
  }

  /** Updates that were accepted and are not handled to the end yet, their tasks included. */
  get inFlight(): number {
    return this.#inFlight;
  }

  addHandler(handler: UpdateHandler<U, B>, group = 0): this {
    const groups = new Map(this.#groups);
    groups.set(group, [...(groups.get(group) ?? []), handler]);
    this.#groups = new Map([...groups].sort(([a], [b]) => a - b));
    return this;
  }

  removeHandler(handler: UpdateHandler<U, B>, group = 0): this {
    const rest = (this.#groups.get(group) ?? []).filter((candidate) => candidate !== handler);
    const groups = new Map(this.#groups);
    if (rest.length > 0) groups.set(group, rest);
    else groups.delete(group);
    this.#groups = groups;
    return this;
  }

  /** Every error goes to all error handlers, in the order of their addition. */
  addErrorHandler(handler: ErrorHandler<U, B>): this {
    this.#errorHandlers = [...this.#errorHandlers, handler];
    return this;
  }

  removeErrorHandler(handler: ErrorHandler<U, B>): this {
    this.#errorHandlers = this.#errorHandlers.filter((candidate) => candidate !== handler);
    return this;
  }

  /**
   * Takes an update in. Waiting for the returned promise inside a handler that is not asynchronous
   * would wait for that handler itself.
   *
   * @param settled called once the update is handled to the end, its tasks included
   * @returns resolves when awaited handlers are done and asynchronous ones submitted; never rejects:
   *   errors go to the error handlers
   */
  processUpdate(update: U, settled?: () => void): Promise<void> {
    return new Promise((walked) => {
      this.#inFlight += 1;
      this.#line.push({ update, walked, settled, open: 1 });
      if (!this.#isWalking) void this.#walk();
    });
  }

  /** Resolves when no update is in flight. */
  onIdle(): Promise<void> {
    return this.#inFlight === 0 ? Promise.resolve() : this.#idle.wait();
  }

  /** Drops updates whose walk has not begun and tasks that have not started, and counts them. */
  discard(): number {
    let count = 0;
    for (let entry = this.#line.shift(); entry !== undefined; entry = this.#line.shift()) {
      count += 1;
      entry.walked();
      this.#close(entry);
    }
    for (const task of this.#tasks) {
      if (task.status === "queued" && task.cancel("The updates in line were dropped.")) count += 1;
    }
    return count;
  }

  /**
   * Gives an error to the error handlers; logs it when there are none. An error of an error handler
   * is logged and not handed on.
   *
   * @returns true when an error handler threw DispatcherHandlerStop
   */
  async dispatchError(
    error: unknown,
    update?: U,
    context?: Context<U, B>,
    task?: Task<unknown>,
  ): Promise<boolean> {
    if (this.#errorHandlers.length === 0) {
      console.error("No error handler is registered for", error);
      return false;
    }
    const base = context ?? this.#contextOf(update, {});
    const erring = Object.assign(Object.create(base) as object, { error, task });
    for (const handler of this.#errorHandlers) {
      try {
        const outcome = handler(update, erring as Context<U | undefined, B>);
        if (outcome instanceof Task) outcome[reportTo](logErrorOfErrorHandler);
        else await outcome;
      } catch (failure) {
        if (failure instanceof DispatcherHandlerStop) return true;
        logErrorOfErrorHandler(failure);
      }
    }
    return false;
  }

  async #walk(): Promise<void> {
    this.#isWalking = true;
    for (let entry = this.#line.shift(); entry !== undefined; entry = this.#line.shift()) {
      const walking = this.#walkGroups(entry);
      if (walking !== undefined) await walking;
      entry.walked();
      this.#close(entry);
    }
    this.#isWalking = false;
  }

  /** Undefined when nothing has to be awaited: most updates of an asynchronous bot. */
  #walkGroups(entry: Entry<U>): Promise<void> | undefined {
    const groups = this.#groups.values();
    let isTaken = false;
    const next = (): Promise<void> | undefined => {
      for (let step = groups.next(); step.done !== true; step = groups.next()) {
        const outcome = this.#offer(entry, step.value);
        if (outcome === undefined) continue;
        isTaken = true;
        if (outcome === true) continue;
        return outcome.then((isStopped) => (isStopped ? undefined : next()));
      }
      const fallback = this.#fallback;
      if (isTaken || fallback === undefined) return undefined;
      return this.#guard(entry, undefined, async () => {
        await fallback(entry.update);
      }).then(() => undefined);
    };
    return next();
  }

  /**
   * Runs the first handler that matches: undefined when none does, true when the walk can go on at
   * once, else a promise that says whether it is to stop.
   */
  #offer(
    entry: Entry<U>,
    handlers: readonly UpdateHandler<U, B>[],
  ): undefined | true | Promise<boolean> {
    const { update } = entry;
    for (const handler of handlers) {
      let context: Context<U, B> | undefined;
      let outcome: unknown;
      try {
        const match = handler.match(update, this.username);
        if (match === undefined) continue;
        const own = (context = this.#contextOf(update, match));
        const { runAsync, sequentialBy } = handler.options;
        if (runAsync === true || sequentialBy !== undefined || unwrap(handler.callback)) {
          outcome = this.#submit(handler, update, own, sequentialBy?.(update));
        } else {
          outcome = handler.callback(update, own);
        }
      } catch (error) {
        return this.#handleError(error, entry, context);
      }
      if (outcome instanceof Task) return this.#take(outcome as Task<unknown>, entry, context);
      if (!isThenable(outcome)) return true;
      return this.#guard(entry, context, () => outcome);
    }
    return undefined;
  }

  #submit(
    handler: UpdateHandler<U, B>,
    update: U,
    context: Context<U, B>,
    keys: Parameters<typeof submitTask>[2],
  ): unknown {
    const { callback, options } = handler;
    const wrapped = unwrap(callback);
    if (wrapped !== undefined && keys === undefined)
      return wrapped.submit([update, context] as never[], handler.site);
    const name = options.name ?? (callback.name || handler.constructor.name);
    const fn = (wrapped?.fn ?? callback) as typeof callback;
    return submitTask(this.pool, () => fn(update, context), keys, name, handler.site);
  }

  #take(
    task: Task<unknown>,
    entry: Entry<U>,
    context: Context<U, B> | undefined,
  ): true | Promise<boolean> {
    entry.open += 1;
    this.#tasks.add(task);
    task[reportTo]((error) => {
      void this.dispatchError(explainStop(error), entry.update, context, task);
    });
    task[whenSettled](() => {
      this.#tasks.delete(task);
      this.#close(entry);
    });
    if (this.pool[engineOf].settings.overflow !== "block") return true;
    return task.accepted.then(
      () => false,
      () => false,
    );
  }

  async #guard(
    entry: Entry<U>,
    context: Context<U, B> | undefined,
    run: () => PromiseLike<unknown>,
  ): Promise<boolean> {
    try {
      const outcome = await run();
      if (outcome instanceof Task) await this.#take(outcome as Task<unknown>, entry, context);
      return false;
    } catch (error) {
      return this.#handleError(error, entry, context);
    }
  }

  async #handleError(
    error: unknown,
    entry: Entry<U>,
    context: Context<U, B> | undefined,
  ): Promise<boolean> {
    if (error instanceof DispatcherHandlerStop) return true;
    return this.dispatchError(error, entry.update, context);
  }

  #contextOf(update: U | undefined, { args = [], match }: Match): Context<U, B> {
    return { update: update as U, args, match, bot: this.bot, error: undefined, task: undefined };
  }

  #close(entry: Entry<U>): void {
    entry.open -= 1;
    if (entry.open > 0) return;
    this.#inFlight -= 1;
    entry.settled?.();
    if (this.#inFlight === 0) this.#idle.wake();
  }
}

function explainStop(error: unknown): unknown {
  if (!(error instanceof DispatcherHandlerStop)) return error;
  return new Error(
    "DispatcherHandlerStop was thrown by an asynchronous handler: the later groups were served already.",
    { cause: error },
  );
}

function logErrorOfErrorHandler(failure: unknown): void {
  console.error("An error handler failed:", failure);
}
