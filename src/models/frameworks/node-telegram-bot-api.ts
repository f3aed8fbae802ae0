import type { FrameworkModel } from "../model.ts";
import { CHAIN, each } from "./listeners.ts";

/** Up to major 1 an emitter; from 2 on a middleware chain that is awaited, one update at a time. */
export const nodeTelegramBotApi: FrameworkModel = {
  id: "node-telegram-bot-api",
  packages: ["node-telegram-bot-api"],
  dispatchers: [
    {
      exports: ["default", "TelegramBot", "Bot"],
      listeners: each(
        "on once onText addListener onReplyToMessage use command hears callbackQuery onCallbackQuery",
        CHAIN,
      ),
      concurrency: "concurrent",
      since: [{ major: 2, concurrency: "sequential" }],
      customaryNames: ["bot"],
    },
  ],
  starters: [
    {
      package: "node-telegram-bot-api",
      exports: ["webhookCallback", "createWebhookServer"],
      argument: 0,
      concurrency: "concurrent",
    },
    {
      package: "node-telegram-bot-api/node",
      exports: ["startWebhook"],
      argument: 0,
      concurrency: "concurrent",
    },
  ],
  contextTypes: ["Message", "CallbackQuery", "TelegramBot.Message", "TelegramBot.CallbackQuery"],
  sends: ["sendMessage", "sendPhoto", "sendDocument"],
  listenersByPattern: { adds: "onText", removes: "removeTextListener" },
  reason: "node-telegram-bot-api emits every update at once and waits for no listener",
  source:
    "node-telegram-bot-api 0.67 src/telegramPolling.js:110 emits every update at once; 2.1 dist/core/bot.js awaits each update in startPolling",
};
