// Handlers that a loader finds on the disk: whatever way the folder's name takes to the import, what the modules
// do is judged as if it had been registered by name.
import { expect, test } from "vitest";
import { expectations, reports } from "../harness.ts";

const PAY = `const cart = { total: 0 };
module.exports = {
  name: "pay",
  async execute(message) {
    const before = cart.total;
    await message.react("ok");
    cart.total = before + 1; // => no-lost-update
  },
};`;
const COUNT = `const cart = { total: 0 };
module.exports = {
  name: "count",
  async execute(message) {
    await message.react("ok");
    cart.total = cart.total + 1;
  },
};`;

const dispatch = (load: string): string => `const { Client, Collection } = require("discord.js");
const { readdirSync, readdir } = require("node:fs");
const path = require("node:path");
const client = new Client({ intents: [] });
client.commands = new Collection();
${load}
client.on("messageCreate", async (message) => {
  await client.commands.get(message.content)?.execute(message);
});`;

const KEEP = "client.commands.set(command.name, command);";
const LOADERS: Readonly<Record<string, string>> = {
  "a folder below the working directory": `const folder = process.cwd() + "/commands/";
    for (const name of readdirSync(folder)) { const command = require(folder + name); ${KEEP} }`,
  "a listing given to a callback": `const folder = path.join(__dirname, "commands");
    readdir(folder, (error, names) => names.forEach((name) => { const command = require(path.join(folder, name)); ${KEEP} }));`,
  "a function that gets the folder": `function load(folder) {
      for (const name of readdirSync(folder)) { const command = require(path.join(folder, name)); ${KEEP} }
    }
    load(path.join(__dirname, "commands"));`,
  "a method that gets one file": `class Loader {
      one(folder, name) { const command = require(\`\${folder}/\${name}\`); ${KEEP} }
      all() { readdirSync("./commands").forEach((name) => this.one("./commands", name)); }
    }
    new Loader().all();`,
  "a pattern": `const glob = require("glob");
    for (const file of glob.sync("./commands/**/*.js")) { const command = require(path.resolve(file)); ${KEEP} }`,
  "a walk": `const klaw = require("klaw");
    klaw("./commands").on("data", (item) => { const command = require(item.path); ${KEEP} });`,
  "a list that a helper makes": `function filesOf(folder) { return readdirSync(folder).map((name) => path.join(folder, name)); }
    for (const file of filesOf(path.join(__dirname, "commands"))) { const command = require(file); ${KEEP} }`,
  "the output of a build": `for (const name of readdirSync("./dist/commands")) { const command = require(\`\${process.cwd()}/dist/commands/\${name}\`); ${KEEP} }`,
  "a field": `class Loader {
      constructor(folder) { this.folder = folder; }
      all() { for (const name of readdirSync(this.folder)) { const command = require(this.folder + "/" + name); ${KEEP} } }
    }
    new Loader("./commands").all();`,
  "what a constructor takes apart": `class Registry {
      constructor({ root, isQuiet = true }) { this.root = root; }
      load() { for (const file of this.list(this.root)) { const command = require(file); ${KEEP} } }
      list(folder) { return readdirSync(folder).map((name) => path.join(folder, name)); }
    }
    new Registry({ isQuiet: false, root: path.join(__dirname, "commands") }).load();`,
  "a schema that checks each module": `const { z } = require("zod");
    const Command = z.object({ name: z.string(), execute: z.function() });
    for (const name of readdirSync("./commands")) { const loaded = require("./commands/" + name); const command = Command.parse(loaded); ${KEEP} }`,
  "parts of a list": `for (const name of readdirSync("commands")) { const command = require([".", "commands", name].join("/")); ${KEEP} }`,
};

test.each(Object.entries(LOADERS))("commands are found through %s", (_name, load) => {
  const files = { "bot.js": dispatch(load), "commands/pay.js": PAY, "commands/count.js": COUNT };
  expect(reports(files)).toEqual(expectations(files));
});

test("the last of a hundred commands is found as well", () => {
  const others = Array.from({ length: 100 }, (_, index): [string, string] => [
    `commands/b${String(index).padStart(3, "0")}.js`,
    `module.exports = { name: "b${String(index)}", async execute(message) { await message.react("ok"); } };`,
  ]);
  const load = `for (const name of readdirSync("./commands")) { const command = require("./commands/" + name); ${KEEP} }`;
  const files = {
    "bot.js": dispatch(load),
    ...Object.fromEntries(others),
    "commands/pay.js": PAY,
    "commands/z-count.js": COUNT,
  };
  expect(reports(files)).toEqual(expectations(files));
});

const plain = (index: number): [string, string] => [
  `commands/plain${String(index)}.js`,
  `module.exports = { name: "plain${String(index)}", async execute(message) { await message.react("ok"); } };`,
];
const LOAD = `for (const name of readdirSync("./commands")) { const command = require("./commands/" + name); ${KEEP} }`;
const gated = (act: string): string =>
  dispatch(LOAD)
    .replace(
      "await client.commands",
      `if (gate.isClosed) return;\n  await message.react("ok");\n  ${act}`,
    )
    .replace("const path", 'const { gate, close } = require("./gate.js");\nconst path');
const GATE = `const gate = { isClosed: false };
const close = () => { gate.isClosed = true; };
module.exports = { gate, close };`;

test("what is tested before a table's command runs decides nothing in that command", () => {
  const files = {
    "bot.js": gated("await client.commands"),
    "gate.js": GATE,
    ...Object.fromEntries([1, 2, 3, 4, 5].map(plain)),
    "commands/close.js": `const { close } = require("../gate.js");
module.exports = { name: "close", async execute(message) { close(); } };`,
  };
  expect(reports(files)).toEqual([]);
});

test("what is tested before a plain call does", () => {
  const files = {
    "bot.js": gated("close(); // => no-check-then-act\n  await other"),
    "gate.js": GATE,
  };
  expect(reports(files)).toEqual(expectations(files));
});

const TABLE = `const { model, Schema } = require("mongoose");
module.exports = model("Round", new Schema({ name: String, isOpen: Boolean, title: String }));`;
const rename = (
  isRecommended: boolean,
  more: string,
): string => `const Round = require("../round.js");
module.exports = {
  name: "rename",
  async execute(message) {
    const round = await Round.findOne({ name: message.author.id });
    ${more}
    if (round.isOpen === false) return;
    await Round.updateOne({ name: message.author.id }, { title: message.content }); // => no-store-race${isRecommended ? "" : " (strict)"}
  },
};`;

test("another command that changes the tested column is somebody else", () => {
  const files = {
    "bot.js": dispatch(LOAD),
    "round.js": TABLE,
    "commands/rename.js": rename(false, ""),
    "commands/close.js": `const Round = require("../round.js");
module.exports = { name: "close", async execute(message) { await Round.updateOne({ name: message.author.id }, { isOpen: false }); } };`,
  };
  expect(reports(files)).toEqual(expectations(files));
});

test("the same command is not", () => {
  const files = {
    "bot.js": dispatch(LOAD),
    "round.js": TABLE,
    "commands/rename.js": rename(
      true,
      `if (message.content === "close") return Round.updateOne({ name: message.author.id }, { isOpen: false });`,
    ),
  };
  expect(reports(files)).toEqual(expectations(files));
});

test("a folder that no part of the path names is not loaded", () => {
  const files = {
    "bot.js": dispatch(`for (const name of names) { const command = require(name); ${KEEP} }`),
    "commands/pay.js": PAY,
  };
  expect(reports(files)).toEqual([]);
});

test("classes of a required folder are constructed", () => {
  const command = (body: string): string => `let open = false;
module.exports = class { async execute(message) { ${body} } };`;
  const files = {
    "bot.js": dispatch(
      `for (const name of readdirSync("./commands")) { const command = new (require("./commands/" + name))(client); ${KEEP} }`,
    ),
    "commands/open.js": command(`
    if (open) return;
    await message.react("ok");
    open = true; // => no-check-then-act
    await message.delete();
    open = false;`),
    "commands/safe.js": command(`
    if (open) return;
    open = true;
    await message.react("ok");
    open = false;`),
  };
  expect(reports(files)).toEqual(expectations(files));
});

test("a module may return before its end", () => {
  const files = {
    "bot.js": `if (!process.env.TOKEN) return;
${dispatch(`for (const name of readdirSync("./commands")) { const command = require("./commands/" + name); ${KEEP} }`)}`,
    "commands/pay.js": PAY,
    "commands/count.js": COUNT,
  };
  expect(reports(files)).toEqual(expectations(files));
});

test("an object's functions are those that it was constructed with", () => {
  const bot = (fields: string, call: string): Record<string, string> => ({
    "command.ts": `export class Command { ${fields} }`,
    "pay.ts": `import { Command } from "./command.ts";
let total = 0;
export const pay = new Command({
  name: "pay",
  async execute(message) {
    const before = total;
    await message.react("ok");
    total = before + 1; // => no-lost-update
  },
});`,
    "count.ts": `import { Command } from "./command.ts";
let total = 0;
export const count = new Command({
  name: "count",
  async execute(message) {
    await message.react("ok");
    total = total + 1;
  },
});`,
    "bot.ts": `import { Client, Collection } from "discord.js";
import type { Command } from "./command.ts";
import { pay } from "./pay.ts";
import { count } from "./count.ts";
const client = new Client({ intents: [] });
const commands = new Map<string, Command>();
for (const command of [pay, count]) commands.set("x", command);
client.on("messageCreate", async (message) => { await commands.get(message.content)?.${call}(message); });`,
  });
  for (const [fields, call] of [
    ["options; constructor(options) { this.options = options; }", "options.execute"],
    ["constructor(public options: Options) {}", "options.execute"],
    [
      "execute; constructor({ name, execute }) { this.name = name; this.execute = execute; }",
      "execute",
    ],
    ["execute; constructor(given) { Object.assign(this, given); }", "execute"],
  ] as const) {
    const files = bot(fields, call);
    expect(reports(files), fields).toEqual(expectations(files));
  }
});

test("what is bound to a function reaches its parameter", () => {
  const files = {
    "bot.ts": `import { Client } from "discord.js";
const client = new Client({ intents: [] });
let total = 0;
class Pay { async execute(message) {
  const before = total;
  await message.react("ok");
  total = before + 1; // => no-lost-update
} }
class Manager {
  async notify(listener, ...args) { await listener.execute(...args); }
  subscribe() { for (const listener of [new Pay()]) client.on(listener.name, this.notify.bind(this, listener)); }
}
new Manager().subscribe();`,
  };
  expect(reports(files)).toEqual(expectations(files));
});

test("listeners given one by one to a function that registers them run", () => {
  const files = {
    "slack.ts": `import { App } from "@slack/bolt";
const app = new App({});
export const slack = {
  action(id: string, ...listeners: Listener[]) {
    app.action(id, async (payload) => { for (const listener of listeners) await listener(payload); });
  },
};`,
    "pay.ts": `import { slack } from "./slack.ts";
let total = 0;
slack.action("pay", async ({ ack }) => {
  const before = total;
  await ack();
  total = before + 1; // => no-lost-update
});
slack.action("count", async ({ ack }) => {
  await ack();
  total = total + 0;
});`,
  };
  expect(reports(files)).toEqual(expectations(files));
});

test("an emitter of the project's own calls what its table of tables holds", () => {
  const files = {
    "emitter.ts": `export class Emitter {
  private listeners = {};
  on(event: string, listener: Listener) { (this.listeners[event] ??= new Set()).add(listener); this.listeners[event].add(listener); }
  async emit(event: string, ...args: unknown[]) { for (const listener of this.listeners[event]) await listener(...args); }
}
export const emitter = new Emitter();`,
    "bot.ts": `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
import { emitter } from "./emitter.ts";
const bot = new Bot("token");
let total = 0;
emitter.on("pay", async (ctx) => {
  const before = total;
  await ctx.reply("ok");
  total = before + 1; // => no-lost-update
});
bot.command("pay", async (ctx) => { await emitter.emit("pay", ctx); });
run(bot);`,
  };
  expect(reports(files)).toEqual(expectations(files));
});

test("a router made by the default export, and the methods that a subcommand's options name", () => {
  const files = {
    "routes.ts": `import express from "express";
const router = express.Router();
let total = 0;
router.post("/pay", guard, async (request, response) => {
  const before = total;
  await check(request);
  total = before + 1; // => no-lost-update
});
router.post("/count", async (request, response) => {
  await check(request);
  total = total + 0;
});`,
    "bank.ts": `import { Subcommand } from "@sapphire/plugin-subcommands";
let total = 0;
export class Bank extends Subcommand {
  constructor(context, options) { super(context, { subcommands: [{ name: "pay", chatInputRun: "chatInputPay" }] }); }
  async chatInputPay(interaction) {
    const before = total;
    await interaction.deferReply();
    total = before + 1; // => no-lost-update
  }
  async chatInputCount(interaction) {
    await interaction.deferReply();
    total += 0;
  }
}`,
  };
  expect(reports(files)).toEqual(expectations(files));
});

test("the buttons of a menu are handlers", () => {
  const files = {
    "menu.ts": `import { Bot } from "grammy";
import { Menu } from "@grammyjs/menu";
import { run } from "@grammyjs/runner";
const bot = new Bot("token");
let total = 0;
const menu = new Menu("shop")
  .text("pay", async (ctx) => {
    const before = total;
    await ctx.answerCallbackQuery();
    total = before + 1; // => no-lost-update
  })
  .dynamic((ctx, range) => {
    range.text("count", async (inner) => {
      const before = total;
      await inner.answerCallbackQuery();
      total = before - 1; // => no-lost-update
    });
    range.text("show", async (inner) => { await inner.reply(String(total)); });
  });
bot.use(menu);
run(bot);`,
  };
  expect(reports(files)).toEqual(expectations(files));
});

const handlerOf = (
  name: string,
  mark: string,
): string => `import type { Message } from "discord.js";
let total = 0;
export async function ${name}(message: Message) {
  const before = total;
  await message.reply(String(before));
  total = before + 1;${mark}
}`;
const listOf = (...paths: readonly string[]): string => `import { Client } from "discord.js";
${paths.map((path, at) => `import * as c${String(at)} from "./${path}.ts";`).join("\n")}
unseen(new Client({ intents: [] }), ${paths.map((_, at) => `c${String(at)}`).join(", ")});`;
const REPORTED = " // => no-lost-update";

test.each<[string, Record<string, string>]>([
  [
    "a handler that nobody imports, beside one that is imported: a loader may read the folder",
    {
      "bot.ts": listOf("commands/pay"),
      "commands/pay.ts": handlerOf("pay", REPORTED),
      "commands/count.ts": handlerOf("count", REPORTED),
    },
  ],
  [
    "a handler that nobody imports, beside several that are imported one by one: it is switched off",
    {
      "bot.ts": listOf("commands/pay", "commands/list"),
      "commands/pay.ts": handlerOf("pay", REPORTED),
      "commands/list.ts": handlerOf("list", REPORTED),
      "commands/count.ts": handlerOf("count", ""),
    },
  ],
  [
    "a folder of which nobody imports anything, beside one whose handlers are imported one by one",
    {
      "bot.ts": listOf("commands/shop/pay", "commands/shop/list"),
      "commands/shop/pay.ts": handlerOf("pay", REPORTED),
      "commands/shop/list.ts": handlerOf("list", REPORTED),
      "commands/vote/count.ts": handlerOf("count", ""),
    },
  ],
])("%s", (_title, files) => {
  expect(reports(files)).toEqual(expectations(files));
});
