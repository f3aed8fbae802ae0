import { Activity, SETTLED, WAITING } from "./activity.ts";
import { TaskAbortedError } from "./errors.ts";
import { startTracking } from "./frames.ts";
import { recordSite, type Site } from "./submission-site.ts";
import { follow, promiseOf } from "./tracked-promise.ts";
import { forget, isStuck, type DetectDeadlocks, type WaitPolicy } from "./wait-graph.ts";

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
  readonly section: Section;
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
  declare places: readonly Place[];
  /** Lines in which somebody is still ahead. */
  declare behind: number;
  /** The task that holds the keys, where it is not the section's own function. */
  declare readonly delegate: Activity | undefined;
  /** Called when the section starts: its signal no longer matters. */
  declare started: (() => void) | undefined;
  /** Gives the keys back to a KeyStore. */
  declare giveBack: (() => void | Promise<void>) | undefined;

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
    this.places = [];
    this.behind = 0;
    this.delegate = delegate;
    this.started = undefined;
    this.giveBack = undefined;
  }

  call(): unknown {
    return this.fn();
  }

  get label(): string {
    return this.name ?? (this.fn.name || "(anonymous)");
  }
  get place(): string {
    const keys = this.places.map(({ key }) => `"${key}"`);
    return `${keys.length === 1 ? "key" : "keys"} ${keys.join(", ")}`;
  }
  get policy(): WaitPolicy {
    return this.sequence;
  }

  isObstructedBy(blocked: ReadonlySet<Activity>): boolean {
    return this.obstacles().some((holder) => isStuck(holder, blocked));
  }

  obstacles(): readonly Activity[] {
    return this.places.flatMap(({ ahead }) =>
      ahead === undefined ? [] : [ahead.section.delegate ?? ahead.section],
    );
  }

  withdraw(error: unknown): boolean {
    if (this.state !== WAITING) return false;
    this.state = SETTLED;
    this.reject(error);
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
export class KeyedSequence implements WaitPolicy {
  readonly detectDeadlocks: DetectDeadlocks;
  /** @internal */
  readonly isTracking: boolean;
  readonly #tails = new Map<string, Place>();
  readonly #store: KeyStore | undefined;
  readonly #onError: (error: unknown) => void;

  constructor(options: SequenceOptions = {}) {
    const isDevelopment = process.env["NODE_ENV"] !== "production";
    this.detectDeadlocks = options.detectDeadlocks ?? (isDevelopment ? "report" : "off");
    this.#store = options.store;
    this.#onError =
      options.onError ??
      ((error) => {
        console.error(error);
      });
    this.isTracking = this.detectDeadlocks !== "off";
    if (this.isTracking) startTracking(false);
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
    const signal = options?.signal;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- names the function, calls nothing
    const site = recordSite(KeyedSequence.prototype.run);
    const section = new Section(this, fn, options?.name, undefined, site);
    const promise = promiseOf<R>(section);
    if (this.isTracking) section.adopt();
    if (signal?.aborted === true) {
      section.places = placesOf(section, names); // for the message; it enters no line
      section.state = SETTLED;
      section.reject(abortError(section, signal));
    } else if (this.#store === undefined) {
      this.#enter(section, names);
      if (signal !== undefined && section.state === WAITING) leaveOnAbort(section, signal);
    } else {
      void this.#acquire(this.#store, section, names, signal);
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
    for (const place of section.places) if (place.ahead === undefined) this.#advance(place);
  }

  #enter(section: Section, keys: readonly string[]): void {
    const places = placesOf(section, keys);
    section.places = places;
    for (const place of places) {
      const ahead = this.#tails.get(place.key);
      this.#tails.set(place.key, place);
      if (ahead === undefined) continue;
      place.ahead = ahead;
      ahead.next = place;
      section.behind += 1;
    }
    if (section.behind === 0) this.#start(section, true);
  }

  #start(section: Section, isImmediate: boolean): void {
    section.started?.();
    let outcome: unknown;
    try {
      outcome = section.start(isImmediate);
    } catch (error) {
      queueMicrotask(() => {
        this.#finish(section, true, error);
      });
      return;
    }
    if (section.delegate !== undefined) return; // `release` ends it
    follow(
      section,
      outcome,
      (value) => {
        this.#finish(section, false, value);
      },
      (reason) => {
        this.#finish(section, true, reason);
      },
    );
  }

  #finish(section: Section, isFailure: boolean, value: unknown): void {
    if (section.links !== undefined) forget(section);
    const settle = (): void => {
      if (isFailure) section.reject(value);
      else section.resolve(value);
    };
    if (section.giveBack === undefined) settle();
    else void this.#giveBack(section.giveBack).then(settle);
    this.release(section);
  }

  /** Lets the next section come first in the line of `left`, past those that were withdrawn. */
  #advance(left: Place): void {
    let next = left.next;
    for (; next !== undefined; next = next.next) {
      next.ahead = undefined;
      next.section.behind -= 1;
      if (next.section.state === WAITING) break;
    }
    if (next === undefined) this.#tails.delete(left.key);
    else if (next.section.behind === 0) this.#start(next.section, false);
  }

  async #acquire(
    store: KeyStore,
    section: Section,
    keys: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    section.places = placesOf(section, keys);
    try {
      section.giveBack = await store.acquire(keys, signal);
    } catch (error) {
      section.withdraw(signal?.aborted === true ? abortError(section, signal) : error);
      return;
    }
    this.#start(section, false);
  }

  /** A failure is reported only: the outcome of the section is what its caller asked for. */
  async #giveBack(giveBack: () => void | Promise<void>): Promise<void> {
    try {
      await giveBack();
    } catch (failure) {
      this.report(failure);
    }
  }
}

function placesOf(section: Section, keys: readonly string[]): Place[] {
  return keys.map((key) => ({ section, key, ahead: undefined, next: undefined }));
}

function leaveOnAbort(section: Section, signal: AbortSignal): void {
  const abort = (): void => {
    section.withdraw(abortError(section, signal));
  };
  signal.addEventListener("abort", abort, { once: true });
  section.started = () => {
    signal.removeEventListener("abort", abort);
  };
}

function abortError(section: Section, signal: AbortSignal): TaskAbortedError {
  return new TaskAbortedError(
    `${section.label} was aborted while it waited for ${section.place}.`,
    signal.reason,
  );
}

function namesOf(keys: Key | readonly Key[]): readonly string[] {
  if (typeof keys === "string") return [keys];
  if (typeof keys === "number") return [String(keys)];
  if (!Array.isArray(keys) || keys.length === 0) {
    throw new TypeError("A sequence needs at least one key: a string, a number or a list.");
  }
  return [...new Set(keys.map(String))];
}
