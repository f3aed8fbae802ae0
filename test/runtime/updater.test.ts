import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import {
  CommandHandler,
  InvalidTokenError,
  MessageHandler,
  PollingError,
  Updater,
  type RawUpdate,
} from "../../src/runtime/index.ts";
import { FakeBotApi, rawMessage } from "../../src/runtime/testing/index.ts";
import { useFakeBot } from "./fake-bot.ts";

const OFTEN = { interval: 1 };
const bot = useFakeBot();

function handleSlowly(updater: Updater, ms: number, handled: number[]): void {
  updater.dispatcher.addHandler(
    new MessageHandler(
      "text",
      async (update) => {
        await sleep(ms);
        handled.push(update.updateId);
      },
      { runAsync: true },
    ),
  );
}

describe("polling", () => {
  test("answers a message through the Bot API", async () => {
    const { updater, errors } = bot.updaterFor();
    updater.dispatcher.addHandler(
      new CommandHandler("echo", async (update, context) => {
        await context.bot.sendMessage(update.effectiveChat.id, context.args.join(" "));
      }),
    );
    await updater.startPolling();
    bot.api.receive("/echo@fake_bot hello you", { chatId: 7 });
    const [call] = await bot.api.waitForCalls("sendMessage", 1);
    expect(call?.payload).toMatchObject({ chat_id: 7, text: "hello you" });
    expect(errors).toEqual([]);
  });

  test("fetches no more than it may hold, and loses and repeats nothing", async () => {
    const { updater } = bot.updaterFor({ workers: 2, maxInFlight: 5 });
    const handled: number[] = [];
    let most = 0;
    updater.dispatcher.addHandler(
      new MessageHandler(
        "text",
        async (update) => {
          most = Math.max(most, updater.dispatcher.inFlight);
          await sleep(1);
          handled.push(update.updateId);
        },
        { runAsync: true },
      ),
    );
    const sent = Array.from({ length: 40 }, () => bot.api.receive("x").update_id);
    await updater.startPolling();
    await vi.waitFor(() => {
      expect(handled).toHaveLength(40);
    });
    expect(handled.sort((a, b) => a - b)).toEqual(sent);
    expect(most).toBeLessThanOrEqual(5);
    for (const { payload } of bot.api.callsOf("getUpdates"))
      expect(payload["limit"]).toBeLessThanOrEqual(5);
  });

  test("stop drains what was accepted, confirms it, and is done when it says so", async () => {
    const { updater } = bot.updaterFor();
    const handled: number[] = [];
    handleSlowly(updater, 30, handled);
    for (let i = 0; i < 10; i++) bot.api.receive("x");
    await updater.startPolling();
    await vi.waitFor(() => {
      expect(updater.dispatcher.inFlight).toBe(10);
    }, OFTEN);
    const report = await updater.stop();
    expect(report).toEqual({ drained: true, overrunning: [], discarded: 0 });
    expect(handled).toHaveLength(10);
    expect(bot.api.unconfirmed).toEqual([]);
  });

  test("stop with a deadline names what was overrunning", async () => {
    const { updater } = bot.updaterFor();
    updater.dispatcher.addHandler(
      new MessageHandler("text", () => new Promise(() => undefined), {
        runAsync: true,
        name: "stuck",
      }),
    );
    bot.api.receive("x");
    await updater.startPolling();
    await vi.waitFor(() => {
      expect(updater.pool.stats().running).toBe(1);
    });
    const report = await updater.stop({ deadline: 20 });
    expect(report.drained).toBe(false);
    expect(report.overrunning).toMatchObject([{ name: "stuck", state: "running" }]);
  });

  test("stop without drain withdraws what waits and awaits what runs", async () => {
    const { updater } = bot.updaterFor({ workers: 1 });
    const handled: number[] = [];
    handleSlowly(updater, 30, handled);
    for (let i = 0; i < 5; i++) bot.api.receive("x");
    await updater.startPolling();
    await vi.waitFor(() => {
      expect(updater.pool.stats().queued).toBe(4);
    }, OFTEN);
    await updater.stop({ drain: false });
    expect(handled).toHaveLength(1);
  });

  test('confirm "accepted": the offset moves while updates are handled; "settled": after', async () => {
    for (const confirm of ["accepted", "settled"] as const) {
      const own = await FakeBotApi.start();
      const updater = new Updater(own.token, { apiRoot: own.apiRoot, confirm });
      let open: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (open = resolve));
      updater.dispatcher.addHandler(new MessageHandler("text", () => gate, { runAsync: true }));
      own.receive("x");
      await updater.startPolling();
      await vi.waitFor(() => {
        expect(updater.dispatcher.inFlight).toBe(1);
      });
      await sleep(20);
      expect(own.unconfirmed).toHaveLength(confirm === "accepted" ? 0 : 1);
      open();
      await updater.stop();
      expect(own.unconfirmed).toEqual([]);
      await own.close();
    }
  });

  test('confirm "settled" handles nothing twice though updates are sent again', async () => {
    const { updater } = bot.updaterFor({ confirm: "settled", maxInFlight: 3 });
    const handled: number[] = [];
    handleSlowly(updater, 2, handled);
    const sent = Array.from({ length: 12 }, () => bot.api.receive("x").update_id);
    await updater.startPolling();
    await vi.waitFor(() => {
      expect(handled).toHaveLength(12);
    });
    await updater.stop();
    expect(handled.sort((a, b) => a - b)).toEqual(sent);
    expect(bot.api.unconfirmed).toEqual([]);
  });

  test("goes on after 429, 502, slow answers and cut connections, and reports each", async () => {
    const { updater, errors } = bot.updaterFor();
    const handled: number[] = [];
    handleSlowly(updater, 0, handled);
    bot.api.fail(
      "getUpdates",
      { retryAfter: 0.01 },
      { status: 502 },
      { isCut: true },
      { delay: 20 },
    );
    bot.api.receive("x");
    await updater.startPolling({ retryDelay: 5 });
    await vi.waitFor(() => {
      expect(handled).toHaveLength(1);
    });
    expect(errors).toHaveLength(3);
    expect(errors.every((error) => error instanceof PollingError)).toBe(true);
    expect((errors as PollingError[])[0]?.retryIn).toBe(10);
    expect((errors as PollingError[]).map((error) => error.retryIn).slice(1)).toEqual([5, 10]);
  });

  test("a wrong token ends it with a typed error", async () => {
    const { updater } = bot.updaterFor({}, "2:wrong");
    await expect(updater.startPolling()).rejects.toBeInstanceOf(InvalidTokenError);
  });

  test("an unreachable API is reported until it can be reached; stop ends the attempts", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const { updater, errors } = bot.updaterFor({ apiRoot: `http://127.0.0.1:${String(port)}` });
    const begun = updater.startPolling({ retryDelay: 5 });
    await vi.waitFor(() => {
      expect(errors.length).toBeGreaterThan(1);
    });
    await updater.stop();
    await begun;
    expect(errors[0]).toBeInstanceOf(PollingError);
  });

  test("a malformed update is reported and the others are handled", async () => {
    const { updater, errors } = bot.updaterFor();
    const handled: number[] = [];
    handleSlowly(updater, 0, handled);
    bot.api.push({ update_id: 1 });
    bot.api.push({ update_id: 2, message: "no object" } as never);
    bot.api.push(rawMessage("x", { updateId: 3 }));
    await updater.startPolling();
    await vi.waitFor(() => {
      expect(handled).toEqual([3]);
    });
    expect(errors).toEqual([]);
    expect(() => updater.intake.accept({} as RawUpdate)).toThrow("numeric update_id");
  });

  test("drops pending updates when asked to", async () => {
    const { updater } = bot.updaterFor();
    const handled: number[] = [];
    handleSlowly(updater, 0, handled);
    bot.api.receive("old");
    await updater.startPolling({ dropPendingUpdates: true });
    const { update_id: fresh } = bot.api.receive("new");
    await vi.waitFor(() => {
      expect(handled).toEqual([fresh]);
    });
  });
});

describe("a source of updates", () => {
  test("is consumed no faster than updates are handled", async () => {
    let pulled = 0;
    async function* source(): AsyncGenerator<RawUpdate> {
      for (let i = 1; i <= 20; i++) {
        pulled += 1;
        yield await Promise.resolve(rawMessage("x", { updateId: i }));
      }
    }
    const updater = new Updater({ source: source() }, { maxInFlight: 2 });
    bot.stopLater(updater);
    const handled: number[] = [];
    let mostAhead = 0;
    updater.dispatcher.addHandler(
      new MessageHandler("text", async (update) => {
        mostAhead = Math.max(mostAhead, pulled - handled.length);
        await sleep(1);
        handled.push(update.updateId);
      }),
    );
    await updater.startPolling();
    await vi.waitFor(() => {
      expect(handled).toHaveLength(20);
    });
    expect(mostAhead).toBeLessThanOrEqual(3);
  });

  test("that fails is reported", async () => {
    async function* source(): AsyncGenerator<RawUpdate> {
      await sleep(1);
      throw new Error("source failed");
    }
    const updater = new Updater({ source: source() });
    bot.stopLater(updater);
    const errors: unknown[] = [];
    updater.dispatcher.addErrorHandler((_update, context) => errors.push(context.error));
    await updater.startPolling();
    await vi.waitFor(() => {
      expect(errors).toEqual([new Error("source failed")]);
    });
  });

  test("an Updater without a bot says so when one is asked for", () => {
    const updater = new Updater({ source: (async function* () {})() });
    bot.stopLater(updater);
    expect(() => updater.bot.sendMessage(1, "x")).toThrow("has no bot");
  });
});

describe("construction", () => {
  test.each(["", "  "])("refuses the token %j", (token) => {
    expect(() => new Updater(token)).toThrow("token is empty");
  });

  test("refuses what is no bot, and impossible limits", () => {
    expect(() => new Updater(undefined as never)).toThrow(TypeError);
    expect(() => new Updater("1:a", { maxInFlight: 0 })).toThrow(RangeError);
    expect(() => new Updater("1:a", { workers: 0 })).toThrow(RangeError);
  });
});
