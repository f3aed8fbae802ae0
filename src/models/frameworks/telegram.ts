import type { FrameworkModel, ListenerModel } from "../model.ts";

const UPDATE: ListenerModel = { handlers: "functions", trigger: "update" };
const CHAIN: ListenerModel = { handlers: "functions", trigger: "update", chains: true };

const GRAMMY_LISTENERS: Readonly<Record<string, ListenerModel>> = {
  use: CHAIN,
  on: CHAIN,
  hears: CHAIN,
  command: CHAIN,
  reaction: CHAIN,
  chatType: CHAIN,
  callbackQuery: CHAIN,
  gameQuery: CHAIN,
  inlineQuery: CHAIN,
  chosenInlineResult: CHAIN,
  preCheckoutQuery: CHAIN,
  shippingQuery: CHAIN,
  filter: { handlers: "last", trigger: "update", chains: true },
  drop: CHAIN,
  lazy: CHAIN,
};

export const grammy: FrameworkModel = {
  id: "grammy",
  packages: ["grammy"],
  dispatchers: [
    {
      exports: ["Bot", "Composer"],
      listeners: GRAMMY_LISTENERS,
      concurrency: "sequential",
      starts: { start: "sequential" },
      customaryNames: ["bot", "composer"],
    },
  ],
  starters: [
    {
      package: "@grammyjs/runner",
      exports: ["run", "createRunner"],
      argument: 0,
      concurrency: "concurrent",
    },
    { package: "grammy", exports: ["webhookCallback"], argument: 0, concurrency: "concurrent" },
  ],
  serializers: [{ package: "@grammyjs/runner", exports: ["sequentialize"], key: 0 }],
  sessions: [
    {
      package: "grammy",
      exports: ["session", "lazySession"],
      property: "session",
      storage: "copy",
    },
  ],
  contextTypes: ["Context"],
  sends: ["reply", "sendMessage", "replyWithPhoto", "replyWithDocument"],
  source:
    "grammY 1.46 out/bot.js: handleUpdates awaits each update; @grammyjs/runner 2.0.3 starts up to 500",
};

const TELEGRAF_LISTENERS: Readonly<Record<string, ListenerModel>> = {
  use: UPDATE,
  on: UPDATE,
  hears: UPDATE,
  command: UPDATE,
  action: UPDATE,
  inlineQuery: UPDATE,
  gameQuery: UPDATE,
  start: UPDATE,
  help: UPDATE,
  settings: UPDATE,
  mention: UPDATE,
  hashtag: UPDATE,
  cashtag: UPDATE,
  email: UPDATE,
  url: UPDATE,
  phone: UPDATE,
  textLink: UPDATE,
  textMention: UPDATE,
  spoiler: UPDATE,
  reaction: UPDATE,
  enter: UPDATE,
  leave: UPDATE,
  guard: UPDATE,
};

export const telegraf: FrameworkModel = {
  id: "telegraf",
  packages: ["telegraf"],
  dispatchers: [
    {
      exports: ["Telegraf", "Composer", "Scenes.BaseScene", "BaseScene"],
      listeners: TELEGRAF_LISTENERS,
      concurrency: "concurrent",
      customaryNames: ["bot", "composer", "scene"],
    },
    {
      exports: ["Scenes.WizardScene", "WizardScene"],
      listeners: { new: UPDATE, ...TELEGRAF_LISTENERS },
      concurrency: "concurrent",
      customaryNames: ["wizard"],
    },
  ],
  sessions: [{ package: "telegraf", exports: ["session"], property: "session", storage: "shared" }],
  contextTypes: ["Context", "NarrowedContext", "Scenes.SceneContext", "Scenes.WizardContext"],
  sends: ["reply", "sendMessage", "replyWithHTML", "replyWithMarkdown", "replyWithPhoto"],
  source:
    "Telegraf 4.16.3 src/core/network/polling.ts: the updates of one batch run through Promise.all",
};

export const nodeTelegramBotApi: FrameworkModel = {
  id: "node-telegram-bot-api",
  packages: ["node-telegram-bot-api"],
  dispatchers: [
    {
      exports: ["default", "TelegramBot"],
      listeners: {
        on: UPDATE,
        once: UPDATE,
        onText: UPDATE,
        addListener: UPDATE,
        onReplyToMessage: UPDATE,
      },
      concurrency: "concurrent",
      customaryNames: ["bot"],
    },
  ],
  contextTypes: ["Message", "CallbackQuery", "TelegramBot.Message"],
  sends: ["sendMessage", "sendPhoto", "sendDocument"],
  source:
    "node-telegram-bot-api 0.67 src/telegramPolling.js: every update is emitted at once, async listeners are not awaited",
};
