import { activityOf, type Activity } from "./activity.ts";
import { findBlocking } from "./checks/blocking.ts";
import { findUnclearComments, isBenign } from "./checks/comments.ts";
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
import { findSequentialWaits } from "./checks/sequential-waits.ts";
import { findSessionClaims } from "./checks/session-claims.ts";
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
): readonly Finding[] {
  return findingsOf(activityOf(project, settings, world));
}

/** All findings about what runs. */
export function findingsOf(activity: Activity): readonly Finding[] {
  const judgement = new Judgement(activity);
  return [...judgement.all(), ...judgement.advice()];
}

/**
 * The passes over what runs. Each line is one; what holds after it is said beside it. An editor asks about one
 * file at a time: the passes that go through all code then look at that file alone.
 */
export class Judgement {
  readonly #activity: Activity;
  readonly #graph: CallGraph;
  #onTheWhole: readonly Finding[] | null = null;

  constructor(activity: Activity) {
    this.#activity = activity;
    // What runs again for each update, tick or task is known, with the calls that lead there.
    this.#graph = new CallGraph(activity.world, activity.roots);
  }

  /** Every hazard. Advice is apart: most projects do not ask for it, and it takes its time. */
  all(): readonly Finding[] {
    return [...this.#codeOf(), ...this.#whole()];
  }

  /** What a handler waits for without need; in one file, or everywhere. */
  advice(only?: string): readonly Finding[] {
    return findSequentialWaits(this.#activity, only);
  }

  /** The hazards in one file. */
  in(path: string): readonly Finding[] {
    const others = this.#whole().filter((finding) => finding.path === path);
    return [...this.#codeOf(path), ...others];
  }

  #codeOf(only?: string): readonly Finding[] {
    const { world, activations } = this.#activity;
    return [
      // Every race has two activations that overlap, and no lock or claim that keeps them apart.
      ...findRaces(activations, only),
      ...findUnorderedEffects(world, activations, this.#graph, only),
      ...findBlocking(world, this.#graph, only),
      ...findLostRejections(world, this.#graph, only),
      ...findLateListeners(world, this.#graph, only),
    ].filter(({ path }) => only === undefined || path === only);
  }

  #whole(): readonly Finding[] {
    if (this.#onTheWhole) return this.#onTheWhole;
    const { world, roots, activations } = this.#activity;
    // Whoever waits for another activation's signal is known, with everybody who can send it.
    const signals = findSignalWaits(activations);
    this.#onTheWhole = [
      ...findUnclearComments(world.project),
      ...findLateTimers(activations),
      ...findPoolWaits(world, activations),
      ...findSignalsInPools(world, signals),
      ...findReplyWaits(activations),
      ...findLockOrder(activations, signals),
      ...findMisusedResults(world, roots),
      ...findInconsistentLocks(activations),
      ...findSharedState(world, activations),
      ...findPatternRemovals(world, this.#graph),
      ...findUnsequencedSessions(world, roots),
      ...findRepeatedSteps(world, activations),
      ...findSessionClaims(world, roots),
    ].filter((finding) => !isBenign(finding, world.project));
    return this.#onTheWhole;
  }
}
