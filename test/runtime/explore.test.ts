import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { BoundedPool, PoolDeadlockError, runAsync, sequential } from "../../src/runtime/index.ts";
import { explore, messageUpdate, type ScheduleRun } from "../../src/runtime/testing/index.ts";
import { CommandHandler, Dispatcher } from "../../src/runtime/index.ts";

/** n handlers that read, call and write: the right balance is n. */
const deposits =
  (n: number) =>
  async ({ io }: ScheduleRun): Promise<number> => {
    let balance = 0;
    const deposit = async (name: string) => {
      const read = await io(`${name} reads`, () => balance);
      await io(`${name} calls`);
      balance = read + 1;
    };
    await Promise.all(Array.from({ length: n }, (_, i) => deposit(`h${String(i)}`)));
    return balance;
  };

describe("every schedule, each once", () => {
  test.each([
    [1, 1],
    [2, 6], // 4! / (2! 2!)
    [3, 90], // 6! / (2! 2! 2!)
  ])("%i handlers of two steps have %i", async (handlers, schedules) => {
    const report = await explore(deposits(handlers));
    expect(report.schedules).toBe(schedules);
    expect(report.isExhaustive).toBe(true);
    expect(report.verdicts.ok).toBe(schedules);
    expect(report.outcomes.reduce((sum, outcome) => sum + outcome.schedules, 0)).toBe(schedules);
  });

  test("the lost update of two handlers shows in 4 of 6", async () => {
    const report = await explore(deposits(2));
    expect(report.outcomes.map(({ value, schedules }) => [value, schedules])).toEqual([
      [1, 4],
      [2, 2],
    ]);
  });

  test("under a key there is one schedule, and nothing is lost", async () => {
    const report = await explore(async (run) => {
      let balance = 0;
      const deposit = (name: string) =>
        sequential("account", async () => {
          const read = await run.io(`${name} reads`, () => balance);
          await run.io(`${name} calls`);
          balance = read + 1;
        });
      await Promise.all([deposit("a"), deposit("b"), deposit("c")]);
      return balance;
    });
    expect(report.schedules).toBe(1);
    expect(report.outcomes[0]?.value).toBe(3);
  });
});

test("both bad schedules of the bank: one transfer overwritten, and money made of nothing", async () => {
  const report = await explore(
    async ({ io, bot, pool }) => {
      const accounts = new Map([
        ["A", 0],
        ["B", 0],
      ]);
      const transfer = async (_update: unknown, { args }: { args: string[] }) => {
        const [from = "", to = "", sum] = args;
        const source = await io(`read ${from}`, () => accounts.get(from) ?? 0);
        const target = await io(`read ${to}`, () => accounts.get(to) ?? 0);
        await io(`write ${from}`, () => accounts.set(from, source - Number(sum)));
        await io(`write ${to}`, () => accounts.set(to, target + Number(sum)));
      };
      const dispatcher = new Dispatcher({ pool, bot });
      dispatcher.addHandler(new CommandHandler("transfer", transfer, { runAsync: true }));
      void dispatcher.processUpdate(messageUpdate("/transfer A B 10"));
      void dispatcher.processUpdate(messageUpdate("/transfer B A 100"));
      await dispatcher.onIdle();
      return { A: accounts.get("A"), B: accounts.get("B") };
    },
    { maxSchedules: 500 },
  );
  const values = report.outcomes.map((outcome) => outcome.value);
  expect(report.isExhaustive).toBe(true);
  expect(values).toContainEqual({ A: 90, B: -90 });
  expect(values).toContainEqual({ A: -10, B: 10 });
  expect(values).toContainEqual({ A: 100, B: -100 });
  expect(values).toContainEqual({ A: 100, B: 10 });
});

describe("replay", () => {
  test("a failure's string runs exactly its schedule", async () => {
    const program = async (run: ScheduleRun) => {
      assert.equal(await deposits(3)(run), 3);
    };
    const report = await explore(program, { maxFailures: 100 });
    expect(report.verdicts.violation).toBe(84);
    for (const failure of report.failures.slice(0, 20)) {
      const again = await explore(program, { replay: failure.replay });
      expect(again.schedules).toBe(1);
      expect(again.failures[0]?.trace).toEqual(failure.trace);
      expect(again.failures[0]?.replay).toBe(failure.replay);
    }
  });

  test("a string that does not fit is refused", async () => {
    await expect(explore(deposits(2), { replay: "7.7" })).rejects.toThrow(TypeError);
  });

  test("beyond the bound: seeded random, the same for the same seed", async () => {
    const first = await explore(deposits(5), { maxSchedules: 60, seed: 3 });
    const second = await explore(deposits(5), { maxSchedules: 60, seed: 3 });
    const other = await explore(deposits(5), { maxSchedules: 60, seed: 4 });
    expect(first.isExhaustive).toBe(false);
    expect(first.schedules).toBe(60);
    expect(second.outcomes).toEqual(first.outcomes);
    expect(other.outcomes).not.toEqual(first.outcomes);
  });
});

describe("verdicts", () => {
  test("an invariant is checked after every completion", async () => {
    const report = await explore(async ({ io, invariant }) => {
      let open = 0;
      invariant(() => open <= 1, "one door at a time");
      const door = async (name: string) => {
        await io(`${name} opens`, () => (open += 1));
        await io(`${name} closes`, () => (open -= 1));
      };
      await Promise.all([door("a"), door("b")]);
    });
    expect(report.verdicts).toMatchObject({ violation: 2, ok: 2 });
    expect(report.failures[0]).toMatchObject({
      message: "one door at a time does not hold",
      trace: ["a opens", "b opens"],
    });
  });

  test("a deadlock that depends on the schedule, with its chain", async () => {
    const report = await explore(
      async ({ io, pool }) => {
        let cache: string | undefined;
        const outer = (name: string) =>
          pool.run(
            async () => {
              await io(`${name} starts`);
              cache ??= await pool.run(async () => io("fill", () => "filled"), { name: "fill" });
            },
            { name },
          );
        const warming = io("warm", () => (cache = "warm"));
        await Promise.all([outer("first"), outer("second"), warming]);
      },
      { pool: { workers: 2 } },
    );
    expect(report.verdicts.deadlock).toBeGreaterThan(0);
    expect(report.verdicts.ok).toBeGreaterThan(0);
    const failure = report.failures.find(({ verdict }) => verdict === "deadlock");
    expect(failure?.error).toBeInstanceOf(PoolDeadlockError);
    expect(failure?.message).toContain("waits for");
  });

  test("a promise that nobody resolves is a deadlock without a culprit", async () => {
    const report = await explore(async () => {
      await new Promise(() => undefined);
    });
    expect(report.failures).toMatchObject([{ verdict: "deadlock", error: undefined }]);
  });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    ["a real timer", () => sleep(5), /timer of 5 ms/],
    ["a timer by hand", () => new Promise((resolve) => setTimeout(resolve, 7)), /timer of 7 ms/],
    ["a file", () => readFile(new URL(import.meta.url)), /FS|FILE/],
  ])("%s is named, and no deadlock", async (_name, wait, named) => {
    const report = await explore(async ({ io }) => {
      await io("instrumented");
      await wait();
    });
    expect(report.verdicts.uninstrumented).toBe(1);
    expect(report.failures[0]?.message).toMatch(named);
  });

  test("what the program throws, and an error of a task that nobody asked for", async () => {
    const thrown = await explore(() => {
      throw new Error("thrown");
    });
    expect(thrown.failures).toMatchObject([{ verdict: "error", message: "thrown" }]);
    const unasked = await explore(async ({ io, pool }) => {
      runAsync(async () => {
        await io("work");
        throw new Error("unasked");
      })();
      await pool.onIdle();
    });
    expect(unasked.failures).toMatchObject([{ verdict: "error", message: "unasked" }]);
  });
});

describe("around the explorer", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test("fake timers of the test runner do no harm", async () => {
    vi.useFakeTimers();
    const report = await explore(deposits(2));
    expect(report.schedules).toBe(6);
  });

  test("a schedule that was given up leaves nothing behind", async () => {
    const errors: unknown[] = [];
    const outside = new BoundedPool({
      workers: 1,
      detectDeadlocks: "report",
      stallAfter: 20,
      onError: (e) => errors.push(e),
    });
    const report = await explore(
      async ({ pool }) => {
        const own = new BoundedPool({ workers: 1, stallAfter: 20, onError: (e) => errors.push(e) });
        void own.run(() => new Promise(() => undefined));
        void own.run(() => 1);
        await pool.run(async () => await pool.run(() => 1));
      },
      { pool: { workers: 1, stallAfter: 20 } },
    );
    expect(report.verdicts.deadlock).toBe(1);
    await sleep(120);
    expect(errors).toEqual([]);
    expect(await outside.run(() => "unharmed")).toBe("unharmed");
  });

  test("the bot of a schedule logs calls as they complete", async () => {
    const report = await explore(async ({ bot, calls }) => {
      await Promise.all([bot.sendMessage(1, "a"), bot.sendMessage(2, "b")]);
      return calls.map(({ args }) => args[1]).join("");
    });
    expect(report.outcomes.map(({ value }) => value).sort()).toEqual(["ab", "ba"]);
    expect(report.outcomes[0]?.trace).toContain('sendMessage 1 "a"');
  });
});
