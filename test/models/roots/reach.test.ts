import { describe, expect, it } from "vitest";
import { reachedIn, rootsOf } from "./program.ts";

const BOT = `import { Bot } from "grammy"; const bot = new Bot("1:a");`;

describe("dispatch that is no listener call", () => {
  it("reaches what a table holds, filled by set, by index and by a literal", () => {
    expect(
      reachedIn(`${BOT}
        const commands = new Map(); const byName = {}; const list = [{ run: third }];
        function first(ctx) {} function second(ctx) {} function third(ctx) {} function idle() {}
        commands.set("a", { execute: first });
        byName["b"] = second;
        bot.on("message", (ctx) => {
          commands.get(ctx.text).execute(ctx);
          byName[ctx.text](ctx);
          list.find((entry) => entry.name).run(ctx);
        });`),
    ).toEqual(["first", "second", "third"]);
  });

  it("reaches the modules of a folder, and their helpers", () => {
    expect(
      reachedIn({
        "src/bot.ts": `${BOT}
          bot.on("message", async (ctx) => {
            const command = await import(\`./commands/\${ctx.text}.js\`);
            await command.default(ctx);
          });`,
        "src/commands/pay.ts": `import { charge } from "../bank"; export default async function pay(ctx) { await charge(); }`,
        "src/commands/tip.ts": `export default async function tip(ctx) {}`,
        "src/bank.ts": `export async function charge() {} export async function audit() {}`,
      }),
    ).toEqual(["charge", "pay", "tip"]);
  });

  it("reaches every class that implements an injected interface", () => {
    expect(
      reachedIn({
        "bot.ts": `${BOT} import type { Bank } from "./bank";
          class Shop {
            constructor(private readonly bank: Bank) {}
            register() { bot.command("buy", (ctx) => this.bank.pay(ctx)); }
          }`,
        "bank.ts": `export interface Bank { pay(ctx: unknown): Promise<void> }
          export class Ledger implements Bank { async pay(ctx: unknown) { record(); } }
          function record() {}`,
      }),
    ).toEqual(["pay", "record"]);
  });

  it("reaches the methods of subclasses where only the base is known", () => {
    expect(
      reachedIn(`${BOT}
        abstract class Command { abstract run(ctx: unknown): void; help() {} }
        class Ban extends Command { run(ctx: unknown) { ban(); } }
        class Kick extends Ban { run(ctx: unknown) { kick(); } }
        function ban() {} function kick() {}
        let current: Command;
        bot.on("message", (ctx) => current.run(ctx));`),
    ).toEqual(["ban", "kick", "run", "run"]);
  });

  it("does not take an override for the method of a known instance", () => {
    expect(
      reachedIn(`${BOT}
        class Command { run(ctx: unknown) { base(); } }
        class Ban extends Command { run(ctx: unknown) { ban(); } }
        function ban() {} function base() {}
        const command = new Command();
        bot.on("message", (ctx) => command.run(ctx));`),
    ).toEqual(["base", "run"]);
  });

  it("reaches what a container gives, by its type argument", () => {
    expect(
      reachedIn(`${BOT} import { container } from "inversify";
        class Bank { pay() { record(); } }
        class Audit { note() {} }
        function record() {}
        bot.on("message", () => {
          container.get<Bank>("bank").pay();
          for (const audit of container.getAll<Audit>("audits")) audit.note();
        });`),
    ).toEqual(["note", "pay", "record"]);
  });

  it("reaches a function that another file puts on the client", () => {
    expect(
      reachedIn({
        "index.js": `const { Client } = require("discord.js"); const client = new Client({});
          require("./modules")(client); client.on("messageCreate", (message) => client.reward(message));`,
        "modules.js": `module.exports = (client) => { client.reward = reward; }; function reward(message) {}`,
      }),
    ).toEqual(["reward"]);
  });

  it("makes listeners of an emitter of any make roots", () => {
    const roots = rootsOf(`import EventEmitter from "@somebody/eventemitter";
      class Feed extends EventEmitter {}
      const feed = new Feed();
      feed.on("message", async (message) => {});`);
    expect(roots.list()).toEqual(['concurrent feed.on("message")']);
  });
});
