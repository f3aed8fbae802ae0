// Names and types of what the caller gives.
import { describe, expect, test } from "vitest";
import { extractedFrom, movedIn } from "./harness.ts";

describe("names", () => {
  const parametersOf = (body: string): string | undefined =>
    /async function notify\((.*)\) \{/.exec(movedIn(`\n  ${body} // <\n`))?.[1];

  test.each([
    ["a variable's", "const amount = 1; await ctx.reply(amount);", "ctx, amount"],
    ["a property's", "await ctx.reply(ctx.match);", "ctx, match"],
    ["the owner's of an id", "await ctx.reply(ctx.from.id);", "ctx, fromId"],
    ["in camel case", "await ctx.reply(ctx.first_name);", "ctx, firstName"],
    ["without leading marks", "await ctx.reply(ctx._text);", "ctx, text"],
    ["a property that is spelled in a string", 'await ctx.reply(ctx["text"]);', "ctx, text"],
    ["none of a mark alone", "await ctx.reply(ctx._);", "ctx, message"],
    ["none of other characters", 'await ctx.reply(ctx["a b"]);', "ctx, message"],
    ["none of a computed one", "await ctx.reply(ctx[total]);", "ctx, message"],
    ["none of an id without an owner", "await ctx.reply(ctx[total].id);", "ctx, message"],
    ["a word of the language", "await ctx.reply(ctx.default);", "ctx, defaultValue"],
    ["a receiver", "await ctx.chats()[0].send(1);", "receiver"],
    ["the options", "await ctx.reply('', ctx.one());", "ctx, options"],
    [
      "an entry of the options",
      "await ctx.reply('', { parse_mode: ctx.one() });",
      "ctx, parse_mode",
    ],
    ["a part", "await ctx.reply(`a ${ctx.one()}`);", "ctx, value"],
    ["an entry that is no name", "await ctx.reply('', { 'a-b': ctx.one() });", "ctx, value"],
    ["the chat", "await ctx.api.sendMessage(ctx.one(), '');", "chatId, api"],
    ["the chat of a helper", "await greet(ctx.one());", "chatId"],
    [
      "the parts of an own name",
      "await ctx.reply(ctx.reply.message, ctx.message);",
      "ctx, message, message2",
    ],
  ])("%s", (_name, statement, parameters) => {
    expect(parametersOf(statement)).toBe(parameters);
  });

  test("a piece of text, of a send and of a log, and an entry of a log", () => {
    expect(
      movedIn(`
  console.log(\`in \${ctx.match} one\`, ctx.one()); // <
  total += 1;
  console.log(\`in \${ctx.match} two\`, ctx.two()); // >
`),
    ).toMatchInlineSnapshot(`
      "const writeLog = runAsync(
        async function writeLog(match, action, entry) {
          console.log(\`in \${match} \${action}\`, entry);
        },
        { key: "writeLog" },
      );

        writeLog(ctx.match, "one", ctx.one()); // <
        total += 1;
        writeLog(ctx.match, "two", ctx.two()); // >"
    `);
  });

  test("a value that is given twice is one parameter", () => {
    expect(movedIn("\n  await ctx.reply(ctx.match, { caption: ctx.match }); // <\n"))
      .toMatchInlineSnapshot(`
        "const notify = runAsync(
          async function notify(ctx, match) {
            await ctx.reply(match, { caption: match });
          },
          { key: (ctx) => ctx.chat?.id ?? "" },
        );

          notify(ctx, ctx.match); // <"
      `);
  });

  test("an entry of the parameter's name is written short", () => {
    expect(movedIn("\n  await ctx.reply('', { match: ctx.match, text: ctx.from.id }); // <\n"))
      .toMatchInlineSnapshot(`
        "const notify = runAsync(
          async function notify(ctx, match, fromId) {
            await ctx.reply('', { match, text: fromId });
          },
          { key: (ctx) => ctx.chat?.id ?? "" },
        );

          notify(ctx, ctx.match, ctx.from.id); // <"
      `);
  });
});

describe("types", () => {
  const typed = (body: string): string =>
    movedIn(`\n  ${body} // <\n`, { file: "bot.ts" }).split("\n").slice(0, 2).join("\n");

  test.each([
    ["the framework's context", "await ctx.reply('');", "(ctx: Context)"],
    [
      "an annotation",
      "const sum: bigint = 1n; await ctx.reply(sum);",
      "(ctx: Context, sum: bigint)",
    ],
    ["a literal's", "const sum = 1; await ctx.reply(sum);", "(ctx: Context, sum: number)"],
    [
      "a template's",
      "const text = `${ctx}`; await ctx.reply(text);",
      "(ctx: Context, text: string)",
    ],
    [
      "a sum of texts",
      "const text = 'a' + total; await ctx.reply(text);",
      "(ctx: Context, text: string)",
    ],
    ["a variable of the file", "console.log(total); total = 1;", "(total: typeof total)"],
    [
      "a text, where the method sends texts",
      "await ctx.reply(ctx.match);",
      "(ctx: Context, match: string)",
    ],
  ])("%s", (_name, statement, parameters) => {
    expect(/async function \w+(.*) \{/.exec(typed(statement))?.[1]).toBe(parameters);
  });

  test.each([
    ["a sum of unknown values", "const sum = ctx + total; await ctx.react(sum);", "sum"],
    ["an expression", "const list = /a/; await ctx.react(list);", "list"],
    ["a variable without a value", "let sum; await ctx.react(sum);", "sum"],
    ["a destructured one", "const { from } = ctx; await ctx.react(from);", "from"],
    ["a name that the file does not declare", "const sum = limits; await ctx.react(sum);", "sum"],
    ["the second parameter", "await ctx.react(next);", "next"],
    ["a member of the context", "await ctx.react(ctx.match);", "ctx.match"],
  ])("refused, where it is not known: %s", (_name, statement, expression) => {
    expect(typed(statement)).toBe(
      `needs the type of \`${expression}\`, which is not known or cannot be named`,
    );
  });

  test("the framework's context, in a file that does not import the framework", () => {
    expect(
      extractedFrom({
        "bot.ts": `import { Bot } from "grammy";
import { go } from "./go.js";
const bot = new Bot("");
bot.command("go", go);
bot.start();
`,
        "go.ts": `import { runAsync } from "eslint-plugin-run-async/runtime";
export async function go(ctx) {
  await ctx.reply("Hello"); // <
}
`,
      }),
    ).toMatchObject({
      "go.ts": expect.stringContaining('\nimport type { Context } from "grammy";\n') as string,
    });
  });

  test("types of different callers are joined", () => {
    expect(
      movedIn(
        `
  const one = 1, two = ""; // <
  await ctx.react(one);
  total += 1;
  await ctx.react(two); // >
`,
        { file: "bot.ts" },
      ),
    ).toContain("async function notify(ctx: Context, value: number | string) {");
  });

  test("a type of the handler's own function cannot be named outside of it", () => {
    const text = (annotation: string): ReturnType<typeof extractedFrom> =>
      extractedFrom({
        "bot.ts": `import { Bot, type Context } from "grammy";
const bot = new Bot("");
function register<Mark>(mark: Mark) {
  bot.command("go", async (ctx: Context) => {
    const own: ${annotation} = mark;
    await ctx.react(own); // <
  });
}
register("");
bot.start();
`,
      });
    expect(text("Mark[]")).toMatch(/needs the type of `own`/);
    expect(text("string[]")).toMatchObject({
      "bot.ts": expect.stringContaining("own: string[])") as string,
    });
  });

  test("the runtime's handlers get an update and a context, of which the bot is known", () => {
    expect(
      extractedFrom({
        "bot.ts": `import { CommandHandler, Updater } from "eslint-plugin-run-async/runtime";
const updater = new Updater("");
updater.dispatcher.addHandler(
  new CommandHandler("go", async (update, context) => {
    await context.bot.sendMessage(update.effectiveChat.id, "Hello"); // <
  }),
);
`,
      }),
    ).toMatchInlineSnapshot(`
      {
        "bot.ts": "import { CommandHandler, Updater, runAsync, type BotApi } from "eslint-plugin-run-async/runtime";
      const updater = new Updater("");

      const notify = runAsync(
        async function notify(effectiveChatId: number | string, bot: BotApi) {
          await bot.sendMessage(effectiveChatId, "Hello");
        },
        { key: (effectiveChatId) => effectiveChatId },
      );

      updater.dispatcher.addHandler(
        new CommandHandler("go", async (update, context) => {
          notify(update.effectiveChat.id, context.bot); // <
        }),
      );
      ",
      }
    `);
  });
});
