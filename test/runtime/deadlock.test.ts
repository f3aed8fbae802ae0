import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  BoundedPool,
  Dispatcher,
  KeyedSequence,
  MessageHandler,
  PoolDeadlockError,
  runAsync,
  type PoolOptions,
} from "../../src/runtime/index.ts";
import { messageUpdate } from "../../src/runtime/testing/index.ts";

const LONG_AFTER_GRACE = 130;

/** A pool that rejects waits that can never end, and what it reported. */
function detecting(workers: number, options: PoolOptions = {}): BoundedPool {
  return new BoundedPool({ workers, detectDeadlocks: "reject", ...options });
}

function named<R>(name: string, fn: () => R): () => R {
  return Object.defineProperty(fn, "name", { value: name });
}

describe("a report says where", () => {
  async function chainOf(outcome: Promise<unknown>): Promise<PoolDeadlockError["chain"]> {
    const error: unknown = await outcome.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PoolDeadlockError);
    return (error as PoolDeadlockError).chain;
  }

  test("a function without a name was wrapped", async () => {
    const pool = detecting(1);
    const child = runAsync(() => 1, { pool });
    const parent = runAsync(async () => child().result, { pool });
    const [first] = await chainOf(parent().result);
    for (const link of [first?.from, first?.to]) {
      expect(link?.name).toMatch(/^\(anonymous, .*deadlock\.test\.ts:\d+:\d+\)$/);
    }
    expect(first?.from.name).not.toBe(first?.to.name);
  });

  test.each(["marked by the function", "marked by the option"])(
    "a handler was registered whose task the dispatcher submitted: %s",
    async (how) => {
      const errors: unknown[] = [];
      const pool = detecting(1);
      const dispatcher = new Dispatcher({ pool });
      dispatcher.addErrorHandler((_update, { error }) => errors.push(error));
      const nested = async (): Promise<unknown> => pool.run(() => 1);
      dispatcher.addHandler(
        how === "marked by the option"
          ? new MessageHandler("text", nested, { runAsync: true })
          : new MessageHandler("text", runAsync(nested, { pool })),
      );
      await dispatcher.processUpdate(messageUpdate("hi"));
      await dispatcher.onIdle();
      await expect.poll(() => errors).toHaveLength(1);
      const [first] = (errors[0] as PoolDeadlockError).chain;
      expect(first?.from.submittedAt).toMatch(/deadlock\.test\.ts:\d+:\d+$/);
    },
  );
});

describe("waits that can never end are rejected", () => {
  test("a task that awaits a task of its full pool", async () => {
    const pool = detecting(1);
    const outer = pool.run(named("outer", async () => await pool.run(named("inner", () => 1))));
    const error: unknown = await outer.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PoolDeadlockError);
    expect(
      (error as PoolDeadlockError).chain.map((link) => [link.from.name, link.to.name]),
    ).toEqual([
      ["outer", "inner"],
      ["inner", "outer"],
    ]);
    expect((error as PoolDeadlockError).message).toMatch(/outer .*deadlock\.test\.ts:\d+:\d+/);
  });

  const cases: Record<string, (make: (workers: number) => BoundedPool) => Promise<unknown>> = {
    "Promise.all": (make) => {
      const pool = make(1);
      return pool.run(async () => Promise.all([pool.run(() => 1), pool.run(() => 2)]));
    },
    "Promise.allSettled": async (make) => {
      const pool = make(1);
      const [outcome] = await pool.run(async () => Promise.allSettled([pool.run(() => 1)]));
      if (outcome.status === "rejected") throw outcome.reason;
    },
    "a promise returned by an async function": (make) => {
      const pool = make(1);
      return pool.run(async () => pool.run(() => 1));
    },
    "a promise returned by a plain function": (make) => {
      const pool = make(1);
      return pool.run(() => pool.run(() => 1));
    },
    "a helper two calls deep that chains": (make) => {
      const pool = make(1);
      const inner = () => pool.run(() => 5).then((value) => value + 1);
      const helper = async () => {
        await sleep(1);
        return await inner();
      };
      return pool.run(helper);
    },
    "a promise made by hand around then(resolve)": (make) => {
      const pool = make(1);
      return pool.run(
        () =>
          new Promise((resolve, reject) => {
            pool.run(() => 1).then(resolve, reject);
          }),
      );
    },
    "finally on the way": (make) => {
      const pool = make(1);
      return pool.run(async () => await pool.run(() => 1).finally(() => undefined));
    },
    "a second pool and back": (make) => {
      const a = make(1);
      const b = make(1);
      return a.run(async () => await b.run(async () => await a.run(() => 1)));
    },
    "two pools that wait for each other": (make) => {
      const a = make(1);
      const b = make(1);
      const first = a.run(async () => {
        await sleep(5);
        await b.run(() => 1);
      });
      const second = b.run(async () => {
        await sleep(5);
        await a.run(() => 1);
      });
      return Promise.all([first, second]);
    },
    "a task submitted by somebody else": async (make) => {
      const pool = make(1);
      const later: { task?: Promise<number> } = {};
      const waiter = pool.run(async () => {
        await sleep(1);
        return await later.task;
      });
      later.task = pool.run(() => 7);
      later.task.catch(() => undefined);
      await waiter;
    },
    "the acceptance of a task": (make) => {
      const pool = make(1);
      const inner = runAsync(() => 1, { pool });
      return pool.run(async () => {
        await inner().accepted;
      });
    },
    "the result of a task": (make) => {
      const pool = make(1);
      const inner = runAsync(() => 1, { pool });
      return pool.run(async () => await inner().result);
    },
  };
  test.each(Object.entries(cases))("%s", async (_name, run) => {
    await expect(run((workers) => detecting(workers))).rejects.toBeInstanceOf(PoolDeadlockError);
  });

  test("one of four waits is rejected, the others then complete", async () => {
    const pool = detecting(4);
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4].map((i) =>
        pool.run(async () => {
          await sleep(5);
          return await pool.run(() => i);
        }),
      ),
    );
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual([
      "fulfilled",
      "fulfilled",
      "fulfilled",
      "rejected",
    ]);
  });

  test("the withdrawn task never runs", async () => {
    const pool = detecting(1);
    let hasRun = false;
    const outer = pool.run(async () => {
      await pool.run(() => {
        hasRun = true;
      });
    });
    await expect(outer).rejects.toBeInstanceOf(PoolDeadlockError);
    await pool.onIdle();
    expect(hasRun).toBe(false);
  });
});

describe("no alarm", () => {
  const quiet: Record<string, (pool: BoundedPool) => Promise<unknown>> = {
    "fire and forget": (pool) =>
      pool.run(async () => {
        void pool.run(() => 1);
        await sleep(LONG_AFTER_GRACE);
      }),
    "catch only": (pool) =>
      pool.run(async () => {
        pool.run(() => 1).catch(() => undefined);
        await sleep(LONG_AFTER_GRACE);
      }),
    "then(log)": (pool) =>
      pool.run(async () => {
        void pool.run(() => 1).then(() => undefined);
        await sleep(LONG_AFTER_GRACE);
      }),
    "Promise.race with a timer longer than the grace time": (pool) =>
      pool.run(
        async () => await Promise.race([pool.run(() => 1), sleep(LONG_AFTER_GRACE, "late")]),
      ),
    "Promise.any with a timer": (pool) =>
      pool.run(async () => await Promise.any([pool.run(() => 1), sleep(LONG_AFTER_GRACE, "late")])),
    "a race by hand that is short": (pool) =>
      pool.run(
        () =>
          new Promise((resolve, reject) => {
            pool.run(() => 1).then(resolve, reject);
            void sleep(20).then(resolve);
          }),
      ),
    "Promise.all that rejects early": (pool) =>
      pool.run(async () => {
        const failing = sleep(5).then(() => {
          throw new Error("early");
        });
        await Promise.all([pool.run(() => 1), failing]).catch(() => undefined);
        // goes on without what it waited for
      }),
  };
  test.each(Object.entries(quiet))("%s", async (_name, run) => {
    const errors: unknown[] = [];
    const pool = new BoundedPool({
      workers: 1,
      detectDeadlocks: "report",
      onError: (error) => errors.push(error),
    });
    await run(pool);
    await pool.onIdle();
    expect(errors).toEqual([]);
  });

  test("enough slots for every level", async () => {
    const errors: unknown[] = [];
    const pool = new BoundedPool({
      workers: 4,
      detectDeadlocks: "report",
      onError: (e) => errors.push(e),
    });
    const outcome = await Promise.all(
      [1, 2, 3].map((i) =>
        pool.run(async () => await pool.run(async () => sleep(LONG_AFTER_GRACE, i))),
      ),
    );
    expect(outcome).toEqual([1, 2, 3]);
    expect(errors).toEqual([]);
  });

  test("a waiter outside any task", async () => {
    const errors: unknown[] = [];
    const pool = new BoundedPool({
      workers: 1,
      detectDeadlocks: "report",
      onError: (e) => errors.push(e),
    });
    const slow = pool.run(async () => sleep(LONG_AFTER_GRACE));
    await pool.run(() => 1);
    await slow;
    expect(errors).toEqual([]);
  });
});

describe("report", () => {
  test("tells onError once and leaves the tasks as they are", async () => {
    const errors: unknown[] = [];
    const pool = new BoundedPool({
      workers: 1,
      detectDeadlocks: "report",
      onError: (e) => errors.push(e),
    });
    let hasSettled = false;
    void pool
      .run(async () => await pool.run(() => 1))
      .finally(() => {
        hasSettled = true;
      });
    await sleep(LONG_AFTER_GRACE * 2);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(PoolDeadlockError);
    expect(hasSettled).toBe(false);
  });
});

describe("the origin's deadlock", () => {
  function origin(
    options: PoolOptions,
    isWaiting: boolean,
  ): { pool: BoundedPool; ran: string[]; errors: unknown[] } {
    const ran: string[] = [];
    const errors: unknown[] = [];
    const pool = new BoundedPool({
      detectDeadlocks: "report",
      ...options,
      onError: (e) => errors.push(e),
    });
    const grandchild = runAsync(
      () => {
        ran.push("grandchild");
      },
      { pool, name: "grandchild" },
    );
    const child = runAsync(
      async () => {
        ran.push("child");
        const task = grandchild();
        if (isWaiting) await task.result;
      },
      { pool, name: "child" },
    );
    const parent = runAsync(
      async () => {
        ran.push("parent");
        const tasks = [child(), child()];
        if (isWaiting) for (const task of tasks) await task.result;
      },
      { pool, name: "parent" },
    );
    parent();
    return { pool, ran, errors };
  }
  const all = ["parent", "child", "child", "grandchild", "grandchild"].sort();

  test("block, 2 workers: detected with its chain", async () => {
    const { ran, errors } = origin({ workers: 2, overflow: "block" }, false);
    await sleep(LONG_AFTER_GRACE);
    expect(ran).toEqual(["parent", "child"]);
    expect(errors).toHaveLength(1);
    const { chain, message } = errors[0] as PoolDeadlockError;
    const names = new Set(chain.flatMap((link) => [link.from.name, link.to.name]));
    expect(names).toEqual(new Set(["parent", "child", "grandchild"]));
    expect(message).toContain("waits for a slot for");
  });

  test("block, 2 workers, reject: recovers by refusing the submission", async () => {
    const { pool, errors } = origin(
      { workers: 2, overflow: "block", detectDeadlocks: "reject" },
      false,
    );
    await pool.onIdle();
    await sleep(1); // errors nobody asked for are told after the macrotask
    expect(errors.some((error) => error instanceof PoolDeadlockError)).toBe(true);
  });

  test.each<[string, PoolOptions, boolean]>([
    ["block, 3 workers", { workers: 3, overflow: "block" }, false],
    ["queue, 2 workers", { workers: 2 }, false],
    ["results awaited, inherit", { workers: 2, nested: "inherit" }, true],
    ["results awaited, inherit, one worker", { workers: 1, nested: "inherit" }, true],
    [
      "results awaited, inherit and block",
      { workers: 2, nested: "inherit", overflow: "block" },
      true,
    ],
    ["block and inherit", { workers: 2, nested: "inherit", overflow: "block" }, false],
  ])("%s: completes", async (_name, options, isWaiting) => {
    const { pool, ran, errors } = origin(options, isWaiting);
    await pool.onIdle();
    expect(ran.sort()).toEqual(all);
    expect(errors).toEqual([]);
    expect(pool.stats().running).toBe(0);
  });

  test.each(["queue", "block"] as const)("%s, results awaited: detected", async (overflow) => {
    const { errors } = origin({ workers: 2, overflow }, true);
    await sleep(LONG_AFTER_GRACE);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(PoolDeadlockError);
  });
});

describe("keys", () => {
  test("re-entry into a key", async () => {
    const keys = new KeyedSequence({ detectDeadlocks: "reject" });
    const outer = keys.run("k", async () => await keys.run("k", () => 1));
    await expect(outer).rejects.toThrow(/waits for a key held by/);
    await expect(keys.run("k", () => "free again")).resolves.toBe("free again");
  });

  test("two sections that take two keys in opposite order", async () => {
    const keys = new KeyedSequence({ detectDeadlocks: "reject" });
    const ordered = (first: string, second: string) =>
      keys.run(first, async () => {
        await sleep(5);
        return await keys.run(second, () => `${first}${second}`);
      });
    const outcomes = await Promise.allSettled([ordered("a", "b"), ordered("b", "a")]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("a slot held by a task that waits for a key, whose holder waits for a slot", async () => {
    const keys = new KeyedSequence({ detectDeadlocks: "reject" });
    const pool = detecting(1);
    const holder = keys.run("k", async () => {
      await sleep(5);
      return await pool.run(() => "slot");
    });
    const task = pool.run(async () => await keys.run("k", () => "key"));
    const outcomes = await Promise.allSettled([holder, task]);
    expect(outcomes.filter((outcome) => outcome.status === "rejected")).toHaveLength(1);
    const [rejected] = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(rejected?.reason).toBeInstanceOf(PoolDeadlockError);
  });

  test("a keyed task that waits for a later call of its own key", async () => {
    const errors: unknown[] = [];
    const pool = detecting(4, { onError: (error) => errors.push(error) });
    const step: (depth: number) => { result: Promise<unknown> } = runAsync(
      async (depth: number): Promise<unknown> =>
        depth === 0 ? "done" : await step(depth - 1).result,
      { pool, key: "own", name: "step" },
    );
    // the keys of runAsync are those of the process, which report to the console
    const outcome = await Promise.race([
      step(1).result.then(
        () => "completed",
        (error: unknown) => (error as Error).name,
      ),
      sleep(400, "hangs"),
    ]);
    expect(outcome).toBe("PoolDeadlockError");
  });
});
