import { show } from "./deadlock-chain.ts";
import { PoolStalledError, type TaskInfo } from "./errors.ts";
import { LateCheck } from "./late-check.ts";

const TICKS = 4;

interface Watched {
  /** Every slot is busy and tasks wait. */
  readonly isSaturated: boolean;
  /** Grows whenever a task settles. */
  readonly settled: number;
  readonly stallAfter: number;
  reportStall(): void;
}

const watches = new Set<StallWatch>();

/** All watches that run now; the explorer silences those of a schedule that it has ended. */
export function stallWatches(): ReadonlySet<StallWatch> {
  return watches;
}

/**
 * Reports once when a saturated pool has settled nothing for `stallAfter` milliseconds. It looks
 * four times in that span instead of taking the time of every settlement, so a report may come up
 * to a quarter late.
 */
export class StallWatch {
  readonly #pool: Watched;
  #seen = 0;
  #idleTicks = 0;
  #hasReported = false;
  readonly #check = new LateCheck((atExit) => {
    this.#tick(atExit);
  });

  constructor(pool: Watched) {
    this.#pool = pool;
  }

  /** The pool is saturated. */
  start(): void {
    if (this.#check.isArmed || this.#pool.stallAfter === Infinity) return;
    this.#seen = this.#pool.settled;
    this.#idleTicks = 0;
    this.#hasReported = false;
    this.#arm();
  }

  silence(): void {
    this.#check.disarm();
    watches.delete(this);
  }

  #arm(): void {
    watches.add(this);
    this.#check.arm(Math.max(1, this.#pool.stallAfter / TICKS));
  }

  #tick(atExit: boolean): void {
    watches.delete(this);
    const pool = this.#pool;
    if (!pool.isSaturated) return;
    if (pool.settled !== this.#seen) {
      this.#seen = pool.settled;
      this.#idleTicks = 0;
      this.#hasReported = false;
    } else {
      this.#idleTicks += 1;
      if ((this.#idleTicks >= TICKS || atExit) && !this.#hasReported) {
        this.#hasReported = true;
        pool.reportStall();
      }
    }
    if (!atExit) this.#arm();
  }
}

export function stallError(
  place: string,
  running: readonly TaskInfo[],
  queued: number,
  stallAfter: number,
): PoolStalledError {
  const lines = running.map((info) => `\n  ${show(info)}`).join("");
  const message =
    `${place} stands still: all ${String(running.length)} slots are busy, ${String(queued)} ` +
    `tasks wait and nothing has settled for ${String(stallAfter)} ms. Running:${lines}`;
  return new PoolStalledError(message, running, queued);
}
