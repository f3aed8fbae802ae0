import type { Activity } from "../activity.ts";
import { poolFacts, poolIdentity, submissionsOf, type PoolFacts } from "../checks/pool-system.ts";
import { taskName } from "../checks/pool-waits.ts";
import { poolOfRunAsync, type PoolRef } from "../flow/pool-refs.ts";
import type { Summary } from "../flow/summary.ts";
import type { ProjectWorld } from "../project/world.ts";
import { siteId, type Site } from "../syntax/source-file.ts";

/** A bounded pool with the tasks that run in it, or that its tasks wait for. */
export interface PoolOverview {
  readonly pool: PoolFacts;
  readonly tasks: readonly PoolTask[];
  /** Slots of this pool that one update may hold at once; infinite where a task waits for itself again. */
  readonly depth: number;
}

export interface PoolTask {
  readonly id: string;
  readonly name: string;
  readonly site: Site;
  /** The pool it runs in, where that is another. */
  readonly otherPool: string | null;
  /** Handlers and other code outside of pools that submit it. */
  readonly submittedBy: readonly string[];
  /** Tasks that it waits for while it keeps its slot: `waited`; or that it only starts: `started`. */
  readonly waited: readonly string[];
  readonly started: readonly string[];
}

interface Node {
  readonly id: string;
  readonly summary: Summary;
  /** Which pool it runs in, by its identity. */
  readonly pool: string;
  readonly poolName: string;
  readonly submittedBy: Set<string>;
  readonly waited: Set<Node>;
  readonly started: Set<Node>;
}

/** Every pool that the project submits to, with its call chains. */
export function poolsOf({ world, activations }: Activity): PoolOverview[] {
  const walk = new PoolWalk(world);
  for (const { root, events } of activations) {
    const { node, file } = root.fn;
    const wrapper = root.fn.wrappers?.find(({ callee }) => world.facts.isRunAsync(callee));
    const site = root.trigger === "task" ? root.site : wrapper?.site;
    if (site) {
      const task = walk.task(world.summaryOf(node, file), poolOfRunAsync(world, site), site);
      if (root.trigger !== "task") task.submittedBy.add(root.name);
      continue;
    }
    for (const event of submissionsOf({ fn: node, events }))
      if (event.task) walk.task(event.task, event.pool, event.site).submittedBy.add(root.name);
  }
  return walk.pools();
}

class PoolWalk {
  readonly #world: ProjectWorld;
  readonly #nodes = new Map<string, Node>();
  readonly #facts = new Map<string, PoolFacts>();

  constructor(world: ProjectWorld) {
    this.#world = world;
  }

  /** The task, with everything that it submits in turn. */
  task(summary: Summary, pool: PoolRef, site: Site): Node {
    const poolId = poolIdentity(this.#world, pool, site);
    const id = `${poolId}|${siteId({ file: summary.file, node: summary.fn })}`;
    const known = this.#nodes.get(id);
    if (known) return known;
    const facts = this.#facts.get(poolId) ?? poolFacts(this.#world, pool, site);
    this.#facts.set(poolId, facts);
    const node: Node = {
      id,
      summary,
      pool: poolId,
      poolName: facts.name,
      submittedBy: new Set(),
      waited: new Set(),
      started: new Set(),
    };
    this.#nodes.set(id, node);
    for (const event of submissionsOf(summary)) {
      if (!event.task) continue;
      const inner = this.task(event.task, event.pool, event.site);
      const isBlocking = this.#facts.get(inner.pool)?.overflow === "block";
      const isWaited = (event.isWaited && !event.isDetached) || isBlocking;
      (isWaited ? node.waited : node.started).add(inner);
    }
    return node;
  }

  pools(): PoolOverview[] {
    return [...this.#facts].map(([poolId, pool]) => {
      const own = [...this.#nodes.values()].filter((node) => node.pool === poolId);
      const held = new Map<Node, number>();
      return {
        pool,
        depth: Math.max(0, ...own.map((node) => slotsHeld(node, poolId, held))),
        tasks: reachable(own).map((node) => ({
          id: node.id,
          name: taskName(node.summary),
          site: { file: node.summary.file, node: node.summary.fn },
          otherPool: node.pool === poolId ? null : node.poolName,
          submittedBy: [...node.submittedBy],
          waited: [...node.waited].map((inner) => inner.id),
          started: [...node.started].map((inner) => inner.id),
        })),
      };
    });
  }
}

/** The tasks and those that they wait for, whatever pool these run in. */
function reachable(own: readonly Node[]): Node[] {
  const found = new Set(own);
  for (const node of found) for (const inner of node.waited) found.add(inner);
  return [...found];
}

/** The longest chain of waits below a task, in slots of one pool; `known` has an end for tasks on the way. */
function slotsHeld(node: Node, pool: string, known: Map<Node, number>): number {
  const before = known.get(node);
  if (before !== undefined) return before;
  // Whoever is asked again while it is being counted waits for itself.
  known.set(node, Number.POSITIVE_INFINITY);
  const below = [...node.waited].map((inner) => slotsHeld(inner, pool, known));
  const slots = (node.pool === pool ? 1 : 0) + Math.max(0, ...below);
  known.set(node, slots);
  return slots;
}
