import type { Clock } from "../clock.ts";
import { realTime } from "../real-time.ts";

interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that moves only when a test says so: `new JobQueue(updater, { clock })`. */
export class FakeClock implements Clock {
  #now: number;
  #monotonic = 0;
  readonly #alarms = new Set<Alarm>();

  /** @param now the wall-clock time to begin with */
  constructor(now: number | Date | string = 0) {
    this.#now = new Date(now).getTime();
    if (Number.isNaN(this.#now))
      throw new RangeError(`FakeClock cannot read the time ${String(now)}`);
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimeout(callback: () => void, ms: number): unknown {
    const alarm = { at: this.#monotonic + Math.max(0, ms), callback };
    this.#alarms.add(alarm);
    return alarm;
  }

  clearTimeout(handle: unknown): void {
    this.#alarms.delete(handle as Alarm);
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** Moves both clocks on; timers on the way fire in order, each followed by a turn of the event loop. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    for (;;) {
      await settle();
      const next = [...this.#alarms]
        .filter((alarm) => alarm.at <= end)
        .sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#alarms.delete(next);
      this.#move(next.at);
      next.callback();
    }
    this.#move(end);
    await settle();
  }

  /** Sets the wall clock, as an administrator or a time server would; no timer fires. */
  jump(to: number | Date | string): void {
    this.#now = new Date(to).getTime();
  }

  #move(to: number): void {
    const step = Math.max(0, to - this.#monotonic);
    this.#monotonic += step;
    this.#now += step;
  }
}

/** Two turns of the event loop: what needs no clock has then happened. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++)
    await new Promise((resolve) => realTime.setImmediate(resolve));
}
