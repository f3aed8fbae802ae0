import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  BoundedPool,
  NoUpdaterError,
  PoolDeadlockError,
  runAsync,
  sequential,
  Task,
  TaskAbortedError,
  Updater,
  type Handler,
} from "../../src/runtime/index.ts";

async function* nothing(): AsyncGenerator<never> {
  // a source without updates
}

function pooled(workers = 4): { pool: BoundedPool; errors: unknown[] } {
  const errors: unknown[] = [];
  const pool = new BoundedPool({ workers, onError: (error) => errors.push(error) });
  return { pool, errors };
}

const macrotask = () => new Promise((resolve) => setImmediate(resolve));

describe("a task", () => {
  test("is not thenable: await gives the task at once", async () => {
    const { pool } = pooled();
    const slow = runAsync(async () => sleep(20, "done"), { pool });
    const task = slow();
    // eslint-disable-next-line @typescript-eslint/await-thenable -- that is what is tested
    expect(await task).toBe(task);
    expect(task).toBeInstanceOf(Task);
    expect(task.status).toBe("running");
    expect(await task.result).toBe("done");
    expect(task.status).toBe("fulfilled");
  });

  test("accepted resolves with the start, result with the outcome", async () => {
    const { pool } = pooled(1);
    const order: string[] = [];
    const work = runAsync(async (name: string) => sleep(2).then(() => order.push(`${name} ends`)), {
      pool,
    });
    const first = work("a");
    const second = work("b");
    expect(second.status).toBe("queued");
    void second.accepted.then(() => order.push("b starts"));
    await second.result;
    await first.result;
    expect(order).toEqual(["a ends", "b starts", "b ends"]);
  });

  test("cancel withdraws it from the line, and aborts the wait for a running one", async () => {
    const { pool, errors } = pooled(1);
    let runs = 0;
    const work = runAsync(
      async () => {
        runs += 1;
        await sleep(10);
      },
      { pool },
    );
    const running = work();
    const waiting = work();
    expect(waiting.cancel("enough")).toBe(true);
    await expect(waiting.accepted).rejects.toMatchObject({ cause: "enough" });
    await expect(waiting.result).rejects.toBeInstanceOf(TaskAbortedError);
    expect(running.cancel()).toBe(true);
    await expect(running.result).rejects.toBeInstanceOf(TaskAbortedError);
    expect(running.status).toBe("cancelled");
    expect(pool.stats()).toMatchObject({ running: 1, overrunning: 1 });
    await pool.onIdle();
    expect(runs).toBe(1);
    expect(running.cancel()).toBe(false);
    expect(errors).toEqual([]);
  });
});

describe("errors", () => {
  const fail = (pool: BoundedPool) =>
    runAsync(
      async () => {
        await Promise.resolve();
        throw new Error("task failed");
      },
      { pool },
    );

  test("one that nobody asks for goes to the pool's handler once", async () => {
    const { pool, errors } = pooled();
    fail(pool)();
    await macrotask();
    await macrotask();
    expect(errors).toEqual([new Error("task failed")]);
  });

  test("result takes the responsibility, also when it is asked for in the same macrotask", async () => {
    const { pool, errors } = pooled();
    const task = fail(pool)();
    await expect(task.result).rejects.toThrow("task failed");
    await macrotask();
    expect(errors).toEqual([]);
  });

  test("catch gets it, returns the task, and an error in it goes to the handler", async () => {
    const { pool, errors } = pooled();
    const caught: unknown[] = [];
    const task = fail(pool)();
    expect(task.catch((error) => caught.push(error))).toBe(task);
    fail(pool)().catch(() => {
      throw new Error("in catch");
    });
    await macrotask();
    await macrotask();
    expect(caught).toEqual([new Error("task failed")]);
    expect(errors).toEqual([new Error("in catch")]);
  });

  test("a synchronous throw and a rejection with undefined are errors like any other", async () => {
    const { pool, errors } = pooled();
    runAsync(
      () => {
        throw new Error("at once");
      },
      { pool },
    )();
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what bad input does
    runAsync(() => Promise.reject(undefined), { pool })();
    await macrotask();
    await macrotask();
    expect(errors).toEqual([new Error("at once"), undefined]);
  });
});

describe("wrapping", () => {
  test("twice is a no-op", () => {
    const once = runAsync((n: number) => n, { pool: pooled().pool });
    expect(runAsync(once)).toBe(once);
    expect(once.name).toBe("");
  });

  test("keeps the name of the function and `this`", async () => {
    const { pool } = pooled();
    const bot = {
      greeting: "hello",
      greet: runAsync(
        function greet(this: { greeting: string }, name: string) {
          return `${this.greeting} ${name}`;
        } as (name: string) => string,
        { pool },
      ),
    };
    expect(await bot.greet("you").result).toBe("hello you");
    expect(bot.greet.name).toBe("greet");
  });

  test("types: un-annotated parameters are those of a handler", () => {
    const handler: Handler = runAsync(async (update, context) => {
      await context.bot.sendMessage(update.effectiveChat.id, update.message.text.toUpperCase());
    });
    const numbers = runAsync(async (a: number, b: number) => Promise.resolve(a + b));
    const sum: (a: number, b: number) => Task<number> = numbers;
    expect(typeof handler).toBe("function");
    expect(typeof sum).toBe("function");
  });

  test("refuses what is no function", () => {
    expect(() => runAsync(42 as never)).toThrow(TypeError);
  });
});

describe("keys", () => {
  test("calls of one key run in order, of different keys side by side", async () => {
    const { pool } = pooled();
    const order: string[] = [];
    const step = runAsync(
      async (chat: string, ms: number) => {
        order.push(`${chat}${String(ms)} starts`);
        await sleep(ms);
        order.push(`${chat}${String(ms)} ends`);
      },
      { pool, key: (chat) => `order:${chat}` },
    );
    const tasks = [step("a", 20), step("a", 1), step("b", 5)];
    await Promise.all(tasks.map((task) => task.result));
    expect(order).toEqual([
      "a20 starts",
      "b5 starts",
      "b5 ends",
      "a20 ends",
      "a1 starts",
      "a1 ends",
    ]);
  });

  test("calls that wait for a key hold no slot", async () => {
    const { pool } = pooled(2);
    const hot = runAsync(async () => sleep(5), { pool, key: "hot" });
    const tasks = Array.from({ length: 10 }, () => hot());
    expect(pool.stats()).toMatchObject({ running: 1, queued: 0 });
    expect(await pool.run(() => "at once")).toBe("at once");
    for (const task of tasks) task.cancel();
    await pool.onIdle();
  });

  test("the key is kept until the function settles, though the waiter was answered", async () => {
    const { pool } = pooled();
    const order: string[] = [];
    const step = runAsync(
      async (name: string) => {
        order.push(`${name} starts`);
        await sleep(10);
        order.push(`${name} ends`);
      },
      { pool, key: "kept" },
    );
    const first = step("1");
    const second = step("2");
    first.cancel();
    await expect(first.result).rejects.toBeInstanceOf(TaskAbortedError);
    await second.result;
    expect(order).toEqual(["1 starts", "1 ends", "2 starts", "2 ends"]);
  });

  test("a task withdrawn from several lines leaves each once", async () => {
    const { pool } = pooled();
    let open: () => void = () => undefined;
    const held = sequential("wd:a", () => new Promise<void>((resolve) => (open = resolve)));
    const both = runAsync(() => "never", { pool, key: ["wd:a", "wd:b"] })();
    const order: string[] = [];
    const behind = ["1", "2"].map((name) =>
      sequential(["wd:b", "wd:c"], async () => {
        order.push(`${name} in`);
        await sleep(1);
        order.push(`${name} out`);
      }),
    );
    expect(both.cancel()).toBe(true);
    await Promise.all(behind);
    expect(order).toEqual(["1 in", "1 out", "2 in", "2 out"]);
    open();
    await held;
    expect(await sequential(["wd:a", "wd:b"], () => "free")).toBe("free");
  });

  test("a keyed task that the pool refuses gives its key back", async () => {
    const pool = new BoundedPool({ workers: 1, overflow: "reject" });
    let open: () => void = () => undefined;
    const running = pool.run(() => new Promise<void>((resolve) => (open = resolve)));
    const work = runAsync(() => "ran", { pool, key: "refused" });
    await expect(work().result).rejects.toThrow("is full");
    open();
    await running;
    expect(await work().result).toBe("ran");
  });

  test("the keys are those of sequential", async () => {
    const { pool } = pooled();
    let open: () => void = () => undefined;
    const held = sequential("shared", () => new Promise<void>((resolve) => (open = resolve)));
    const task = runAsync(() => "after", { pool, key: "shared" })();
    await macrotask();
    expect(task.status).toBe("queued");
    open();
    await held;
    expect(await task.result).toBe("after");
  });
});

describe("the pool of a call", () => {
  const updaters: Updater[] = [];
  const updater = (workers: number): Updater => {
    const made = new Updater(
      { source: nothing() },
      { workers, name: `pool of ${String(workers)}` },
    );
    updaters.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(updaters.splice(0).map((one) => one.stop()));
  });

  test("a default pool of 4, which the first Updater adopts with what runs in it", async () => {
    let open: () => void = () => undefined;
    const hold = new Promise<void>((resolve) => (open = resolve));
    const work = runAsync(() => hold);
    const tasks = Array.from({ length: 6 }, () => work());
    expect(tasks.map((task) => task.status).filter((status) => status === "running")).toHaveLength(
      4,
    );
    const { pool } = updater(5);
    expect(pool.stats()).toMatchObject({ workers: 5, running: 5, queued: 1 });
    open();
    await Promise.all(tasks.map((task) => task.result));
    const task = runAsync(() => pool.stats().running)();
    expect(await task.result).toBe(1);
  });

  test("with two Updaters, that of the handler or job that made the call", async () => {
    const first = updater(1);
    const second = updater(2);
    const poolOf = runAsync(async () => {
      await sleep(1);
      return [first, second].map(({ pool }) => pool.stats().running).join();
    });
    expect(() => poolOf()).toThrow(NoUpdaterError);
    const named = runAsync(() => "named", { pool: first.pool });
    expect(await named().result).toBe("named");

    const seen: string[] = [];
    const { TypeHandler, Update } = await import("../../src/runtime/index.ts");
    const { rawMessage } = await import("../../src/runtime/testing/index.ts");
    for (const [name, one] of Object.entries({ first, second })) {
      one.dispatcher.addHandler(
        new TypeHandler(Update, async () => {
          await sleep(1);
          seen.push(`${name}: ${await poolOf().result}`);
        }),
      );
    }
    await first.intake.accept(rawMessage("to the first"));
    await second.intake.accept(rawMessage("to the second"));
    expect(seen).toEqual(["first: 1,0", "second: 0,1"]);
  });
});

test("fake timers of a test runner do not stop error reports and detection", async () => {
  vi.useFakeTimers();
  try {
    const { pool, errors } = pooled(1);
    runAsync(
      async () => {
        await pool.run(() => 1);
      },
      { pool },
    )();
    vi.useRealTimers();
    await sleep(100);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(PoolDeadlockError);
  } finally {
    vi.useRealTimers();
  }
});
