import type { FrameworkModel, ListenerModel } from "../model.ts";

const EVENT: ListenerModel = {
  handlers: "functions",
  trigger: "update",
  startupEvents: [
    "ready",
    "clientReady",
    "ClientReady",
    "Ready",
    "shardReady",
    "debug",
    "error",
    "warn",
  ],
};

export const discordJs: FrameworkModel = {
  id: "discord.js",
  packages: ["discord.js", "discord.js-selfbot-v13"],
  dispatchers: [
    {
      exports: ["Client", "AutoShardedClient"],
      listeners: { on: EVENT, addListener: EVENT, once: { ...EVENT, trigger: "startup" } },
      concurrency: "concurrent",
      customaryNames: ["client", "bot"],
    },
  ],
  contextTypes: [
    "Message",
    "Interaction",
    "ChatInputCommandInteraction",
    "CommandInteraction",
    "ButtonInteraction",
    "ModalSubmitInteraction",
    "StringSelectMenuInteraction",
    "SelectMenuInteraction",
    "AutocompleteInteraction",
    "GuildMember",
    "VoiceState",
    "MessageReaction",
  ],
  sends: ["reply", "send", "followUp", "editReply"],
  source: "discord.js 14: an EventEmitter; async listeners are not awaited",
};

const BOLT: ListenerModel = { handlers: "functions", trigger: "update" };

export const slackBolt: FrameworkModel = {
  id: "slack-bolt",
  packages: ["@slack/bolt"],
  dispatchers: [
    {
      exports: ["App"],
      listeners: {
        message: BOLT,
        event: BOLT,
        command: BOLT,
        action: BOLT,
        view: BOLT,
        shortcut: BOLT,
        options: BOLT,
        step: BOLT,
        use: BOLT,
        error: BOLT,
        function: BOLT,
      },
      concurrency: "concurrent",
      customaryNames: ["app"],
    },
  ],
  contextTypes: [
    "AllMiddlewareArgs",
    "SlackCommandMiddlewareArgs",
    "SlackEventMiddlewareArgs",
    "SlackActionMiddlewareArgs",
  ],
  sends: ["say", "respond"],
  source:
    "@slack/bolt 5 src/App.ts: each event is processed at once, all its listeners concurrently",
};

const TIMER: ListenerModel = { handlers: 0, trigger: "timer", period: 1 };

/** What Node.js itself calls back. */
export const node: FrameworkModel = {
  id: "node",
  packages: ["global", "timers"],
  dispatchers: [],
  functions: {
    setInterval: TIMER,
    setTimeout: TIMER,
    setImmediate: { handlers: 0, trigger: "timer" },
  },
  source: "Node.js documentation",
};
