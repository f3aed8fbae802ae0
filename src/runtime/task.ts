import { TaskAbortedError } from "./errors.ts";
import { realTime } from "./real-time.ts";
import type { Submission } from "./submission.ts";
import { promiseAbout, promiseOf, TrackedPromise } from "./tracked-promise.ts";

export type TaskStatus = "queued" | "running" | "fulfilled" | "rejected" | "cancelled";

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Names the method that the pool calls when the task takes its slot. */
export const accepted = Symbol("accepted");

/** Names the method with which the dispatcher claims the errors of a task. */
export const reportTo = Symbol("reportTo");

/** Names the method with which the dispatcher learns that a task is over. */
export const whenSettled = Symbol("whenSettled");

/**
 * The handle of a call of a `runAsync` function.
 *
 * It is not thenable on purpose: frameworks await what a handler returns, and would wait for the
 * task. `await task` therefore gives the task itself at once; only `await task.result` waits.
 */
export class Task<R> {
  #status: TaskStatus = "queued";
  #isAsked = false;
  readonly #submission: Submission;
  readonly #promise: Promise<R>;
  #accepted: Deferred | undefined;
  #settled: (() => void) | undefined;
  #report: ((error: unknown) => void) | undefined;
  #error: unknown;

  /** @internal The submission is to enter its pool or line then. */
  constructor(submission: Submission) {
    this.#submission = submission;
    this.#promise = promiseOf<R>(submission);
    submission.withExtras().task = this;
    this.#promise.then(
      () => {
        this.#status = "fulfilled";
        this.#settled?.();
      },
      (error: unknown) => {
        this.#fail(error);
        this.#settled?.();
      },
    );
  }

  get status(): TaskStatus {
    return this.#status;
  }

  /** Resolves when the task has taken its slot; rejects when it never will. */
  get accepted(): Promise<void> {
    if (this.#status === "running" || this.#status === "fulfilled") return Promise.resolve();
    this.#accepted ??= deferred(this.#submission);
    if (this.#status !== "queued") this.#accepted.reject(this.#error);
    return this.#accepted.promise;
  }

  /**
   * The outcome. Asking for it makes the caller responsible for a failure, and waiting for it
   * inside a task of the same pool is a nested wait: see `nested` and `detectDeadlocks`.
   */
  get result(): Promise<R> {
    this.#isAsked = true;
    const promise = this.#promise;
    return promise instanceof TrackedPromise ? promise.fork() : promise.then((value) => value);
  }

  /**
   * Withdraws the task when it has not started, else aborts its signal and rejects its waiters with
   * TaskAbortedError; the slot stays taken until the function settles.
   *
   * @returns false when the task had settled already
   */
  cancel(reason?: unknown): boolean {
    if (this.#status === "fulfilled" || this.#status === "rejected") return false;
    const { engine, label } = this.#submission;
    return engine.cancel(this.#submission, new TaskAbortedError(`${label} was cancelled.`, reason));
  }

  /** Calls `fn` with the error if the task fails. Returns this task, and waits for nothing. */
  catch(fn: (error: unknown) => unknown): this {
    this.#isAsked = true;
    this.#promise.then(undefined, fn).then(undefined, (failure: unknown) => {
      this.#submission.engine.report(failure);
    });
    return this;
  }

  /** @internal */
  [accepted](): void {
    this.#status = "running";
    this.#accepted?.resolve();
  }

  /** @internal Where an error goes that nobody asked for; the dispatcher claims those of its handlers. */
  [reportTo](report: (error: unknown) => void): void {
    this.#report = report;
  }

  /** @internal One callback; to be set in the turn of the submission. */
  [whenSettled](callback: () => void): void {
    this.#settled = callback;
  }

  #fail(error: unknown): void {
    const hasStarted = this.#status === "running";
    this.#status = error instanceof TaskAbortedError ? "cancelled" : "rejected";
    if (!hasStarted) this.#accepted?.reject(error);
    this.#error = error;
    // a deliberate cancellation is no failure; everything else must reach somebody
    if (this.#isAsked || this.#status === "cancelled") return;
    realTime.setImmediate(() => {
      if (this.#isAsked) return;
      if (this.#report === undefined) this.#submission.engine.report(error);
      else this.#report(error);
    });
  }
}

function deferred(submission: Submission): Deferred {
  let settle: Omit<Deferred, "promise"> | undefined;
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- it resolves with nothing
  const promise = promiseAbout<void>(submission, (resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => undefined); // who asked for `accepted` only may ignore the failure
  return { promise, ...(settle as Omit<Deferred, "promise">) };
}
