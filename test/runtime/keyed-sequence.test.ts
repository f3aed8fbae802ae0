import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyedSequence, TaskAbortedError, type KeyStore } from "../../src/runtime/index.ts";

test("a free key runs the function at once, a held one in the order of the calls", async () => {
  const keys = new KeyedSequence();
  const order: string[] = [];
  const enter = (name: string, ms: number) =>
    keys.run("k", async () => {
      order.push(name);
      await sleep(ms);
    });
  const all = [enter("first", 5), enter("second", 1), enter("third", 1)];
  expect(order).toEqual(["first"]);
  await Promise.all(all);
  expect(order).toEqual(["first", "second", "third"]);
});

test("numbers and strings that print alike are one key", async () => {
  const keys = new KeyedSequence();
  let open: () => void = () => undefined;
  const held = keys.run(42, () => new Promise<void>((resolve) => (open = resolve)));
  let hasRun = false;
  const second = keys.run("42", () => {
    hasRun = true;
  });
  await sleep(1);
  expect(hasRun).toBe(false);
  open();
  await Promise.all([held, second]);
});

test("keys without sections take no memory", async () => {
  const keys = new KeyedSequence();
  await Promise.all(Array.from({ length: 100 }, (_, i) => keys.run([i, i + 1], () => sleep(1))));
  expect(keys.size).toBe(0);
});

test("a predecessor that fails lets its successor in only when all keys are free", async () => {
  const keys = new KeyedSequence();
  const order: string[] = [];
  const failing = keys.run("a", async () => {
    await sleep(1);
    throw new Error("failed");
  });
  const slow = keys.run("b", async () => {
    await sleep(10);
    order.push("slow ends");
  });
  const both = keys.run(["a", "b"], () => {
    order.push("both");
  });
  await expect(failing).rejects.toThrow("failed");
  await Promise.all([slow, both]);
  expect(order).toEqual(["slow ends", "both"]);
});

test.each(["off", "report"] as const)(
  "a synchronous throw and a plain value release the keys (%s)",
  async (detectDeadlocks) => {
    const keys = new KeyedSequence({ detectDeadlocks });
    const failing = keys.run("k", () => {
      throw new Error("at once");
    });
    await expect(failing).rejects.toThrow("at once");
    expect(await keys.run("k", () => 1)).toBe(1);
    expect(keys.size).toBe(0);
  },
);

describe("signal", () => {
  test("aborted before the call: a section that holds the key keeps it", async () => {
    const keys = new KeyedSequence({ detectDeadlocks: "off" });
    const order: string[] = [];
    const holder = keys.run("k", async () => {
      await sleep(5);
      order.push("holder");
    });
    const refused = keys.run("k", () => order.push("refused"), { signal: AbortSignal.abort() });
    const next = keys.run("k", () => order.push("next"));
    await expect(refused).rejects.toBeInstanceOf(TaskAbortedError);
    await Promise.all([holder, next]);
    expect(order).toEqual(["holder", "next"]);
  });

  test("leaves the line; those behind move up, in all lines", async () => {
    const keys = new KeyedSequence();
    let open: () => void = () => undefined;
    const holder = keys.run("a", () => new Promise<void>((resolve) => (open = resolve)));
    const abort = new AbortController();
    const both = keys.run(["a", "b"], () => "never", { signal: abort.signal });
    const behind = keys.run("b", () => "b is free");
    abort.abort("enough");
    await expect(both).rejects.toMatchObject({ name: "TaskAbortedError", cause: "enough" });
    expect(await behind).toBe("b is free");
    const last = keys.run("a", () => "a is free");
    open();
    await holder;
    expect(await last).toBe("a is free");
    expect(keys.size).toBe(0);
  });

  test("fired before the call: the function never runs", async () => {
    const keys = new KeyedSequence();
    const outcome = keys.run("k", () => "never", { signal: AbortSignal.abort() });
    await expect(outcome).rejects.toBeInstanceOf(TaskAbortedError);
    expect(keys.size).toBe(0);
  });

  test("a section that has started is not stopped", async () => {
    const keys = new KeyedSequence();
    const abort = new AbortController();
    const outcome = keys.run("k", async () => sleep(2, "done"), { signal: abort.signal });
    abort.abort();
    expect(await outcome).toBe("done");
  });
});

test("keeps the caller's async context", async () => {
  const storage = new AsyncLocalStorage<number>();
  const keys = new KeyedSequence();
  const seen = await Promise.all(
    [1, 2, 3].map((i) => storage.run(i, () => keys.run("k", () => storage.getStore()))),
  );
  expect(seen).toEqual([1, 2, 3]);
});

test("refuses no keys", () => {
  expect(() => new KeyedSequence().run([], () => 1)).toThrow(TypeError);
});

test.each(["off", "report"] as const)(
  "random sections over several keys, detection %s: exclusive, in order, all end",
  async (detectDeadlocks) => {
    const section = fc.record({
      keys: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
      isFailing: fc.boolean(),
      isAborted: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(section, { maxLength: 12 }),
        fc.scheduler(),
        async (sections, scheduler) => {
          const keys = new KeyedSequence({ detectDeadlocks });
          const held = new Map<number, number>();
          const entered: number[] = [];
          const outcomes = sections.map(({ keys: own, isFailing, isAborted }, id) => {
            const abort = new AbortController();
            const outcome = keys.run(
              own,
              async () => {
                entered.push(id);
                for (const key of own) {
                  expect(held.get(key)).toBeUndefined();
                  held.set(key, id);
                }
                await scheduler.schedule(Promise.resolve());
                for (const key of own) held.delete(key);
                if (isFailing) throw new Error("failed");
              },
              { signal: abort.signal },
            );
            if (isAborted) abort.abort();
            return outcome;
          });
          await scheduler.waitFor(Promise.allSettled(outcomes)); // fails when it hangs
          for (const key of [0, 1, 2, 3]) {
            const line = entered.filter((id) => sections[id]?.keys.includes(key));
            expect(line).toEqual([...line].sort((a, b) => a - b));
          }
          expect(keys.size).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  },
  20_000,
);

describe("a store of keys", () => {
  test("is asked for all keys at once, and gets them back after success and failure", async () => {
    const log: string[] = [];
    const store: KeyStore = {
      acquire: async (keys) => {
        await sleep(1);
        log.push(`take ${keys.join()}`);
        return () => {
          log.push(`give ${keys.join()}`);
        };
      },
    };
    const keys = new KeyedSequence({ store });
    expect(await keys.run(["a", "b"], () => log.push("runs"))).toBe(2);
    const failing = keys.run("c", () => {
      throw new Error("failed");
    });
    await expect(failing).rejects.toThrow("failed");
    expect(log).toEqual(["take a,b", "runs", "give a,b", "take c", "give c"]);
  });

  test("that fails rejects the section; one that fails to release reports it", async () => {
    const errors: unknown[] = [];
    const broken = new KeyedSequence({
      store: { acquire: () => Promise.reject(new Error("no connection")) },
    });
    await expect(broken.run("k", () => 1)).rejects.toThrow("no connection");
    const leaking = new KeyedSequence({
      store: { acquire: () => Promise.resolve(() => Promise.reject(new Error("lost"))) },
      onError: (error) => errors.push(error),
    });
    const failing = leaking.run("k", () => {
      throw new Error("of the section");
    });
    await expect(failing).rejects.toThrow("of the section");
    await sleep(1);
    expect(errors).toEqual([new Error("lost")]);
  });
});
