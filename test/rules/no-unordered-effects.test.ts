import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import rule from "../../src/rules/no-unordered-effects.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const start = `import { Telegraf } from "telegraf";
const bot = new Telegraf("token");
`;
const certain = `${start}bot.command("go", async (ctx) => {
  ctx.reply("one");
  await ctx.reply("two");
});`;
const likely = `${start}bot.command("go", async (ctx) => {
  ctx.reply("one");
  await load();
  await ctx.reply("two");
});`;

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run(
  "no-unordered-effects",
  rule,
  {
    valid: [
      {
        name: "one after the other",
        code: certain.replace('ctx.reply("one")', 'await ctx.reply("one")'),
      },
      {
        name: "a wait in between, where only what is certain counts",
        code: likely,
        options: [{ certainOnly: true }],
      },
    ],
    invalid: [
      {
        name: "the second starts while the first is on its way",
        code: certain,
        options: [{ certainOnly: true }],
        errors: [{ message: /the second may arrive first\. Await it\./, line: 4 }],
      },
      {
        name: "a wait in between",
        code: likely,
        errors: [{ message: /does not wait for this send/, line: 4 }],
      },
    ],
  },
);
