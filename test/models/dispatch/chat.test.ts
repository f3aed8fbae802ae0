import { App, type Receiver } from "@slack/bolt";
import { Client, Collector } from "discord.js";
import { describe, expect, it } from "vitest";
import { rootsOf } from "../roots/program.ts";
import { Overlap } from "./overlap.ts";

describe("discord.js", () => {
  it("emits the next event while a listener is suspended", async () => {
    const seen = new Overlap();
    const client = new Client({ intents: [] });
    client.on("messageCreate", () => void seen.handler());
    for (let i = 0; i < 3; i += 1) client.emit("messageCreate", {} as never);
    await seen.ended(3);
    await client.destroy();
    const roots =
      rootsOf(`import { Client } from "discord.js"; const client = new Client({ intents: [] });
      client.on("messageCreate", async () => {});`);
    expect(roots.all.map((root) => root.concurrency)).toEqual([seen.concurrency]);
  });

  it("collectors do not wait for their listeners either", async () => {
    class Pressed extends Collector<string, string> {
      constructor(client: Client<true>) {
        super(client, {});
      }
      collect(button: string): string {
        return button;
      }
      dispose(button: string): string {
        return button;
      }
    }
    const seen = new Overlap();
    const client = new Client({ intents: [] });
    const collector = new Pressed(client as Client<true>);
    collector.on("collect", () => void seen.handler());
    await Promise.all(["a", "b", "c"].map((button) => collector.handleCollect(button)));
    await seen.ended(3);
    collector.stop();
    await client.destroy();
    const roots = rootsOf(`import "discord.js";
      export function ask(message) { message.createMessageComponentCollector({}).on("collect", async () => {}); }`);
    expect(roots.all.map((root) => root.concurrency)).toEqual([seen.concurrency]);
  });
});

describe("Slack Bolt", () => {
  const receiver: Receiver = {
    init: () => undefined,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
  const event = (n: number) => ({
    body: {
      type: "event_callback",
      team_id: "T",
      event: { type: "app_mention", text: "hi", user: "U", channel: "C", ts: String(n) },
    },
    ack: () => Promise.resolve(),
  });
  const app = () =>
    new App({
      receiver,
      authorize: () => Promise.resolve({ botToken: "x", botId: "B", botUserId: "UBOT" }),
    });

  it("handles events at the same time", async () => {
    const seen = new Overlap();
    const bot = app();
    bot.event("app_mention", seen.handler);
    await Promise.all([1, 2, 3].map((n) => bot.processEvent(event(n))));
    expect(seen.runs).toBe(3);
    const roots = rootsOf(`import { App } from "@slack/bolt"; const app = new App({});
      app.event("app_mention", async () => {});`);
    expect(roots.all.map((root) => root.concurrency)).toEqual([seen.concurrency]);
  });

  it("runs all listeners of one event at the same time", async () => {
    const seen = new Overlap();
    const bot = app();
    bot.event("app_mention", seen.handler);
    bot.event("app_mention", seen.handler);
    await bot.processEvent(event(1));
    expect([seen.runs, seen.most]).toEqual([2, 2]);
  });
});
