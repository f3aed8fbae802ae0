import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import type { TaskInfo } from "./errors.ts";
import { describeSite, type Site } from "./submission-site.ts";
import type { DeadlockPolicy, Wait } from "./wait-graph.ts";

/** In line for a slot or a key. */
export const WAITING = 0;
/** Its function runs. */
export const ACTIVE = 1;
/** Its function has settled, but submissions it made were not accepted yet (`overflow: "block"`). */
export const HOLDING = 2;
export const SETTLED = 3;
export type ActivityState = typeof WAITING | typeof ACTIVE | typeof HOLDING | typeof SETTLED;

/**
 * Something that can wait and be waited for: a task of a pool or a section under keys. It is its
 * own AsyncResource, so that the submitter's async context costs no second object per queued task
 * (AsyncLocalStorage.snapshot() costs 7 microseconds on Node 20, this some 20 nanoseconds).
 */
export abstract class Activity extends AsyncResource {
  state: ActivityState = WAITING;
  site: Site | undefined;
  /** What this activity waits for now; only filled while waits are tracked. */
  waits: Set<Wait> | undefined = undefined;
  /** The activity that submitted this one; only filled while waits are tracked. */
  parent: Activity | undefined = undefined;

  constructor(site: Site | undefined) {
    super("RunAsyncActivity");
    this.site = site;
  }

  abstract get label(): string;
  /** The pool or keys, as shown in reports. */
  abstract get place(): string;
  /** What is to happen when a deadlock closes at this activity. */
  abstract get policy(): DeadlockPolicy;
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

/** The activity whose code runs now. Enabled by the first pool or key sequence that tracks waits. */
export const frames = new AsyncLocalStorage<Activity>();

let trackers = 0;
/** False until something tracks waits: reading the frame is then free. */
export function isTracking(): boolean {
  return trackers > 0;
}
export function startTracking(): void {
  trackers += 1;
}

/** The activity whose code runs now, if it has not settled yet. */
export function currentActivity(): Activity | undefined {
  if (trackers === 0) return undefined;
  const frame = frames.getStore();
  return frame === undefined || frame.state === SETTLED ? undefined : frame;
}
