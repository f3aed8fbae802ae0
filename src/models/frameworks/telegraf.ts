import type { FrameworkModel } from "../model.ts";
import { CHAIN, each, UPDATE } from "./listeners.ts";

const LISTENERS = each(
  "use on hears command action inlineQuery gameQuery start help settings mention hashtag cashtag email url " +
    "phone textLink textMention spoiler reaction enter leave guard drop fork",
  CHAIN,
);

export const telegraf: FrameworkModel = {
  id: "telegraf",
  packages: ["telegraf"],
  dispatchers: [
    {
      exports: ["Telegraf", "Composer", "default"],
      listeners: LISTENERS,
      concurrency: "concurrent",
      customaryNames: ["bot", "composer"],
    },
    {
      exports: ["Scenes.BaseScene", "BaseScene", "Scenes.Stage", "Stage"],
      listeners: LISTENERS,
      concurrency: "concurrent",
      customaryNames: ["scene", "stage"],
    },
    {
      exports: ["Scenes.WizardScene", "WizardScene"],
      listeners: { new: UPDATE, ...LISTENERS },
      concurrency: "concurrent",
      customaryNames: ["wizard"],
    },
  ],
  chain: { use: "use", next: [1] },
  sessions: [{ package: "telegraf", exports: ["session"], property: "session", storage: "shared" }],
  contextTypes: [
    "Context",
    "NarrowedContext",
    "Scenes.SceneContext",
    "Scenes.WizardContext",
    "SceneContext",
    "WizardContext",
    "TelegrafContext",
  ],
  sends: ["reply", "sendMessage", "replyWithHTML", "replyWithMarkdown", "replyWithPhoto"],
  chatOf: "chat?.id",
  reason: "Telegraf runs the updates of one batch at the same time",
  source:
    "Telegraf 4.16.3 src/core/network/polling.ts: the updates of one batch run through Promise.all; test/models/dispatch/telegraf.test.ts",
};

/** Decorated methods become listeners of Telegraf's own bot, composer, scene or wizard. */
export const nestjsTelegraf: FrameworkModel = {
  id: "nestjs-telegraf",
  packages: ["nestjs-telegraf"],
  dispatchers: [],
  decorators: each(
    "Use On Hears Command Action InlineQuery GameQuery Start Help Settings Mention Hashtag Cashtag Email Url " +
      "Phone TextLink TextMention SceneEnter SceneLeave WizardStep",
    UPDATE,
  ),
  reason: "Telegraf runs the updates of one batch at the same time",
  source:
    "nestjs-telegraf 2.9.1 dist/services/listeners-explorer.service.js: registerListeners calls the method of the same name of Telegraf",
};
