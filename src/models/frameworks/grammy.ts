import type { FrameworkModel } from "../model.ts";
import { CHAIN, each } from "./listeners.ts";

const LISTENERS = {
  ...each(
    "use on hears command reaction chatType callbackQuery gameQuery inlineQuery chosenInlineResult " +
      "preCheckoutQuery shippingQuery drop lazy fork branch errorBoundary",
    CHAIN,
  ),
  filter: { handlers: "last", trigger: "update", chains: true },
  route: { handlers: "functions", trigger: "update", chains: true },
} as const;

/**
 * grammY with its runner and conversations. Which way updates are dispatched is decided by how the bot is
 * started: `bot.start()` awaits each, `run(bot)` starts up to 500, a webhook handles each request as it comes.
 */
export const grammy: FrameworkModel = {
  id: "grammy",
  packages: [
    "grammy",
    "@grammyjs/conversations",
    "@grammyjs/router",
    "@grammyjs/menu",
    "@grammyjs/commands",
    "@grammyjs/stateless-question",
    "grammy-scenes",
    "grammy-inline-menu",
  ],
  dispatchers: [
    {
      exports: ["Bot", "Composer", "Router"],
      listeners: LISTENERS,
      concurrency: "sequential",
      starts: { start: "sequential" },
      customaryNames: ["bot", "composer"],
    },
    {
      // grammy-scenes: `scene.do(fn)`, `scene.wait().on("message", fn)`.
      exports: ["Scene"],
      listeners: { ...LISTENERS, ...each("do enter label wait always mustResume", CHAIN) },
      concurrency: "sequential",
      customaryNames: ["scene"],
    },
    {
      // A menu is a composer.
      exports: ["Menu"],
      listeners: { ...LISTENERS, ...each("text submenu dynamic row back", CHAIN) },
      concurrency: "sequential",
      customaryNames: ["menu"],
    },
    {
      // What `dynamic` builds for one update has buttons with handlers of their own.
      exports: ["MenuRange"],
      listeners: each("text submenu dynamic row back", CHAIN),
      concurrency: "sequential",
      isOfUpdate: true,
      customaryNames: ["range"],
    },
    {
      exports: ["CommandGroup", "StatelessQuestion"],
      listeners: { command: CHAIN, add: CHAIN, localize: CHAIN, addToScope: CHAIN, new: CHAIN },
      concurrency: "sequential",
    },
    {
      exports: ["MenuTemplate"],
      listeners: each(
        "new interact toggle select choose submenu chooseIntoSubmenu navigate manualRow pagination manualAction",
        { handlers: "functions", handlerOptions: ["do", "set", "isSet"], trigger: "update" },
      ),
      concurrency: "sequential",
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
  serializers: [
    {
      package: "@grammyjs/runner",
      exports: ["sequentialize"],
      key: 0,
      sessionKey: "(ctx) => ctx.chat?.id.toString()",
    },
  ],
  sessions: [
    {
      package: "grammy",
      exports: ["session", "lazySession"],
      property: "session",
      askedForBy: ["useSession"],
      storage: "copy",
    },
    {
      package: "@grammyjs/conversations",
      exports: ["conversations"],
      property: "conversation",
      storage: "copy",
    },
  ],
  chain: { use: "use", next: [1] },
  // plugin.ts: its middleware awaits the run up to the next `wait`, so that serializers in front hold until there.
  functions: { createConversation: { handlers: 0, trigger: "conversation" } },
  contextTypes: [
    "Context",
    "CommandContext",
    "CallbackQueryContext",
    "HearsContext",
    "InlineQueryContext",
    "ReactionContext",
    "Filter",
  ],
  sends: ["reply", "sendMessage", "replyWithPhoto", "replyWithDocument"],
  chatOf: "chat?.id",
  reason: "the runner (or webhook) starts updates without waiting for the one before",
  source:
    "grammY 1.46 out/bot.js: handleUpdates awaits each update; @grammyjs/runner 2.0.3 src/sink.ts starts up to 500; test/models/dispatch/grammy.test.ts",
};
