import { describe, expect, it } from "vitest";
import { rootsOf } from "./program.ts";

const CLIENT = `import { Client, Events } from "discord.js";\nconst client = new Client({ intents: [] });\n`;

describe("discord.js", () => {
  it("is concurrent for events and exclusive for those of the start", () => {
    const roots = rootsOf(`${CLIENT}
      client.on("messageCreate", async (message) => {});
      client.on(Events.ClientReady, async () => {});
      client.once("interactionCreate", async () => {});`);
    expect(roots.list()).toEqual([
      'concurrent client.on("messageCreate")',
      'exclusive client.on("ClientReady")',
      'exclusive client.once("interactionCreate")',
    ]);
  });

  it("finds collectors, made by whatever message", () => {
    const roots = rootsOf(`${CLIENT}
      client.on("interactionCreate", async (interaction) => {
        const reply = await interaction.reply({ fetchReply: true });
        const collector = reply.createMessageComponentCollector({ time: 60_000 });
        collector.on("collect", async (button) => {}).on("end", async () => {});
        interaction.channel.createMessageCollector({}).on("collect", async (message) => {});
      });`);
    expect(roots.list()).toEqual(
      [
        'concurrent client.on("interactionCreate")',
        'concurrent collector.on("collect")',
        'concurrent collector.on(...).on("end")',
        'concurrent interaction.channel.createMessageCollector(...).on("collect")',
      ].sort(),
    );
  });

  it("does not take another package's client for the bot", () => {
    const roots = rootsOf({
      "bot.ts": `${CLIENT}client.on("messageCreate", () => {});`,
      "cache.ts": `import "./bot"; import { createClient } from "redis"; const client = createClient();
        client.on("error", (error) => console.error(error));`,
    });
    expect(roots.names()).toEqual(['client.on("messageCreate")']);
  });

  it("finds event modules of a folder, by name and once", () => {
    const roots = rootsOf({
      "index.js": `const fs = require("node:fs"); const path = require("node:path");
        const { Client } = require("discord.js"); const client = new Client({});
        const folder = path.join(__dirname, "events");
        for (const file of fs.readdirSync(folder)) {
          const event = require(path.join(folder, file));
          if (event.once) client.once(event.name, (...args) => event.execute(...args));
          else client.on(event.name, (...args) => event.execute(...args, client));
        }`,
      "events/message.js": `module.exports = { name: "messageCreate", async execute(message) {} };`,
      "events/ready.js": `const { Events } = require("discord.js");
        module.exports = { name: Events.ClientReady, once: true, async execute(client) {} };`,
    });
    const update = roots.all.find((root) => root.concurrency === "concurrent");
    expect(update?.excludes.map((fn) => fn.file.path.split("/").at(-1))).toEqual(["ready.js"]);
    const starts = roots.all.filter((root) => root.trigger === "startup");
    expect(starts.map((root) => root.fn.file.path.split("/").at(-1))).toEqual(["ready.js"]);
  });

  it("takes the event from the file's name where a loader does", () => {
    const roots = rootsOf({
      "src/loader.js": `const fs = require("fs");
        exports.load = (client) => fs.readdirSync("./src/events").forEach((file) => {
          const handler = require(\`./events/\${file}\`);
          client.on(file.split(".")[0], handler.bind(null, client));
        });`,
      "src/index.js": `const { Client } = require("discord.js"); require("./loader").load(new Client({}));`,
      "src/events/ready.js": `module.exports = async (client) => {};`,
      "src/events/messageCreate.js": `module.exports = async (client, message) => {};`,
    });
    expect(
      roots.all
        .map((root) => `${root.concurrency} ${root.fn.file.path.split("/").at(-1) ?? ""}`)
        .sort(),
    ).toEqual(["concurrent messageCreate.js", "exclusive ready.js"]);
  });

  it("counts commands that nothing seen calls, by the type of what they get", () => {
    const roots = rootsOf({
      "package.json": JSON.stringify({ dependencies: { "discord.js": "14" } }),
      "commands/ban.ts": `import type { ChatInputCommandInteraction } from "discord.js";
        export default { data: {}, async execute(interaction: ChatInputCommandInteraction) {} };`,
      "commands/kick.ts": `import { ChatInputCommandInteraction } from "discord.js"; import type { Command } from "./command";
        export class Kick implements Command { async run(interaction: ChatInputCommandInteraction): Promise<void> { note(interaction); } }
        function note(interaction: ChatInputCommandInteraction) {}`,
      "commands/command.ts": `export interface Command { run(interaction: unknown): Promise<void> }`,
    });
    expect(roots.list()).toEqual(["concurrent Kick.run", "concurrent execute"]);
  });

  it("counts functions by the type of what they get wherever others can get at them", () => {
    const roots = rootsOf({
      "package.json": JSON.stringify({ dependencies: { "discord.js": "14" } }),
      "a.ts": `import type { ChatInputCommandInteraction as I } from "discord.js";
        export function named(interaction: I) {}
        function later(interaction: I) {}
        function own(interaction: I) {}
        own();
        export { later };
        const kept = (interaction: I) => {};
        register(kept);
        export const table = { "in-table": (interaction: I) => {}, [key()]: (interaction: I) => {} };
        export class Kick { constructor(interaction: I) {} [key()](interaction: I) {} static ban = (interaction: I) => {} }
        export const first = (interaction: I = last) => {}, [second] = [(interaction: I) => {}];`,
      "b.ts": `import type { ChatInputCommandInteraction } from "discord.js";
        export default function (interaction: ChatInputCommandInteraction) {}`,
      "c.ts": `import type { ChatInputCommandInteraction } from "discord.js";
        export default (a: string, b: number, c: boolean, d: object, interaction: ChatInputCommandInteraction) => {};`,
      "d.ts": `import type { ChatInputCommandInteraction } from "discord.js";
        module.exports = function (interaction: ChatInputCommandInteraction) {};`,
    });
    expect(roots.list()).toEqual(
      [
        "named",
        "later",
        "kept",
        "in-table",
        "Kick.[...]",
        "Kick.ban",
        "first",
        "default",
        "default",
      ]
        .map((name) => `concurrent ${name}`)
        .sort(),
    );
  });

  it("takes of event modules what a loader calls", () => {
    const roots = rootsOf({
      "index.js": `const { Client } = require("discord.js"); const client = new Client({});
        for (const name of names()) {
          const event = require(\`./events/\${name}\`);
          client.on(event.name, (...args) => { log(event); event.before; event.execute(...args); });
        }`,
      "events/ready.js": `const name = "ready"; module.exports = { name, before: 1, execute(client) {} };`,
      "events/message.js": `const { NAME } = require("../names.js"); module.exports = { name: NAME, execute: (message) => {} };`,
      "events/esm.mjs": `export const name = "ready"; export const execute = () => {};`,
      "events/nameless.js": `exports.execute = () => {};`,
      "events/class.js": `class Ready { name = "ready"; once = true; execute() {} } module.exports = new Ready();`,
      "names.js": `exports.NAME = "messageCreate";`,
    });
    expect(
      roots.all
        .map((root) => `${root.concurrency} ${root.fn.file.path.split("/").at(-1) ?? ""}`)
        .sort(),
    ).toMatchInlineSnapshot(`
      [
        "concurrent index.js",
        "exclusive class.js",
        "exclusive esm.mjs",
        "exclusive ready.js",
      ]
    `);
  });

  it("finds methods that a command framework calls", () => {
    const roots = rootsOf(`import { Command, Listener } from "@sapphire/framework";
      export class Ban extends Command { async chatInputRun(interaction) {} helper() {} }
      export class Seen extends Listener { async run(message) {} }
      export class Late extends Listener { run = async (message) => {}; ["chatInput" + "Run"]() {} }
      export default class extends Listener { async run(message) {} }`);
    expect(roots.list()).toEqual([
      "concurrent Ban.chatInputRun",
      "concurrent Listener.run",
      "concurrent Seen.run",
    ]);
  });
});

describe("Slack Bolt", () => {
  it("is concurrent for every kind of listener", () => {
    const roots = rootsOf(`import { App } from "@slack/bolt";
      const app = new App({});
      app.message("hi", async ({ say }) => {});
      app.command("/tip", async ({ ack }) => {});
      app.view("pay", async ({ ack }) => {});`);
    expect(roots.list()).toEqual([
      'concurrent app.command("/tip")',
      'concurrent app.message("hi")',
      'concurrent app.view("pay")',
    ]);
  });
});

describe("other chat networks", () => {
  it.each([
    [
      "eris",
      `import Eris from "eris"; const bot = new Eris.Client("t"); bot.on("messageCreate", async (m) => {});`,
    ],
    [
      "oceanic.js",
      `import { Client } from "oceanic.js"; const client = new Client({}); client.on("messageCreate", async (m) => {});`,
    ],
    [
      "vk-io",
      `import { VK } from "vk-io"; const vk = new VK({}); vk.updates.on("message_new", async (context) => {});`,
    ],
    [
      "baileys",
      `import makeWASocket from "@whiskeysockets/baileys"; const sock = makeWASocket({}); sock.ev.on("messages.upsert", async (m) => {});`,
    ],
    [
      "whatsapp-web.js",
      `const { Client } = require("whatsapp-web.js"); const client = new Client(); client.on("message", async (m) => {});`,
    ],
    [
      "open-wa",
      `import { create } from "@open-wa/wa-automate"; create().then((client) => client.onMessage(async (m) => {}));`,
    ],
    [
      "matrix",
      `import { MatrixClient } from "matrix-bot-sdk"; const client = new MatrixClient("h", "t"); client.on("room.message", async (r, e) => {});`,
    ],
    [
      "matrix",
      `import * as sdk from "matrix-js-sdk"; const client = sdk.createClient({}); client.on("Room.timeline", async (e) => {});`,
    ],
    [
      "probot",
      `import { Probot } from "probot"; export default (app: Probot) => { app.on("issues.opened", async (context) => {}); };`,
    ],
  ])("finds the handlers of %s", (framework, text) => {
    const roots = rootsOf(text);
    expect(roots.all.map((root) => [root.framework, root.concurrency, root.trigger])).toEqual([
      [framework, "concurrent", "update"],
    ]);
  });

  it("knows a probot app by its name where nothing imports probot", () => {
    const roots = rootsOf({
      "package.json": JSON.stringify({ dependencies: { probot: "13" } }),
      "index.js": `module.exports = (robot) => { robot.on("issues.opened", async (context) => {}); };`,
    });
    expect(roots.list()).toEqual(['concurrent robot.on("issues.opened")']);
  });
});
