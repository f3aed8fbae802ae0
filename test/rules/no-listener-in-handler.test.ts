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
const emptied = (event: string): string => `import { Client } from "discord.js";
const client = new Client({ intents: [] });
client.on("messageCreate", () => {
  if (client.listeners("voiceStateUpdate").length > 0) client.removeAllListeners("${event}");
  client.on("voiceStateUpdate", () => leave());
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
      { name: "all of the event taken off before", code: emptied("voiceStateUpdate") },
    ],
    invalid: [
      {
        name: "one more listener for each update",
        code: asking,
        errors: [
          { message: /adds one more listener here to `bot`/, line: 4, column: 3, endColumn: 9 },
        ],
      },
      {
        name: "all of another event taken off before",
        code: emptied("typingStart"),
        errors: [{ message: /adds one more listener here to `client`/, line: 5 }],
      },
    ],
  },
);
