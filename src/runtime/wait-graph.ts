/**
 * The wait-for graph over all pools and keys of the process.
 *
 * Nodes are activities, edges are waits that have happened: an `await`, a returned promise, an
 * element of `Promise.all`. A set of activities is deadlocked when each of them waits for something
 * that can only move after another one of the set: the greatest fixpoint below (the AND/OR model
 * of Knapp, "Deadlock detection in distributed databases", 1987; a slot is the OR part, since any
 * of its holders may free it). An edge through `Promise.race` or `Promise.any` is no proof of
 * blocking and is never used.
 */
import { ACTIVE, HOLDING, Links, SETTLED, WAITING, type Activity } from "./activity.ts";
import type { PoolDeadlockError } from "./errors.ts";
import { drawDeadlock } from "./deadlock-chain.ts";
import { LateCheck } from "./late-check.ts";
import { realTime } from "./real-time.ts";

/** How the waiting code waits. */
export type WaitKind = "await" | "all" | "race";

export interface Wait {
  readonly from: Activity;
  readonly to: Activity;
  readonly kind: WaitKind;
  /** Waits of one `Promise.all` or `Promise.race` share a group. */
  readonly group: unknown;
  readonly since: number;
  /** Set once this wait was part of a report. */
  isReported: boolean;
  /** Rejects this wait alone. */
  readonly reject: (error: unknown) => void;
}

export type DetectDeadlocks = "off" | "report" | "reject";

/** How a pool or sequence treats waits for its activities. */
export interface WaitPolicy {
  /** Waits are recorded. */
  readonly isTracking: boolean;
  readonly detectDeadlocks: DetectDeadlocks;
  readonly report: (error: unknown) => void;
  /** An error that a wait made by `from` is to be rejected with, at once. */
  readonly refusal?: (from: Activity) => Error | undefined;
  /** The wait was recorded. */
  readonly began?: (wait: Wait) => void;
  /** Calls `go` once the waiting code may go on. */
  readonly resume?: (wait: Wait, go: () => void) => void;
}

/**
 * How long a circle must stand before it is one: an edge whose task settles within a few turns, as
 * in a hand-written race with a timer, is none.
 */
const GRACE_MS = 50;

/** Activities with at least one wait, or that hold a slot for an acceptance. */
const waiting = new Set<Activity>();
const check = new LateCheck((atExit) => {
  confirm(atExit);
});

export function addWait(wait: Wait): void {
  const links = (wait.from.links ??= new Links());
  (links.waits ??= new Set()).add(wait);
  waiting.add(wait.from);
  check.arm(GRACE_MS);
}

export function removeWait(wait: Wait): void {
  const { from } = wait;
  const waits = from.links?.waits;
  if (waits?.delete(wait) === true && waits.size === 0 && from.state !== HOLDING) {
    waiting.delete(from);
  }
}

/** Drops all waits of one combinator call: the code behind it goes on. */
export function removeGroup(from: Activity, group: unknown): void {
  for (const wait of from.waits ?? []) if (wait.group === group) removeWait(wait);
}

/** The activity holds its slot until its submissions are accepted: that is a wait, too. */
export function addHolder(activity: Activity): void {
  waiting.add(activity);
  check.arm(GRACE_MS);
}

export function forget(activity: Activity): void {
  activity.links?.waits?.clear();
  waiting.delete(activity);
}

/** Everything that waits now; the explorer compares it before and after a schedule. */
export function waitingActivities(): ReadonlySet<Activity> {
  return waiting;
}

/** The deadlock that exists at this moment among `waiting`, without grace. */
export function findDeadlock(): PoolDeadlockError | undefined {
  const blocked = blockedActivities();
  const newest = newestWait(blocked);
  if (blocked.size === 0) return undefined;
  return drawDeadlock(blocked, newest?.from);
}

function confirm(atExit: boolean): void {
  const blocked = blockedActivities();
  const fresh = [...blocked].filter((activity) => !isReported(activity));
  if (fresh.length === 0) return;
  const newest = newestWait(new Set(fresh));
  const age = newest === undefined ? GRACE_MS : realTime.now() - newest.since;
  if (!atExit && age < GRACE_MS) {
    check.arm(GRACE_MS - age);
    return;
  }
  raise(blocked, newest ?? acceptanceWait(fresh));
}

interface Closing {
  readonly from: Activity;
  readonly to: Activity;
  readonly reject?: (error: unknown) => void;
}

function raise(blocked: ReadonlySet<Activity>, closing: Closing | undefined): void {
  const error = drawDeadlock(blocked, closing?.from);
  for (const activity of blocked) markReported(activity);
  if (closing === undefined) return;
  const { policy } = closing.to;
  if (policy.detectDeadlocks === "reject") {
    // a task that has not started is withdrawn, so that it does not run later for nobody
    if (closing.to.state !== WAITING || !closing.to.withdraw(error)) closing.reject?.(error);
    check.arm(GRACE_MS);
  } else if (policy.detectDeadlocks === "report") {
    policy.report(error);
  }
}

function acceptanceWait(blocked: readonly Activity[]): Closing | undefined {
  for (const from of [...blocked].reverse()) {
    for (const to of from.unaccepted) return { from, to };
  }
  return undefined;
}

const reportedHolders = new WeakSet<Activity>();

function isReported(activity: Activity): boolean {
  if (activity.state === HOLDING) return reportedHolders.has(activity);
  return [...(activity.waits ?? [])].every((wait) => wait.isReported);
}

function markReported(activity: Activity): void {
  if (activity.state === HOLDING) reportedHolders.add(activity);
  for (const wait of activity.waits ?? []) wait.isReported = true;
}

function newestWait(blocked: ReadonlySet<Activity>): Wait | undefined {
  let newest: Wait | undefined;
  for (const activity of blocked) {
    for (const wait of activity.waits ?? []) {
      if (wait.kind === "race" || !isStuck(wait.to, blocked)) continue;
      if (newest === undefined || wait.since >= newest.since) newest = wait;
    }
  }
  return newest;
}

/** Greatest fixpoint: start from all that wait, drop whoever waits for nothing that is stuck. */
function blockedActivities(): Set<Activity> {
  const blocked = new Set<Activity>();
  for (const activity of waiting) {
    if (activity.state === ACTIVE || activity.state === HOLDING) blocked.add(activity);
  }
  for (let isShrinking = true; isShrinking;) {
    isShrinking = false;
    for (const activity of blocked) {
      if (targetsOf(activity).some((target) => isStuck(target, blocked))) continue;
      blocked.delete(activity);
      isShrinking = true;
    }
  }
  return blocked;
}

/** What an activity certainly waits for. */
export function targetsOf(activity: Activity): Activity[] {
  if (activity.state === HOLDING) return [...activity.unaccepted];
  return [...(activity.waits ?? [])].filter((wait) => wait.kind !== "race").map((wait) => wait.to);
}

/** True when `activity` can only move after a member of `blocked` has moved. */
export function isStuck(activity: Activity, blocked: ReadonlySet<Activity>): boolean {
  if (activity.state === SETTLED) return false;
  if (activity.state === WAITING) return activity.isObstructedBy(blocked);
  return blocked.has(activity);
}
