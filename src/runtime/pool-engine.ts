import { ACTIVE, HOLDING, Links, SETTLED, WAITING, type Activity } from "./activity.ts";
import { show } from "./deadlock-chain.ts";
import {
  NestedWaitError,
  PoolClosedError,
  QueueFullError,
  TaskAbortedError,
  TaskTimeoutError,
} from "./errors.ts";
import { currentActivity, runInFrame, startTracking } from "./frames.ts";
import { Deadlines, Limits } from "./limits.ts";
import type { PoolOptions } from "./pool.ts";
import { Ring } from "./ring.ts";
import { SlotLending } from "./slot-lending.ts";
import { stallError, StallWatch } from "./stall-watch.ts";
import { loanOf, type Submission } from "./submission.ts";
import { asPromise, isThenable } from "./thenable.ts";
import { TrackedPromise, type WaitRule } from "./tracked-promise.ts";
import {
  addHolder,
  forget,
  type DeadlockPolicy,
  type DetectDeadlocks,
  type Wait,
} from "./wait-graph.ts";

/** PoolOptions with all defaults filled in. */
export type EngineSettings = Required<PoolOptions>;

interface Ended {
  readonly task: Submission;
  readonly isFailure: boolean;
  readonly value: unknown;
}

const nextTurn = Promise.resolve();

/** The machinery behind BoundedPool: slots, the queue, and what happens when a task settles. */
export class PoolEngine implements DeadlockPolicy, WaitRule {
  settings: EngineSettings;
  /** Waits are recorded: needed by detection, nested waits and back-pressure. */
  isTracking = false;
  /** Tasks in line; the ring may hold more entries, which were withdrawn or lent a slot. */
  queued = 0;
  settled = 0;
  overrunning = 0;
  isClosed = false;
  #busy = 0;
  readonly #queue = new Ring<Submission>();
  readonly #slots: (Submission | undefined)[] = [];
  readonly #free: number[] = [];
  #ended: Ended[] = [];
  #idleWaiters: (() => void)[] = [];
  readonly #stalls = new StallWatch(this);
  readonly #lending = new SlotLending(this);
  readonly #deadlines = new Deadlines<Submission>((task) => {
    const timeout = String(task.extras?.limits?.timeout);
    this.#answerEarly(task, new TaskTimeoutError(`${task.label} did not settle in ${timeout} ms.`));
  });

  constructor(settings: EngineSettings) {
    this.settings = settings;
    this.configure(settings);
  }

  configure(settings: EngineSettings): void {
    this.settings = settings;
    const { detectDeadlocks, nested, overflow } = settings;
    const isExact = nested !== "queue" || overflow === "block";
    this.isTracking ||= isExact || detectDeadlocks !== "off";
    if (this.isTracking) startTracking(isExact);
    this.#fill();
  }

  get place(): string {
    return `pool "${this.settings.name}"`;
  }
  get detectDeadlocks(): DetectDeadlocks {
    return this.settings.detectDeadlocks;
  }
  get stallAfter(): number {
    return this.settings.stallAfter;
  }
  get running(): number {
    return this.#busy;
  }
  get isSaturated(): boolean {
    return this.queued > 0 && this.#busy >= this.settings.workers;
  }

  report(error: unknown): void {
    try {
      this.settings.onError(error);
    } catch (failure) {
      console.error("The error handler of", this.place, "failed:", failure);
    }
  }

  submit(task: Submission, signal?: AbortSignal, timeout?: number, isAdopted = false): void {
    if (signal?.aborted === true) {
      this.refuse(
        task,
        new TaskAbortedError(`${task.label} was aborted before it started.`, signal.reason),
      );
      return;
    }
    if (this.isClosed) {
      this.refuse(
        task,
        new PoolClosedError(`${task.label} was submitted to ${this.place} after its close.`),
      );
      return;
    }
    const isFree = this.#busy < this.settings.workers;
    if (!isFree && this.queued >= this.settings.maxQueue) {
      const { maxQueue } = this.settings;
      const message = `${this.place} is full: ${String(this.#busy)} tasks run and ${String(maxQueue)} wait.`;
      this.refuse(task, new QueueFullError(message));
      return;
    }
    if (signal !== undefined || timeout !== undefined) this.#limit(task, signal, timeout);
    if (!isAdopted) this.adopt(task);
    if (isFree && this.queued === 0) {
      this.#occupy(task, this.#free.pop() ?? this.#slots.length);
      this.#start(task, true);
    } else {
      this.#queue.push(task);
      this.queued += 1;
      if (!isFree) this.#stalls.start();
    }
  }

  limitsOf(task: Submission): Limits {
    return task.extras?.limits ?? this.#limit(task, undefined, undefined);
  }

  /** Takes a task that has not started out of the line. */
  withdraw(task: Submission, error: unknown): void {
    this.#leaveLine(task);
    this.refuse(task, error);
    this.#acknowledge(task);
    if (this.#queue.length > 2 * this.queued + 1024) {
      this.#queue.retain((candidate) => candidate.state === WAITING);
    }
    this.#noticeIdle();
  }

  /** Aborts the signal of a running task and answers its waiter; the slot stays taken. */
  cancel(task: Submission, error: TaskAbortedError): boolean {
    if (task.state === WAITING) return task.withdraw(error);
    if (task.state !== ACTIVE || task.extras?.limits?.isAnswered === true) return false;
    this.limitsOf(task);
    this.#answerEarly(task, error);
    return true;
  }

  #limit(task: Submission, signal: AbortSignal | undefined, timeout: number | undefined): Limits {
    const limits = new Limits(signal, timeout);
    limits.onAbort = (reason) => {
      this.cancel(task, new TaskAbortedError(`${task.label} was aborted.`, reason));
    };
    task.withExtras().limits = limits;
    return limits;
  }

  /** Notes whose code submits the task. */
  adopt(task: Submission): void {
    const parent = this.isTracking ? currentActivity() : undefined;
    if (parent === undefined) return;
    (task.links ??= new Links()).parent = parent;
    if (this.settings.overflow !== "block") return;
    const holder = this.#lending.holderOf(parent);
    if (holder !== undefined) loanOf(holder).unaccepted.add(task);
  }

  #occupy(task: Submission, slot: number): void {
    this.#slots[slot] = task;
    task.slot = slot;
    this.#busy += 1;
  }

  #leaveLine(task: Submission): void {
    task.state = ACTIVE; // no longer waiting, so that the ring skips its entry
    this.queued -= 1;
  }

  /** Runs a queued task in the slot of a task that waits for it. */
  startLent(task: Submission, lender: Submission): void {
    this.#leaveLine(task);
    task.withExtras().lender = lender;
    this.#start(task, false);
  }

  #start(task: Submission, isImmediate: boolean): void {
    task.state = ACTIVE;
    task.accepted();
    if (task.links !== undefined) this.#acknowledge(task);
    if (task.extras?.limits !== undefined) this.#deadlines.add(task);
    let outcome: unknown;
    try {
      if (this.isTracking)
        outcome = isImmediate
          ? runInFrame(task, task.fn)
          : task.runInAsyncScope(runFramed, undefined, task);
      else if (isImmediate) outcome = task.fn(task);
      else outcome = task.runInAsyncScope(task.fn, undefined, task);
    } catch (error) {
      this.#settle(task, true, error);
      return;
    }
    if (isThenable(outcome)) this.#follow(task, outcome);
    else this.#settle(task, false, outcome);
  }

  #follow(task: Submission, outcome: PromiseLike<unknown>): void {
    const fulfilled = (value: unknown): void => {
      this.#finish(task, false, value);
    };
    const rejected = (reason: unknown): void => {
      this.#finish(task, true, reason);
    };
    if (outcome instanceof TrackedPromise)
      void outcome.adoptInto(task, "await", fulfilled, rejected);
    else void asPromise(outcome).then(fulfilled, rejected);
  }

  /**
   * The function returned or threw at once. Its slot is free a microtask later, as a line of such
   * tasks would otherwise recurse; one microtask serves all that ended in the same turn (Node's
   * queueMicrotask makes an AsyncResource and a bound function for each).
   */
  #settle(task: Submission, isFailure: boolean, value: unknown): void {
    this.#ended.push({ task, isFailure, value });
    if (this.#ended.length > 1) return;
    void nextTurn.then(() => {
      const ended = this.#ended;
      this.#ended = [];
      for (const { task: over, isFailure: hasFailed, value: outcome } of ended) {
        this.#finish(over, hasFailed, outcome);
      }
    });
  }

  #finish(task: Submission, isFailure: boolean, value: unknown): void {
    this.settled += 1;
    const { extras } = task;
    const limits = extras?.limits;
    if (limits !== undefined) {
      limits.release();
      if (limits.timeout !== undefined) this.#deadlines.removed();
    }
    if (limits?.isAnswered === true) this.overrunning -= 1;
    else if (isFailure) task.reject(value);
    else task.resolve(value);
    task.finished();
    if (extras?.loan !== undefined && extras.loan.unaccepted.size > 0) {
      task.state = HOLDING;
      addHolder(task);
      this.#lending.offerToUnaccepted(task);
    } else {
      this.#giveBack(task);
    }
  }

  /** The task is over: its slot goes to its lender, to the child that runs in it, or to the queue. */
  #giveBack(task: Submission): void {
    task.state = SETTLED;
    if (task.links !== undefined) forget(task);
    const { extras } = task;
    if (extras?.loan?.child !== undefined) this.#lending.transfer(task, extras.loan.child);
    else if (extras?.lender !== undefined) this.#lending.returned(extras.lender);
    else this.#refill(task.slot);
  }

  /** Makes `task` the owner of a slot that belonged to a task which is over. */
  inherit(task: Submission, slot: number): void {
    task.slot = slot;
    this.#slots[slot] = task;
  }

  #refill(slot: number): void {
    this.#slots[slot] = undefined;
    this.#busy -= 1;
    const next = this.#busy < this.settings.workers ? this.#next() : undefined;
    if (next === undefined) {
      this.#free.push(slot);
      this.#noticeIdle();
    } else {
      this.#occupy(next, slot);
      this.#start(next, false);
    }
  }

  #fill(): void {
    while (this.#busy < this.settings.workers) {
      const next = this.#next();
      if (next === undefined) return;
      this.#occupy(next, this.#free.pop() ?? this.#slots.length);
      this.#start(next, false);
    }
  }

  #next(): Submission | undefined {
    for (let task = this.#queue.shift(); task !== undefined; task = this.#queue.shift()) {
      if (task.state !== WAITING) continue;
      this.queued -= 1;
      return task;
    }
    return undefined;
  }

  #acknowledge(task: Submission): void {
    const parent = this.#lending.holderOf(task.parent);
    const unaccepted = parent?.extras?.loan?.unaccepted;
    if (parent === undefined || unaccepted?.delete(task) !== true) return;
    if (parent.state === HOLDING && unaccepted.size === 0) parent.engine.#giveBack(parent);
  }

  #answerEarly(task: Submission, error: Error): void {
    const limits = task.extras?.limits;
    if (limits === undefined || limits.isAnswered) return;
    limits.isAnswered = true;
    this.overrunning += 1;
    limits.release();
    task.reject(error);
    limits.controller.abort(error);
  }

  /** Rejects a task that will not run. */
  refuse(task: Submission, error: unknown): void {
    task.state = SETTLED;
    const limits = task.extras?.limits;
    limits?.release();
    task.reject(error);
    limits?.controller.abort(error);
    task.finished();
  }

  refusal(from: Activity): Error | undefined {
    if (this.settings.nested !== "error") return undefined;
    const holder = this.#lending.holderOf(from, this);
    if (holder === undefined) return undefined;
    return new NestedWaitError(
      `${show(holder.describe())} waits for a task of ${this.place} while it holds one of its slots. ` +
        "With every slot held by such a task none could go on: submit without waiting, or use a second pool.",
    );
  }

  began(wait: Wait): void {
    if (this.settings.nested === "inherit") this.#lending.began(wait);
  }

  resume(wait: Wait, go: () => void): void {
    this.#lending.resume(wait, go);
  }

  isHeldBy(blocked: ReadonlySet<Activity>): boolean {
    if (this.#busy < this.settings.workers) return false;
    for (const holder of this.holders()) if (!blocked.has(holder)) return false;
    return true;
  }

  *holders(): Generator<Submission> {
    for (const task of this.#slots) if (task !== undefined) yield task;
  }

  reportStall(): void {
    const running = [...this.holders()].map((task) => task.describe());
    this.report(stallError(this.place, running, this.queued, this.settings.stallAfter));
  }

  whenIdle(): Promise<void> {
    if (this.#busy === 0 && this.queued === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  close(error: (task: Submission) => unknown, isDraining: boolean): void {
    this.isClosed = true;
    if (!isDraining) this.withdrawAll(error);
  }

  withdrawAll(error: (task: Submission) => unknown): void {
    for (const task of [...this.#queue])
      if (task.state === WAITING) this.withdraw(task, error(task));
  }

  #noticeIdle(): void {
    if (this.#busy > 0 || this.queued > 0 || this.#idleWaiters.length === 0) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}

function runFramed(task: Submission): unknown {
  return runInFrame(task, task.fn);
}
