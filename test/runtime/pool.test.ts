import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  BoundedPool,
  NestedWaitError,
  PoolClosedError,
  PoolStalledError,
  QueueFullError,
  runAsync,
  TaskAbortedError,
  TaskTimeoutError,
} from "../../src/runtime/index.ts";

/** A promise and the key to it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe("run", () => {
  test("starts at most `workers` tasks, the others in the order of submission", async () => {
    const pool = new BoundedPool({ workers: 2 });
    const gates = Array.from({ length: 5 }, gate);
    const started: number[] = [];
    const outcomes = gates.map(({ opened }, i) =>
      pool.run(async () => {
        started.push(i);
        await opened;
        return i;
      }),
    );
    expect(started).toEqual([0, 1]);
    expect(pool.stats()).toMatchObject({ workers: 2, running: 2, queued: 3 });
    gates[1]?.open();
    await outcomes[1];
    expect(started).toEqual([0, 1, 2]);
    for (const { open } of gates) open();
    expect(await Promise.all(outcomes)).toEqual([0, 1, 2, 3, 4]);
    expect(pool.stats()).toMatchObject({ running: 0, queued: 0, settled: 5 });
  });

  test("rejects with what the function throws, at once or later, undefined included", async () => {
    const pool = new BoundedPool({ workers: 1 });
    const failing = pool.run(() => {
      throw new Error("at once");
    });
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what bad input does
    const undefinedReason = pool.run(() => Promise.reject(undefined));
    await expect(failing).rejects.toThrow("at once");
    expect(await undefinedReason.catch((reason: unknown) => ({ reason }))).toEqual({
      reason: undefined,
    });
    expect(await pool.run(() => "goes on")).toBe("goes on");
  });

  test("a long line of synchronous tasks does not exhaust the stack", async () => {
    const pool = new BoundedPool({ workers: 1 });
    const hold = gate();
    void pool.run(() => hold.opened);
    let count = 0;
    const last = Array.from({ length: 50_000 }, () => pool.run(() => (count += 1))).at(-1);
    hold.open();
    expect(await last).toBe(50_000);
  });

  test.each(["off", "report"] as const)(
    "keeps the submitter's async context (detection %s)",
    async (detectDeadlocks) => {
      const storage = new AsyncLocalStorage<number>();
      const pool = new BoundedPool({ workers: 2, detectDeadlocks });
      const seen = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          storage.run(i, () =>
            pool.run(async () => {
              await sleep(1);
              return storage.getStore();
            }),
          ),
        ),
      );
      expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i));
    },
  );

  test("wrap passes arguments and keeps the name for reports", async () => {
    const pool = new BoundedPool();
    const add = pool.wrap((a: number, b: number) => a + b);
    expect(await add(1, 2)).toBe(3);
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses %s workers", (workers) => {
    expect(() => new BoundedPool({ workers })).toThrow(RangeError);
  });
});

describe("overflow", () => {
  test("reject: no slot, no task", async () => {
    const pool = new BoundedPool({ workers: 1, overflow: "reject" });
    const hold = gate();
    const running = pool.run(() => hold.opened);
    await expect(pool.run(() => 1)).rejects.toBeInstanceOf(QueueFullError);
    hold.open();
    await running;
    expect(await pool.run(() => 1)).toBe(1);
  });

  test("maxQueue: that many wait, one more is refused", async () => {
    const pool = new BoundedPool({ workers: 1, maxQueue: 1 });
    const hold = gate();
    void pool.run(() => hold.opened);
    const waiting = pool.run(() => "waited");
    await expect(pool.run(() => 1)).rejects.toBeInstanceOf(QueueFullError);
    hold.open();
    expect(await waiting).toBe("waited");
  });

  test("block: a submission that is cancelled in the line of its key is waited for no longer", async () => {
    const pool = new BoundedPool({ workers: 2, overflow: "block" });
    const hold = gate();
    const keyed = runAsync((work: () => unknown) => work(), { pool, key: "cancelled in line" });
    const holder = keyed(() => hold.opened);
    const parent = pool.run(() => keyed(() => "never"));
    const child = await parent;
    expect(pool.stats().running).toBe(2); // the function has ended, the slot is kept
    expect(child.cancel()).toBe(true);
    await sleep(1);
    expect(pool.stats().running).toBe(1);
    hold.open();
    await holder.result;
  });

  test("block: a slot is kept until the submissions made in it have started", async () => {
    const pool = new BoundedPool({ workers: 2, overflow: "block" });
    const hold = gate();
    const started: string[] = [];
    const blocker = pool.run(() => hold.opened, { name: "blocker" });
    const parent = pool.run(async () => {
      void pool.run(() => started.push("first"));
      void pool.run(() => started.push("second"));
      await sleep(1);
      return "parent is done";
    });
    expect(await parent).toBe("parent is done");
    expect(started).toEqual([]);
    expect(pool.stats()).toMatchObject({ running: 2, queued: 2 });
    hold.open();
    await blocker;
    await pool.onIdle();
    expect(started).toEqual(["first", "second"]);
  });
});

describe('nested: "error"', () => {
  test("rejects the wait, not the submission, and the wait alone", async () => {
    const pool = new BoundedPool({ workers: 1, nested: "error" });
    let inner: Promise<string> | undefined;
    const outer = pool.run(async () => {
      inner = pool.run(() => "runs later");
      await inner;
    });
    await expect(outer).rejects.toBeInstanceOf(NestedWaitError);
    expect(await inner).toBe("runs later");
  });

  test("also from a callback of a timer, and through Promise.all", async () => {
    const pool = new BoundedPool({ workers: 3, nested: "error" });
    const fromTimer = pool.run(
      () =>
        new Promise((resolve, reject) => {
          setTimeout(() => {
            pool.run(() => 1).then(resolve, reject);
          }, 1);
        }),
    );
    await expect(fromTimer).rejects.toBeInstanceOf(NestedWaitError);
    await expect(pool.run(() => Promise.all([pool.run(() => 1)]))).rejects.toBeInstanceOf(
      NestedWaitError,
    );
  });

  test("says nothing to a second pool, to waits outside, and to tasks that have settled", async () => {
    const pool = new BoundedPool({ workers: 1, nested: "error" });
    const other = new BoundedPool({ workers: 1, nested: "error" });
    expect(await pool.run(async () => await other.run(() => 1))).toBe(1);
    const done = pool.run(() => 2);
    await done;
    expect(await pool.run(async () => await done)).toBe(2);
  });
});

describe('nested: "inherit"', () => {
  test("a parent that goes on after a race holds its slot again", async () => {
    const pool = new BoundedPool({ workers: 1, nested: "inherit" });
    let active = 0;
    const overlaps: number[] = [];
    const child = async () => {
      active += 1;
      overlaps.push(active);
      await sleep(2);
      active -= 1;
    };
    await pool.run(async () => {
      const children = [pool.run(child), pool.run(child), pool.run(child)];
      await Promise.race(children);
      active += 1;
      overlaps.push(active);
      await sleep(5);
      active -= 1;
      await Promise.all(children);
    });
    expect(overlaps).toEqual([1, 1, 1, 1]);
  });

  test("an outcome from another slot is handed over only when the lent one is back", async () => {
    const pool = new BoundedPool({ workers: 2, nested: "inherit" });
    const elsewhere = gate();
    const order: string[] = [];
    const outer = pool.run(async () => {
      const running = pool.run(() => elsewhere.opened); // takes the second slot
      const lent = pool.run(async () => {
        order.push("lent starts");
        elsewhere.open();
        await sleep(5);
        order.push("lent ends");
      });
      await Promise.race([running, lent]);
      order.push("parent goes on");
      await lent;
    });
    await outer;
    expect(order).toEqual(["lent starts", "lent ends", "parent goes on"]);
  });

  test("a child that outlives its parent keeps the slot", async () => {
    const pool = new BoundedPool({ workers: 1, nested: "inherit" });
    const hold = gate();
    const parent = pool.run(async () => {
      await Promise.race([pool.run(() => hold.opened), sleep(2)]);
    });
    await parent;
    let hasStarted = false;
    const next = pool.run(() => {
      hasStarted = true;
    });
    await sleep(2);
    expect(hasStarted).toBe(false);
    expect(pool.stats().running).toBe(1);
    hold.open();
    await next;
    expect(pool.stats().running).toBe(0);
  });
});

describe("signals and timeouts", () => {
  test("a signal that has fired: the task never starts", async () => {
    const pool = new BoundedPool();
    let hasStarted = false;
    const reason = new Error("no longer needed");
    const outcome = pool.run(
      () => {
        hasStarted = true;
      },
      { signal: AbortSignal.abort(reason) },
    );
    await expect(outcome).rejects.toMatchObject({ name: "TaskAbortedError", cause: reason });
    expect(hasStarted).toBe(false);
  });

  test("a signal that fires in line withdraws the task", async () => {
    const pool = new BoundedPool({ workers: 1 });
    const hold = gate();
    const running = pool.run(() => hold.opened);
    const abort = new AbortController();
    const waiting = pool.run(() => "never", { signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toBeInstanceOf(TaskAbortedError);
    expect(pool.stats().queued).toBe(0);
    hold.open();
    await running;
  });

  test("a timeout answers the waiter and aborts the signal; the slot stays taken", async () => {
    const pool = new BoundedPool({ workers: 1 });
    const hold = gate();
    let signal: AbortSignal | undefined;
    const late = pool.run(
      async (scope) => {
        ({ signal } = scope);
        await hold.opened;
      },
      { timeout: 5, name: "late" },
    );
    await expect(late).rejects.toBeInstanceOf(TaskTimeoutError);
    expect(signal?.aborted).toBe(true);
    expect(pool.stats()).toMatchObject({ running: 1, overrunning: 1 });
    let hasStarted = false;
    const next = pool.run(() => {
      hasStarted = true;
    });
    await sleep(2);
    expect(hasStarted).toBe(false);
    hold.open();
    await next;
    expect(pool.stats()).toMatchObject({ running: 0, overrunning: 0 });
  });

  test("timeouts of different lengths each fire, and none after the settlement", async () => {
    const pool = new BoundedPool({ workers: 10 });
    const never = new Promise<never>(() => undefined);
    const slow = [30, 5, 15].map((timeout) => pool.run(() => never, { timeout }));
    const fast = await pool.run(() => "in time", { timeout: 5 });
    const outcomes = await Promise.allSettled(slow);
    expect(fast).toBe("in time");
    expect(outcomes.every((outcome) => outcome.status === "rejected")).toBe(true);
    expect(pool.stats()).toMatchObject({ running: 3, overrunning: 3 });
  });
});

describe("end", () => {
  test("onIdle waits for all, close refuses what comes later", async () => {
    const pool = new BoundedPool({ workers: 1 });
    const done: number[] = [];
    for (const i of [1, 2, 3]) void pool.run(async () => sleep(1).then(() => done.push(i)));
    await pool.close();
    expect(done).toEqual([1, 2, 3]);
    await expect(pool.run(() => 1)).rejects.toBeInstanceOf(PoolClosedError);
  });

  test("close without drain rejects what waits and awaits what runs", async () => {
    const pool = new BoundedPool({ workers: 1 });
    const running = pool.run(async () => sleep(5, "ran"));
    const waiting = pool.run(() => "never");
    const refused = expect(waiting).rejects.toBeInstanceOf(PoolClosedError);
    await pool.close({ drain: false });
    await refused;
    expect(await running).toBe("ran");
  });
});

describe("stalls", () => {
  test.each(["off", "report"] as const)(
    "a task that waits for a signal only its own pool can send is reported once (detection %s)",
    async (detectDeadlocks) => {
      const errors: unknown[] = [];
      const pool = new BoundedPool({
        workers: 2,
        stallAfter: 40,
        detectDeadlocks,
        onError: (error) => errors.push(error),
      });
      await sleep(50); // the test before submitted so much that sites are not recorded for a while
      const signal = gate();
      for (const name of ["wait 1", "wait 2"]) void pool.run(() => signal.opened, { name });
      const go = pool.run(() => {
        signal.open();
      });
      go.catch(() => undefined);
      await sleep(160);
      expect(errors).toHaveLength(1);
      const [error] = errors as [PoolStalledError];
      expect(error).toBeInstanceOf(PoolStalledError);
      expect(error.running.map((info) => info.name)).toEqual(["wait 1", "wait 2"]);
      expect(error.running[0]?.submittedAt).toMatch(/pool\.test\.ts:\d+:\d+$/);
      expect(error.queued).toBe(1);
      signal.open();
      await pool.onIdle();
    },
  );

  test("names the tasks that run, whatever ended before them and in which order", async () => {
    const errors: unknown[] = [];
    const pool = new BoundedPool({ workers: 4, stallAfter: 20, onError: (e) => errors.push(e) });
    const gates = Array.from({ length: 10 }, gate);
    gates.forEach(({ opened }, i) => void pool.run(() => opened, { name: String(i) }));
    for (const ended of [0, 2, 1, 4, 3]) {
      gates[ended]?.open();
      await sleep(1);
    }
    await expect.poll(() => errors).toHaveLength(1);
    const { running } = errors[0] as PoolStalledError;
    expect(running.map(({ name }) => name).sort()).toEqual(["5", "6", "7", "8"]);
    for (const { open } of gates) open();
    await pool.onIdle();
  });

  test("a pool that is busy but settles tasks is left alone", async () => {
    const errors: unknown[] = [];
    const pool = new BoundedPool({ workers: 1, stallAfter: 40, onError: (e) => errors.push(e) });
    await Promise.all(Array.from({ length: 20 }, () => pool.run(() => sleep(8))));
    expect(errors).toEqual([]);
  });
});

test("an error handler that throws does not take the pool down", async () => {
  const pool = new BoundedPool({
    workers: 1,
    onError: () => {
      throw new Error("handler");
    },
  });
  runAsync(
    () => {
      throw new Error("task");
    },
    { pool },
  )();
  await sleep(2);
  expect(await pool.run(() => 1)).toBe(1);
});
