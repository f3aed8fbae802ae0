import type { LockModel } from "../model.ts";

/** Methods of what was acquired that give it back: `lock.release()`, `lock.unlock()`. */
export const RELEASES: readonly string[] = ["release", "unlock"];

/** Locks that exclude other holders inside one process. */
export const locks: readonly LockModel[] = [
  {
    packages: ["eslint-plugin-run-async/runtime"],
    exports: ["sequential"],
    global: true,
    methods: { call: { kind: "section", key: 0, callback: 1 } },
    reentrant: false,
    source: "src/runtime: sequential(keys, fn) enqueues on all keys at once",
  },
  {
    packages: ["eslint-plugin-run-async/runtime"],
    exports: ["KeyedSequence"],
    methods: { run: { kind: "section", key: 0, callback: 1 } },
    reentrant: false,
    source: "src/runtime",
  },
  {
    packages: ["async-mutex"],
    exports: ["Mutex"],
    methods: {
      runExclusive: { kind: "section", callback: 0 },
      acquire: { kind: "acquire", returnsRelease: true },
      release: { kind: "release" },
    },
    source: "async-mutex 0.5.0 README",
  },
  {
    packages: ["async-mutex"],
    exports: ["withTimeout"],
    methods: {
      runExclusive: { kind: "section", callback: 0 },
      acquire: { kind: "acquire", returnsRelease: true },
      release: { kind: "release" },
    },
    source: "async-mutex 0.5.0 README: a mutex whose wait ends with an error after the given time",
  },
  {
    packages: ["redlock"],
    exports: ["default"],
    methods: {
      using: { kind: "section", key: 0, callback: 2 },
      acquire: { kind: "acquire", key: 0, returnsRelease: true },
      lock: { kind: "acquire", key: 0, returnsRelease: true },
    },
    source:
      "redlock 5 README: using(resources, duration, routine) extends the lock while the routine runs; acquire(resources, duration) gives a lock with release(); in version 4, lock() gives one with unlock()",
  },
  {
    packages: ["async-mutex"],
    exports: ["Semaphore"],
    exclusiveWhen: { argument: 0, equals: 1 },
    methods: {
      runExclusive: { kind: "section", callback: 0 },
      acquire: { kind: "acquire", returnsRelease: true },
      release: { kind: "release" },
    },
    source: "async-mutex 0.5.0 README",
  },
  {
    packages: ["async-lock"],
    exports: ["default"],
    methods: { acquire: { kind: "section", key: 0, callback: 1, ordered: true } },
    source: "async-lock 1.5.0 README: an array of keys is taken one after the other",
  },
  {
    packages: ["await-lock"],
    exports: ["default"],
    methods: { acquireAsync: { kind: "acquire" }, release: { kind: "release" } },
    source: "await-lock README",
  },
  {
    packages: ["p-limit"],
    exports: ["default"],
    exclusiveWhen: { argument: 0, equals: 1 },
    methods: { call: { kind: "section", callback: 0 } },
    source: "p-limit 7 README",
  },
  {
    packages: ["p-queue"],
    exports: ["default"],
    exclusiveWhen: { argument: 0, option: "concurrency", equals: 1 },
    methods: { add: { kind: "section", callback: 0 } },
    source: "p-queue 9 README",
  },
  {
    packages: ["bottleneck"],
    exports: ["default"],
    exclusiveWhen: { argument: 0, option: "maxConcurrent", equals: 1 },
    methods: { schedule: { kind: "section", callback: 0 } },
    source: "bottleneck 2.19.5 README",
  },
  {
    packages: ["async-sema"],
    exports: ["Sema"],
    exclusiveWhen: { argument: 0, equals: 1 },
    methods: { acquire: { kind: "acquire" }, release: { kind: "release" } },
    source: "async-sema 3.1.1 README",
  },
  {
    packages: ["global"],
    exports: ["navigator.locks.request"],
    global: true,
    methods: { call: { kind: "section", key: 0, callback: 1 } },
    sharedWhen: { argument: 1, option: "mode", equals: "shared" },
    source: "Web Locks API",
  },
];
