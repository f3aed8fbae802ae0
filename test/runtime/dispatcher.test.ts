import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi, type MockInstance } from "vitest";
import type { Update } from "../../src/runtime/index.ts";
import {
  BoundedPool,
  CommandHandler,
  Dispatcher,
  DispatcherHandlerStop,
  filters,
  MessageHandler,
  runAsync,
  sequential,
} from "../../src/runtime/index.ts";
import { messageUpdate } from "../../src/runtime/testing/index.ts";
import { dispatcherWith } from "./reporting-dispatcher.ts";

describe("groups", () => {
  test("ascending, the first match in each", async () => {
    const { dispatcher } = dispatcherWith();
    const log: string[] = [];
    const add = (name: string, group: number) =>
      dispatcher.addHandler(new MessageHandler("text", () => log.push(name)), group);
    add("late", 5);
    add("first", 0);
    add("shadowed", 0);
    add("early", -1);
    await dispatcher.processUpdate(messageUpdate("hi"));
    expect(log).toEqual(["early", "first", "late"]);
  });

  test("DispatcherHandlerStop ends them, also from an error handler", async () => {
    const { dispatcher, errors } = dispatcherWith();
    const log: string[] = [];
    dispatcher.addHandler(
      new CommandHandler("stop", async () => {
        await sleep(1);
        throw new DispatcherHandlerStop();
      }),
    );
    dispatcher.addHandler(
      new CommandHandler("fail", () => {
        throw new Error("failed");
      }),
    );
    dispatcher.addHandler(new MessageHandler("text", () => log.push("later group")), 1);
    await dispatcher.processUpdate(messageUpdate("/stop"));
    expect(log).toEqual([]);
    await dispatcher.processUpdate(messageUpdate("/fail"));
    expect(log).toEqual(["later group"]);
    dispatcher.addErrorHandler(() => {
      throw new DispatcherHandlerStop();
    });
    await dispatcher.processUpdate(messageUpdate("/fail"));
    expect(log).toEqual(["later group"]);
    expect(errors).toEqual([new Error("failed"), new Error("failed")]);
  });

  test("handlers may be added and removed while one runs", async () => {
    const { dispatcher } = dispatcherWith();
    const log: string[] = [];
    const second = new MessageHandler("text", () => log.push("second"));
    const first = new MessageHandler("text", () => {
      log.push("first");
      dispatcher.removeHandler(first).addHandler(second);
    });
    dispatcher.addHandler(first);
    await dispatcher.processUpdate(messageUpdate("a"));
    await dispatcher.processUpdate(messageUpdate("b"));
    expect(log).toEqual(["first", "second"]);
  });
});

describe("order", () => {
  const overlapOf = async (
    dispatcher: Dispatcher,
    make: (work: () => Promise<void>) => unknown,
  ) => {
    let active = 0;
    let most = 0;
    make(async () => {
      active += 1;
      most = Math.max(most, active);
      await sleep(5);
      active -= 1;
    });
    void dispatcher.processUpdate(messageUpdate("a", { chatId: 1 }));
    void dispatcher.processUpdate(messageUpdate("b", { chatId: 2 }));
    await dispatcher.onIdle();
    return most;
  };

  test("a handler that is not asynchronous: one update at a time", async () => {
    const { dispatcher } = dispatcherWith();
    expect(
      await overlapOf(dispatcher, (work) =>
        dispatcher.addHandler(new MessageHandler("text", work)),
      ),
    ).toBe(1);
  });

  test.each<[string, (dispatcher: Dispatcher, work: () => Promise<void>) => void]>([
    [
      "runAsync(fn)",
      (d, work) => void d.addHandler(new MessageHandler("text", runAsync(work, { pool: d.pool }))),
    ],
    [
      "{ runAsync: true }",
      (d, work) => void d.addHandler(new MessageHandler("text", work, { runAsync: true })),
    ],
    [
      "both",
      (d, work) =>
        void d.addHandler(
          new MessageHandler("text", runAsync(work, { pool: d.pool }), { runAsync: true }),
        ),
    ],
    [
      "sequentialBy the chat",
      (d, work) =>
        void d.addHandler(
          new MessageHandler("text", work, {
            sequentialBy: (u) => `two:${String(u.effectiveChat.id)}`,
          }),
        ),
    ],
    [
      "a handler that returns a task",
      (d, work) => {
        const task = runAsync(work, { pool: d.pool });
        d.addHandler(new MessageHandler("text", async () => Promise.resolve(task())));
      },
    ],
  ])("%s: two at a time", async (_name, add) => {
    const { dispatcher } = dispatcherWith();
    expect(
      await overlapOf(dispatcher, (work) => {
        add(dispatcher, work);
      }),
    ).toBe(2);
    expect(dispatcher.pool.stats().settled).toBe(2);
  });

  test("sequentialBy a common key: one at a time, in order", async () => {
    const { dispatcher } = dispatcherWith();
    expect(
      await overlapOf(dispatcher, (work) =>
        dispatcher.addHandler(new MessageHandler("text", work, { sequentialBy: () => "common" })),
      ),
    ).toBe(1);
  });

  test("one hot chat with 600 slow updates; another chat is answered before its second one", async () => {
    const { dispatcher } = dispatcherWith({ workers: 4 });
    const answered: string[] = [];
    dispatcher.addHandler(
      new MessageHandler(
        "text",
        async (update) => {
          const isHot = update.effectiveChat.id === 1;
          if (isHot) await sleep(1);
          answered.push(isHot ? "hot" : "other");
        },
        { sequentialBy: (update) => `hol:${String(update.effectiveChat.id)}` },
      ),
    );
    for (let i = 0; i < 600; i++)
      void dispatcher.processUpdate(messageUpdate("slow", { chatId: 1 }));
    void dispatcher.processUpdate(messageUpdate("hello", { chatId: 2 }));
    await vi.waitFor(() => {
      expect(answered).toContain("other");
    });
    expect(answered.indexOf("other")).toBeLessThanOrEqual(1);
    await dispatcher.onIdle();
    expect(answered).toHaveLength(601);
  });

  test('overflow "block": the next update waits until the task has its slot', async () => {
    const { dispatcher } = dispatcherWith({ workers: 1, overflow: "block" });
    const started: number[] = [];
    dispatcher.addHandler(
      new MessageHandler(
        "text",
        async (update) => {
          started.push(update.updateId);
          await sleep(5);
        },
        { runAsync: true },
      ),
    );
    const walks = [1, 2, 3].map((updateId) =>
      dispatcher.processUpdate(messageUpdate("x", { updateId })),
    );
    await walks[0];
    // the second is in line, the third is not submitted yet
    expect(dispatcher.pool.stats()).toMatchObject({ running: 1, queued: 1 });
    await Promise.all(walks);
    await dispatcher.onIdle();
    expect(started).toEqual([1, 2, 3]);
  });

  test("100,000 updates at once are all handled, once", async () => {
    const { dispatcher } = dispatcherWith({ workers: 8 });
    let count = 0;
    dispatcher.addHandler(
      new MessageHandler(
        "text",
        async () => {
          await Promise.resolve();
          count += 1;
        },
        { runAsync: true },
      ),
    );
    for (let i = 0; i < 100_000; i++)
      void dispatcher.processUpdate(messageUpdate("x", { updateId: i }));
    await dispatcher.onIdle();
    expect(count).toBe(100_000);
    expect(dispatcher.inFlight).toBe(0);
  }, 20_000);
});

describe("errors", () => {
  let log: MockInstance<typeof console.error>;
  beforeEach(() => {
    log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  });
  afterEach(() => {
    log.mockRestore();
  });

  test("of awaited and asynchronous handlers reach the error handlers with their update", async () => {
    const dispatcher = new Dispatcher({ pool: new BoundedPool() });
    const seen: unknown[] = [];
    dispatcher.addErrorHandler((update, context) => {
      seen.push([update?.updateId, context.error, context.task === undefined]);
    });
    const fail = async (update: Update) => {
      await sleep(1);
      throw new Error(update.message.text);
    };
    dispatcher.addHandler(new MessageHandler(filters.regex(/^awaited/), fail));
    dispatcher.addHandler(new MessageHandler(filters.regex(/^task/), fail, { runAsync: true }));
    dispatcher.addHandler(new MessageHandler("text", runAsync(fail, { pool: dispatcher.pool })));
    for (const [i, text] of ["awaited", "task", "wrapped"].entries()) {
      await dispatcher.processUpdate(messageUpdate(text, { updateId: i + 1 }));
    }
    await dispatcher.onIdle();
    await sleep(2);
    expect(seen).toEqual([
      [1, new Error("awaited"), true],
      [2, new Error("task"), false],
      [3, new Error("wrapped"), false],
    ]);
    expect(log).not.toHaveBeenCalled();
  });

  test("in an error handler are logged, not looped; the other error handlers still run", async () => {
    const dispatcher = new Dispatcher({ pool: new BoundedPool() });
    let calls = 0;
    dispatcher.addErrorHandler(() => {
      throw new Error("in the error handler");
    });
    dispatcher.addErrorHandler(() => {
      calls += 1;
    });
    dispatcher.addHandler(
      new MessageHandler("text", () => {
        throw new Error("first");
      }),
    );
    await dispatcher.processUpdate(messageUpdate("x"));
    expect(calls).toBe(1);
    expect(log).toHaveBeenCalledTimes(1);
  });

  test("without error handlers are logged", async () => {
    const dispatcher = new Dispatcher({ pool: new BoundedPool() });
    dispatcher.addHandler(
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what bad input does
      new MessageHandler("text", () => Promise.reject(undefined)),
    );
    await dispatcher.processUpdate(messageUpdate("x"));
    expect(log).toHaveBeenCalledTimes(1);
  });

  test("DispatcherHandlerStop in a task is too late, and says so", async () => {
    const { dispatcher, errors } = dispatcherWith();
    dispatcher.addHandler(
      new MessageHandler(
        "text",
        () => {
          throw new DispatcherHandlerStop();
        },
        { runAsync: true },
      ),
    );
    await dispatcher.processUpdate(messageUpdate("x"));
    await sleep(2);
    expect(errors).toMatchObject([{ message: /asynchronous handler/ }]);
  });

  test("of a filter reach the error handlers, and the next update is handled", async () => {
    const { dispatcher, errors } = dispatcherWith();
    dispatcher.addHandler(
      new MessageHandler(
        () => {
          throw new Error("in the filter");
        },
        () => undefined,
      ),
    );
    await dispatcher.processUpdate(messageUpdate("x"));
    await dispatcher.processUpdate(messageUpdate("y"));
    expect(errors).toEqual([new Error("in the filter"), new Error("in the filter")]);
  });
});

test("sequential holds a slot only while it runs inside a task", async () => {
  const { dispatcher } = dispatcherWith({ workers: 2 });
  const order: string[] = [];
  dispatcher.addHandler(
    new CommandHandler(
      "transfer",
      async (_update, { args }) => {
        const [name = ""] = args;
        await sequential("account", async () => {
          order.push(`${name} in`);
          await sleep(1);
          order.push(`${name} out`);
        });
      },
      { runAsync: true },
    ),
  );
  void dispatcher.processUpdate(messageUpdate("/transfer a"));
  void dispatcher.processUpdate(messageUpdate("/transfer b"));
  await dispatcher.onIdle();
  expect(order).toEqual(["a in", "a out", "b in", "b out"]);
});
