import { ACTIVE, Activity, Links, SETTLED, WAITING } from "./activity.ts";
import { TaskAbortedError } from "./errors.ts";
import { currentActivity, runInFrame, startTracking } from "./frames.ts";
import { recordSite, type Site } from "./submission-site.ts";
import { asPromise } from "./thenable.ts";
import { TrackedPromise } from "./tracked-promise.ts";
import { forget, isStuck, type DeadlockPolicy, type DetectDeadlocks } from "./wait-graph.ts";

/** Numbers and strings name the same key when they print alike: `42` and `"42"`. */
export type Key = string | number;

/**
 * Holds keys on behalf of a KeyedSequence in more than one process, for example in Redis.
 *
 * `acquire` resolves once ALL keys are held and nobody else holds any of them, with a function that
 * gives them back; it must take them without deadlock whatever their order (all at once, or
 * sorted), serve in the order of the calls as far as it can, and reject when the signal fires.
 */
export interface KeyStore {
  acquire(
    keys: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<() => void | Promise<void>>;
}

export interface SequenceOptions {
  /** Where keys are held. Default: this process; such a lock protects nothing from other processes. */
  store?: KeyStore;
  /** As in PoolOptions. Only waits inside this process are seen. */
  detectDeadlocks?: DetectDeadlocks;
  /** Told about deadlocks between sections. Default: console.error. */
  onError?: (error: unknown) => void;
}

export interface SectionOptions {
  /** Leaves the line when it fires; a section that has started is not stopped. */
  signal?: AbortSignal;
  /** Shown in reports; default: the name of the function. */
  name?: string;
}

/** One place in the line of one key. The map of a sequence holds the last place of every line. */
interface Place {
  /** Absent for a key that was free, where no report will ask who holds it. */
  readonly section: Section | undefined;
  readonly key: string;
  ahead: Place | undefined;
  next: Place | undefined;
}

/** A function that runs, or a task that is handed to a pool, while keys are held. */
export class Section extends Activity {
  // declared and assigned once: 100,000 of them may wait
  declare readonly sequence: KeyedSequence;
  declare readonly fn: () => unknown;
  declare readonly name: string | undefined;
  declare first: Place | undefined;
  declare others: Place[] | undefined;
  /** Lines in which somebody is still ahead. */
  declare behind: number;
  /** The task that holds the keys, where it is not the section's own function. */
  declare readonly delegate: Activity | undefined;
  declare resolve: ((value: unknown) => void) | undefined;
  declare reject: ((reason: unknown) => void) | undefined;
  declare onAbort: (() => void) | undefined;

  constructor(
    sequence: KeyedSequence,
    fn: () => unknown,
    name: string | undefined,
    delegate: Activity | undefined,
    site: Site | undefined,
  ) {
    super(site);
    this.sequence = sequence;
    this.fn = fn;
    this.name = name;
    this.first = undefined;
    this.others = undefined;
    this.behind = 0;
    this.delegate = delegate;
    this.resolve = undefined;
    this.reject = undefined;
    this.onAbort = undefined;
  }

  get label(): string {
    return this.name ?? (this.fn.name || "(anonymous)");
  }
  get place(): string {
    const keys = [...this.places()].map(({ key }) => `"${key}"`);
    return `${keys.length === 1 ? "key" : "keys"} ${keys.join(", ")}`;
  }
  get policy(): DeadlockPolicy {
    return this.sequence;
  }

  *places(): Generator<Place> {
    if (this.first !== undefined) yield this.first;
    if (this.others !== undefined) yield* this.others;
  }

  isObstructedBy(blocked: ReadonlySet<Activity>): boolean {
    for (const holder of this.obstacles()) if (isStuck(holder, blocked)) return true;
    return false;
  }

  *obstacles(): Generator<Activity> {
    for (const { ahead } of this.places()) {
      const holder = ahead?.section;
      if (holder !== undefined) yield holder.delegate ?? holder;
    }
  }

  withdraw(error: unknown): boolean {
    if (this.state !== WAITING) return false;
    this.state = SETTLED;
    this.reject?.(error);
    this.sequence.release(this);
    return true;
  }
}

/**
 * Runs functions of one key one after another, in the order of the calls, and functions of
 * different keys side by side.
 *
 * A section that names several keys enters all their lines in one step and starts when it is first
 * in each, so sections cannot deadlock over the order of their keys. A section that fails lets the
 * next one in exactly as one that succeeds. Keys without sections take no memory. Sections are not
 * re-entrant: waiting inside a section for another one of the same key is a deadlock (and is found
 * as such). The async context of the caller is kept.
 */
export class KeyedSequence implements DeadlockPolicy {
  readonly detectDeadlocks: DetectDeadlocks;
  readonly #tails = new Map<string, Place>();
  readonly #store: KeyStore | undefined;
  readonly #onError: (error: unknown) => void;
  readonly #isTracking: boolean;
  readonly #isPlain: boolean;

  constructor(options: SequenceOptions = {}) {
    const isDevelopment = process.env["NODE_ENV"] !== "production";
    this.detectDeadlocks = options.detectDeadlocks ?? (isDevelopment ? "report" : "off");
    this.#store = options.store;
    this.#onError =
      options.onError ??
      ((error) => {
        console.error(error);
      });
    this.#isTracking = this.detectDeadlocks !== "off";
    this.#isPlain = !this.#isTracking && this.#store === undefined;
    if (this.#isTracking) startTracking(false);
  }

  /** @internal */
  report(error: unknown): void {
    this.#onError(error);
  }

  /** Keys that are held or waited for now. */
  get size(): number {
    return this.#tails.size;
  }

  /**
   * Runs `fn` while it holds `keys`; synchronously at once when all of them are free.
   *
   * @throws TypeError when no key is given; else nothing: the promise rejects with what `fn`
   *   throws, with TaskAbortedError, or with PoolDeadlockError
   */
  run<R>(
    keys: Key | readonly Key[],
    fn: () => R | PromiseLike<R>,
    options?: SectionOptions,
  ): Promise<R> {
    const names = namesOf(keys);
    if (typeof names === "string" && this.#isPlain && !this.#tails.has(names)) {
      if (options?.signal?.aborted !== true) return this.#runFree(names, fn);
    }
    // eslint-disable-next-line @typescript-eslint/unbound-method -- names the function, calls nothing
    const site = recordSite(KeyedSequence.prototype.run);
    const section = new Section(this, fn, options?.name, undefined, site);
    const promise = this.#promiseOf<R>(section);
    const signal = options?.signal;
    if (signal?.aborted === true) {
      section.state = SETTLED;
      section.reject?.(abortError(section, signal));
      return promise;
    }
    if (this.#isTracking) adopt(section);
    if (this.#store !== undefined) {
      void this.#runWith(this.#store, section, names, signal);
    } else {
      this.#enter(section, names);
      if (signal !== undefined && section.state === WAITING) leaveOnAbort(section, signal);
    }
    return promise;
  }

  /**
   * Calls `start` once the keys are held, and keeps them until `release`: for a task, whose function
   * ends elsewhere. Without a promise, as a task has its own.
   *
   * @internal
   */
  hold(keys: Key | readonly Key[], task: Activity, start: () => void): Section {
    const section = new Section(this, start, undefined, task, task.site);
    this.#enter(section, namesOf(keys));
    return section;
  }

  /** @internal Gives the keys of a section to the next ones; where it waits, it stays as a mark. */
  release(section: Section): void {
    section.state = SETTLED;
    for (const place of section.places()) if (place.ahead === undefined) this.#advance(place);
  }

  /** A free key, no store and no detection: no record of the section is needed. */
  #runFree<R>(key: string, fn: () => R | PromiseLike<R>): Promise<R> {
    const place: Place = { section: undefined, key, ahead: undefined, next: undefined };
    this.#tails.set(key, place);
    let outcome: Promise<R>;
    try {
      outcome = asPromise(fn()) as Promise<R>;
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as it was thrown
      outcome = Promise.reject(error);
    }
    return outcome.then(
      (value) => {
        this.#advance(place);
        return value;
      },
      (reason: unknown) => {
        this.#advance(place);
        throw reason;
      },
    );
  }

  #promiseOf<R>(section: Section): Promise<R> {
    const settle = (resolve: (value: R) => void, reject: (reason: unknown) => void): void => {
      section.resolve = resolve as (value: unknown) => void;
      section.reject = reject;
    };
    if (!this.#isTracking) return new Promise<R>(settle);
    const promise = new TrackedPromise<R>(settle);
    promise.target = section;
    return promise;
  }

  #enter(section: Section, keys: string | readonly string[]): void {
    if (typeof keys === "string") {
      section.first = this.#lineUp(section, keys);
    } else {
      section.others = [];
      for (const key of keys) section.others.push(this.#lineUp(section, key));
    }
    if (section.behind === 0) this.#start(section, true);
  }

  #lineUp(section: Section, key: string): Place {
    const ahead = this.#tails.get(key);
    const place: Place = { section, key, ahead, next: undefined };
    this.#tails.set(key, place);
    if (ahead !== undefined) {
      ahead.next = place;
      section.behind += 1;
    }
    return place;
  }

  #start(section: Section, isImmediate: boolean): void {
    section.state = ACTIVE;
    section.onAbort?.();
    let outcome: unknown;
    try {
      if (section.delegate !== undefined) {
        if (isImmediate) section.fn();
        else section.runInAsyncScope(section.fn);
        return; // `release` ends it
      }
      if (this.#isTracking)
        outcome = section.runInAsyncScope(runInFrame, undefined, section, section.fn);
      else if (isImmediate) outcome = section.fn();
      else outcome = section.runInAsyncScope(section.fn);
    } catch (error) {
      queueMicrotask(() => {
        this.#finish(section, true, error);
      });
      return;
    }
    const fulfilled = (value: unknown): void => {
      this.#finish(section, false, value);
    };
    const rejected = (reason: unknown): void => {
      this.#finish(section, true, reason);
    };
    if (outcome instanceof TrackedPromise)
      void outcome.adoptInto(section, "await", fulfilled, rejected);
    else void asPromise(outcome).then(fulfilled, rejected);
  }

  #finish(section: Section, isFailure: boolean, value: unknown): void {
    if (section.links !== undefined) forget(section);
    if (isFailure) section.reject?.(value);
    else section.resolve?.(value);
    this.release(section);
  }

  #advance(left: Place): void {
    for (let place: Place | undefined = left; ;) {
      const next: Place | undefined = place.next;
      if (next === undefined) {
        this.#tails.delete(place.key);
        return;
      }
      next.ahead = undefined;
      const { section } = next;
      if (section !== undefined) {
        section.behind -= 1;
        if (section.state === WAITING) {
          if (section.behind === 0) this.#start(section, false);
          return;
        }
      }
      place = next; // withdrawn: pass through it
    }
  }

  async #runWith(
    store: KeyStore,
    section: Section,
    keys: string | readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    let release: () => void | Promise<void>;
    try {
      release = await store.acquire(typeof keys === "string" ? [keys] : keys, signal);
    } catch (error) {
      section.state = SETTLED;
      section.reject?.(signal?.aborted === true ? abortError(section, signal) : error);
      return;
    }
    section.state = ACTIVE;
    let settle: () => void;
    try {
      const value: unknown = await section.runInAsyncScope(
        this.#isTracking ? () => runInFrame(section, section.fn) : section.fn,
      );
      settle = () => {
        section.resolve?.(value);
      };
    } catch (error) {
      settle = () => {
        section.reject?.(error);
      };
    }
    section.state = SETTLED;
    if (section.links !== undefined) forget(section);
    try {
      await release();
    } catch (failure) {
      this.report(failure); // the outcome of the section is what its caller asked for
    }
    settle();
  }
}

function leaveOnAbort(section: Section, signal: AbortSignal): void {
  const abort = (): void => {
    section.withdraw(abortError(section, signal));
  };
  signal.addEventListener("abort", abort, { once: true });
  section.onAbort = () => {
    signal.removeEventListener("abort", abort);
  };
}

function adopt(section: Section): void {
  const parent = currentActivity();
  if (parent !== undefined) (section.links ??= new Links()).parent = parent;
}

function abortError(section: Section, signal: AbortSignal): TaskAbortedError {
  return new TaskAbortedError(
    `${section.label} was aborted while it waited for ${section.place}.`,
    signal.reason,
  );
}

function namesOf(keys: Key | readonly Key[]): string | readonly string[] {
  if (typeof keys === "string") return keys;
  if (typeof keys === "number") return String(keys);
  if (!Array.isArray(keys) || keys.length === 0) {
    throw new TypeError("A sequence needs at least one key: a string, a number or a list.");
  }
  return [...new Set(keys.map(String))];
}
