import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import tseslint from "typescript-eslint";
import rule from "../../src/rules/prefer-run-async.ts";

Object.assign(RuleTester, { afterAll, describe, it });

/** A grammY bot that awaits one update after the other, or all at once under the runner. */
const bot = (body: string, { start = "bot.start();", helpers = "" } = {}): string =>
  `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
import { db, logger } from "./db.js";

const bot = new Bot("");
const counts = new Map();
${helpers}
bot.command("go", async (ctx, next) => {
${body}
});
${start}
`;

const runtime = (body: string, handler = "go"): string =>
  `import { CommandHandler, Updater, runAsync } from "eslint-plugin-run-async/runtime";
import { bank } from "./bank.js";

const updater = new Updater("");
async function go(update, context) {
${body}
}
updater.dispatcher.addHandler(new CommandHandler("go", ${handler}));
updater.startPolling();
`;

const hazard = (name: string, code: string, line: number, message = /everybody waits until/) => ({
  name,
  code,
  errors: [{ message, line, suggestions: 1 }],
});
/** Safe twins: the same statement where the wait has a use, or where nobody waits. */
const safe = (name: string, code: string) => ({ name, code });

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run("prefer-run-async", rule, {
  valid: [
    safe(
      "the runner handles updates at once",
      bot('  await ctx.reply("x");', { start: "run(bot);" }),
    ),
    safe("nobody waits for the send", bot('  ctx.reply("x");')),
    safe(
      "a later line uses what was sent",
      bot('  const sent = await ctx.reply("x");\n  await db.save(sent.message_id);'),
    ),
    safe(
      "the handler catches the failure",
      bot('  try { await ctx.reply("x"); } catch { counts.clear(); }'),
    ),
    safe(
      "a finally runs after it",
      bot('  try { await ctx.reply("x"); } finally { await db.close(); }'),
    ),
    safe(
      "a message that stays could overtake it",
      bot('  await ctx.reply("x");\n  const sent = await ctx.reply("y");\n  await db.save(sent);'),
    ),
    safe("the next middleware may send", bot('  await ctx.reply("x");\n  await next();')),
    safe("a scene may send", bot('  await ctx.reply("x");\n  await ctx.scene.enter("y");')),
    safe("unknown code gets the context", bot('  await ctx.reply("x");\n  await db.show(ctx);')),
    safe(
      "in a loop the wait is the pace",
      bot('  for (const id of await db.ids()) await bot.api.sendMessage(id, "x");'),
    ),
    safe(
      "only when something failed",
      bot('  try { await db.save(1); } catch { await ctx.reply("x"); }'),
    ),
    safe("the process ends", bot('  await ctx.reply("bye");\n  process.exit();')),
    safe("the bot stops", bot('  await ctx.reply("bye");\n  await bot.stop();')),
    safe(
      "what it does besides is not known",
      bot("  await db.save(ctx.from.id);\n  counts.set(1, 2);"),
    ),
    safe(
      "the text is shared state that others change",
      bot("  counts.set(ctx.from.id, 1);\n  await ctx.reply(String(counts.get(ctx.from.id)));"),
    ),
    safe("the handler returns the send", bot('  return ctx.reply("x");')),
    safe(
      "the handler is a task",
      runtime('  await context.bot.sendMessage(1, "x");', "runAsync(go)"),
    ),
    safe(
      "already extracted",
      bot('  tell(ctx, "x");', {
        helpers: `import { runAsync } from "eslint-plugin-run-async/runtime";
const tell = runAsync(async (ctx, text) => { await ctx.reply(text); }, { key: (ctx) => ctx.chat.id });`,
      }),
    ),
    safe(
      "a helper whose caller may count on it",
      "export async function help(ctx) { await ctx.reply(1); }",
    ),
    safe(
      "a conversation is replayed",
      `import { createConversation } from "@grammyjs/conversations";
import { Bot } from "grammy";
const bot = new Bot("");
bot.use(createConversation(async (conversation, ctx) => { await ctx.reply("x"); }));
bot.start();`,
    ),
    safe(
      "Telegraf waits for nobody",
      `import { Telegraf } from "telegraf";
const bot = new Telegraf("");
bot.command("go", async (ctx) => { await ctx.reply("x"); });
bot.launch();`,
    ),
  ],
  invalid: [
    {
      name: "one reply: the suggestion moves it",
      code: bot('  await db.save(ctx.from.id);\n  await ctx.reply("Saved");'),
      errors: [
        {
          message:
            'grammy awaits one update at a time, so everybody waits until `ctx.reply` is done, and nothing in `bot.command("go")` needs that. Let a `runAsync` function do it, with the chat as its `key`: its calls for one chat stay in order, and the next update is handled meanwhile.',
          line: 10,
          suggestions: [
            {
              desc: "Move it into a runAsync function (notify)",
              output: `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
import { db, logger } from "./db.js";
import { runAsync } from "eslint-plugin-run-async/runtime";

const bot = new Bot("");
const counts = new Map();

const notify = runAsync(
  async function notify(ctx) {
    await ctx.reply("Saved");
  },
  { key: (ctx) => ctx.chat?.id ?? "" },
);

bot.command("go", async (ctx, next) => {
  await db.save(ctx.from.id);
  notify(ctx);
});
bot.start();
`,
            },
          ],
        },
      ],
    },
    hazard(
      "several replies are one finding, and one function",
      bot(`  if (!ctx.match) {
    await ctx.reply("How many?");
    return;
  }
  counts.set(ctx.from.id, ctx.match);
  await ctx.reply("Noted");`),
      10,
      /until `ctx\.reply` \(also on line 14\) is done/,
    ),
    hazard(
      "between two writes",
      bot("  counts.set(1, 2);\n  await ctx.reply('x');\n  counts.clear();"),
      10,
    ),
    hazard(
      "a button's note",
      bot(
        '  await ctx.answerCallbackQuery("x");\n  const m = await ctx.reply("y");\n  await db.save(m);',
      ),
      9,
      /until `ctx\.answerCallbackQuery`/,
    ),
    hazard("an edit", bot("  counts.clear();\n  await ctx.editMessageText('x');"), 10),
    hazard(
      "a log with I/O",
      bot('  await logger.info("go", ctx.from.id);\n  counts.clear();'),
      9,
      /until `logger\.info`/,
    ),
    hazard(
      "to a configured chat, before another message",
      bot(
        '  await bot.api.sendMessage(process.env.ADMIN, "x");\n  const m = await ctx.reply("y");\n  await db.save(m);',
      ),
      9,
    ),
    hazard(
      "before an early return",
      bot(
        '  if (counts.has(1)) {\n    await ctx.reply("x");\n    return;\n  }\n  counts.set(1, 1);',
      ),
      10,
    ),
    hazard(
      "in a case",
      bot(
        '  switch (ctx.match) {\n    case "a":\n      await ctx.reply("a");\n      break;\n    default:\n      counts.clear();\n  }',
      ),
      11,
    ),
    hazard(
      "its own catch moves along",
      bot('  await ctx.reply("x").catch(() => {});\n  counts.clear();'),
      9,
    ),
    hazard(
      "through a helper",
      bot('  counts.clear();\n  await tell(ctx, "x");', {
        helpers: "async function tell(ctx, text) { await ctx.reply(text); }",
      }),
      10,
      /until `tell`/,
    ),
    hazard(
      "a named handler",
      bot("  await next();", {
        helpers: `bot.on("message", greet);
async function greet(ctx) {
  counts.set(1, 1);
  await ctx.reply("x");
}`,
      }),
      10,
    ),
    {
      name: "in this package's dispatcher, to a chat by its id",
      code: runtime(`  const chatId = update.message.chat.id;
  await context.bot.sendMessage(chatId, "Preparing...");
  const account = await bank.readAccount(chatId);
  account.balance -= 1;
  await bank.writeAccount(account);
  await context.bot.sendMessage(chatId, "Done!");`),
      errors: [
        {
          message: /^run-async awaits one update at a time, .* \(also on line 11\)/,
          line: 7,
          suggestions: [
            {
              desc: "Move it into a runAsync function (notify)",
              output: `import { CommandHandler, Updater, runAsync } from "eslint-plugin-run-async/runtime";
import { bank } from "./bank.js";

const updater = new Updater("");

const notify = runAsync(
  async function notify(chatId, bot, message) {
    await bot.sendMessage(chatId, message);
  },
  { key: (chatId) => chatId },
);

async function go(update, context) {
  const chatId = update.message.chat.id;
  notify(chatId, context.bot, "Preparing...");
  const account = await bank.readAccount(chatId);
  account.balance -= 1;
  await bank.writeAccount(account);
  notify(chatId, context.bot, "Done!");
}
updater.dispatcher.addHandler(new CommandHandler("go", go));
updater.startPolling();
`,
            },
          ],
        },
      ],
    },
  ],
});

const typed = (body: string): string => `import { Bot } from "grammy";

const bot = new Bot("");
bot.command("go", async (ctx) => {
  ${body}
});
bot.start();
`;

new RuleTester({
  languageOptions: { parser: tseslint.parser },
  settings: { "run-async": { root: "/project" } },
}).run("prefer-run-async, in TypeScript", rule, {
  valid: [],
  invalid: [
    {
      name: "the context has its framework's type, and a text is a string whatever its parts are",
      code: typed("await ctx.reply(`Hello ${ctx.from?.first_name}`);"),
      filename: "/project/bot.ts",
      errors: [
        {
          message: /everybody waits until/,
          line: 5,
          suggestions: [
            {
              desc: "Move it into a runAsync function (notify)",
              output: `import { Bot, type Context } from "grammy";
import { runAsync } from "eslint-plugin-run-async/runtime";

const bot = new Bot("");

const notify = runAsync(
  async function notify(ctx: Context, message: string) {
    await ctx.reply(message);
  },
  { key: (ctx) => ctx.chat?.id ?? "" },
);

bot.command("go", async (ctx) => {
  notify(ctx, \`Hello \${ctx.from?.first_name}\`);
});
bot.start();
`,
            },
          ],
        },
      ],
    },
    {
      name: "no suggestion where a type cannot be written down",
      code: typed('await ctx.reply("Hello", { reply_markup: keyboard() });'),
      filename: "/project/bot.ts",
      errors: [{ message: /everybody waits until/, line: 5 }],
    },
  ],
});
