import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import rule from "../../src/rules/require-sequentialized-session.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const unordered = `import { Bot, session } from "grammy";
import { run } from "@grammyjs/runner";
const bot = new Bot("token");
bot.use(session({ initial: () => ({ n: 0 }) }));
bot.command("add", (ctx) => { ctx.session.n += 1; });
run(bot);`;
const ordered = `import { sequentialize } from "@grammyjs/runner";
import { Bot, session } from "grammy";
import { run } from "@grammyjs/runner";
const bot = new Bot("token");
bot.use(sequentialize((ctx) => ctx.chat?.id.toString()));
bot.use(session({ initial: () => ({ n: 0 }) }));
bot.command("add", (ctx) => { ctx.session.n += 1; });
run(bot);`;

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run(
  "require-sequentialized-session",
  rule,
  {
    valid: [
      { name: "sequentialized", code: ordered },
      {
        name: "a dispatcher that handles one update at a time",
        code: unordered.replace("run(bot)", "bot.start()"),
      },
    ],
    invalid: [
      {
        name: "updates at once, each with its own copy",
        code: unordered,
        errors: [
          {
            message: /Each update loads its own copy of `ctx.session`/,
            line: 4,
            suggestions: [
              {
                desc: "Handle updates of one session one after the other with sequentialize",
                output: ordered,
              },
            ],
          },
        ],
      },
    ],
  },
);
