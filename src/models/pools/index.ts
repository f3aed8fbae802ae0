import type { PoolModel, SubmissionModel } from "../model.ts";

const FIRST: SubmissionModel = { callback: 0 };

/** Bounded pools: a submission takes a slot, and a task that waits for another holds its own meanwhile. */
export const pools: readonly PoolModel[] = [
  {
    packages: ["eslint-plugin-run-async/runtime"],
    exports: ["BoundedPool"],
    submits: { run: FIRST },
    wraps: { wrap: { callback: 0 } },
    drains: ["onIdle", "close"],
    size: { argument: 0, option: "workers", default: 4 },
    source: "src/runtime",
  },
  {
    packages: ["p-limit"],
    exports: ["default"],
    submits: { call: FIRST, map: { callback: 1, isMany: true } },
    size: { argument: 0, option: "concurrency", default: 1 },
    source: "p-limit 7.3 index.d.ts: a nested call of the same limit can create a deadlock",
  },
  {
    packages: ["p-limit"],
    exports: ["limitFunction"],
    isWrapper: true,
    size: { argument: 1, option: "concurrency", default: 1 },
    source: "p-limit 7.3 index.d.ts",
  },
  {
    packages: ["p-queue"],
    exports: ["default"],
    submits: { add: FIRST, addAll: { callback: 0, isMany: true } },
    drains: ["onIdle"],
    size: { argument: 0, option: "concurrency", default: Number.POSITIVE_INFINITY },
    source: "p-queue 9.3 README",
  },
  {
    packages: ["bottleneck"],
    exports: ["default"],
    submits: {
      schedule: {
        callback: 0,
        optionsFirst: true,
        slots: { argument: 0, option: "weight" },
      },
    },
    wraps: { wrap: { callback: 0 } },
    size: { argument: 0, option: "maxConcurrent", default: Number.POSITIVE_INFINITY },
    source:
      "bottleneck 2.19.5 README: a job's weight counts against maxConcurrent; null is no limit",
  },
  {
    packages: ["fastq"],
    exports: ["promise"],
    worker: 0,
    submits: { push: {}, unshift: {} },
    drains: ["drained"],
    size: { argument: 1, default: 1 },
    source:
      "fastq 1.20.3 index.d.ts: promise(worker, concurrency), promise(context, worker, concurrency)",
  },
  {
    packages: ["async-mutex"],
    exports: ["Semaphore"],
    submits: { runExclusive: { callback: 0, slots: { argument: 1 } } },
    acquires: { acquire: { slots: 0 } },
    releases: ["release"],
    size: { argument: 0, default: 1 },
    source:
      "async-mutex 0.5.0 README; lib/Semaphore.js: the line is served in its order, also when a later request would fit",
  },
  {
    packages: ["async-sema"],
    exports: ["Sema", "default.Sema"],
    acquires: { acquire: {} },
    releases: ["release"],
    size: { argument: 0, default: 1 },
    source: "async-sema 3.1.1 README",
  },
];
