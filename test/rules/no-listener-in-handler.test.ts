import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import rule from "../../src/rules/no-listener-in-handler.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const asking = `import TelegramBot from "node-telegram-bot-api";
const bot = new TelegramBot("token", { polling: true });
bot.onText(/send/, (msg) => {
  bot.on("callback_query", (query) => pay(msg, query));
});`;
const removed = `import TelegramBot from "node-telegram-bot-api";
const bot = new TelegramBot("token", { polling: true });
bot.onText(/send/, (msg) => {
  const answer = (query) => {
    bot.off("callback_query", answer);
    pay(msg, query);
  };
  bot.on("callback_query", answer);
});`;

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run(
  "no-listener-in-handler",
  rule,
  {
    valid: [
      {
        name: "registered once",
        code: asking
          .replace("  bot.on(", '});\nbot.on("message", () => {\n  take(')
          .replace('take("callback_query", (query) => pay(msg, query));', "take();"),
      },
      { name: "taken off by the same reference", code: removed },
    ],
    invalid: [
      {
        name: "one more listener for each update",
        code: asking,
        errors: [
          { message: /adds one more listener here to `bot`/, line: 4, column: 3, endColumn: 9 },
        ],
      },
    ],
  },
);
