import type { FrameworkModel, ListenerModel } from "../model.ts";
import { each, EVENT, UPDATE } from "./listeners.ts";

const STARTUP_EVENTS = [
  "ready",
  "clientReady",
  "ClientReady",
  "Ready",
  "shardReady",
  "debug",
  "Debug",
  "error",
  "Error",
  "warn",
  "Warn",
];
const ON: ListenerModel = {
  handlers: "functions",
  trigger: "update",
  startupEvents: STARTUP_EVENTS,
  chains: true,
};
const CLIENT = {
  on: ON,
  addListener: ON,
  once: { ...ON, trigger: "startup" },
} as const;

export const discordJs: FrameworkModel = {
  id: "discord.js",
  packages: ["discord.js", "discord.js-selfbot-v13"],
  dispatchers: [
    {
      exports: ["Client", "AutoShardedClient", "ShardClient"],
      listeners: CLIENT,
      concurrency: "concurrent",
      customaryNames: ["client", "bot"],
    },
    {
      // An emitter for what is pressed and written under one message, made inside a handler.
      exports: ["InteractionCollector", "MessageCollector", "ReactionCollector"],
      listeners: { on: { ...UPDATE, once: ["end"] }, once: { ...UPDATE, once: true } },
      concurrency: "concurrent",
      factories: [
        "createMessageComponentCollector",
        "createReactionCollector",
        "createMessageCollector",
        "createInteractionCollector",
      ],
      customaryNames: ["collector"],
    },
  ],
  contextTypes: [
    "Message",
    "OmitPartialGroupDMChannel",
    "Interaction",
    "BaseInteraction",
    "ChatInputCommandInteraction",
    "CommandInteraction",
    "MessageComponentInteraction",
    "MessageContextMenuCommandInteraction",
    "UserContextMenuCommandInteraction",
    "ContextMenuCommandInteraction",
    "ButtonInteraction",
    "ModalSubmitInteraction",
    "AnySelectMenuInteraction",
    "StringSelectMenuInteraction",
    "UserSelectMenuInteraction",
    "RoleSelectMenuInteraction",
    "ChannelSelectMenuInteraction",
    "SelectMenuInteraction",
    "AutocompleteInteraction",
    "GuildMember",
    "VoiceState",
    "MessageReaction",
  ],
  sends: ["reply", "send", "followUp", "editReply"],
  chatOf: "channelId",
  reason: "discord.js does not wait for one listener before it emits the next event",
  source:
    "discord.js 14.28.1 src/client/BaseClient.js: an emitter; async listeners are not awaited; test/models/dispatch/discord.test.ts",
};

/** Command frameworks on top of discord.js: classes to extend and decorators. */
export const discordFrameworks: FrameworkModel = {
  id: "discord.js frameworks",
  packages: [
    "@sapphire/framework",
    "@sapphire/plugin-subcommands",
    "@sapphire/plugin-api",
    "discord.js-commando",
    "discord-akairo",
    "klasa",
    "discordx",
    "necord",
  ],
  dispatchers: [
    {
      // Each extends discord.js's own client.
      exports: ["SapphireClient", "AkairoClient", "CommandoClient", "KlasaClient", "Client"],
      listeners: CLIENT,
      concurrency: "concurrent",
    },
  ],
  bases: {
    Command: [
      "chatInputRun",
      "messageRun",
      "contextMenuRun",
      "autocompleteRun",
      "run",
      "exec",
      "execute",
    ],
    // The constructor's options name its methods: `{ name: "deposit", chatInputRun: "chatInputDeposit" }`.
    Subcommand: ["chatInput*", "message*", "contextMenu*", "autocompleteRun"],
    InteractionHandler: ["run"],
    Listener: ["run", "exec"],
    Event: ["run"],
    Monitor: ["run"],
    Precondition: ["chatInputRun", "messageRun", "contextMenuRun"],
    Inhibitor: ["run", "exec"],
    Route: ["run"],
  },
  decorators: each(
    "Slash On ButtonComponent SelectMenuComponent ModalComponent ContextMenu SimpleCommand " +
      "SlashCommand Subcommand Button StringSelect Modal TextCommand MessageCommand UserCommand",
    UPDATE,
  ),
  reason: "discord.js does not wait for one listener before it emits the next event",
  source:
    "@sapphire/framework src/listeners/CoreInteractionCreate.ts, discordx and necord: registered on discord.js's client",
};

/** Tasks that a plugin of Sapphire runs by a pattern: beside everything else, one at a time. */
export const sapphireTasks: FrameworkModel = {
  id: "sapphire tasks",
  packages: ["@sapphire/plugin-scheduled-tasks"],
  dispatchers: [],
  bases: { ScheduledTask: ["run"] },
  concurrency: "sequential",
  reason: "a scheduled task waits for no command",
  source:
    "@sapphire/plugin-scheduled-tasks src/lib/ScheduledTaskHandler.ts: a BullMQ worker of its default concurrency, one",
};

/** Command modules that CommandKit loads itself: known by the type of what they get. */
export const commandKit: FrameworkModel = {
  id: "commandkit",
  packages: ["commandkit"],
  dispatchers: [],
  contextTypes: [
    "SlashCommandProps",
    "ContextMenuCommandProps",
    "AutocompleteProps",
    "CommandContext",
    "ChatInputCommandContext",
    "MessageCommandContext",
  ],
  reason: "discord.js does not wait for one listener before it emits the next event",
  source: "commandkit: the modules of a folder, called from a listener of discord.js's client",
};

/** Music players and the like: emitters of their own beside the client. */
export const discordPlayers: FrameworkModel = {
  id: "discord.js players",
  packages: [
    "distube",
    "discord-player",
    "erela.js",
    "kazagumo",
    "shoukaku",
    "poru",
    "riffy",
    "lavalink-client",
    "discord-giveaways",
  ],
  dispatchers: [
    {
      exports: [
        "default",
        "DisTube",
        "Player",
        "Manager",
        "Kazagumo",
        "Shoukaku",
        "Poru",
        "Riffy",
        "LavalinkManager",
        "GiveawaysManager",
      ],
      listeners: {
        ...each("on addListener events.on nodeManager.on shoukaku.on", EVENT),
        once: { ...EVENT, once: true },
      },
      concurrency: "concurrent",
      customaryNames: ["distube", "giveawaysManager", "kazagumo", "poru", "riffy", "lavalink"],
    },
  ],
  reason: "emit() does not wait for async listeners",
  source: "distube 5 src/core/DisTube.ts, discord-player 7 src/Player.ts and others: emitters",
};

export const eris: FrameworkModel = {
  id: "eris",
  packages: ["eris", "@projectdysnomia/dysnomia"],
  dispatchers: [
    {
      exports: ["Client", "CommandClient", "default"],
      listeners: { ...CLIENT, registerCommand: UPDATE },
      concurrency: "concurrent",
      customaryNames: ["bot", "client"],
    },
  ],
  contextTypes: [
    "Message",
    "CommandInteraction",
    "ComponentInteraction",
    "AutocompleteInteraction",
  ],
  sends: ["createMessage", "createFollowup", "editOriginalMessage"],
  reason: "eris does not wait for one listener before it emits the next event",
  source: "eris 0.18.0 lib/gateway/Shard.js:946: emit, listeners are not awaited",
};

export const oceanic: FrameworkModel = {
  id: "oceanic.js",
  packages: ["oceanic.js"],
  dispatchers: [
    {
      exports: ["Client"],
      listeners: CLIENT,
      concurrency: "concurrent",
      customaryNames: ["client", "bot"],
    },
  ],
  contextTypes: [
    "Message",
    "CommandInteraction",
    "ComponentInteraction",
    "ModalSubmitInteraction",
    "AutocompleteInteraction",
  ],
  sends: ["createMessage", "createFollowup", "editOriginal", "reply"],
  reason: "oceanic.js does not wait for one listener before it emits the next event",
  source: "oceanic.js 1.15.0 dist/lib/gateway/events.js:474: emit, listeners are not awaited",
};
