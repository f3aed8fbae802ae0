// A limit of one is a lock, by whatever expression the one is given.
import { describe, expect, test } from "vitest";
import { BOT, reports } from "../harness.ts";

const program = (
  make: string,
  call: string,
): string => `${BOT}import PQueue from "p-queue"; import pLimit from "p-limit"; import { Semaphore } from "async-mutex"; import Bottleneck from "bottleneck";
const ONE = 1; const config = { queues: { db: { concurrency: 1 } }, size: 1 }; const options = { concurrency: ONE };
${make}
let n = 0;
bot.command("go", async (ctx) => {
  await ${call}(async () => { const old = n; await ctx.reply("x"); n = old + 1; });
});`;

describe("one at a time", () => {
  test.each([
    ["const limit = pLimit(1);", "limit"],
    ["const limit = pLimit(ONE);", "limit"],
    [`const limit = pLimit(+"1");`, "limit"],
    [`const limit = pLimit(Number("1"));`, "limit"],
    ["const limit = pLimit(process.env.N ?? 1);", "limit"],
    ["const limit = pLimit(Number(process.env.N) || 1);", "limit"],
    ["const limit = pLimit(4 / 4);", "limit"],
    ["const limit = pLimit(3 - 2);", "limit"],
    ["const limit = pLimit(0 + 1);", "limit"],
    ["const limit = pLimit(1 * 1);", "limit"],
    ["const limit = pLimit(config.size);", "limit"],
    ["const limit = pLimit(fast ? 1 : 3);", "limit"],
    ["const limit = pLimit(fast ? unknown : 1);", "limit"],
    ["const limit = new PQueue({ concurrency: 1 });", "limit.add"],
    ["const limit = new PQueue(options);", "limit.add"],
    ["const limit = new PQueue(config.queues.db);", "limit.add"],
    ["const limit = new PQueue({ concurrency: config.queues.db.concurrency });", "limit.add"],
    ["const limit = new Semaphore(1);", "limit.runExclusive"],
    ["const limit = new Bottleneck({ maxConcurrent: 1 });", "limit.schedule"],
  ])("%s", (make, call) => {
    expect(reports(program(make, call))).toEqual([]);
  });
});

describe("several at once, or nobody knows", () => {
  test.each([
    ["const limit = pLimit(2);", "limit"],
    ["const limit = pLimit(unknown);", "limit"],
    ["const limit = pLimit(3 % 2);", "limit"],
    ["const limit = pLimit(ONE + unknown);", "limit"],
    ["const limit = pLimit(unknown());", "limit"],
    [`const limit = pLimit("one");`, "limit"],
    ["const limit = pLimit(config.missing);", "limit"],
    ["const limit = pLimit();", "limit"],
    ["const limit = pLimit(fast ? unknown : other);", "limit"],
    ["let size = 1; const limit = pLimit(size = 2);", "limit"],
    ["const limit = new PQueue({ concurrency: 3 });", "limit.add"],
    ["const limit = new PQueue({ interval: 1 });", "limit.add"],
    ["const limit = new PQueue();", "limit.add"],
    ["const limit = new Semaphore(2);", "limit.runExclusive"],
  ])("%s", (make, call) => {
    expect(reports(program(make, call))).toEqual(["10 no-lost-update"]);
  });
});
