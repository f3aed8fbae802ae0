import { ACTIVE, SETTLED, WAITING, type Activity } from "./activity.ts";
import type { TaskAbortedError } from "./errors.ts";
import type { Key, KeyedSequence, Section } from "./keyed-sequence.ts";
import type { PoolEngine } from "./pool-engine.ts";
import type { Site } from "./submission-site.ts";
import { Submission, trackedPromise, type TaskFunction } from "./submission.ts";
import type { Executor, TaskControl } from "./task.ts";

/** The submission behind a Task: it says when it starts, and may stand in line for keys first. */
export class TaskSubmission extends Submission implements TaskControl {
  declare onAccepted: (() => void) | undefined;
  /** The keys in front of the pool. */
  declare keys: Section | undefined;

  constructor(
    engine: PoolEngine,
    fn: TaskFunction<unknown>,
    name: string | undefined,
    site: Site | undefined,
  ) {
    super(engine, fn, name, site);
    this.onAccepted = undefined;
    this.keys = undefined;
  }

  override accepted(): void {
    this.onAccepted?.();
  }

  override finished(): void {
    if (this.keys?.state === ACTIVE) this.keys.sequence.release(this.keys);
  }

  promise<T>(executor: Executor<T>): Promise<T> {
    return this.engine.isTracking ? trackedPromise(this, executor) : new Promise<T>(executor);
  }

  report(error: unknown): void {
    this.engine.report(error);
  }

  cancel(error: TaskAbortedError): boolean {
    return this.#isInLine ? this.withdraw(error) : this.engine.cancel(this, error);
  }

  /**
   * Waits for `keys` and enters the pool then. The keys are kept until the function has settled,
   * even when its waiter was answered earlier: the next call of the key must not run beside it.
   */
  lineUp(sequence: KeyedSequence, keys: Key | readonly Key[]): void {
    this.engine.adopt(this); // now, while the code of the submitter runs
    const section = sequence.hold(keys, this, () => {
      this.engine.submit(this, undefined, undefined, true);
    });
    this.keys = section;
    // submitted and refused, or ended, before there was a section to release
    if (this.state === SETTLED && section.state === ACTIVE) sequence.release(section);
  }

  override withdraw(error: unknown): boolean {
    if (!this.#isInLine) return super.withdraw(error);
    this.keys?.withdraw(error);
    this.engine.refuse(this, error);
    return true;
  }

  override isObstructedBy(blocked: ReadonlySet<Activity>): boolean {
    return this.#line?.isObstructedBy(blocked) ?? super.isObstructedBy(blocked);
  }

  override obstacles(): Iterable<Activity> {
    return this.#line?.obstacles() ?? super.obstacles();
  }

  override get place(): string {
    return this.#line?.place ?? super.place;
  }

  /** The keys, while they are waited for. */
  get #line(): Section | undefined {
    return this.keys?.state === WAITING ? this.keys : undefined;
  }

  get #isInLine(): boolean {
    return this.state === WAITING && this.#line !== undefined;
  }
}
