import { AsyncResource, executionAsyncId } from "node:async_hooks";
import type { TaskInfo } from "./errors.ts";
import { currentActivity, runInFrame } from "./frames.ts";
import { describeSite, type Site } from "./submission-site.ts";
import type { Wait, WaitPolicy } from "./wait-graph.ts";

/** In line for a slot or a key. */
export const WAITING = 0;
/** Its function runs. */
export const ACTIVE = 1;
/** Its function has settled, but submissions it made were not accepted yet (`overflow: "block"`). */
export const HOLDING = 2;
export const SETTLED = 3;
export type ActivityState = typeof WAITING | typeof ACTIVE | typeof HOLDING | typeof SETTLED;

export class Links {
  /** Made with the first wait: most submissions of a task never wait themselves. */
  waits: Set<Wait> | undefined = undefined;
  parent: Activity | undefined = undefined;
}

/**
 * Something that can wait and be waited for: a task of a pool or a section under keys. It is its
 * own AsyncResource, so that the submitter's async context costs no second object per queued task
 * (AsyncLocalStorage.snapshot() costs 7 microseconds on Node 20, this some 20 nanoseconds).
 */
export abstract class Activity extends AsyncResource {
  // declared without initialisers and assigned once: a pool makes one of these per task
  declare state: ActivityState;
  declare readonly site: Site | undefined;
  /** Set while this activity waits or was submitted by another one. */
  declare links: Links | undefined;
  /** Settle the promise of the outcome. */
  declare resolve: (value: unknown) => void;
  declare reject: (reason: unknown) => void;

  constructor(site: Site | undefined) {
    // with the id given, AsyncResource takes half the time of its option handling
    super("RunAsyncActivity", executionAsyncId());
    this.state = WAITING;
    this.site = site;
    this.links = undefined;
    this.resolve = nothing;
    this.reject = nothing;
  }

  /** Notes whose code submits this activity. */
  adopt(): void {
    const parent = currentActivity();
    if (parent !== undefined) (this.links ??= new Links()).parent = parent;
  }

  /**
   * Runs the function in the async context of its submission; `isImmediate` when that is the
   * context of the caller.
   */
  start(isImmediate: boolean): unknown {
    this.state = ACTIVE;
    const run = this.policy.isTracking ? runInFrame : call;
    return isImmediate ? run(this) : this.runInAsyncScope(run, undefined, this);
  }

  /** Calls the function. */
  abstract call(): unknown;

  /** What this activity waits for now. */
  get waits(): ReadonlySet<Wait> | undefined {
    return this.links?.waits;
  }
  /** The activity that submitted this one; known while waits are tracked. */
  get parent(): Activity | undefined {
    return this.links?.parent;
  }

  abstract get label(): string;
  /** The pool or keys, as shown in reports. */
  abstract get place(): string;
  /** How the pool or sequence treats waits for this activity. */
  abstract get policy(): WaitPolicy;
  /** True when this waiting activity can only move after one of `blocked` has moved. */
  abstract isObstructedBy(blocked: ReadonlySet<Activity>): boolean;
  /** Who is in the way of this waiting activity, for the drawing of a chain. */
  abstract obstacles(): Iterable<Activity>;
  /** Takes a waiting activity out of its line and rejects it; false when it has started. */
  abstract withdraw(error: unknown): boolean;
  /** Submissions of this activity that must be accepted before it gives its slot back. */
  get unaccepted(): Iterable<Activity> {
    return [];
  }

  describe(): TaskInfo {
    const states = ["waiting", "running", "holding its slot", "settled"] as const;
    return {
      name: this.label,
      state: states[this.state],
      place: this.place,
      submittedAt: describeSite(this.site),
    };
  }
}

function call(activity: Activity): unknown {
  return activity.call();
}

function nothing(): void {
  // until a promise is made of the activity
}
