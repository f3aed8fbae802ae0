import { MalformedUpdateError } from "./errors.ts";
import type { RawUpdate } from "./update.ts";
import { untilAborted } from "./waiters.ts";

/** Apart, as the checker takes `aborted` for constant between two reads. */
export function hasFired(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** How many ids are remembered after their updates were handled. */
const REMEMBERED = 10_000;

/**
 * The gate between a source of updates and the dispatcher: it knows what was accepted, so that no
 * update is handled twice, and how much more may be fetched.
 */
export class Intake {
  readonly #limit: number;
  readonly #accept: (raw: RawUpdate, settled: () => void) => unknown;
  /** Ids in the order of their acceptance; true while the update is handled. */
  readonly #ids = new Map<number, boolean>();
  #inFlight = 0;
  readonly #waiters: (() => void)[] = [];

  constructor(limit: number, accept: (raw: RawUpdate, settled: () => void) => unknown) {
    this.#limit = limit;
    this.#accept = accept;
  }

  /** How many more updates may be accepted now. */
  get capacity(): number {
    return Math.max(0, this.#limit - this.#inFlight);
  }

  isSettled(id: number): boolean {
    return this.#ids.get(id) === false;
  }

  /**
   * Hands an update to the dispatcher, once.
   *
   * @returns resolves when it is handled to the end
   * @throws MalformedUpdateError
   */
  accept(raw: RawUpdate): Promise<void> {
    const id = (raw as Partial<RawUpdate> | null | undefined)?.update_id;
    if (typeof id !== "number") {
      throw new MalformedUpdateError("A Telegram update is an object with a numeric update_id.");
    }
    if (this.#ids.has(id)) return Promise.resolve();
    this.#ids.set(id, true);
    this.#inFlight += 1;
    return new Promise((resolve) => {
      this.#accept(raw, () => {
        this.#ids.set(id, false);
        this.#inFlight -= 1;
        this.#forgetOldest();
        resolve();
        this.#wake();
      });
    });
  }

  /** Resolves when an update settles, or at once when `signal` has fired. */
  whenSettled(signal: AbortSignal): Promise<void> {
    return untilAborted(signal, (done) => {
      this.#waiters.push(done);
      return undefined;
    });
  }

  /** Accepts all updates of a source, no faster than they are handled. */
  async consume(
    source: AsyncIterable<RawUpdate>,
    signal: AbortSignal,
    report: (error: unknown) => void,
  ): Promise<void> {
    const iterator = source[Symbol.asyncIterator]();
    const ended = untilAborted(signal).then(() => ({ done: true, value: undefined }) as const);
    try {
      while (!signal.aborted) {
        while (this.capacity === 0 && !hasFired(signal)) await this.whenSettled(signal);
        const step = await Promise.race([iterator.next(), ended]);
        if (step.done === true) break;
        try {
          void this.accept(step.value);
        } catch (error) {
          report(error);
        }
      }
      if (hasFired(signal)) void iterator.return?.();
    } catch (error) {
      report(error);
    }
  }

  #wake(): void {
    if (this.#waiters.length === 0) return;
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #forgetOldest(): void {
    if (this.#ids.size <= REMEMBERED + this.#inFlight) return;
    for (const [id, isOpen] of this.#ids) {
      if (isOpen) continue;
      this.#ids.delete(id);
      if (this.#ids.size <= REMEMBERED) return;
    }
  }
}
