import { run, sequentialize } from "@grammyjs/runner";
import { Bot, webhookCallback } from "grammy";
import { Bot as GramioBot } from "gramio";
import TelegramBot from "node-telegram-bot-api";
import { Bot as BotOfMajor2 } from "node-telegram-bot-api-2";
import { Telegraf } from "telegraf";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeBotApi, rawMessage } from "../../../src/runtime/testing/index.ts";
import { rootsOf } from "../roots/program.ts";
import { Overlap } from "./overlap.ts";

// Each experiment gives the real package four updates at once and counts. The model is asked about the same
// program: if it says otherwise than the package does, the test fails.
const UPDATES = [1, 2, 3, 4];
const INFO = {
  id: 1,
  is_bot: true,
  first_name: "b",
  username: "b",
  can_join_groups: true,
  can_read_all_group_messages: true,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
} as never;

let api: FakeBotApi;
beforeEach(async () => {
  api = await FakeBotApi.start();
});
afterEach(() => api.close());

function speak(): void {
  for (const id of UPDATES) api.receive("hi", { chatId: id });
}

function modelSays(program: string): string | undefined {
  return rootsOf(program).all.find((root) => root.trigger === "update")?.concurrency;
}

const GRAMMY = `import { Bot, webhookCallback } from "grammy"; import { run, sequentialize } from "@grammyjs/runner";
  const bot = new Bot("1:a");`;

describe("grammY", () => {
  it("bot.start() awaits each update", async () => {
    const seen = new Overlap();
    const bot = new Bot(api.token, { client: { apiRoot: api.apiRoot } });
    bot.on("message", seen.handler);
    speak();
    const running = bot.start();
    await seen.ended(UPDATES.length);
    await bot.stop();
    await running;
    expect(seen.concurrency).toBe("sequential");
    expect(modelSays(`${GRAMMY} bot.on("message", async () => {}); bot.start();`)).toBe(
      seen.concurrency,
    );
  });

  it("run() starts a batch at once", async () => {
    const seen = new Overlap();
    const bot = new Bot(api.token, { client: { apiRoot: api.apiRoot } });
    bot.on("message", seen.handler);
    speak();
    const handle = run(bot);
    await seen.ended(UPDATES.length);
    await handle.stop();
    expect(seen.concurrency).toBe("concurrent");
    expect(modelSays(`${GRAMMY} bot.on("message", async () => {}); run(bot);`)).toBe(
      seen.concurrency,
    );
  });

  it("sequentialize keeps updates of one key apart, and only behind it", async () => {
    const early = new Overlap();
    const late = new Overlap();
    const bot = new Bot(api.token, { client: { apiRoot: api.apiRoot } });
    bot.use(async (_ctx, next) => {
      await early.handler();
      await next();
    });
    bot.use(sequentialize(() => "all"));
    bot.on("message", late.handler);
    speak();
    const handle = run(bot);
    await late.ended(UPDATES.length);
    await handle.stop();
    expect([early.concurrency, late.concurrency]).toEqual(["concurrent", "sequential"]);
    const roots = rootsOf(`${GRAMMY}
      bot.use(async (ctx, next) => next()); bot.use(sequentialize(() => "all"));
      bot.on("message", async () => {}); run(bot);`);
    expect(roots.list()).toEqual(["concurrent bot.use", 'keyed bot.on("message")']);
  });

  it("a webhook handles each request as it comes", async () => {
    const seen = new Overlap();
    const bot = new Bot(api.token, { botInfo: INFO, client: { apiRoot: api.apiRoot } });
    bot.on("message", seen.handler);
    const handle = webhookCallback(bot, "std/http");
    await Promise.all(
      UPDATES.map((id) =>
        handle(
          new Request("http://bot/", {
            method: "POST",
            body: JSON.stringify(rawMessage("hi", { updateId: id, chatId: id })),
          }),
        ),
      ),
    );
    expect(seen.concurrency).toBe("concurrent");
    expect(
      modelSays(`${GRAMMY} bot.on("message", async () => {}); webhookCallback(bot, "std/http");`),
    ).toBe(seen.concurrency);
  });
});

describe("Telegraf", () => {
  it("launch() runs the updates of one batch at once", async () => {
    const seen = new Overlap();
    const bot = new Telegraf(api.token, { telegram: { apiRoot: api.apiRoot } });
    bot.on("message", seen.handler);
    speak();
    const running = bot.launch();
    await seen.ended(UPDATES.length);
    bot.stop();
    await running;
    expect(seen.concurrency).toBe("concurrent");
    expect(
      modelSays(`import { Telegraf } from "telegraf"; const bot = new Telegraf("1:a");
        bot.on("message", async () => {}); bot.launch();`),
    ).toBe(seen.concurrency);
  });
});

describe("node-telegram-bot-api", () => {
  const program = (version: string, call: string) =>
    rootsOf({
      "package.json": JSON.stringify({ dependencies: { "node-telegram-bot-api": version } }),
      "bot.ts": call,
    }).all.map((root) => root.concurrency);

  it("0.67 emits each update and waits for no listener", async () => {
    const seen = new Overlap();
    const bot = new TelegramBot("1:a");
    bot.on("message", seen.handler);
    // The loop of src/telegramPolling.js:110, and of the webhook.
    for (const id of UPDATES) bot.processUpdate(rawMessage("hi", { updateId: id }));
    await seen.ended(UPDATES.length);
    expect(seen.concurrency).toBe("concurrent");
    expect(
      program(
        "0.67.0",
        `import TelegramBot from "node-telegram-bot-api"; const bot = new TelegramBot("1:a");
         bot.on("message", async () => {});`,
      ),
    ).toEqual([seen.concurrency]);
  });

  it("2.1 awaits each update of startPolling()", async () => {
    const seen = new Overlap();
    const bot = new BotOfMajor2("1:a");
    bot.on("message", seen.handler);
    async function* source(): AsyncGenerator<never> {
      for (const id of UPDATES)
        yield await Promise.resolve(rawMessage("hi", { updateId: id }) as never);
    }
    await bot.startPolling(source());
    expect(seen.runs).toBe(UPDATES.length);
    expect(seen.concurrency).toBe("sequential");
    expect(
      program(
        "2.1.0",
        `import { Bot } from "node-telegram-bot-api"; const bot = new Bot("1:a");
         bot.on("message", async () => {}); await bot.startPolling();`,
      ),
    ).toEqual([seen.concurrency]);
  });
});

describe("GramIO", () => {
  it("starts every update of a batch", async () => {
    const seen = new Overlap();
    const bot = new GramioBot(api.token, { api: { baseURL: `${api.apiRoot}/bot` } });
    bot.on("message", seen.handler);
    speak();
    await bot.start();
    await seen.ended(UPDATES.length);
    // It reports the poll that is cut off when the fake closes.
    vi.spyOn(console, "error").mockReturnValue(undefined);
    await bot.stop();
    expect(seen.concurrency).toBe("concurrent");
    expect(
      modelSays(`import { Bot } from "gramio"; const bot = new Bot("1:a");
        bot.on("message", async () => {}); bot.start();`),
    ).toBe(seen.concurrency);
  });
});
