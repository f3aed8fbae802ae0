/** Of one phase, in milliseconds. */
export interface Statistics {
  readonly min: number;
  readonly median: number;
  /** The nearest rank: 95 of 100 samples took this long or less. */
  readonly p95: number;
  /** Mean difference of successive samples, as ping programs give it. */
  readonly jitter: number;
}

/** @throws RangeError without samples */
export function statisticsOf(samples: readonly number[]): Statistics {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = (share: number): number => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    if (value === undefined) throw new RangeError("There are no samples.");
    return value;
  };
  const steps = samples.slice(1).map((sample, index) => Math.abs(sample - (samples[index] ?? 0)));
  const sum = steps.reduce((total, step) => total + step, 0);
  return {
    min: rank(0),
    median: rank(0.5),
    p95: rank(0.95),
    jitter: steps.length === 0 ? 0 : sum / steps.length,
  };
}

export type Verdict = "very good" | "good" | "not recommended";

/** The marks of python-telegram-bot's guide on performance, in milliseconds. */
const VERY_GOOD = 15;
const GOOD = 50;

export function verdictOn(milliseconds: number): Verdict {
  if (milliseconds <= VERY_GOOD) return "very good";
  return milliseconds <= GOOD ? "good" : "not recommended";
}

/** Workers are planned so that on average not more than two thirds of them are busy. */
const BUSY = 2 / 3;

export interface WorkersAdvice {
  /** Tasks under way on average. */
  readonly busy: number;
  readonly needed: number;
}

/**
 * How many workers a load asks for, by Little's law: tasks under way = rate × time each (J. D. C. Little, "A Proof
 * for the Queuing Formula L = λW", 1961).
 *
 * @param rate updates per second
 * @param service milliseconds that a task takes
 */
export function workersFor(rate: number, service: number): WorkersAdvice {
  const busy = (rate * service) / 1000;
  // Rounding first keeps 2.0000000000000004 from asking for one more.
  return { busy, needed: Math.max(1, Math.ceil(Number((busy / BUSY).toFixed(9)))) };
}
