import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import rule from "../../src/rules/no-unobserved-rejection.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const dropping = `import { Telegraf } from "telegraf";
const bot = new Telegraf("token");
bot.command("go", (ctx) => {
  fetch("https://example.org/" + ctx.chat.id);
});
bot.launch();`;

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run(
  "no-unobserved-rejection",
  rule,
  {
    valid: [
      {
        name: "somebody hears of it",
        code: dropping.replace(".chat.id);", ".chat.id).catch(console.error);"),
      },
      { name: "it is returned", code: dropping.replace("  fetch(", "  return fetch(") },
    ],
    invalid: [
      {
        name: "started and dropped",
        code: dropping,
        errors: [{ message: /starts this promise and drops it/, line: 4 }],
      },
    ],
  },
);
