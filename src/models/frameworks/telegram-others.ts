import type { FrameworkModel } from "../model.ts";
import { CHAIN, each, UPDATE } from "./listeners.ts";

export const gramio: FrameworkModel = {
  id: "gramio",
  packages: ["gramio", "@gramio/scenes"],
  dispatchers: [
    {
      exports: ["Bot", "Composer", "Plugin"],
      listeners: {
        ...each(
          "on use command hears callbackQuery inlineQuery chosenInlineResult guestQuery reaction startParameter " +
            "derive group onError",
          CHAIN,
        ),
        ...each("extend decorate macro preRequest onResponse onResponseError onApiCall", {
          handlers: 99,
          trigger: "update",
          chains: true,
        }),
        ...each("onStart", { handlers: 0, trigger: "startup", chains: true }),
        ...each("onStop", { handlers: 0, trigger: "shutdown", chains: true }),
      },
      concurrency: "concurrent",
      customaryNames: ["bot", "composer"],
    },
    {
      exports: ["Scene"],
      listeners: each("step on command onEnter ask", CHAIN),
      concurrency: "concurrent",
    },
  ],
  contextTypes: ["MessageContext", "CallbackQueryContext", "ContextType", "Context"],
  sends: ["send", "reply", "sendMessage"],
  reason: "GramIO starts every update as it arrives",
  source: "@gramio/composer dist/index.js EventQueue.process starts all that is queued",
};

export const puregram: FrameworkModel = {
  id: "puregram",
  packages: ["puregram", "@puregram/hear", "@puregram/scenes"],
  dispatchers: [
    {
      exports: ["Telegram.fromToken", "Telegram"],
      listeners: {
        ...each("updates.on updates.use on use", CHAIN),
        ...each("onMessage onCallbackQuery onInlineQuery onCommand", CHAIN),
      },
      concurrency: "concurrent",
      customaryNames: ["telegram", "bot"],
    },
    {
      exports: ["HearManager", "StepScene"],
      listeners: { new: UPDATE, hear: CHAIN, onFallback: CHAIN },
      concurrency: "concurrent",
      customaryNames: ["hearManager"],
    },
  ],
  contextTypes: ["MessageContext", "CallbackQueryContext", "InlineQueryContext", "UpdateContext"],
  sends: ["send", "reply"],
  reason: "puregram does not wait for one update before it handles the next",
  source: "puregram 2.27.0 lib/updates.js:447: handleUpdate is not awaited",
};

export const mtcute: FrameworkModel = {
  id: "mtcute",
  packages: ["@mtcute/dispatcher", "@mtcute/node", "@mtcute/bun", "@mtcute/core"],
  dispatchers: [
    {
      exports: ["Dispatcher.for", "Dispatcher.child", "Dispatcher.scene", "Dispatcher"],
      listeners: each(
        "onRawUpdate onSceneTransition onAnyCallbackQuery onNewMessage onEditMessage onMessageGroup " +
          "onDeleteMessage onChatMemberUpdate onInlineQuery onChosenInlineResult onCallbackQuery " +
          "onInlineCallbackQuery onBusinessCallbackQuery onPollUpdate onPollVote onUserStatusUpdate " +
          "onUserTyping onHistoryRead onBotStopped onBotChatJoinRequest onChatJoinRequest onPreCheckoutQuery " +
          "onStoryUpdate onDeleteStory onBotReactionUpdate onBotReactionCountUpdate onPreUpdate onPostUpdate " +
          "onNewBusinessMessage onEditBusinessMessage",
        CHAIN,
      ),
      concurrency: "concurrent",
      customaryNames: ["dp", "dispatcher"],
    },
    {
      exports: ["WizardScene"],
      listeners: each("addStep onNewMessage onCallbackQuery", CHAIN),
      concurrency: "concurrent",
    },
    {
      exports: ["TelegramClient"],
      listeners: each("onNewMessage.add onUpdate.add onCallbackQuery.add on", CHAIN),
      concurrency: "concurrent",
      customaryNames: ["tg", "client"],
    },
  ],
  contextTypes: ["MessageContext", "CallbackQueryContext", "InlineQueryContext"],
  sends: ["sendText", "replyText", "answerText", "sendMedia"],
  reason: "mtcute does not wait for one update before it dispatches the next",
  source:
    "@mtcute/dispatcher 0.27.9 dispatcher.js dispatchUpdate: dispatchUpdateNow is not awaited",
};
