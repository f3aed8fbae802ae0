import { SETTLED, WAITING, type Activity } from "./activity.ts";
import type { TaskAbortedError } from "./errors.ts";
import type { Key, KeyedSequence } from "./keyed-sequence.ts";
import { Submission, trackedPromise } from "./submission.ts";
import type { Executor, TaskControl } from "./task.ts";
import { TrackedPromise } from "./tracked-promise.ts";

/** The submission behind a Task: it says when it starts, and may stand in line for keys first. */
export class TaskSubmission extends Submission implements TaskControl {
  onAccepted: (() => void) | undefined = undefined;
  #line: KeyLine | undefined;

  override accepted(): void {
    this.onAccepted?.();
  }

  override finished(): void {
    this.#line?.release();
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
    const line = new KeyLine();
    this.#line = line;
    const section = sequence.run(
      keys,
      () => {
        line.isPassed = true;
        this.engine.submit(this);
        return line.settled(this);
      },
      { name: this.label, signal: line.leaving.signal },
    );
    if (section instanceof TrackedPromise) line.section = section.target;
    section.catch(() => undefined); // the task's own promise carries the outcome
  }

  override withdraw(error: unknown): boolean {
    if (!this.#isInLine) return super.withdraw(error);
    this.#line?.leaving.abort(error);
    this.engine.refuse(this, error);
    return true;
  }

  override isObstructedBy(blocked: ReadonlySet<Activity>): boolean {
    const section = this.#line?.section;
    if (section?.state === WAITING) return section.isObstructedBy(blocked);
    return super.isObstructedBy(blocked);
  }

  override obstacles(): Iterable<Activity> {
    const section = this.#line?.section;
    return section?.state === WAITING ? section.obstacles() : super.obstacles();
  }

  override get place(): string {
    const section = this.#line?.section;
    return section?.state === WAITING ? section.place : super.place;
  }

  get #isInLine(): boolean {
    return this.state === WAITING && this.#line?.isPassed === false;
  }
}

/** The part of a keyed task before the pool. */
class KeyLine {
  readonly leaving = new AbortController();
  /** The keys are held; the task is in the pool's hands. */
  isPassed = false;
  section: Activity | undefined = undefined;
  release: () => void = () => undefined;

  /** Settles with the function, tracked so that a deadlock is followed through the keys. */
  settled(task: Submission): Promise<void> {
    if (task.state === SETTLED) return Promise.resolve(); // refused at once
    // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- it resolves with nothing
    return trackedPromise<void>(task, (resolve) => {
      this.release = resolve;
    });
  }
}
