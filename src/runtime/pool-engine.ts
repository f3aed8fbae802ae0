import { ACTIVE, HOLDING, SETTLED, WAITING, type Activity } from "./activity.ts";
import { show } from "./deadlock-chain.ts";
import {
  NestedWaitError,
  PoolClosedError,
  QueueFullError,
  TaskAbortedError,
  TaskTimeoutError,
} from "./errors.ts";
import { startTracking } from "./frames.ts";
import { Deadlines, Limits } from "./limits.ts";
import type { PoolOptions } from "./pool.ts";
import { Ring } from "./ring.ts";
import { SlotLending } from "./slot-lending.ts";
import { stallError, StallWatch } from "./stall-watch.ts";
import { accepted } from "./task.ts";
import type { Submission } from "./submission.ts";
import { follow, isThenable } from "./tracked-promise.ts";
import { Waiters } from "./waiters.ts";
import {
  addHolder,
  forget,
  type DetectDeadlocks,
  type Wait,
  type WaitPolicy,
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
export class PoolEngine implements WaitPolicy {
  settings: EngineSettings;
  /** Waits are recorded: needed by detection, nested waits and back-pressure. */
  isTracking = false;
  /** Tasks in line; the ring may hold more entries, which were withdrawn or lent a slot. */
  queued = 0;
  settled = 0;
  overrunning = 0;
  isClosed = false;
  readonly #queue = new Ring<Submission>();
  /** The tasks that have a slot; each knows its index. */
  readonly #slots: Submission[] = [];
  #ended: Ended[] = [];
  readonly #idle = new Waiters();
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
    return this.#slots.length;
  }
  get isSaturated(): boolean {
    return this.queued > 0 && this.running >= this.settings.workers;
  }

  report(error: unknown): void {
    try {
      this.settings.onError(error);
    } catch (failure) {
      console.error("The error handler of", this.place, "failed:", failure);
    }
  }

  submit(task: Submission, signal?: AbortSignal, timeout?: number): void {
    const isFree = this.running < this.settings.workers;
    const refusal = this.#refusalOf(task, isFree, signal);
    if (refusal !== undefined) {
      this.refuse(task, refusal);
      return;
    }
    if (signal !== undefined || timeout !== undefined) this.#limit(task, signal, timeout);
    if (isFree && this.queued === 0) {
      this.#occupy(task);
      this.#start(task, true);
    } else {
      this.#queue.push(task);
      this.queued += 1;
      if (!isFree) this.#stalls.start();
    }
  }

  #refusalOf(
    task: Submission,
    isFree: boolean,
    signal: AbortSignal | undefined,
  ): Error | undefined {
    if (signal?.aborted === true)
      return new TaskAbortedError(`${task.label} was aborted before it started.`, signal.reason);
    if (this.isClosed)
      return new PoolClosedError(`${task.label} was submitted to ${this.place} after its close.`);
    if (isFree || this.queued < this.settings.maxQueue) return undefined;
    const counts = `${String(this.running)} tasks run and ${String(this.queued)} wait`;
    return new QueueFullError(`${this.place} is full: ${counts}.`);
  }

  limitsOf(task: Submission): Limits {
    return task.extras?.limits ?? this.#limit(task, undefined, undefined);
  }

  /** Takes a task that has not started out of the line. */
  withdraw(task: Submission, error: unknown): void {
    this.#leaveLine(task);
    this.refuse(task, error);
    if (this.#queue.length > 2 * this.queued + 1024) {
      this.#queue.retain((candidate) => candidate.state === WAITING);
    }
    this.#noticeIdle();
  }

  /** Aborts the signal of a running task and answers its waiter; the slot stays taken. */
  cancel(task: Submission, error: TaskAbortedError): boolean {
    if (task.state === WAITING) return task.withdraw(error);
    if (task.state !== ACTIVE || this.limitsOf(task).isAnswered) return false;
    this.#answerEarly(task, error);
    return true;
  }

  #limit(task: Submission, signal: AbortSignal | undefined, timeout: number | undefined): Limits {
    return (task.withExtras().limits = new Limits(signal, timeout, (reason) => {
      this.cancel(task, new TaskAbortedError(`${task.label} was aborted.`, reason));
    }));
  }

  /** Notes whose code submits the task. */
  adopt(task: Submission): void {
    task.adopt();
    if (this.settings.overflow === "block")
      this.#lending.holderOf(task.parent)?.withLoan().unaccepted.add(task);
  }

  #occupy(task: Submission): void {
    task.slot = this.#slots.push(task) - 1;
  }

  #vacate(slot: number): void {
    const last = this.#slots.pop();
    if (last !== undefined && slot < this.#slots.length) this.takeOver(last, slot);
  }

  /** Gives `task` the slot of a task that is over. */
  takeOver(task: Submission, slot: number): void {
    this.#slots[slot] = task;
    task.slot = slot;
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
    const { extras } = task;
    extras?.task?.[accepted]();
    if (task.links !== undefined) this.#acknowledge(task);
    if (extras?.limits?.timeout !== undefined) this.#deadlines.add(task, extras.limits.timeout);
    let outcome: unknown;
    try {
      outcome = task.start(isImmediate);
    } catch (error) {
      this.#settle(task, true, error);
      return;
    }
    if (!isThenable(outcome)) {
      this.#settle(task, false, outcome);
      return;
    }
    follow(
      task,
      outcome,
      (value) => {
        this.#finish(task, false, value);
      },
      (reason) => {
        this.#finish(task, true, reason);
      },
    );
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
    if (limits?.isAnswered === true) {
      this.overrunning -= 1;
    } else {
      if (limits !== undefined) this.#release(task, limits);
      if (isFailure) task.reject(value);
      else task.resolve(value);
    }
    if (extras?.keys !== undefined) task.releaseKeys();
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
    else {
      this.#vacate(task.slot);
      this.#fill();
      this.#noticeIdle();
    }
  }

  #fill(): void {
    while (this.running < this.settings.workers) {
      const next = this.#next();
      if (next === undefined) return;
      this.#occupy(next);
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
    this.#release(task, limits);
    task.reject(error);
    limits.controller.abort(error);
  }

  #release(task: Submission, limits: Limits): void {
    limits.release();
    if (limits.timeout !== undefined) this.#deadlines.delete(task);
  }

  /** Rejects a task that will not run. */
  refuse(task: Submission, error: unknown): void {
    task.state = SETTLED;
    const limits = task.extras?.limits;
    limits?.release();
    task.reject(error);
    limits?.controller.abort(error);
    task.releaseKeys();
    if (task.links !== undefined) this.#acknowledge(task);
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
    if (this.running < this.settings.workers) return false;
    return this.#slots.every((holder) => blocked.has(holder));
  }

  holders(): readonly Submission[] {
    return this.#slots;
  }

  reportStall(): void {
    const running = this.#slots.map((task) => task.describe());
    this.report(stallError(this.place, running, this.queued, this.settings.stallAfter));
  }

  whenIdle(): Promise<void> {
    return this.running === 0 && this.queued === 0 ? Promise.resolve() : this.#idle.wait();
  }

  withdrawAll(error: (task: Submission) => unknown): void {
    for (const task of [...this.#queue])
      if (task.state === WAITING) this.withdraw(task, error(task));
  }

  #noticeIdle(): void {
    if (this.running === 0 && this.queued === 0) this.#idle.wake();
  }
}
