// The static verdict on a system of pools, against what the runtime's own pools do in the explorer.
import { expect, test } from "vitest";
import {
  explorePools,
  type PoolSpec,
  type PoolSystem,
  type StepSpec,
  type TaskSpec,
} from "../../../src/analysis/checks/pool-states.ts";
import { BoundedPool } from "../../../src/runtime/index.ts";
import { explore } from "../../../src/runtime/testing/index.ts";

const SYSTEMS = 2_000;
/** Schedules tried where the static verdict is "free"; where it is "deadlock", until one is found. */
const FREE_BUDGET = 2;
const DEADLOCK_BUDGETS = [1, 12, 300, 6_000];

interface Random {
  (below: number): number;
}

/** mulberry32: small, seeded, the same everywhere. */
function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Case {
  readonly system: PoolSystem;
  readonly arrivals: readonly number[];
}

/** A call tree of at most three levels over one or two small pools, and up to three updates at once. */
function randomCase(random: Random): Case {
  const pools: PoolSpec[] = Array.from({ length: random(5) < 2 ? 2 : 1 }, () => ({
    size: 1 + random(3),
    overflow: random(3) === 0 ? "block" : "queue",
    nested: random(4) === 0 ? "inherit" : "queue",
  }));
  const tasks: TaskSpec[] = [];
  const make = (level: number): number => {
    const steps: StepSpec[] = [];
    const count = level === 0 ? 1 + random(2) : level === 1 ? random(2) : 0;
    for (let at = 0; at < count; at += 1) {
      const fanOut = random(5) === 0 ? 2 : 1;
      steps.push({
        children: Array.from({ length: fanOut }, () => make(level + 1)),
        isWaited: random(3) > 0,
      });
    }
    return tasks.push({ pool: random(pools.length), steps }) - 1;
  };
  const root = make(0);
  return { system: { pools, tasks }, arrivals: Array.from({ length: 1 + random(3) }, () => root) };
}

/** Whether some schedule of the real pools deadlocks. */
async function deadlocks({ system, arrivals }: Case, maxSchedules: number): Promise<boolean> {
  const report = await explore(
    async ({ io }) => {
      const pools = system.pools.map(
        ({ size, overflow, nested }) =>
          new BoundedPool({
            workers: size,
            overflow,
            nested,
            detectDeadlocks: "report",
            onError: () => undefined,
          }),
      );
      const submit = (task: number): Promise<void> => {
        const { pool, steps } = system.tasks[task] as TaskSpec;
        return (pools[pool] as BoundedPool).run(async () => {
          await io(`task ${String(task)}`);
          for (const { children, isWaited } of steps) {
            const promises = children.map((child) => submit(child));
            if (isWaited) await Promise.all(promises);
          }
        });
      };
      const updates = arrivals.map((task) => submit(task));
      await Promise.all(updates);
      await Promise.all(pools.map((pool) => pool.onIdle()));
    },
    { maxSchedules, maxFailures: 1 },
  );
  return report.verdicts.deadlock > 0;
}

test("2,000 random systems: the static verdict is what the runtime's pools do", async () => {
  const random = randomFrom(20_260_801);
  const seen = { deadlock: 0, twoPools: 0, block: 0, queue: 0, inherit: 0, fanOut: 0 };
  const wrong: string[] = [];
  for (let at = 0; at < SYSTEMS; at += 1) {
    const candidate = randomCase(random);
    const { pools, tasks } = candidate.system;
    const verdict = explorePools(candidate.system, candidate.arrivals);
    let isDeadlock = false;
    for (const budget of verdict === "deadlock" ? DEADLOCK_BUDGETS : [FREE_BUDGET]) {
      isDeadlock = await deadlocks(candidate, budget);
      if (isDeadlock) break;
    }
    if (verdict === "unknown" || isDeadlock !== (verdict === "deadlock"))
      wrong.push(`${verdict}: ${JSON.stringify(candidate)}`);
    if (verdict === "deadlock") seen.deadlock += 1;
    if (pools.length === 2) seen.twoPools += 1;
    if (pools.some(({ overflow }) => overflow === "block")) seen.block += 1;
    if (pools.some(({ overflow }) => overflow === "queue")) seen.queue += 1;
    if (pools.some(({ nested }) => nested === "inherit")) seen.inherit += 1;
    if (tasks.some(({ steps }) => steps.some(({ children }) => children.length > 1)))
      seen.fanOut += 1;
  }
  expect(wrong).toEqual([]);
  expect(seen.deadlock).toBeGreaterThanOrEqual(0.3 * SYSTEMS);
  expect(seen.twoPools).toBeGreaterThanOrEqual(0.2 * SYSTEMS);
  for (const kind of [seen.block, seen.queue, seen.inherit, seen.fanOut])
    expect(kind).toBeGreaterThan(0.1 * SYSTEMS);
}, 600_000);
