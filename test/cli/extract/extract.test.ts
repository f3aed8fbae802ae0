import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { loadTsMorph } from "../../../src/cli/extract/type-checker.ts";
import { emptyPackage, PACKAGE, run, type Run } from "../run.ts";

/** A new package that has this one installed. */
const botPackage = (): string => {
  const folder = emptyPackage();
  mkdirSync(path.join(folder, "node_modules"));
  symlinkSync(PACKAGE, path.join(folder, "node_modules/eslint-plugin-run-async"), "dir");
  return folder;
};

/** Runs `extract bot.js:LINES` on a program; `// <` marks the first chosen line, `// >` the last. */
const extract = async (
  source: string,
  {
    file = "bot.js",
    lines = linesOf(source),
    options = ["--write"],
  }: { file?: string; lines?: string; options?: readonly string[] } = {},
): Promise<Run & { text: string }> => {
  const cwd = botPackage();
  writeFileSync(path.join(cwd, file), source);
  const done = await run(["extract", `${file}:${lines}`, ...options], { cwd });
  return { ...done, text: readFileSync(path.join(cwd, file), "utf8") };
};

const linesOf = (source: string): string => {
  const lines = source.split("\n");
  const first = lines.findIndex((line) => line.endsWith("// <")) + 1;
  const last = lines.findIndex((line) => line.endsWith("// >")) + 1;
  return last === 0 ? String(first) : `${first}-${last}`;
};

/** A grammY bot that handles one update after the other. */
const bot = (body: string): string => `import { Bot } from "grammy";
import { db, other } from "./db.js";

const bot = new Bot("");
let total = 0;

bot.command("go", async (ctx, next) => {
${body}
});
bot.start();
`;

describe("what is evaluated in the new function", () => {
  test.each([
    ["grammy", "InlineKeyboard", 'new InlineKeyboard().text("Yes", "1")', true],
    ["telegraf", "Markup", "Markup.removeKeyboard()", true],
    ["discord.js", "EmbedBuilder", 'new EmbedBuilder().setTitle("x")', true],
    ["discord.js", "time", "time()", false],
    ["./keyboards.js", "InlineKeyboard", "new InlineKeyboard()", false],
  ])("%s: %s", async (from, name, value, isInside) => {
    const { text } = await extract(
      `import { ${name} } from "${from}";\n` + bot(`  await ctx.reply("x", ${value}); // <`),
    );
    const [, definition = ""] = /runAsync\(\n([^]*?)key:/.exec(text) ?? [];
    expect(definition).toMatch(/reply\(/);
    expect(definition.includes(value)).toBe(isInside);
  });
});

describe("refuses, with the reason, and changes nothing", () => {
  test.each([
    ["total += 1; // <", /modifies shared state \(criterion 1\): `total`/],
    [
      "const now = total + 1; // <\n  total = now;",
      /reads shared state and relies on it \(criterion 2\)/,
    ],
    [
      'const message = await ctx.reply("x"); // <\n  await other(message);',
      /sets what a later line uses \(criterion 3\): `message`/,
    ],
    ['return ctx.reply("x"); // <', /leaves the handler \(`return`\)/],
    ["throw new Error(); // <", /leaves the handler \(`throw`\)/],
    ["while (ctx) {\n    break; // <\n  }", /leaves the loop/],
    [
      'await Promise.all([ctx.reply("a"), ctx.reply("b")]); // <',
      /calls `Promise\.all`, of which it is not known/,
    ],
    ["if (ctx.match) { // <\n    await other();\n  }", /is no call: choose the statements/],
    ["await ctx.reply(this.text); // <", /uses `this`/],
    ["await ctx.reply(arguments[0]); // <", /uses `arguments`/],
    [
      "await ctx.leaveChat(); // <",
      /calls `ctx\.leaveChat`, of which it is not known that it only logs or sends/,
    ],
    [
      'try {\n    await ctx.reply("x"); // <\n  } catch {\n    total = 1;\n  }',
      /may fail, and the `catch` of line 10 handles that/,
    ],
    [
      'try {\n    await ctx.reply("x"); // <\n  } finally {\n    await other();\n  }',
      /has to be done before the `finally` of line 10/,
    ],
    [
      'await ctx.reply("one"); // <\n  await other();\n  await ctx.reply("two");',
      /could then arrive after `ctx\.reply` of line 10, which comes later and stays/,
    ],
    ['await ctx.reply("one"); // <\n  await next();', /could then arrive after `next` of line 9/],
    [
      'await ctx.reply("one"); // <\n  await ctx.scene.enter("two");',
      /could then arrive after `ctx\.scene\.enter` of line 9/,
    ],
    [
      'for (const id of await db.all()) {\n    await ctx.pinMessage(id);\n    await ctx.reply("pinned"); // <\n  }',
      /could then arrive after `ctx\.pinMessage` of line 9/,
    ],
    [
      "let count = 0;\n  await db.each(() => { count = 2; });\n  await ctx.reply(`${count}`); // <",
      /uses a variable that is reassigned/,
    ],
    [
      'let step = 1;\n  ctx.reply("x").catch(() => console.warn(step)); // <\n  step = 2;',
      /uses a variable that is reassigned/,
    ],
  ])("%s", async (body, reason) => {
    const source = bot(`  ${body}`);
    const { code, err, out, text } = await extract(source);
    expect(err).toMatch(/^run-async extract: bot\.js:\d+ .*; nothing is moved\.\n$/);
    expect(err).toMatch(reason);
    expect({ code, out, text }).toEqual({ code: 1, out: "", text: source });
  });

  test("in a generator, a class and a conversation", async () => {
    const yielding = await extract(`import { Bot } from "grammy";
const bot = new Bot("");
bot.use(async function* (ctx) {
  await ctx.reply(yield 1); // <
});
bot.start();
`);
    expect(yielding).toMatchObject({ code: 1, err: expect.stringMatching(/ yields; /) as string });
    const talking = await extract(`import { createConversation } from "@grammyjs/conversations";
async function greet(conversation, ctx) {
  await ctx.reply("Name?"); // <
}
bot.use(createConversation(greet));
`);
    expect(talking.err).toMatch(/is a conversation, which is replayed/);
    const derived = await extract(`import { Client } from "discord.js";
const client = new Client({});
class Greeter extends Base {
  start() {
    client.on("messageCreate", (message) => {
      message.reply(super.text); // <
    });
  }
}
`);
    expect(derived.err).toMatch(/uses `super`/);
  });

  test("where the result would have a finding that was not there before", async () => {
    // a task waits for a task of its own pool, which has one worker
    const { code, err } =
      await extract(`import { CommandHandler, Updater, runAsync } from "eslint-plugin-run-async/runtime";
const updater = new Updater("", { workers: 1, overflow: "block" });
const go = runAsync(async (update, context) => {
  await context.bot.sendMessage(update.message.chat.id, "x"); // <
});
updater.dispatcher.addHandler(new CommandHandler("go", go));
updater.startPolling();
`);
    expect(code).toBe(1);
    expect(err).toMatch(/would get a finding: .*This update alone deadlocks the pool/);
  });

  test("where the result would have an error of types that was not there before", async () => {
    const { code, err } = await extract(
      `import { CommandHandler, Updater } from "eslint-plugin-run-async/runtime";
declare const updater: Updater;
declare const chat: () => symbol;
updater.dispatcher.addHandler(
  new CommandHandler("go", async (update: any, context: any) => {
    await context.bot.sendMessage(chat(), "x"); // <
  }),
);
`,
      { file: "bot.ts" },
    );
    expect(code).toBe(1);
    expect(err).toMatch(/would no longer compile \(/);
  });
});

describe("what is written", () => {
  test("one function for similar statements, a call for each, the rest as it was", async () => {
    const { code, err, text } = await extract(
      bot(`  const user = await db.find(ctx.from.id); // <
  if (!user) {
    // nobody we know
    await ctx.reply("Who are you?");
    return;
  }
  user.visits += 1;
  await ctx.reply(\`Hello \${user.name}\`, { parse_mode: "HTML" }); // greets
  await db.save(user);
  await ctx.reply(\`Visit \${user.visits}\`); // >`),
    );
    expect(code).toBe(0);
    expect(err).toMatch(/^Moved lines 11, 15, 17 to notify, notify2; 1 file written\./);
    expect(text).toBe(`import { Bot } from "grammy";
import { db, other } from "./db.js";
import { runAsync } from "eslint-plugin-run-async/runtime";

const bot = new Bot("");
let total = 0;

const notify = runAsync(
  async function notify(ctx, message) {
    await ctx.reply(message);
  },
  { key: (ctx) => ctx.chat?.id ?? "" },
);

const notify2 = runAsync(
  async function notify2(ctx, name) {
    await ctx.reply(\`Hello \${name}\`, { parse_mode: "HTML" });
  },
  { key: (ctx) => ctx.chat?.id ?? "" },
);

bot.command("go", async (ctx, next) => {
  const user = await db.find(ctx.from.id); // <
  if (!user) {
    // nobody we know
    notify(ctx, "Who are you?");
    return;
  }
  user.visits += 1;
  notify2(ctx, user.name); // greets
  await db.save(user);
  notify(ctx, \`Visit \${user.visits}\`); // >
});
bot.start();
`);
  });

  test("--name, comments between statements, a send that nobody awaited, what a log reads", async () => {
    const { text } = await extract(
      bot(`  console.log("go", ctx.from.id, total); // <
  // tell the person as well
  ctx.reply(\`Total:
    many\`); // >
  total += 1;`),
      { options: ["--write", "--name", "tell"] },
    );
    expect(text).toContain(`const tell = runAsync(
  async function tell(ctx, fromId, total) {
    console.log("go", fromId, total); // <
    // tell the person as well
    await ctx.reply(\`Total:
    many\`);
  },
  { key: (ctx) => ctx.chat?.id ?? "" },
);
`);
    expect(text).toContain("\n  tell(ctx, ctx.from.id, total); // >\n  total += 1;\n");
  });

  test("a log has one key for all calls; CommonJS; single quotes and no semicolons", async () => {
    const { text } = await extract(`const { Client } = require('discord.js')
const client = new Client({})

client.on('messageCreate', async message => {
    await message.log('seen') // <
})
`);
    expect(text).toBe(`const { Client } = require('discord.js')
const { runAsync } = require('eslint-plugin-run-async/runtime')
const client = new Client({})

const writeLog = runAsync(
    async function writeLog(message) {
        await message.log('seen')
    },
    { key: 'writeLog' },
)

client.on('messageCreate', async message => {
    writeLog(message) // <
})
`);
  });

  test("a function declaration that is registered above itself gets its task behind the imports", async () => {
    const { text } = await extract(`import { Bot } from "grammy";

const bot = new Bot("");
bot.command("go", go);
await bot.start();

async function go(ctx) {
  await ctx.reply("x"); // <
}
`);
    expect(text.indexOf("const notify =")).toBeLessThan(text.indexOf("const bot ="));
    expect(text.indexOf("const notify =")).toBeGreaterThan(text.indexOf("import {"));
  });

  test("messages to a configured chat have that chat's key, and may be overtaken by others", async () => {
    const { code, text } = await extract(
      bot(`  await ctx.api.sendMessage(process.env.ADMIN, ctx.from.first_name); // <
  await ctx.reply("x");`),
    );
    expect(code).toBe(0);
    expect(text).toContain("{ key: process.env.ADMIN },");
    expect(text).toContain("notify(ctx.api, ctx.from.first_name); // <");
  });

  test("runAsync is taken off in the file that put it on, with its import; types are imported", async () => {
    const cwd = botPackage();
    const files = {
      "bot.ts": `import { CommandHandler, Updater, runAsync } from "eslint-plugin-run-async/runtime";
import { go } from "./go.ts";

const updater = new Updater("");
updater.dispatcher.addHandler(new CommandHandler("go", runAsync(go)));
updater.dispatcher.addHandler(new CommandHandler("stop", go, { runAsync: true }));
`,
      "go.ts": `import type { Context, Update } from "eslint-plugin-run-async/runtime";
import { type Account, accounts } from "./accounts.ts";

export async function go(update: Update, context: Context) {
  const account: Account = accounts.get(update.effectiveUser.id)!;
  await context.bot.sendMessage(update.effectiveChat.id, account.name);
  account.visits += 1;
}
`,
      "accounts.ts": `export interface Account { name: string; visits: number }
export const accounts = new Map<number, Account>();
`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(cwd, name), text);
    const { code, err } = await run(["extract", "go.ts:6", "--write"], { cwd });
    expect(err).toMatch(/^Moved line 6 to notify; 2 files written/);
    expect(code).toBe(0);
    expect(readFileSync(path.join(cwd, "bot.ts"), "utf8"))
      .toBe(`import { CommandHandler, Updater } from "eslint-plugin-run-async/runtime";
import { go } from "./go.ts";

const updater = new Updater("");
updater.dispatcher.addHandler(new CommandHandler("go", go));
updater.dispatcher.addHandler(new CommandHandler("stop", go));
`);
    expect(readFileSync(path.join(cwd, "go.ts"), "utf8")).toContain(
      "async function notify(effectiveChatId: number, bot: BotApi, name: string) {",
    );
  });
});

describe("bad input is one line, with exit code 2", () => {
  const program = bot('  await ctx.reply("x");\n\n  // nothing\n');
  test.each([
    [["extract"], /Name lines of one handler/],
    [["extract", "bot.js"], /Name lines as FILE:LINE or FILE:LINE-LINE, not "bot\.js"/],
    [["extract", "bot.js:9-8"], /bot\.js:9-8 names no lines/],
    [["extract", "gone.js:1"], /gone\.js does not exist/],
    [["extract", "package.json:1"], /package\.json is no JavaScript or TypeScript file/],
    [["extract", ".:1"], /\. is a folder: name a file/],
    [["extract", "bot.js:99"], /bot\.js has no line 99: it ends with line 14/],
    [["extract", "broken.js:1"], /broken\.js does not parse/],
    [["extract", "bot.js:4"], /bot\.js:4 is in no function/],
    [["extract", "bot.js:10"], /bot\.js:10 begins no statement of the handler/],
    [["extract", "helper.js:2"], /helper\.js:2 is in no handler: who calls help may rely/],
    [["extract", "bot.js:8", "--name", "a b"], /--name is the name of a function, not "a b"/],
  ])("%j", async (args, line) => {
    const cwd = emptyPackage();
    writeFileSync(path.join(cwd, "bot.js"), program);
    writeFileSync(path.join(cwd, "broken.js"), "const = ;\n");
    writeFileSync(
      path.join(cwd, "helper.js"),
      "export async function help(ctx) {\n  await ctx.reply('x');\n}\n",
    );
    const { code, err, out } = await run(args, { cwd });
    expect(err).toMatch(/^run-async extract: [^\n]+\n$/);
    expect(err).toMatch(line);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  test("in a callback of the handler", async () => {
    const { code, err } = await extract(
      bot('  await db.each(async () => {\n    await ctx.reply("x"); // <\n  });'),
    );
    expect(code).toBe(2);
    expect(err).toMatch(/is in a function inside of the handler, which may wait for it/);
  });

  test("without ts-morph", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "no-morph-"));
    expect(() => loadTsMorph([folder])).toThrow(
      /ts-morph is not installed.*npm install --save-dev ts-morph/,
    );
  });
});
