import type { FrameworkModel } from "../model.ts";
import { CHAIN, each, EVENT, UPDATE } from "./listeners.ts";

export const slackBolt: FrameworkModel = {
  id: "slack-bolt",
  packages: ["@slack/bolt"],
  dispatchers: [
    {
      exports: ["App"],
      listeners: {
        ...each(
          "message event command action view shortcut options step use function assistant",
          UPDATE,
        ),
        error: { handlers: 0, trigger: "event" },
      },
      concurrency: "concurrent",
      customaryNames: ["app", "slackApp"],
    },
  ],
  chain: { use: "use", next: [], nextProperty: "next" },
  contextTypes: [
    "AllMiddlewareArgs",
    "SlackCommandMiddlewareArgs",
    "SlackEventMiddlewareArgs",
    "SlackActionMiddlewareArgs",
    "SlackViewMiddlewareArgs",
    "SlackShortcutMiddlewareArgs",
  ],
  sends: ["say", "respond"],
  reason: "Bolt handles every event as it arrives",
  source:
    "@slack/bolt 5.1.0 dist/App.js:646: each event is processed at once, all its listeners through Promise.allSettled",
};

export const botkit: FrameworkModel = {
  id: "botkit",
  packages: ["botkit"],
  dispatchers: [
    {
      exports: ["Botkit", "slackbot", "facebookbot", "teamsbot", "consolebot", "anywhere"],
      listeners: each("hears on interrupts", UPDATE),
      concurrency: "concurrent",
    },
  ],
  contextTypes: ["BotWorker", "BotkitMessage"],
  sends: ["reply", "say", "startConversation", "replyInThread"],
  reason: "Botkit handles every event as it arrives",
  source:
    "botkit 4.15.0 lib/core.js handleTurn: each incoming activity is ingested on its own; botkit 0.7.5 lib/CoreBot.js trigger: handlers are called one by another and not waited for",
};

export const vkIo: FrameworkModel = {
  id: "vk-io",
  packages: ["vk-io", "@vk-io/hear", "@vk-io/scenes"],
  dispatchers: [
    {
      exports: ["VK", "Updates"],
      listeners: each("updates.on updates.use on use", CHAIN),
      concurrency: "concurrent",
      customaryNames: ["vk", "updates"],
    },
    {
      exports: ["HearManager"],
      listeners: each("hear onFallback", CHAIN),
      concurrency: "concurrent",
      customaryNames: ["hearManager"],
    },
    {
      exports: ["StepScene"],
      listeners: { new: { handlers: "functions", handlerOptions: ["steps"], trigger: "update" } },
      concurrency: "concurrent",
    },
  ],
  contextTypes: ["MessageContext", "MessageEventContext"],
  sends: ["send", "reply"],
  reason: "vk-io starts every update of a poll without waiting for the one before",
  source:
    "vk-io 4.10.1 lib/index.js pollingTransport: the poll handler is called for each update, not awaited",
};

export const baileys: FrameworkModel = {
  id: "baileys",
  packages: ["baileys", "@whiskeysockets/baileys", "@adiwajshing/baileys"],
  dispatchers: [
    {
      exports: ["makeWASocket", "default"],
      listeners: {
        "ev.on": {
          ...EVENT,
          trigger: "update",
          startupEvents: ["connection.update", "creds.update"],
        },
        "ev.process": UPDATE,
        "ws.on": EVENT,
      },
      concurrency: "concurrent",
      customaryNames: ["sock", "socket", "conn", "client", "aruga"],
    },
  ],
  contextTypes: ["WAMessage", "proto.IWebMessageInfo"],
  sends: ["sendMessage"],
  reason: "baileys emits events without waiting for its listeners",
  source: "baileys src/Utils/event-buffer.ts: ev is an emitter; async listeners are not awaited",
};

export const whatsappWeb: FrameworkModel = {
  id: "whatsapp-web.js",
  packages: ["whatsapp-web.js"],
  dispatchers: [
    {
      exports: ["Client"],
      listeners: {
        on: {
          ...EVENT,
          trigger: "update",
          startupEvents: ["ready", "qr", "authenticated", "auth_failure"],
        },
        once: { ...EVENT, trigger: "startup" },
      },
      concurrency: "concurrent",
      customaryNames: ["client"],
    },
  ],
  contextTypes: ["Message", "WAWebJS.Message"],
  sends: ["sendMessage", "reply"],
  reason: "whatsapp-web.js emits events without waiting for its listeners",
  source:
    "whatsapp-web.js src/Client.js: class Client extends EventEmitter; this.emit is not awaited",
};

export const openWa: FrameworkModel = {
  id: "open-wa",
  packages: ["@open-wa/wa-automate"],
  dispatchers: [
    {
      exports: ["Client", "create"],
      listeners: each(
        "onMessage onAnyMessage onAck onAddedToGroup onGlobalParticipantsChanged onIncomingCall " +
          "onParticipantsChanged onButton onReaction onStateChanged",
        UPDATE,
      ),
      concurrency: "concurrent",
      customaryNames: ["client"],
    },
  ],
  contextTypes: ["Message"],
  sends: ["sendText", "reply", "sendFile", "sendImage"],
  reason: "open-wa calls each listener as the message arrives",
  source:
    "@open-wa/wa-automate src/api/Client.ts registerListener: the callback is called for each event; its queue option alone bounds it",
};

export const matrix: FrameworkModel = {
  id: "matrix",
  packages: ["matrix-bot-sdk", "matrix-js-sdk", "@vector-im/matrix-bot-sdk"],
  dispatchers: [
    {
      exports: ["MatrixClient", "createClient", "Appservice"],
      listeners: {
        on: { ...EVENT, trigger: "update", startupEvents: ["sync"] },
        once: { ...EVENT, trigger: "startup" },
      },
      concurrency: "concurrent",
      customaryNames: ["client", "matrixClient"],
    },
  ],
  contextTypes: ["MatrixEvent"],
  sends: ["sendMessage", "sendText", "sendNotice", "replyText", "replyNotice", "sendEvent"],
  reason: "the Matrix client emits the events of a sync without waiting for its listeners",
  source:
    "matrix-bot-sdk 0.7.1 lib/MatrixClient.js:654: Promise.resolve(this.emit(...)), which waits for no listener; matrix-js-sdk extends the same kind of emitter",
};

export const probot: FrameworkModel = {
  id: "probot",
  packages: ["probot", "@octokit/webhooks"],
  dispatchers: [
    {
      exports: ["Probot", "Webhooks"],
      listeners: each("on onAny webhooks.on onError", UPDATE),
      concurrency: "concurrent",
      customaryNames: ["app", "robot", "probot"],
    },
  ],
  contextTypes: ["Context"],
  sends: ["createComment"],
  reason: "each webhook delivery is handled as it arrives, its handlers at the same time",
  source:
    "@octokit/webhooks src/event-handler/receive.ts: Promise.all over the hooks of one delivery",
};
