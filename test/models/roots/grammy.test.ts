import { describe, expect, it } from "vitest";
import { rootsOf } from "./program.ts";

const BOT = `import { Bot, Composer, webhookCallback } from "grammy";\nconst bot = new Bot("1:a");\n`;

describe("grammY", () => {
  it("is sequential under bot.start()", () => {
    const roots = rootsOf(`${BOT}bot.command("tip", async (ctx) => {}); bot.start();`);
    expect(roots.kind('bot.command("tip")')).toBe("sequential update");
  });

  it("is sequential where no start is seen", () => {
    expect(rootsOf(`${BOT}bot.on("message", (ctx) => {});`).kind('bot.on("message")')).toBe(
      "sequential update",
    );
  });

  it("is concurrent under the runner", () => {
    const roots = rootsOf(
      `import { run } from "@grammyjs/runner";\n${BOT}bot.command("tip", async (ctx) => {}); run(bot);`,
    );
    expect(roots.kind('bot.command("tip")')).toBe("concurrent update");
    expect(roots.named('bot.command("tip")').reason).toContain("without waiting");
  });

  it("is concurrent under a webhook", () => {
    const roots = rootsOf(
      `${BOT}bot.hears(/x/, async (ctx) => {}); export const hook = webhookCallback(bot, "express");`,
    );
    expect(roots.kind("bot.hears")).toBe("concurrent update");
  });

  it("finds handlers in arrays of middlewares, filters and chains", () => {
    const roots = rootsOf(`${BOT}
      async function log(ctx, next) { await next(); }
      const guards = [log, async (ctx, next) => next()];
      bot.use(...guards);
      bot.filter((ctx) => ctx.chat, async function filtered(ctx) {});
      bot.on("message").filter(isAdmin).command("ban", async function ban(ctx) {});
      bot.errorBoundary(function failed(err) {}).use(async function inside(ctx) {});
    `);
    expect(roots.functions()).toEqual(
      expect.arrayContaining([
        "async function log(ctx, next) { await next(); }",
        "async (ctx, next) => next()",
        "async function filtered(ctx) {}",
        "async function ban(ctx) {}",
        "async function inside(ctx) {}",
      ]),
    );
  });

  it("follows composers in other files and `module.exports = (bot) => ...`", () => {
    const roots = rootsOf({
      "index.js": `const { Bot } = require("grammy"); const { run } = require("@grammyjs/runner");
        const bot = new Bot("1:a"); require("./commands")(bot); bot.use(require("./feature").feature); run(bot);`,
      "commands.js": `module.exports = (bot) => { bot.command("tip", async (ctx) => {}); };`,
      "feature.js": `const { Composer } = require("grammy"); const feature = new Composer();
        feature.callbackQuery("buy", async (ctx) => {}); exports.feature = feature;`,
    });
    expect(roots.list()).toEqual([
      'concurrent bot.command("tip")',
      'concurrent feature.callbackQuery("buy")',
    ]);
  });

  it("passes methods as this.handle, bound and in an arrow", () => {
    const roots = rootsOf(`import { Bot } from "grammy";
      class Tips {
        constructor(private readonly bot: Bot) {
          this.bot.command("a", this.a);
          this.bot.command("b", this.b.bind(this));
          this.bot.command("c", (ctx) => this.c(ctx));
        }
        a = async (ctx) => {};
        async b(ctx) { return 2; }
        async c(ctx) { return 3; }
      }
      new Tips(new Bot("1:a"));`);
    expect(roots.functions()).toEqual([
      "(ctx) => this.c(ctx)",
      "(ctx) { return 2; }",
      "async (ctx) => {}",
    ]);
  });

  it("tells two bots of one folder apart", () => {
    const roots = rootsOf({
      "one.ts": `${BOT}bot.command("one", (ctx) => {}); bot.start();`,
      "two.ts": `import { run } from "@grammyjs/runner";\n${BOT}bot.command("two", (ctx) => {}); run(bot);`,
    });
    expect(roots.list()).toEqual([
      'concurrent bot.command("two")',
      'sequential bot.command("one")',
    ]);
  });

  it("makes a conversation a root of its own", () => {
    const roots = rootsOf(`import { createConversation } from "@grammyjs/conversations";\n${BOT}
      async function ask(conversation, ctx) { await conversation.wait(); }
      bot.use(createConversation(ask)); bot.start();`);
    expect(roots.kind("createConversation")).toBe("sequential conversation");
  });

  it("finds the steps of grammy-scenes", () => {
    const roots = rootsOf(`import { Scene } from "grammy-scenes";
      const scene = new Scene("pay");
      scene.do(async (ctx) => {});
      scene.wait().on("message", async (ctx) => { ctx.scene.resume(); });
      scene.always().callbackQuery("cancel", (ctx) => ctx.scene.exit());`);
    expect(roots.all).toHaveLength(3);
  });
});

describe("sequentialize", () => {
  const RUN = `import { run, sequentialize } from "@grammyjs/runner";\n${BOT}`;

  it("in front makes handlers keyed", () => {
    const roots = rootsOf(
      `${RUN}bot.use(sequentialize((ctx) => String(ctx.chat.id))); bot.command("tip", (ctx) => {}); run(bot);`,
    );
    expect(roots.kind('bot.command("tip")')).toBe("keyed update");
  });

  it("covers composers in other files", () => {
    const roots = rootsOf({
      "bot.ts": `${RUN}import { feature } from "./feature"; const seq = sequentialize((ctx) => "k");
        bot.use(seq); bot.use(feature); run(bot);`,
      "feature.ts": `import { Composer } from "grammy"; export const feature = new Composer();
        feature.command("tip", (ctx) => {});`,
    });
    expect(roots.kind('feature.command("tip")')).toBe("keyed update");
  });

  it("behind a handler does not cover it", () => {
    const roots = rootsOf(
      `${RUN}bot.command("early", (ctx) => {}); bot.use(sequentialize((ctx) => "k"));
       bot.command("late", (ctx) => {}); run(bot);`,
    );
    expect(roots.list()).toEqual(['concurrent bot.command("early")', 'keyed bot.command("late")']);
  });

  it("behind a composer or a registering function does not cover what they hold", () => {
    const roots = rootsOf({
      "bot.ts": `${RUN}import { feature } from "./feature"; import { register } from "./register";
        bot.use(feature); register(bot); bot.use(sequentialize((ctx) => "k")); run(bot);`,
      "feature.ts": `import { Composer } from "grammy"; export const feature = new Composer();
        feature.command("tip", (ctx) => {});`,
      "register.ts": `export function register(bot) { bot.command("pay", (ctx) => {}); }`,
    });
    expect(roots.list()).toEqual([
      'concurrent bot.command("pay")',
      'concurrent feature.command("tip")',
    ]);
  });

  it("on a composer covers that composer alone", () => {
    const roots = rootsOf(
      `${RUN}const shop = new Composer(); shop.use(sequentialize((ctx) => "k"));
       shop.command("buy", (ctx) => {}); bot.use(shop); bot.command("tip", (ctx) => {}); run(bot);`,
    );
    expect(roots.kind('shop.command("buy")')).toBe("keyed update");
    expect(roots.kind('bot.command("tip")')).toBe("concurrent update");
  });
});
