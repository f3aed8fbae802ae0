// Whether a timer or job may run again while its last run is suspended.
import { expect, it } from "vitest";
import { rootsOf } from "./program.ts";

it.each([
  [
    "an interval that computes its period",
    "sequential timer null",
    "setInterval(async () => {}, period());",
  ],
  ["a short interval", "concurrent timer 2000", "setInterval(async () => {}, 2 * 1000);"],
  ["a long interval", "sequential timer 120000", "setInterval(async () => {}, 2 * 60 * 1000);"],
  ["an interval without a period", "sequential timer null", "setInterval(async () => {});"],
  ["a timer of the start", "sequential timer null", "setTimeout(async () => {}, 10);"],
  [
    "a timer of a function that others may call",
    "concurrent timer null",
    "export function go() { setTimeout(async () => {}, 10); }",
  ],
  [
    "a timer of a function that the module calls once",
    "sequential timer null",
    "export function go() { setTimeout(async () => {}, 10); }\ngo();",
  ],
  [
    "a timer of a function that the module calls in a loop",
    "concurrent timer null",
    "export function go() { setTimeout(async () => {}, 10); }\nfor (const job of jobs) go(job);",
  ],
  [
    "a timer of a function that is given away as well",
    "concurrent timer null",
    "export function go() { setTimeout(async () => {}, 10); }\ngo();\nemitter.use(go);",
  ],
  [
    "a timer that sets itself",
    "sequential timer null",
    "async function go() { setTimeout(go, 10); }\ngo();",
  ],
  [
    "a timer whose callback sets it again",
    "sequential timer null",
    "function go() { setTimeout(async () => { go(); }, 10); }\ngo();",
  ],
  [
    "a cron pattern",
    "concurrent timer 5000",
    'import cron from "node-cron"; cron.schedule("*/5 * * * * *", async () => {});',
  ],
  [
    "a cron pattern of minutes",
    "sequential timer 300000",
    'import cron from "node-cron"; cron.schedule("*/5 * * * *", async () => {});',
  ],
  [
    "a computed cron pattern",
    "sequential timer null",
    'import cron from "node-cron"; cron.schedule(pattern(), async () => {});',
  ],
  [
    "a cron pattern of some seconds",
    "concurrent timer 1000",
    'import cron from "node-cron"; cron.schedule("0,30 * * * * *", async () => {});',
  ],
  [
    "a cron job that does not overlap itself",
    "sequential timer null",
    'import cron from "node-cron"; cron.schedule("* * * * * *", async () => {}, { noOverlap: true });',
  ],
  [
    "a cron job that may overlap itself",
    "concurrent timer 1000",
    'import cron from "node-cron"; cron.schedule("* * * * * *", async () => {}, { noOverlap: false });',
  ],
  [
    "a worker",
    "sequential job null",
    'import { Worker } from "bullmq"; new Worker("q", async (job) => {});',
  ],
  [
    "a worker of several jobs",
    "concurrent job null",
    'import { Worker } from "bullmq"; new Worker("q", async (job) => {}, { concurrency: 5 });',
  ],
  [
    "a worker of as many jobs as there are cores",
    "concurrent job null",
    'import { Worker } from "bullmq"; new Worker("q", async (job) => {}, { concurrency: cores() });',
  ],
  [
    "a worker of one job",
    "sequential job null",
    'import { Worker } from "bullmq"; const one = 1; new Worker("q", async (job) => {}, { concurrency: one });',
  ],
  [
    "a queue of a named job",
    "concurrent job null",
    'import Queue from "bull"; new Queue("q").process("mail", 3, async (job) => {});',
  ],
  [
    "a queue of one job",
    "sequential job null",
    'import Queue from "bull"; new Queue("q").process("mail", async (job) => {});',
  ],
  [
    "a queue of configured jobs",
    "concurrent job null",
    'import Queue from "bull"; new Queue("q").process(config.jobs, async (job) => {});',
  ],
])("%s: %s", (_name, kind, code) => {
  expect(
    rootsOf({ "package.json": "{}", "bot.ts": code }).all.map(
      ({ concurrency, trigger, period }) => `${concurrency} ${trigger} ${String(period)}`,
    ),
  ).toEqual([kind]);
});
