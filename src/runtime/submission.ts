import { ACTIVE, Activity, SETTLED, WAITING } from "./activity.ts";
import type { Key, KeyedSequence, Section } from "./keyed-sequence.ts";
import type { Limits } from "./limits.ts";
import type { PoolEngine } from "./pool-engine.ts";
import { describeSite, type Site } from "./submission-site.ts";
import type { Task } from "./task.ts";
import type { Wait } from "./wait-graph.ts";

/** What a task's function is given. */
export interface TaskScope {
  /** Aborts when the task's signal fires, its `timeout` passes or it is cancelled. */
  readonly signal: AbortSignal;
}

export type TaskFunction<R> = (scope: TaskScope) => R | PromiseLike<R>;

/** Bookkeeping of slots lent to children (`nested: "inherit"`) and of acceptance (`"block"`). */
export class Loan {
  /** The child that runs in this task's slot now. */
  child: Submission | undefined = undefined;
  /** Waits whose targets are to run in this task's slot, in the order of the waits. */
  readonly wanted: Wait[] = [];
  /** Outcomes that are handed over once the slot is back. */
  readonly deliveries: (() => void)[] = [];
  /** Submissions of this task that have not started. */
  readonly unaccepted = new Set<Submission>();
}

/** What most tasks have not; kept apart, as 100,000 of them may wait in line. */
export class Extras {
  /** Or where the function was wrapped, if it has no name. */
  name: string | Site | undefined = undefined;
  limits: Limits | undefined = undefined;
  /** The task whose slot this one runs in. */
  lender: Submission | undefined = undefined;
  loan: Loan | undefined = undefined;
  /** The handle that a `runAsync` function returned. */
  task: Task<unknown> | undefined = undefined;
  /** The keys in front of the pool. */
  keys: Section | undefined = undefined;
}

/** One task of a pool, from its submission to the return of its slot. */
export class Submission extends Activity implements TaskScope {
  declare readonly engine: PoolEngine;
  declare readonly fn: TaskFunction<unknown>;
  declare slot: number;
  declare extras: Extras | undefined;

  constructor(
    engine: PoolEngine,
    fn: TaskFunction<unknown>,
    name: string | Site | undefined,
    site: Site | undefined,
  ) {
    super(site);
    this.engine = engine;
    this.fn = fn;
    this.slot = -1;
    this.extras = undefined;
    if (name !== undefined) this.withExtras().name = name;
    if (engine.isTracking) engine.adopt(this);
  }

  call(): unknown {
    return this.fn(this);
  }

  withExtras(): Extras {
    return (this.extras ??= new Extras());
  }

  withLoan(): Loan {
    return (this.withExtras().loan ??= new Loan());
  }

  /**
   * Waits for `keys` and enters the pool then. The keys are kept until the function has settled,
   * even when its waiter was answered earlier: the next call of the key must not run beside it.
   */
  lineUp(sequence: KeyedSequence, keys: Key | readonly Key[]): void {
    const section = sequence.hold(keys, this, () => {
      this.engine.submit(this);
    });
    this.withExtras().keys = section;
    // submitted and refused, or ended, before there was a section to release
    if (this.state === SETTLED) this.releaseKeys();
  }

  /** The function has settled, or never will run. */
  releaseKeys(): void {
    const keys = this.extras?.keys;
    if (keys?.state === ACTIVE) keys.sequence.release(keys);
  }

  /** The signal for the function; made when it is asked for. */
  get signal(): AbortSignal {
    return this.engine.limitsOf(this).controller.signal;
  }

  get label(): string {
    const name = this.extras?.name ?? (this.fn.name || "(anonymous)");
    return typeof name === "string" ? name : `(anonymous, ${describeSite(name)})`;
  }
  get place(): string {
    return this.#line?.place ?? this.engine.place;
  }
  get policy(): PoolEngine {
    return this.engine;
  }
  override get unaccepted(): Iterable<Submission> {
    return this.extras?.loan?.unaccepted ?? [];
  }

  isObstructedBy(blocked: ReadonlySet<Activity>): boolean {
    return this.#line?.isObstructedBy(blocked) ?? this.engine.isHeldBy(blocked);
  }
  obstacles(): Iterable<Activity> {
    return this.#line?.obstacles() ?? this.engine.holders();
  }
  withdraw(error: unknown): boolean {
    if (this.state !== WAITING) return false;
    const line = this.#line;
    if (line === undefined) {
      this.engine.withdraw(this, error);
    } else {
      line.withdraw(error);
      this.engine.refuse(this, error);
    }
    return true;
  }

  /** The keys, while they are waited for. */
  get #line(): Section | undefined {
    const keys = this.extras?.keys;
    return keys?.state === WAITING ? keys : undefined;
  }
}
