import type { BotApi } from "./bot-api.ts";
import { systemClock, type Clock } from "./clock.ts";
import { nextDaily, parseDailyTime } from "./daily-time.ts";
import { TaskAbortedError } from "./errors.ts";
import { runAs } from "./ownership.ts";
import { BoundedPool } from "./pool.ts";
import { submitTask } from "./run-async.ts";
import { captureSite } from "./submission-site.ts";
import { whenSettled, type Task } from "./task.ts";
import type { Updater } from "./updater.ts";

/** What a job's callback is given. */
export interface JobContext {
  readonly job: Job;
  readonly bot: BotApi;
  /** Aborts when the job is removed, its Updater stops, or `overlap: "abort"` starts the next run. */
  readonly signal: AbortSignal;
}

export type JobCallback = (context: JobContext) => unknown;

export interface OnceOptions {
  /** Shown in reports and used by `jobsByName`; default: the name of the callback. */
  name?: string;
}

export interface RepeatingOptions extends OnceOptions {
  /** Seconds from one start to the next. */
  interval: number;
  /** Seconds until the first start. Default: `interval`. */
  first?: number;
  /**
   * When a run is due and the last one still runs: `"skip"` it (default), `"queue"` it behind, or
   * `"abort"` the running one's signal and start when that has settled. Two runs of one job never
   * overlap.
   */
  overlap?: "skip" | "queue" | "abort";
}

export interface DailyOptions extends OnceOptions {
  /** `"HH:MM"` or `"HH:MM:SS"`. */
  time: string;
  /** Days of the week, 0 is Sunday. Default: all. */
  days?: readonly number[];
  /** IANA name, for example `"Europe/Vienna"`. Default: the system's. */
  timeZone?: string;
}

export interface JobQueueOptions {
  /** Where jobs run. Default: a pool of their own with 4 workers; `updater.pool` shares it. */
  pool?: BoundedPool;
  clock?: Clock;
}

/** Something that is to run later, once or again and again. */
export class Job {
  readonly name: string;
  readonly #overlap: "skip" | "queue" | "abort";
  readonly #launch: (job: Job, signal: AbortSignal) => Task<unknown>;
  /** Of the run that is on; it may begin synchronously. */
  #running: AbortController | undefined;
  #pending = 0;
  #isRemoved = false;
  /** @internal Set by the queue: takes the job out of it. */
  onRemove: (() => void) | undefined = undefined;
  /** @internal */
  timer: unknown = undefined;
  /** When the next run is due, milliseconds since 1970; undefined when none is. */
  nextRun: number | undefined = undefined;

  /** @internal Made by JobQueue. */
  constructor(
    name: string,
    overlap: "skip" | "queue" | "abort",
    launch: (job: Job, signal: AbortSignal) => Task<unknown>,
  ) {
    this.name = name;
    this.#overlap = overlap;
    this.#launch = launch;
  }

  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** No further run starts; the signal of a running one aborts. */
  remove(): void {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    this.#pending = 0;
    this.nextRun = undefined;
    this.onRemove?.();
    this.#running?.abort(new TaskAbortedError(`Job ${this.name} was removed.`, undefined));
  }

  /** @internal The time has come. */
  due(): void {
    if (this.#running === undefined) {
      this.#start();
    } else if (this.#overlap === "queue") {
      this.#pending += 1;
    } else if (this.#overlap === "abort") {
      this.#pending = 1;
      const reason = new TaskAbortedError(`The next run of job ${this.name} is due.`, undefined);
      this.#running.abort(reason);
    }
  }

  #start(): void {
    this.#running = new AbortController();
    this.#launch(this, this.#running.signal)[whenSettled](() => {
      this.#running = undefined;
      if (this.#pending === 0 || this.#isRemoved) return;
      this.#pending -= 1;
      this.#start();
    });
  }
}

/** Longest wait for a wall-clock time before the clock is read again: it may have jumped. */
const RECHECK_MS = 60_000;

/**
 * Runs callbacks later. All intervals are seconds, as in python-telegram-bot.
 *
 * Jobs are not serialised with handlers and run on a pool of their own, so neither can delay the
 * other. Errors go to the dispatcher's error handlers. Intervals are measured on a clock that does
 * not jump; runs that were missed while the process was suspended are run once, not many times.
 */
export class JobQueue {
  readonly #updater: Updater;
  readonly #pool: BoundedPool;
  readonly #clock: Clock;
  readonly #jobs = new Set<Job>();

  constructor(updater: Updater, options: JobQueueOptions = {}) {
    this.#updater = updater;
    this.#clock = options.clock ?? systemClock;
    this.#pool =
      options.pool ??
      new BoundedPool({
        name: "jobs",
        onError: (error) => {
          void updater.dispatcher.dispatchError(error);
        },
      });
    updater.attach(this);
  }

  /** All jobs that are still to run. */
  get jobs(): readonly Job[] {
    return [...this.#jobs];
  }

  jobsByName(name: string): readonly Job[] {
    return this.jobs.filter((job) => job.name === name);
  }

  /** @param when seconds from now, or a moment; a moment in the past runs at once */
  runOnce(callback: JobCallback, when: number | Date, options: OnceOptions = {}): Job {
    const seconds = when instanceof Date ? (when.getTime() - this.#clock.now()) / 1000 : when;
    if (Number.isNaN(seconds))
      throw new RangeError("runOnce needs seconds from now, or a valid Date.");
    const job = this.#add(callback, options, "skip");
    this.#at(job, this.#clock.monotonic() + Math.max(0, seconds) * 1000, () => {
      this.#jobs.delete(job);
      job.due();
    });
    return job;
  }

  /**
   * The first run after `first` seconds (default `interval`), then one every `interval` seconds.
   *
   * @throws RangeError when `interval` is not positive or `first` is negative
   */
  runRepeating(callback: JobCallback, options: RepeatingOptions): Job {
    const { interval, first = interval, overlap = "skip" } = options;
    if (!(interval > 0))
      throw new RangeError(
        `interval must be a positive number of seconds, not ${String(interval)}`,
      );
    if (!(first >= 0)) throw new RangeError(`first must not be negative: ${String(first)}`);
    const job = this.#add(callback, options, overlap);
    const period = interval * 1000;
    const schedule = (at: number): void => {
      this.#at(job, at, () => {
        const missed = Math.floor((this.#clock.monotonic() - at) / period);
        schedule(at + (Math.max(0, missed) + 1) * period);
        job.due();
      });
    };
    schedule(this.#clock.monotonic() + first * 1000);
    return job;
  }

  /**
   * One run a day at `time` of `timeZone`.
   *
   * @throws RangeError for a time, day or zone that does not exist
   */
  runDaily(callback: JobCallback, options: DailyOptions): Job {
    const daily = parseDailyTime(options.time, options.days, options.timeZone);
    const job = this.#add(callback, options, "skip");
    const wait = (target: number): void => {
      job.nextRun = target;
      const left = target - this.#clock.now();
      if (left <= 0) {
        // from the target on, so that a clock that is set back does not run the day twice
        wait(nextDaily(daily, Math.max(target, this.#clock.now())));
        job.due();
        return;
      }
      job.timer = this.#clock.setTimeout(
        () => {
          wait(target);
        },
        Math.min(left, RECHECK_MS),
      );
    };
    wait(nextDaily(daily, this.#clock.now()));
    return job;
  }

  /** Removes all jobs and resolves when none runs. The Updater's `stop()` calls it. */
  async stop(): Promise<void> {
    for (const job of this.#jobs) job.remove();
    await this.#pool.onIdle();
  }

  #add(callback: JobCallback, options: OnceOptions, overlap: "skip" | "queue" | "abort"): Job {
    const name = options.name ?? (callback.name || "(anonymous)");
    const site = captureSite(undefined);
    const job = new Job(name, overlap, (owner, signal) => {
      const body = (): unknown => callback({ job: owner, bot: this.#updater.bot, signal });
      return runAs(this.#updater, () => submitTask(this.#pool, body, undefined, name, site));
    });
    job.onRemove = () => {
      this.#clock.clearTimeout(job.timer);
      this.#jobs.delete(job);
    };
    this.#jobs.add(job);
    return job;
  }

  /** Runs `action` at a moment of the monotonic clock, however far away. */
  #at(job: Job, moment: number, action: () => void): void {
    const left = moment - this.#clock.monotonic();
    job.nextRun = this.#clock.now() + left;
    job.timer = this.#clock.setTimeout(
      () => {
        if (moment > this.#clock.monotonic() + 0.5) this.#at(job, moment, action);
        else if (!job.isRemoved) action();
      },
      Math.min(Math.max(0, left), 2_147_483_647),
    );
  }
}
