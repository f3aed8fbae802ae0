import { ORDERED_FRAMEWORKS } from "../../models/effects/sends.ts";
import { frameworks } from "../../models/frameworks/index.ts";
import type { Finding } from "../finding.ts";
import type { ActivationRoot } from "../project/roots.ts";
import type { ProjectWorld } from "../project/world.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { describeDisorder, type DisorderKind } from "../words/effects.ts";
import type { Activation } from "./activation.ts";
import type { CallGraph, Reached } from "./call-graph.ts";
import { lastIndexTests } from "./last-index.ts";
import { SendOrder } from "./send-order.ts";
import { snapshotWrites } from "./snapshot-order.ts";
import { unkeyedStreams, unkeyedTasks } from "./task-order.ts";

/** Two things that a person sees or a file keeps, in an order that nothing decides. */
export interface Disorder {
  readonly kind: DisorderKind;
  readonly site: Site;
  readonly reached: Pick<Reached, "root" | "chain" | "file">;
  /** The other effect, where there is one. */
  readonly other: Site | null;
}

/** Two effects of one activation: the other one may come first. */
export interface EffectPair {
  readonly kind: DisorderKind;
  readonly site: Site;
  readonly other: Site | null;
}

export function findUnorderedEffects(
  world: ProjectWorld,
  activations: readonly Activation[],
  graph: CallGraph,
  only?: string,
): Finding[] {
  const found = new Map<string, Disorder>();
  const add = (disorder: Disorder): void => {
    const id = siteId(disorder.site);
    if (!found.has(id)) found.set(id, disorder);
  };
  const hasOrderedClient = keepsOrder(activations.map(({ root }) => root));
  for (const [fn, reached] of graph.reachedIn(only)) {
    const [any] = reached;
    const { file } = any;
    const calls = graph.callsIn(fn, file);
    for (const site of lastIndexTests(calls, file))
      add({ kind: "last-index", site, reached: any, other: null });
    for (const pair of unkeyedTasks(world, calls, file)) add({ ...pair, reached: any });
    const first = reached.find(({ root }) => !hasOrderedClient(root));
    if (!first) continue;
    for (const pair of new SendOrder(world, graph, fn, file).pairs())
      add({ ...pair, reached: first });
  }
  for (const disorder of [...snapshotWrites(activations), ...unkeyedStreams(world, activations)])
    add(disorder);
  return [...found.values()].map(describeDisorder);
}

const CHAT_FRAMEWORKS: ReadonlySet<string> = new Set([
  ...frameworks.flatMap(({ id, sends }) => (sends ? [id] : [])),
  ...ORDERED_FRAMEWORKS,
]);

/**
 * Whether what a root sends goes out in the order of the calls. A timer or job has no client of its own: it
 * sends by the one that the project's handlers belong to.
 */
function keepsOrder(roots: readonly ActivationRoot[]): (root: ActivationRoot) => boolean {
  const clients = new Set(
    roots.map(({ framework }) => framework).filter((id) => CHAT_FRAMEWORKS.has(id)),
  );
  const isProjectOrdered =
    clients.size > 0 && [...clients].every((id) => ORDERED_FRAMEWORKS.includes(id));
  return ({ framework }) =>
    CHAT_FRAMEWORKS.has(framework) ? ORDERED_FRAMEWORKS.includes(framework) : isProjectOrdered;
}
