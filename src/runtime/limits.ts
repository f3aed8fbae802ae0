/** The signal of one task and what ends it early; a task without either has no such object. */
export class Limits {
  readonly controller = new AbortController();
  readonly timeout: number | undefined;
  /** The waiter was answered already; only the slot is still taken. */
  isAnswered = false;
  readonly #outer: AbortSignal | undefined;
  readonly #listener: () => void;

  constructor(
    outer: AbortSignal | undefined,
    timeout: number | undefined,
    aborted: (reason: unknown) => void,
  ) {
    this.timeout = timeout;
    this.#outer = outer;
    this.#listener = () => {
      aborted(outer?.reason);
    };
    outer?.addEventListener("abort", this.#listener, { once: true });
  }

  /** Lets go of the outer signal, which may live longer than the task. */
  release(): void {
    this.#outer?.removeEventListener("abort", this.#listener);
  }
}

/** Above it, setTimeout fires at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Deadlines of running tasks under one timer, which is set for the earliest of them and left alone
 * when that task settles in time: a timer per task would cost more than most tasks.
 */
export class Deadlines<T> {
  readonly #deadlines = new Map<T, number>();
  readonly #late: (task: T) => void;
  #firesAt = Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(late: (task: T) => void) {
    this.#late = late;
  }

  add(task: T, timeout: number): void {
    const deadline = performance.now() + timeout;
    this.#deadlines.set(task, deadline);
    if (deadline < this.#firesAt) this.#arm(deadline);
    this.#timer?.ref();
  }

  delete(task: T): void {
    if (this.#deadlines.delete(task) && this.#deadlines.size === 0) this.#timer?.unref();
  }

  #expire(): void {
    const now = performance.now();
    let next = Infinity;
    this.#firesAt = Infinity;
    for (const [task, deadline] of this.#deadlines) {
      if (deadline > now) {
        next = Math.min(next, deadline);
      } else {
        this.#deadlines.delete(task);
        this.#late(task);
      }
    }
    if (next < this.#firesAt) this.#arm(next);
  }

  #arm(at: number): void {
    clearTimeout(this.#timer);
    this.#firesAt = at;
    const delay = Math.min(Math.max(1, Math.ceil(at - performance.now())), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => {
      this.#expire();
    }, delay);
  }
}
