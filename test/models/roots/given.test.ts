// How handlers and their timing are given: lists, options, modules of events, numbers by constants.
import { describe, expect, it } from "vitest";
import { rootsOf } from "./program.ts";

const GRAMMY = `import { Bot } from "grammy"; const bot = new Bot("t"); `;
const DISCORD = `import { Client, Events } from "discord.js"; const client = new Client({}); `;

describe("handlers in lists", () => {
  it.each([
    ["a list", `bot.on("message", [async () => {}, async () => {}]);`, 2],
    [
      "a list with holes and spreads",
      `const more = [async () => {}]; bot.on("message", [, ...more, async () => {}]);`,
      2,
    ],
    [
      "spread arguments",
      `const all = [async () => {}, async () => {}]; bot.on("message", ...all);`,
      2,
    ],
    [
      "a list in a list",
      `const inner = [async () => {}]; const all = [...inner]; bot.on("message", ...all);`,
      1,
    ],
    ["no handler", `bot.on("message");`, 0],
    ["a name", `bot.on("message", handler);`, 0],
    ["a literal", `bot.on("message", { handler: async () => {} });`, 0],
  ])("%s", (_title, text, count) => {
    expect(rootsOf(GRAMMY + text).all).toHaveLength(count);
  });
});

describe("modules of events", () => {
  const loader = `import fs from "node:fs"; import { Client } from "discord.js"; const client = new Client({});
for (const name of fs.readdirSync("./events")) {
  const event = require(\`./events/\${name}\`);
  if (event.once) client.once(event.name, (...args) => event.execute(...args));
  else client.on(event.name, (...args) => event.execute(...args));
}`;
  const kinds = (files: Record<string, string>): string[] =>
    rootsOf({ "bot.js": loader, ...files })
      .all.filter((root) => root.fn.file.path.includes("events"))
      .map((root) => `${root.trigger} ${root.concurrency}`);

  it.each([
    [
      "a literal that says once",
      `module.exports = { name: "ready", once: true, execute() {} };`,
      "startup exclusive",
    ],
    [
      "a literal for the start",
      `module.exports = { name: "ready", execute() {} };`,
      "startup exclusive",
    ],
    [
      "exports one by one",
      `exports.name = "ready"; exports.once = true; exports.execute = function () {};`,
      "startup exclusive",
    ],
    [
      "a name in a constant",
      `const READY = "ready"; module.exports = { name: READY, execute() {} };`,
      "startup exclusive",
    ],
    [
      "an instance",
      `class Ready { name = "ready"; once = true; execute() {} } module.exports = new Ready();`,
      "startup exclusive",
    ],
  ])("%s", (_title, text, kind) => {
    expect(kinds({ "events/ready.js": text })).toEqual([kind]);
  });

  it.each([
    ["another event", `module.exports = { name: "messageCreate", execute() {} };`],
    ["a name of nobody knows what", `module.exports = { name: process.env.EVENT, execute() {} };`],
    ["once is false", `module.exports = { name: "messageCreate", once: false, execute() {} };`],
  ])("%s is no start", (_title, text) => {
    expect(kinds({ "events/message.js": text })).toEqual([]);
    expect(
      rootsOf({ "bot.js": loader, "events/message.js": text }).all.some(
        (root) => root.trigger === "update",
      ),
    ).toBe(true);
  });
});

describe("events by name", () => {
  it.each([
    [`client.on(Events.ClientReady, async () => {});`, "startup exclusive"],
    [`client.on("ready", async () => {});`, "startup exclusive"],
    [`client.on(Events["MessageCreate"], async () => {});`, "update concurrent"],
    [`client.on(config.event, async () => {});`, "update concurrent"],
    [`client.on(make(), async () => {});`, "update concurrent"],
  ])("%s", (text, kind) => {
    expect(
      rootsOf(DISCORD + text).all.map((root) => `${root.trigger} ${root.concurrency}`),
    ).toEqual([kind]);
  });
});

describe("periods", () => {
  it.each([
    ["a product of constants", "const S = 1000; setInterval(async () => {}, 2 * S);", "concurrent"],
    ["a product with an unknown factor", "setInterval(async () => {}, n * 1000);", "sequential"],
    ["a sum", "setInterval(async () => {}, 1000 + 1);", "sequential"],
    ["a text", `setInterval(async () => {}, "1000");`, "sequential"],
    ["none", "setInterval(async () => {});", "sequential"],
    [
      "a timeout without a function",
      "function f() { setTimeout(); } function g() { setTimeout(async () => {}, 1); }",
      "concurrent",
    ],
    [
      "a timeout of a class",
      "class A {} function f() { setTimeout(async () => { new A(); }, 1); }",
      "concurrent",
    ],
  ])("%s", (_title, text, concurrency) => {
    expect(rootsOf(text).all.map((root) => root.concurrency)).toEqual([concurrency]);
  });
});
