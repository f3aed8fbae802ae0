/**
 * `nested: "inherit"`: a task that waits for a queued task of its own pool lends it its slot.
 *
 * One child at a time runs in a lent slot. When it settles, the slot is back before anybody learns
 * the outcome, so a parent that goes on after `Promise.race` holds its slot again; outcomes of tasks
 * that ran elsewhere meanwhile are handed over only then. Because a parent cannot be stopped when a
 * promise from outside the pool (a timer) wakes it, such a parent may run beside its child; the
 * slot still counts once, and passes to the child when the parent ends first.
 */
import { HOLDING, SETTLED, WAITING, type Activity } from "./activity.ts";
import type { PoolEngine } from "./pool-engine.ts";
import { Submission, type Loan } from "./submission.ts";
import type { Wait } from "./wait-graph.ts";

export class SlotLending {
  readonly #engine: PoolEngine;

  constructor(engine: PoolEngine) {
    this.#engine = engine;
  }

  /**
   * The task whose slot the code of `activity` runs in: the activity itself, or the task around a
   * section under keys. With `engine`, only a task of that pool.
   */
  holderOf(activity: Activity | undefined, engine?: PoolEngine): Submission | undefined {
    let at = activity;
    while (at !== undefined && !(at instanceof Submission)) at = at.parent;
    if (at === undefined || at.state === SETTLED) return undefined;
    return engine === undefined || at.engine === engine ? at : undefined;
  }

  began(wait: Wait): void {
    const holder = this.holderOf(wait.from, this.#engine);
    if (holder === undefined || !(wait.to instanceof Submission)) return;
    if (wait.to.engine !== this.#engine || wait.to.state !== WAITING) return;
    holder.withLoan().wanted.push(wait);
    this.#lendNext(holder);
  }

  resume(wait: Wait, go: () => void): void {
    const holder = this.holderOf(wait.from, this.#engine);
    const loan = holder?.extras?.loan;
    // an element of Promise.all does not wake the parent alone, so it need not wait for the slot
    if (loan?.child === undefined || wait.kind === "all") go();
    else loan.deliveries.push(go);
  }

  /** A task that holds its slot for acceptances lends it to the submissions it waits for. */
  offerToUnaccepted(holder: Submission): void {
    if (this.#engine.settings.nested === "inherit") this.#lendNext(holder);
  }

  /** The child that ran in `lender`'s slot is over. */
  returned(lender: Submission): void {
    const loan = lender.extras?.loan;
    if (loan === undefined) return;
    loan.child = undefined;
    // the reactions to the child's outcome come first: they may end the waits that stand in line
    queueMicrotask(() => {
      if (loan.child !== undefined) return;
      for (const deliver of loan.deliveries.splice(0)) deliver();
      this.#lendNext(lender);
    });
  }

  /** `task` is over while `child` runs in its slot: the slot is the child's now. */
  transfer(task: Submission, child: Submission): void {
    const lender = task.extras?.lender;
    child.withExtras().lender = lender;
    if (lender !== undefined) lender.withLoan().child = child;
    else this.#engine.takeOver(child, task.slot);
    for (const deliver of task.extras?.loan?.deliveries.splice(0) ?? []) deliver();
  }

  #lendNext(holder: Submission): void {
    const loan = holder.extras?.loan;
    if (loan === undefined || loan.child !== undefined || holder.state === SETTLED) return;
    const next = this.#nextChild(holder, loan);
    if (next === undefined) return;
    loan.child = next;
    this.#engine.startLent(next, holder);
  }

  #nextChild(holder: Submission, loan: Loan): Submission | undefined {
    for (let wait = loan.wanted.shift(); wait !== undefined; wait = loan.wanted.shift()) {
      const { from, to } = wait;
      if (to.state === WAITING && from.waits?.has(wait) === true && to instanceof Submission)
        return to;
    }
    if (holder.state !== HOLDING) return undefined;
    for (const child of loan.unaccepted) {
      if (child.engine === this.#engine && child.state === WAITING) return child;
    }
    return undefined;
  }
}
