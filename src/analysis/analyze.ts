import { activate } from "./checks/activation.ts";
import { findBlocking } from "./checks/blocking.ts";
import { CallGraph } from "./checks/call-graph.ts";
import { ContextRows } from "./checks/context-rows.ts";
import { findUnorderedEffects } from "./checks/effects.ts";
import { findLateListeners } from "./checks/listeners.ts";
import { findLockOrder } from "./checks/lock-order.ts";
import { findPoolWaits } from "./checks/pool-waits.ts";
import { findRaces } from "./checks/races.ts";
import { findLostRejections } from "./checks/rejections.ts";
import { findInconsistentLocks } from "./checks/consistent-locks.ts";
import { findMisusedResults } from "./checks/run-async-results.ts";
import { findUnsequencedSessions } from "./checks/sessions.ts";
import { findSharedState } from "./checks/shared-state.ts";
import { findSignalWaits } from "./checks/signals.ts";
import type { Finding } from "./finding.ts";
import type { Project } from "./project/project.ts";
import { asDeployed } from "./project/deployment.ts";
import { findRoots } from "./project/roots.ts";
import { ProjectWorld } from "./project/world.ts";
import type { RunAsyncSettings } from "./settings.ts";

/**
 * The whole analysis. Each line is a pass; what holds after it is said beside it.
 */
export function analyze(project: Project, settings: RunAsyncSettings = {}): Finding[] {
  // Names resolve across files; summaries are made on demand, bottom-up.
  const world = new ProjectWorld(project, new Set(settings.harmless));
  // Every function that a framework, timer, job or pool calls is known, with how its activations overlap.
  const roots = findRoots(project, world.shapes).map((root) => asDeployed(root, settings));
  // What each root does is said in terms of state that other activations can name.
  const contexts = new ContextRows(world, roots);
  const activations = roots.map((root) => activate(world, root, contexts));
  // What runs again for each update, tick or task is known, with the calls that lead there.
  const graph = new CallGraph(world, roots);
  // Whoever waits for another activation's signal is known, with everybody who can send it.
  const signals = findSignalWaits(activations);
  return [
    // Every race has two activations that overlap, and no lock or claim that keeps them apart.
    ...findRaces(activations),
    ...findPoolWaits(world, activations, signals),
    ...findLockOrder(activations, signals),
    ...findUnorderedEffects(world, activations, graph),
    ...findBlocking(world, graph),
    ...findLostRejections(world, graph),
    ...findMisusedResults(world, roots),
    ...findInconsistentLocks(activations),
    ...findSharedState(world, activations),
    ...findLateListeners(world, graph),
    ...findUnsequencedSessions(world, roots),
  ];
}
