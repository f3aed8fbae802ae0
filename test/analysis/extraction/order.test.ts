// What may be seen after a message that is sent by a task, though the handler shows it later.
import { describe, expect, test } from "vitest";
import { extractedFrom, movedIn } from "./harness.ts";

const FIRST = `await ctx.reply("one"); // <`;

describe("comes after", () => {
  test.each([
    ["greet", `${FIRST}\n  await greet(ctx);`],
    ["ctx.api.sendMessage", `${FIRST}\n  await ctx.api.sendMessage(ctx.from.id, "two");`],
    ["client.stop", `${FIRST}\n  await client.stop();`],
    ["other", `${FIRST}\n  await other(ctx);`],
    ["ctx.scene.enter", `${FIRST}\n  await ctx.scene.enter("two");`],
    ["ctx.leave", `${FIRST}\n  await ctx.leave();`],
    ["ctx[...]", `${FIRST}\n  await ctx[total]();`],
    // code that falls through to the next case, and code behind the switch
    [
      "greet",
      `switch (ctx.match) {\n    case 1:\n      ${FIRST}\n    case 2:\n      await greet(ctx);\n  }`,
    ],
    [
      "greet",
      `switch (ctx.match) {\n    case 1:\n      ${FIRST}\n      break;\n  }\n  await greet(ctx);`,
    ],
    ["greet", `for (const id of ctx.all) {\n    await greet(ctx);\n    ${FIRST}\n  }`],
    [
      "greet",
      `for (const id of ctx.all) {\n    await greet(ctx);\n    if (id) {\n    ${FIRST}\n      continue;\n    }\n  }`,
    ],
    ["greet", `for (const id of ctx.all) {\n    ${FIRST}\n    break;\n  }\n  await greet(ctx);`],
    ["greet", `one: {\n    ${FIRST}\n    break one;\n  }\n  await greet(ctx);`],
    // the target is what the update came with on both sides
    [
      "ctx.api.sendMessage",
      `await ctx.api.sendMessage(ctx.from.id, "one"); // <\n  await ctx.api.sendMessage(ctx.chat.id, "two");`,
    ],
    [
      "ctx.api.sendMessage",
      `await ctx.api.sendMessage((await ctx.owner()).id, "one"); // <\n  await ctx.api.sendMessage(ctx.from.id, "two");`,
    ],
    [
      "ctx.api.sendMessage",
      `await ctx.api.sendMessage(ctx.list[0], "one"); // <\n  await ctx.api.sendMessage(\`\${ctx.from}\`, "two");`,
    ],
  ])("%s: %s", (name, body) => {
    expect(movedIn(`\n  ${body}\n`)).toBe(`comes after ${name}`);
  });
});

describe("moves", () => {
  test.each([
    ["the note at a button", `${FIRST}\n  await ctx.answerCallbackQuery();`],
    ["a look-up", `${FIRST}\n  const one = await ctx.getFile();\n  total += one;`],
    ["another object's method", `${FIRST}\n  await other.leave();`],
    ["a member of another object", `${FIRST}\n  await other.scene.enter("two");`],
    ["a part of the context that is no way to the chat", `${FIRST}\n  await ctx.session.save();`],
    ["a function of the project that sends nothing", `${FIRST}\n  count(ctx.match);`],
    [
      "what another path does",
      `if (ctx.match) {\n    ${FIRST}\n    return;\n  }\n  await greet(ctx);`,
    ],
    [
      "what comes after a throw",
      `if (ctx.match) {\n    ${FIRST}\n    throw total;\n  }\n  await greet(ctx);`,
    ],
    ["the same loop, which shows nothing else", `for (const id of ctx.all) {\n    ${FIRST}\n  }`],
    [
      "a send to a number that the code names",
      `${FIRST}\n  await ctx.api.sendMessage(100, "two");`,
    ],
    [
      "a send to a group, whose number is negative",
      `${FIRST}\n  await ctx.api.sendMessage(-100, "two");`,
    ],
    ["a send to a channel by its name", `${FIRST}\n  await ctx.api.sendMessage(\`@news\`, "two");`],
    [
      "a send to a chat of the configuration",
      `await ctx.api.sendMessage(ctx.from.id, "one"); // <\n  await ctx.api.sendMessage(process.env.ADMIN, "two");`,
    ],
    [
      "a send to a chat that a constant names",
      `await ctx.api.sendMessage(ctx.from.id, "one"); // <\n  await ctx.api.sendMessage(look.admin(), "two");`,
    ],
  ])("beside %s", (_name, body) => {
    expect(movedIn(`\n  ${body}\n`)).toContain("const notify = runAsync(");
  });

  test("beside a task, which has an order of its own", () => {
    expect(
      extractedFrom({
        "bot.js": `import { Bot } from "grammy";
import { runAsync } from "eslint-plugin-run-async/runtime";
const bot = new Bot("");
const tell = runAsync(async (ctx) => {
  await ctx.reply("told");
});
bot.command("go", async (ctx) => {
  await ctx.reply("one"); // <
  tell(ctx);
});
bot.start();
`,
      }),
    ).toMatchObject({
      "bot.js": expect.stringContaining("  notify(ctx); // <\n  tell(ctx);") as string,
    });
  });

  test("a log and the note at a button may be seen at any time", () => {
    expect(movedIn(`\n  await ctx.answerCallbackQuery(); // <\n  await greet(ctx);\n`))
      .toMatchInlineSnapshot(`
        "const answer = runAsync(
          async function answer(ctx) {
            await ctx.answerCallbackQuery();
          },
          { key: (ctx) => ctx.chat?.id ?? "" },
        );

          answer(ctx); // <
          await greet(ctx);"
      `);
  });
});
