// What a project says of functions that take its handlers.
import { describe } from "vitest";
import type { RunAsyncSettings } from "../../../src/analysis/settings.ts";
import { BOT, type Files } from "../harness.ts";
import { settingsDecide } from "./cases.ts";

const SEQUENTIAL = `import { Bot } from "grammy";
const bot = new Bot("token");
bot.start();
`;

describe("wrappers", () => {
  const counting = (register: string): string => `let n = 0;
${register} {
  const old = n;
  await ctx.reply("counting");
  n = old + 1;
}));
`;
  const source = `import { table } from "some-registry";
export const withErrors = (handler) => table.wrap(handler);
export const onCommand = (name, handler) => table.add(name, handler);
export const perUser = (handler, key) => table.wrap(handler, key);
`;
  const wrapped = (start: string, call: string): Files => ({
    "bot.ts": `${start}import { withErrors, onCommand, perUser } from "./wrappers.ts";\n${counting(call)}`,
    "wrappers.ts": source,
  });
  const found = ["bot.ts:10 no-lost-update"];
  const wrapper = (
    name: string,
    fn: NonNullable<RunAsyncSettings["wrappers"]>[number]["functions"][string] = {},
  ): RunAsyncSettings => ({ wrappers: [{ from: "./wrappers.ts", functions: { [name]: fn } }] });
  settingsDecide({
    "that register with nobody that is known: their handlers run at once": {
      files: wrapped(BOT, 'onCommand("count", (async (ctx) =>'),
      settings: wrapper("onCommand"),
      before: [],
      after: found,
    },
    "whose result is registered: as the bot dispatches": {
      files: wrapped(SEQUENTIAL, 'bot.command("count", withErrors(async (ctx) =>'),
      settings: wrapper("withErrors"),
      before: [],
      after: [],
    },
    "that queue: their handlers run one at a time": {
      files: wrapped(BOT, 'bot.command("count", withErrors(async (ctx) =>'),
      settings: wrapper("withErrors", { concurrency: "sequential" }),
      before: found,
      after: [],
    },
    "that do not wait: their handlers overlap under a bot that waits": {
      files: wrapped(SEQUENTIAL, 'bot.command("count", withErrors(async (ctx) =>'),
      settings: wrapper("withErrors", { concurrency: "concurrent" }),
      before: [],
      after: ["bot.ts:9 no-lost-update"],
    },
    "that hold a lock": {
      files: wrapped(BOT, 'bot.command("count", withErrors(async (ctx) =>'),
      settings: wrapper("withErrors", { lock: "n" }),
      before: found,
      after: [],
    },
    "that hold a lock for each user leave what all users share open": {
      files: wrapped(BOT, 'bot.command("count", withErrors(async (ctx) =>'),
      settings: wrapper("withErrors", { key: "from.id" }),
      before: found,
      after: found,
    },
  });

  const perUser = (key: string): Files => ({
    "bot.ts": `${BOT}import { perUser } from "./wrappers.ts";
const counts = new Map();
bot.command("count", perUser(async (ctx) => {
  const old = counts.get(ctx.from.id) ?? 0;
  await ctx.reply("counting");
  counts.set(ctx.from.id, old + 1);
}${key}));
`,
    "wrappers.ts": source,
  });
  settingsDecide({
    "keyed by a path": {
      files: perUser(""),
      settings: wrapper("perUser", { handlers: 0, key: "from.id" }),
      before: ["bot.ts:10 no-lost-update"],
      after: [],
    },
    "keyed by a function beside the handler": {
      files: perUser(", (ctx) => ctx.from.id"),
      settings: wrapper("perUser", { handlers: 0, key: 1 }),
      before: ["bot.ts:10 no-lost-update"],
      after: [],
    },
    "keyed by a function of something else": {
      files: perUser(", (ctx) => ctx.chat.id"),
      settings: wrapper("perUser", { handlers: 0, key: 1 }),
      before: ["bot.ts:10 no-lost-update"],
      after: ["bot.ts:10 no-lost-update"],
    },
    "with the handler in an object": {
      files: {
        "bot.ts": `import { defineCommand } from "./wrappers.ts";
let n = 0;
export default defineCommand({
  name: "count",
  async execute(message) {
    const old = n;
    await message.reply("counting");
    n = old + 1;
  },
});
`,
        "wrappers.ts": "export const defineCommand = (command) => table.add(command);",
      },
      settings: wrapper("defineCommand", { handlerOptions: ["execute"] }),
      before: [],
      after: ["bot.ts:8 no-lost-update"],
    },
  });
});
