import { activityOf, type Activity } from "./activity.ts";
import { findBlocking } from "./checks/blocking.ts";
import { CallGraph } from "./checks/call-graph.ts";
import { findUnorderedEffects } from "./checks/effects.ts";
import { findLateListeners } from "./checks/listeners.ts";
import { findLockOrder } from "./checks/lock-order.ts";
import { findPatternRemovals } from "./checks/pattern-removal.ts";
import { findSignalsInPools } from "./checks/pool-signals.ts";
import { findPoolWaits } from "./checks/pool-waits.ts";
import { findRaces } from "./checks/races.ts";
import { findLostRejections } from "./checks/rejections.ts";
import { findInconsistentLocks } from "./checks/consistent-locks.ts";
import { findReplyWaits } from "./checks/reply-waits.ts";
import { findMisusedResults } from "./checks/run-async-results.ts";
import { findRepeatedSteps } from "./checks/scene-steps.ts";
import { findLateTimers } from "./checks/timer-slots.ts";
import { findUnsequencedSessions } from "./checks/sessions.ts";
import { findSharedState } from "./checks/shared-state.ts";
import { findSignalWaits } from "./checks/signals.ts";
import type { Finding } from "./finding.ts";
import type { Project } from "./project/project.ts";
import type { ProjectWorld } from "./project/world.ts";
import type { RunAsyncSettings } from "./settings.ts";

/**
 * The whole analysis of a project, as its settings say that it is deployed.
 *
 * @param world what an earlier analysis of the project found out and no edit since made doubtful
 */
export function analyze(
  project: Project,
  settings: RunAsyncSettings = {},
  world?: ProjectWorld,
): Finding[] {
  return findingsOf(activityOf(project, settings, world));
}

/** The passes over what runs. Each line is one; what holds after it is said beside it. */
export function findingsOf({ world, roots, activations }: Activity): Finding[] {
  // What runs again for each update, tick or task is known, with the calls that lead there.
  const graph = new CallGraph(world, roots);
  // Whoever waits for another activation's signal is known, with everybody who can send it.
  const signals = findSignalWaits(activations);
  return [
    // Every race has two activations that overlap, and no lock or claim that keeps them apart.
    ...findRaces(activations),
    ...findLateTimers(activations),
    ...findPoolWaits(world, activations),
    ...findSignalsInPools(world, signals),
    ...findReplyWaits(activations),
    ...findLockOrder(activations, signals),
    ...findUnorderedEffects(world, activations, graph),
    ...findBlocking(world, graph),
    ...findLostRejections(world, graph),
    ...findMisusedResults(world, roots),
    ...findInconsistentLocks(activations),
    ...findSharedState(world, activations),
    ...findLateListeners(world, graph),
    ...findPatternRemovals(world, graph),
    ...findUnsequencedSessions(world, roots),
    ...findRepeatedSteps(world, activations),
  ];
}
