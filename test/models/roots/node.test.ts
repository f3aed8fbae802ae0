import { describe, expect, it } from "vitest";
import { cronPeriod } from "../../../src/analysis/project/calendar.ts";
import { rootsOf } from "./program.ts";

describe("timers", () => {
  it.each([
    ["setInterval(async () => {}, 5_000);", "concurrent"],
    ["setInterval(async () => {}, 60 * 1000);", "sequential"],
    ["const MINUTES = 60_000; setInterval(async () => {}, 5 * MINUTES);", "sequential"],
    ["setInterval(async () => {}, config.period);", "sequential"],
    ["setTimeout(async () => {}, 10);", "sequential"],
    ["export function remind() { setTimeout(async () => {}, 10); }", "concurrent"],
    ["async function loop() { await poll(); setTimeout(loop, 10); } loop();", "sequential"],
    [
      "function next() { setTimeout(async () => { await poll(); next(); }, 10); } next();",
      "sequential",
    ],
  ])("%s is %s", (text, concurrency) => {
    expect(rootsOf(text).all.map((root) => `${root.trigger} ${root.concurrency}`)).toEqual([
      `timer ${concurrency}`,
    ]);
  });

  it("runs signal handlers once", () => {
    const roots = rootsOf(
      `process.on("SIGINT", async () => {}); process.once("SIGTERM", async () => {});`,
    );
    expect(roots.list()).toEqual([
      'exclusive process.on("SIGINT")',
      'exclusive process.once("SIGTERM")',
    ]);
  });
});

describe("schedules", () => {
  it.each([
    ["* * * * *", 60_000],
    ["0 9 * * 1", 86_400_000],
    ["*/15 * * * *", 900_000],
    ["5 * * * *", 3_600_000],
    ["0 */6 * * *", 21_600_000],
    ["0 9,18 * * *", 3_600_000],
    ["0,30 9 * * *", 60_000],
    ["*/5 * * * * *", 5_000],
    ["* * * * * *", 1_000],
    ["0 * * * * *", 60_000],
    ["10,40 * * * * *", 1_000],
  ])("the pattern %s leaves %i ms", (pattern, period) => {
    expect(cronPeriod(pattern)).toBe(period);
  });

  it.each([
    [`import cron from "node-cron"; cron.schedule("* * * * *", async () => {});`, "sequential"],
    [
      `import { schedule } from "node-cron"; schedule("*/5 * * * * *", async () => {});`,
      "concurrent",
    ],
    [
      `import cron from "node-cron"; cron.schedule("*/5 * * * * *", async () => {}, { noOverlap: true });`,
      "sequential",
    ],
    [`import { CronJob } from "cron"; new CronJob("*/5 * * * * *", async () => {});`, "concurrent"],
    [
      `import { CronJob } from "cron"; CronJob.from({ cronTime: "*/5 * * * * *", onTick: async () => {} });`,
      "concurrent",
    ],
    [
      `import { CronJob } from "cron"; CronJob.from({ cronTime: "*/5 * * * * *", onTick: async () => {}, waitForCompletion: true });`,
      "sequential",
    ],
    [
      `import schedule from "node-schedule"; schedule.scheduleJob("0 9 * * *", async () => {});`,
      "sequential",
    ],
    [`import { Cron } from "croner"; new Cron("*/5 * * * * *", async () => {});`, "concurrent"],
    [
      `import { Cron } from "croner"; Cron("*/5 * * * * *", { protect: true }, async () => {});`,
      "sequential",
    ],
  ])("%s is %s", (text, concurrency) => {
    expect(rootsOf(text).all.map((root) => `${root.trigger} ${root.concurrency}`)).toEqual([
      `timer ${concurrency}`,
    ]);
  });
});

describe("workers", () => {
  it.each([
    [`import { Worker } from "bullmq"; new Worker("q", async (job) => {});`, "sequential"],
    [
      `import { Worker } from "bullmq"; new Worker("q", async (job) => {}, { concurrency: 5 });`,
      "concurrent",
    ],
    [
      `import Queue from "bull"; const queue = new Queue("q"); queue.process(async (job) => {});`,
      "sequential",
    ],
    [
      `import Queue from "bull"; const queue = new Queue("q"); queue.process("mail", 4, async (job) => {});`,
      "concurrent",
    ],
    [
      `import { Agenda } from "agenda"; const agenda = new Agenda({}); agenda.define("x", async (job) => {});`,
      "concurrent",
    ],
    [
      `import { Agenda } from "agenda"; const agenda = new Agenda({}); agenda.define("x", { concurrency: 1 }, async (job) => {});`,
      "sequential",
    ],
  ])("%s is %s", (text, concurrency) => {
    expect(rootsOf(text).all.map((root) => `${root.trigger} ${root.concurrency}`)).toEqual([
      `job ${concurrency}`,
    ]);
  });
});

describe("servers", () => {
  it.each([
    `import express from "express"; const app = express(); app.post("/pay", check, async (req, res) => {});`,
    `import { Router } from "express"; const router = Router(); router.route("/pay").post(async (req, res) => {});`,
    `import Fastify from "fastify"; const app = Fastify(); app.get("/pay", { schema }, async (req) => {});`,
    `import fastify from "fastify"; const app = fastify(); app.route({ url: "/pay", handler: async (req) => {} });`,
    `import Koa from "koa"; const app = new Koa(); app.use(async (ctx) => {});`,
    `import { createServer } from "node:http"; createServer(async (req, res) => {});`,
    `import http from "http"; const server = http.createServer(); server.on("request", async (req, res) => {});`,
    `import { Controller, Post } from "@nestjs/common"; @Controller() class Pay { @Post("pay") async pay() {} }`,
  ])("%s is concurrent", (text) => {
    expect(rootsOf(text).all.map((root) => `${root.trigger} ${root.concurrency}`)).toEqual([
      "update concurrent",
    ]);
  });
});

describe("emitters", () => {
  it("finds listeners, also of a class that extends one", () => {
    const roots = rootsOf(`import { EventEmitter } from "node:events";
      class Bank extends EventEmitter {
        constructor() { super(); this.on("paid", this.paid); }
        async paid(order) {}
        pay(order) { this.emit("paid", order); }
      }
      const bus = new EventEmitter();
      bus.on("a", async () => {}).once("b", async () => {});`);
    expect(roots.all.map((root) => `${root.trigger} ${root.concurrency}`)).toEqual([
      "event concurrent",
      "event concurrent",
      "event concurrent",
    ]);
  });
});

it("leaves test files out", () => {
  expect(
    rootsOf({ "bot.test.ts": `setInterval(async () => {}, 10);`, "bot.ts": `export {};` }).all,
  ).toEqual([]);
});
