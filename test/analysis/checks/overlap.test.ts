import { describe, expect, it } from "vitest";
import { mayOverlap } from "../../../src/analysis/checks/overlap.ts";
import type { ActivationRoot } from "../../../src/analysis/project/roots.ts";
import type { Node } from "../../../src/analysis/syntax/ast.ts";
import type { Site } from "../../../src/analysis/syntax/source-file.ts";
import { rootsOf, type Roots } from "../../models/roots/program.ts";

function overlap(roots: Roots, a: string, b: string, pause?: Site): boolean {
  return mayOverlap(roots.named(a), roots.named(b), pause);
}

const BOT = `import { Bot } from "grammy"; import { run } from "@grammyjs/runner";
  import { createConversation } from "@grammyjs/conversations"; const bot = new Bot("1:a");
  bot.command("a", async () => {}); bot.command("b", async () => {});
  setInterval(async () => {}, 1_000); process.on("SIGINT", async () => {});`;

describe("mayOverlap", () => {
  it("keeps the handlers of one sequential dispatcher apart", () => {
    const roots = rootsOf(`${BOT} bot.start();`);
    expect(overlap(roots, 'bot.command("a")', 'bot.command("a")')).toBe(false);
    expect(overlap(roots, 'bot.command("a")', 'bot.command("b")')).toBe(false);
  });

  it("lets concurrent handlers overlap themselves and each other", () => {
    const roots = rootsOf(`${BOT} run(bot);`);
    expect(overlap(roots, 'bot.command("a")', 'bot.command("a")')).toBe(true);
    expect(overlap(roots, 'bot.command("a")', 'bot.command("b")')).toBe(true);
  });

  it("lets a timer overlap sequential handlers, both ways", () => {
    const roots = rootsOf(`${BOT} bot.start();`);
    expect(overlap(roots, "setInterval", 'bot.command("a")')).toBe(true);
    expect(overlap(roots, 'bot.command("a")', "setInterval")).toBe(true);
  });

  it("lets the shut-down overlap nothing, and signals not each other", () => {
    const roots = rootsOf(`${BOT} run(bot); process.on("SIGTERM", async () => {});`);
    expect(overlap(roots, 'process.on("SIGINT")', 'bot.command("a")')).toBe(false);
    expect(overlap(roots, 'bot.command("a")', 'process.on("SIGINT")')).toBe(false);
    expect(overlap(roots, 'process.on("SIGINT")', 'process.on("SIGTERM")')).toBe(false);
  });

  it("lets a timer overlap itself below a minute only", () => {
    const roots = rootsOf(`setInterval(function fast() {}, 1_000);`);
    const slow = rootsOf(`setInterval(function slow() {}, 60_000);`);
    expect(overlap(roots, "setInterval", "setInterval")).toBe(true);
    expect(overlap(slow, "setInterval", "setInterval")).toBe(false);
  });

  it("lets sequential handlers of two bots overlap", () => {
    const roots = rootsOf({
      "bot.ts": `import { Bot } from "grammy"; import "./old"; const bot = new Bot("1:a");
        bot.command("a", async () => {}); bot.start();`,
      "old.ts": `import { Updater, CommandHandler } from "eslint-plugin-run-async/runtime";
        new CommandHandler("b", async (update) => {});`,
    });
    expect(overlap(roots, 'bot.command("a")', 'CommandHandler("b")')).toBe(true);
  });

  describe("a conversation under sequential dispatch", () => {
    const roots = rootsOf(`${BOT} bot.start();
      async function ask(conversation, ctx) {
        await ctx.reply("?");
        await conversation.wait();
        await conversation.form.text();
        await conversation.external(() => save());
        await page(conversation);
      }
      bot.use(createConversation(ask));`);
    const root = roots.named("createConversation");
    const pauses = statementsOf(root);

    it.each([
      [0, "a reply", false],
      [1, "wait()", true],
      [2, "a form", true],
      [3, "an external operation", false],
      [4, "a helper that is given the conversation", true],
    ])("statement %i, %s: overlaps %s", (index, _what, expected) => {
      const pause = pauses[index];
      expect(mayOverlap(root, roots.named('bot.command("a")'), pause)).toBe(expected);
      expect(mayOverlap(root, root, pause)).toBe(expected);
    });

    it("does not run inside another handler's activation", () => {
      expect(mayOverlap(roots.named('bot.command("a")'), root)).toBe(false);
    });
  });
});

function statementsOf(root: ActivationRoot): Site[] {
  const { body } = root.fn.node;
  if (body.type !== "BlockStatement") return [];
  return body.body.map((node: Node) => ({ file: root.fn.file, node }));
}
