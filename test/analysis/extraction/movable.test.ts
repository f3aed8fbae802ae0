// What holds a statement in its handler, and what does not.
import { describe, expect, test } from "vitest";
import { extractedFrom, movedIn } from "./harness.ts";

describe("stays", () => {
  test.each([
    ["await ctx.reply((count += 1));", "assigns a variable or property"],
    ["await ctx.reply(ctx.count++);", "assigns a variable or property"],
    ["await ctx.reply(delete ctx.match);", "deletes a property"],
    ["if (ctx) { /* nothing */ }", "is no call"],
    [
      "let a, rest; [a, , ...rest] = await load(); // <\n  console.log(a, rest);",
      "sets what a later line uses (criterion 3): `a`, `rest`",
    ],
    [
      "let a, rest; ({ a, ...rest } = await load()); // <\n  console.log(a, rest);",
      "sets what a later line uses (criterion 3): `a`, `rest`",
    ],
    ["ctx;", "is no call"],
    [
      "await ctx.deleteAll().finish();",
      "calls `ctx.deleteAll(...).finish`, of which it is not known",
    ],
    ["await other.replyTo(ctx);", "calls `other.replyTo`, of which it is not known"],
    ["await other.mine.replyTo(ctx);", "calls `other.mine.replyTo`, of which it is not known"],
  ])("%s", (statement, reason) => {
    expect(movedIn(`\n  ${statement} // <\n`)).toContain(reason);
  });

  test("what only the handler itself knows: how it was called", () => {
    expect(
      extractedFrom({
        "bot.js": `import { Bot } from "grammy";
const bot = new Bot("");
bot.command("go", async function (ctx) {
  await ctx.reply(new.target); // <
});
bot.start();
`,
      }),
    ).toBe("uses `new.target`");
  });

  test("more names than three are counted", () => {
    expect(
      extractedFrom({
        "bot.js": `import { Bot } from "grammy";
const bot = new Bot("");
let a = 0, b = 0, c = 0, d = 0, e = 0;
bot.command("go", async (ctx) => {
  a = b = c = d = e = 1; // <
});
bot.start();
`,
      }),
    ).toBe("modifies shared state (criterion 1): `e`, `d`, `c` and 2 more");
  });
});

describe("moves", () => {
  test.each([
    ["await ctx.reply(import.meta.url);", "import.meta.url"],
    ["void ctx.reply();", "await ctx.reply();"],
    ["await ctx.reply().then(() => 1).catch(() => 2);", "await ctx.reply().then(() => 1)"],
    ["await ctx.reply(function () { return this.x + arguments[0]; });", "this.x + arguments[0]"],
    ["await ctx.pinMessage(1);", "await ctx.pinMessage(1);"],
    ["await bot.deleteMessage(1);", "await bot.deleteMessage(1);"],
    ["await ctx.api.deleteMessage(1);", "await api.deleteMessage(1);"],
    ["await ctx.match?.reply(1);", "await match?.reply(1);"],
    ["await ctx.reply(-1, !other);", "await ctx.reply(-1, !other);"],
  ])("%s", (statement, body) => {
    const [head = "", own = ""] = movedIn(`\n  ${statement} // <\n`).split("async function notify");
    expect(head).toBe("const notify = runAsync(\n  ");
    expect(own.slice(0, own.indexOf("  },\n"))).toContain(body);
  });

  test("out of a try without a catch, out of a catch, and beside a callback's return", () => {
    expect(
      movedIn(`
  try {
    await other(() => 1);
  } catch (error) {
    await ctx.reply("failed"); // <
  }
`),
    ).toMatchInlineSnapshot(`
      "const notify = runAsync(
        async function notify(ctx) {
          await ctx.reply("failed");
        },
        { key: (ctx) => ctx.chat?.id ?? "" },
      );

        try {
          await other(() => 1);
        } catch (error) {
          notify(ctx); // <
        }"
    `);
  });
});
