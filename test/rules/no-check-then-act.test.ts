import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import rule from "../../src/rules/no-check-then-act.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const bot = `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
const bot = new Bot("token");
run(bot);
`;
const joining = `${bot}const open = new Set();
bot.command("join", async (ctx) => {
  if (open.has(ctx.chat.id)) return;
  await ctx.reply("welcome");
  open.add(ctx.chat.id);
});`;
const claiming = `${bot}const open = new Set();
bot.command("join", async (ctx) => {
  if (open.has(ctx.chat.id)) return;
  open.add(ctx.chat.id);
  await ctx.reply("welcome");
});`;
const claimedFirst = `${bot}const open = new Set();
bot.command("join", async (ctx) => {
  if (open.has(ctx.chat.id)) return;
  open.add(ctx.chat.id);
  try {
    await ctx.reply("welcome");
  } catch (error) {
    open.delete(ctx.chat.id);
    throw error;
  }
});`;
const inSequence = `${bot.replace(
  "const bot",
  'import { sequential } from "eslint-plugin-run-async/runtime";\nconst bot',
)}const open = new Set();
bot.command("join", async (ctx) => {
  await sequential(\`open:\${ctx.chat.id}\`, async () => {
    if (open.has(ctx.chat.id)) return;
    await ctx.reply("welcome");
    open.add(ctx.chat.id);
  });
});`;
const cleaningUp = (wait: string): string => `${bot}const drafts = new Map();
bot.command("finish", async (ctx) => {
  if (!drafts.has(ctx.chat.id)) return;
  await ${wait}(ctx.chat.id);
  drafts.delete(ctx.chat.id);
});`;
const suggestions = [
  {
    desc: "Claim before the wait: `open.add(ctx.chat.id)` comes first, and is taken back if what follows fails",
    output: claimedFirst,
  },
  {
    desc: "Run the lines from the read to the write under `sequential(\`open:${ctx.chat.id}\`, ...)`",
    output: inSequence,
  },
];

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run("no-check-then-act", rule, {
  valid: [
    { name: "claimed in the step of the check", code: claiming },
    {
      name: "claimed, where only what is certain counts",
      code: claiming,
      options: [{ certainOnly: true }],
    },
    {
      name: "cleaned up twice after a message, where only what is certain counts",
      code: cleaningUp("sendMessage"),
      options: [{ certainOnly: true }],
    },
    { name: "the suggested claim", code: claimedFirst },
    { name: "the suggested section", code: inSequence },
  ],
  invalid: [
    {
      name: "checked before the wait, acted on after it",
      code: joining,
      errors: [{ message: /was checked on line 7, the code then waits/, line: 9, suggestions }],
    },
    {
      name: "the same where only what is certain counts",
      code: joining,
      options: [{ certainOnly: true }],
      errors: [{ message: /was checked on line 7/, line: 9, suggestions }],
    },
    {
      name: "money is sent before the clean-up, which is no message",
      code: cleaningUp("sendFunds"),
      options: [{ certainOnly: true }],
      errors: [{ message: /was checked on line 7/, line: 9, suggestions: 1 }],
    },
  ],
});
