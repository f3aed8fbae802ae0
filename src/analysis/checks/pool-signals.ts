import { poolOfRunAsync, type PoolRef } from "../flow/pool-refs.ts";
import type { Finding } from "../finding.ts";
import type { ProjectWorld } from "../project/world.ts";
import { describeSignalInPool } from "../words/pool-waits.ts";
import type { Activation } from "./activation.ts";
import { poolFacts } from "./pool-system.ts";
import type { SignalWait } from "./signals.ts";

/** Waits for a signal that only a task of the same pool, or an update of the same sequential dispatcher, sends. */
export function findSignalsInPools(world: ProjectWorld, signals: readonly SignalWait[]): Finding[] {
  return signals.flatMap((wait) => {
    const pool = poolOf(world, wait.activation);
    if (pool && wait.senders.every((sender) => poolOf(world, sender.activation)?.id === pool.id))
      return [describeSignalInPool(wait, poolFacts(world, pool, wait.site))];
    const { root } = wait.activation;
    const isStuck =
      root.concurrency === "sequential" &&
      root.trigger === "update" &&
      wait.senders.every(
        ({ activation }) =>
          activation.root.concurrency === "sequential" &&
          activation.root.trigger === "update" &&
          activation.root.dispatcher === root.dispatcher,
      );
    return isStuck ? [describeSignalInPool(wait, null)] : [];
  });
}

/** The pool whose slot an activation holds from its beginning to its end. */
function poolOf(world: ProjectWorld, { root }: Activation): PoolRef | null {
  if (root.trigger === "task") return poolOfRunAsync(world, root.site);
  const wrapper = root.fn.wrappers?.find(({ callee }) => world.facts.isRunAsync(callee));
  return wrapper ? poolOfRunAsync(world, wrapper.site) : null;
}
