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
const ordered = `import { Bot, session } from "grammy";
import { run, sequentialize } from "@grammyjs/runner";
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
        name: "in CommonJS, where the name is there already, with the session's own key",
        code: `const { Bot, session } = require("grammy");
const { run, sequentialize } = require("@grammyjs/runner");
const bot = new Bot("token");
  bot.use(session({ getSessionKey: (ctx) => ctx.from?.id.toString() }));
bot.command("add", (ctx) => { ctx.session.n += 1; });
run(bot);`,
        languageOptions: { sourceType: "commonjs" },
        errors: [
          {
            message: /Each update loads its own copy/,
            line: 4,
            suggestions: [
              {
                desc: "Handle updates of one session one after the other with sequentialize",
                output: `const { Bot, session } = require("grammy");
const { run, sequentialize } = require("@grammyjs/runner");
const bot = new Bot("token");
  bot.use(sequentialize((ctx) => ctx.from?.id.toString()));
  bot.use(session({ getSessionKey: (ctx) => ctx.from?.id.toString() }));
bot.command("add", (ctx) => { ctx.session.n += 1; });
run(bot);`,
              },
            ],
          },
        ],
      },
      {
        name: "beside the sessions of another middleware, which stands in no statement of its own",
        code: unordered
          .replace("bot.use(session", "const all = bot.use(session")
          .replace("ctx.session.n += 1", "all; ctx.session.n += 1"),
        errors: [{ message: /Each update loads its own copy/, line: 4, suggestions: [] }],
      },
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
