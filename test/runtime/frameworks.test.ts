/** Real frameworks, and this runtime, against the same fake Bot API. */
import { setTimeout as sleep } from "node:timers/promises";
import { run, sequentialize } from "@grammyjs/runner";
import { Bot } from "grammy";
import { Telegraf } from "telegraf";
import { message } from "telegraf/filters";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  BoundedPool,
  CommandHandler,
  fromGrammy,
  fromTelegraf,
  MessageHandler,
  runAsync,
  Updater,
} from "../../src/runtime/index.ts";
import { FakeBotApi } from "../../src/runtime/testing/index.ts";

let api: FakeBotApi;
beforeEach(async () => {
  api = await FakeBotApi.start();
});
afterEach(async () => {
  await api.close();
});

/** Counts how many of its calls are in flight at once. */
function overlapping(): { work: () => Promise<void>; most: () => number } {
  let active = 0;
  let most = 0;
  const work = async () => {
    active += 1;
    most = Math.max(most, active);
    await sleep(10);
    active -= 1;
  };
  return { work, most: () => most };
}

function twoUsersSpeak(): void {
  api.receive("a", { chatId: 1 });
  api.receive("b", { chatId: 2 });
}

function grammyBot(): Bot {
  return new Bot(api.token, { client: { apiRoot: api.apiRoot } });
}

function telegrafBot(): Telegraf {
  return new Telegraf(api.token, { telegram: { apiRoot: api.apiRoot } });
}

describe("two replies at once", () => {
  test.each([
    ["an unmarked handler", false, 1],
    ["a runAsync handler", true, 2],
  ])("our dispatcher, %s", async (_name, isMarked, expected) => {
    const { work, most } = overlapping();
    const updater = new Updater(api.token, { apiRoot: api.apiRoot });
    updater.dispatcher.addHandler(
      new MessageHandler(
        "text",
        async (update, context) => {
          await work();
          await context.bot.sendMessage(update.effectiveChat.id, update.message.text);
        },
        { runAsync: isMarked },
      ),
    );
    twoUsersSpeak();
    await updater.startPolling();
    await api.waitForCalls("sendMessage", 2);
    await updater.stop();
    expect(most()).toBe(expected);
  });

  test.each([
    ["an unmarked handler", false, 1],
    ["a runAsync handler", true, 2],
  ])("grammY bot.start(), %s", async (_name, isMarked, expected) => {
    const { work, most } = overlapping();
    const pool = new BoundedPool();
    const bot = grammyBot();
    const reply = async (ctx: { reply: (text: string) => Promise<unknown> }) => {
      await work();
      await ctx.reply("hi");
    };
    bot.on("message:text", isMarked ? runAsync(reply, { pool }) : reply);
    twoUsersSpeak();
    const running = bot.start();
    await api.waitForCalls("sendMessage", 2);
    await bot.stop();
    await running;
    expect(most()).toBe(expected);
  });

  test("grammY, the handler given as it is", async () => {
    const { work, most } = overlapping();
    const pool = new BoundedPool();
    const bot = grammyBot();
    bot.on(
      "message:text",
      runAsync(
        async (ctx: { reply: (text: string) => Promise<unknown> }) => {
          await work();
          await ctx.reply("hi");
        },
        { pool },
      ),
    );
    twoUsersSpeak();
    const running = bot.start();
    await api.waitForCalls("sendMessage", 2);
    await bot.stop();
    await running;
    expect(most()).toBe(2);
  });

  test("@grammyjs/runner, alone and with sequentialize", async () => {
    for (const [isSequential, expected] of [
      [false, 2],
      [true, 1],
    ] as const) {
      const own = await FakeBotApi.start();
      const { work, most } = overlapping();
      const bot = new Bot(own.token, { client: { apiRoot: own.apiRoot } });
      if (isSequential) bot.use(sequentialize(() => "one key for all"));
      bot.on("message:text", async (ctx) => {
        await work();
        await ctx.reply("hi");
      });
      own.receive("a", { chatId: 1 });
      own.receive("b", { chatId: 2 });
      const handle = run(bot);
      await own.waitForCalls("sendMessage", 2);
      await handle.stop();
      await own.close();
      expect(most()).toBe(expected);
    }
  });

  test("Telegraf, a runAsync handler: also across batches", async () => {
    const { work, most } = overlapping();
    const pool = new BoundedPool({ workers: 8 });
    const bot = telegrafBot();
    bot.on(
      message("text"),
      runAsync(
        async (ctx: { reply: (text: string) => Promise<unknown> }) => {
          await work();
          await sleep(30);
          await ctx.reply("hi");
        },
        { pool },
      ),
    );
    const running = bot.launch();
    twoUsersSpeak();
    await api.waitForCalls("getUpdates", 2);
    twoUsersSpeak();
    await api.waitForCalls("sendMessage", 4);
    bot.stop();
    await running;
    expect(most()).toBeGreaterThanOrEqual(2);
  });
});

describe("existing bots gain the dispatcher", () => {
  test("fromGrammy: our handlers first, the bot's own for the rest", async () => {
    const bot = grammyBot();
    bot.command("old", (ctx) => ctx.reply("from the bot"));
    bot.command("new", (ctx) => ctx.reply("never"));
    const updater = new Updater(fromGrammy(bot));
    updater.dispatcher.addHandler(
      new CommandHandler("new", async (update, context) => {
        await context.bot.sendMessage(update.effectiveChat.id, "from the dispatcher");
      }),
    );
    await updater.startPolling();
    api.receive("/new");
    api.receive("/old");
    const calls = await api.waitForCalls("sendMessage", 2);
    await updater.stop();
    expect(calls.map((call) => call.payload["text"])).toEqual([
      "from the dispatcher",
      "from the bot",
    ]);
    expect(api.unconfirmed).toEqual([]);
  });

  test("fromTelegraf: the same, and errors of the bot reach our error handlers", async () => {
    const bot = telegrafBot();
    bot.command("old", (ctx) => ctx.reply("from the bot"));
    bot.command("fail", () => {
      throw new Error("in the bot");
    });
    bot.catch((error) => {
      throw error;
    });
    const updater = new Updater(fromTelegraf(bot));
    const errors: unknown[] = [];
    updater.dispatcher.addErrorHandler((_update, context) => errors.push(context.error));
    updater.dispatcher.addHandler(
      new CommandHandler("new", async (update, context) => {
        await context.bot.sendMessage(update.effectiveChat.id, "from the dispatcher");
      }),
    );
    await updater.startPolling();
    api.receive("/new");
    api.receive("/old");
    api.receive("/fail");
    const calls = await api.waitForCalls("sendMessage", 2);
    await vi.waitFor(() => {
      expect(errors).toEqual([new Error("in the bot")]);
    });
    await updater.stop();
    expect(calls.map((call) => call.payload["text"])).toEqual([
      "from the dispatcher",
      "from the bot",
    ]);
  });
});

test("one hot chat with 600 slow updates does not delay another chat", async () => {
  const updater = new Updater(api.token, { apiRoot: api.apiRoot });
  let hot = 0;
  updater.dispatcher.addHandler(
    new MessageHandler(
      "text",
      async (update, context) => {
        const chatId = update.effectiveChat.id;
        if (chatId === 1) {
          await sleep(50);
          hot += 1;
        } else {
          await context.bot.sendMessage(chatId, `after ${String(hot)}`);
        }
      },
      { sequentialBy: (update) => `hot:${String(update.effectiveChat.id)}` },
    ),
  );
  for (let i = 0; i < 600; i++) api.receive("slow", { chatId: 1 });
  api.receive("hello", { chatId: 2 });
  await updater.startPolling();
  const [call] = await api.waitForCalls("sendMessage", 1);
  await updater.stop({ drain: false });
  // 600 updates are 30 seconds of work for the hot chat; a handful passed while they were fetched
  expect(Number(/\d+/.exec(String(call?.payload["text"]))?.[0])).toBeLessThan(20);
});
