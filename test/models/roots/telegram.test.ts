import { describe, expect, it } from "vitest";
import { rootsOf } from "./program.ts";

describe("Telegraf", () => {
  it("finds commands, scenes and the steps of wizards", () => {
    const roots = rootsOf(`import { Composer, Scenes, Telegraf } from "telegraf";
      const bot = new Telegraf("1:a");
      bot.start((ctx) => {});
      const pay = new Scenes.BaseScene("pay");
      pay.enter(async (ctx) => {});
      pay.on("text", async (ctx) => {});
      const choice = new Composer();
      choice.action("yes", async (ctx) => {});
      const wizard = new Scenes.WizardScene("w", async (ctx) => ctx.wizard.next(), choice, [async (ctx) => {}]);
      class Order extends Scenes.WizardScene { constructor() { super("o", async (ctx) => ctx.scene.leave()); } }
      const stage = new Scenes.Stage([pay, wizard, new Order()]);
      stage.command("cancel", (ctx) => ctx.scene.leave());
      bot.use(stage.middleware()).hears("hi", Telegraf.reply("hello"));
      bot.launch();`);
    expect(roots.list()).toEqual([
      'concurrent Scenes.WizardScene("w")',
      'concurrent Scenes.WizardScene("w")',
      "concurrent bot.start",
      'concurrent choice.action("yes")',
      "concurrent pay.enter",
      'concurrent pay.on("text")',
      'concurrent stage.command("cancel")',
      'concurrent super("o")',
    ]);
  });
});

describe("nestjs-telegraf", () => {
  it("finds decorated methods, not parameters", () => {
    const roots =
      rootsOf(`import { Action, Command, Ctx, Hears, On, Start, Update, Wizard, WizardStep } from "nestjs-telegraf";
      @Update()
      export class Tips {
        constructor(private readonly bank: Bank) {}
        @Start() async start(@Ctx() ctx: Context) {}
        @Command("tip") async tip(@Ctx() ctx: Context) {}
        @On("text") async text(@Ctx() ctx: Context) {}
        @Hears("hi") async hi(ctx: Context) {}
        @Action(/x/) async pressed(ctx: Context) {}
        async helper(ctx: Context) {}
      }
      @Wizard("w") export class Order { @WizardStep(1) async one(ctx: Context) {} }`);
    expect(roots.list()).toEqual([
      "concurrent @Action pressed",
      "concurrent @Command tip",
      "concurrent @Hears hi",
      "concurrent @On text",
      "concurrent @Start start",
      "concurrent @WizardStep one",
    ]);
  });
});

describe("node-telegram-bot-api", () => {
  const program = (version: string) => ({
    "package.json": JSON.stringify({ dependencies: { "node-telegram-bot-api": version } }),
    "bot.js": `const TelegramBot = require("node-telegram-bot-api");
      const bot = new TelegramBot("1:a", { polling: true });
      bot.onText(/\\/tip/, async (msg) => {});
      bot.on("callback_query", async (q) => {});`,
  });

  it("is concurrent in the versions that emit", () => {
    expect(rootsOf(program("^0.67.0")).list()).toEqual([
      'concurrent bot.on("callback_query")',
      "concurrent bot.onText",
    ]);
  });

  it("is sequential from major 2 on", () => {
    expect(rootsOf(program("^2.1.0")).kind("bot.onText")).toBe("sequential update");
  });

  it("is concurrent where the version is not known", () => {
    const { "bot.js": bot } = program("");
    expect(rootsOf({ "bot.js": bot }).kind("bot.onText")).toBe("concurrent update");
  });
});

describe("other Telegram frameworks", () => {
  it("finds the chained handlers of GramIO", () => {
    const roots = rootsOf(`import { Bot } from "gramio";
      const bot = new Bot("1:a").command("tip", async (context) => {}).on("message", async (context) => {})
        .extend(plugin).callbackQuery("x", async (context) => {}).onStart(async () => {});
      bot.start();`);
    expect(roots.all.map((root) => `${root.concurrency} ${root.trigger}`)).toEqual(
      expect.arrayContaining([
        "concurrent update",
        "concurrent update",
        "concurrent update",
        "exclusive startup",
      ]),
    );
    expect(roots.all).toHaveLength(4);
  });

  it("finds the handlers of puregram", () => {
    const roots = rootsOf(`import { Telegram } from "puregram";
      const telegram = Telegram.fromToken("1:a");
      telegram.updates.on("message", async (context) => {});
      telegram.onMessage(async (context) => {});`);
    expect(roots.list()).toEqual([
      "concurrent telegram.onMessage",
      'concurrent telegram.updates.on("message")',
    ]);
  });

  it("finds the handlers of mtcute", () => {
    const roots = rootsOf(`import { Dispatcher, filters } from "@mtcute/dispatcher";
      const dp = Dispatcher.for(tg);
      dp.onNewMessage(filters.command("tip"), async (msg) => {});
      const child = Dispatcher.child();
      child.onCallbackQuery(async (query) => {});`);
    expect(roots.list()).toEqual([
      "concurrent child.onCallbackQuery",
      "concurrent dp.onNewMessage",
    ]);
  });
});

describe("our runtime", () => {
  it("is sequential without, concurrent with runAsync, keyed with sequentialBy", () => {
    const roots =
      rootsOf(`import { CommandHandler, MessageHandler, filters, runAsync } from "eslint-plugin-run-async/runtime";
      new CommandHandler("a", async function a(update) {});
      new CommandHandler("b", runAsync(async function b(update) {}));
      new MessageHandler(filters.text, async function c(update) {}, { runAsync: true });
      new CommandHandler("d", async function d(update) {}, { sequentialBy: (update) => update.chat.id });`);
    const of = (name: string) =>
      roots.all
        .filter((root) => root.fn.node.id?.name === name)
        .map((root) => `${root.concurrency} ${root.trigger}`);
    expect(of("a")).toEqual(["sequential update"]);
    expect(of("b").sort()).toEqual(["concurrent task", "concurrent update"]);
    expect(of("c")).toEqual(["concurrent update"]);
    expect(of("d")).toEqual(["keyed update"]);
  });

  it("runs a repeating job apart from itself and beside the handlers", () => {
    const roots = rootsOf(`import { JobQueue } from "eslint-plugin-run-async/runtime";
      const jobs = new JobQueue(updater);
      jobs.runRepeating(async () => {}, { interval: 1 });`);
    expect(roots.kind("jobs.runRepeating")).toBe("sequential job");
  });
});
