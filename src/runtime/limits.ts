import { Ring } from "./ring.ts";

/** Signal and deadline of one task; tasks without either have no such object. */
export class Limits {
  readonly controller = new AbortController();
  readonly timeout: number | undefined;
  /** Performance time at which the running task is late. */
  deadline = Infinity;
  /** The waiter was answered already; only the slot is still taken. */
  isAnswered = false;
  /** What the waiter is told when the signal fires or the deadline passes. */
  onAbort: ((error: unknown) => void) | undefined = undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #listener = (): void => {
    this.onAbort?.(this.#signal?.reason);
  };

  constructor(signal: AbortSignal | undefined, timeout: number | undefined) {
    this.#signal = signal;
    this.timeout = timeout;
    signal?.addEventListener("abort", this.#listener, { once: true });
  }

  release(): void {
    this.deadline = Infinity;
    this.onAbort = undefined;
    this.#signal?.removeEventListener("abort", this.#listener);
  }
}

/** Above it, setTimeout fires at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

interface Deadlined {
  readonly extras: { readonly limits: Limits | undefined } | undefined;
}

/**
 * Deadlines of running tasks under one timer. Tasks with equal timeouts pass their deadlines in
 * the order of their starts, so a queue per timeout is always sorted (the design of Node's own
 * timer lists).
 */
export class Deadlines<T extends Deadlined> {
  readonly #lists = new Map<number, Ring<T>>();
  readonly #late: (task: T) => void;
  #nextAt = Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(late: (task: T) => void) {
    this.#late = late;
  }

  add(task: T): void {
    const limits = task.extras?.limits;
    if (limits?.timeout === undefined) return;
    limits.deadline = performance.now() + limits.timeout;
    let list = this.#lists.get(limits.timeout);
    if (list === undefined) this.#lists.set(limits.timeout, (list = new Ring()));
    list.push(task);
    if (limits.deadline < this.#nextAt) this.#rearm(limits.deadline);
  }

  /** A task settled: when it was the last one with a deadline, the timer goes, too. */
  removed(): void {
    for (const [timeout, list] of this.#lists) {
      while (list.length > 0 && list.peek()?.extras?.limits?.deadline === Infinity) list.shift();
      if (list.length === 0) this.#lists.delete(timeout);
    }
    if (this.#lists.size > 0) return;
    clearTimeout(this.#timer);
    this.#nextAt = Infinity;
  }

  #expire(): void {
    const now = performance.now();
    let next = Infinity;
    for (const [timeout, list] of this.#lists) {
      for (let head = list.peek(); head !== undefined; head = list.peek()) {
        const deadline = head.extras?.limits?.deadline ?? Infinity;
        if (deadline !== Infinity && deadline > now) {
          next = Math.min(next, deadline);
          break;
        }
        list.shift();
        if (deadline !== Infinity) this.#late(head);
      }
      if (list.length === 0) this.#lists.delete(timeout);
    }
    this.#nextAt = Infinity;
    if (next !== Infinity) this.#rearm(next);
  }

  #rearm(at: number): void {
    clearTimeout(this.#timer);
    this.#nextAt = at;
    const delay = Math.max(1, Math.ceil(at - performance.now()));
    this.#timer = setTimeout(
      () => {
        this.#expire();
      },
      Math.min(delay, LONGEST_TIMER_MS),
    );
  }
}
