import type { PoolModel } from "../model.ts";

/** Bounded pools: a submission takes a slot, and a task that waits for another holds its own meanwhile. */
export const pools: readonly PoolModel[] = [
  {
    packages: ["eslint-plugin-run-async/runtime"],
    exports: ["BoundedPool"],
    submits: { run: { callback: 0, waits: "promise" } },
    wraps: { wrap: { callback: 0 } },
    size: { argument: 0, option: "workers", default: 4 },
    source: "src/runtime",
  },
  {
    packages: ["p-limit"],
    exports: ["default"],
    submits: { call: { callback: 0, waits: "promise" } },
    size: { argument: 0, option: "concurrency", default: 1 },
    source: "p-limit 7 README: a nested call of the same limit can deadlock",
  },
  {
    packages: ["p-queue"],
    exports: ["default"],
    submits: { add: { callback: 0, waits: "promise" } },
    size: { argument: 0, option: "concurrency", default: Number.POSITIVE_INFINITY },
    source: "p-queue 9 README",
  },
  {
    packages: ["bottleneck"],
    exports: ["default"],
    submits: { schedule: { callback: 0, waits: "promise" } },
    wraps: { wrap: { callback: 0 } },
    size: { argument: 0, option: "maxConcurrent", default: Number.POSITIVE_INFINITY },
    source: "bottleneck 2.19.5 README",
  },
  {
    packages: ["async-mutex"],
    exports: ["Semaphore"],
    submits: { runExclusive: { callback: 0, waits: "promise" } },
    size: { argument: 0, default: 1 },
    source: "async-mutex 0.5.0 README",
  },
];
