// What `reproduce` writes, run by the runners themselves: it fails on the race and passes on the repair.
import { afterAll, beforeAll, expect, test } from "vitest";
import { CompiledRuntime } from "../../runtime/compiled-runtime.ts";
import { jestProgram, ReproduceProject } from "./project.ts";

const TIMEOUT = 120_000;
const LOST = /at once .*1\n.*A then B .*2\n.*B then A .*2\n.*Schedule \d+: /;

let runtime: CompiledRuntime;
beforeAll(() => {
  runtime = new CompiledRuntime();
});
afterAll(() => {
  runtime.remove();
});

test("node: a lost update of a TypeScript bot", { timeout: TIMEOUT }, async () => {
  const bot = (body: string): string => `import { run } from "@grammyjs/runner";
import { Bot } from "grammy";
import { fee } from "./fees";
const bot = new Bot(process.env.BOT_TOKEN!);
let visits: number = 0;
bot.command("visit", async (ctx) => {
  ${body}
  await ctx.reply("Welcome");
});
run(bot);
`;
  const project = new ReproduceProject({
    "bot.ts": bot("visits += Number(await fee(ctx.match as string));"),
  });
  project.install(runtime);
  const written = await project.reproduce("bot.ts:7", "--runner", "node");
  expect(written).toMatchObject({ code: 0, out: "bot.visits.race.test.mjs\n" });
  const racy = project.node("--test", "bot.visits.race.test.mjs");
  expect(racy.output).toMatch(LOST);
  expect(racy.output).toContain("A fee, B fee");
  expect(racy.status).toBe(1);
  project.write(
    "bot.ts",
    bot("const cost = Number(await fee(ctx.match as string)); visits += cost;"),
  );
  const repaired = project.node("--test", "bot.visits.race.test.mjs");
  expect(repaired).toMatchObject({ status: 0 });
});

test("vitest: a check of a store that went stale", { timeout: TIMEOUT }, async () => {
  const bot = (body: string): string => `import { Telegraf } from "telegraf";
import { prisma } from "./db";
const bot = new Telegraf(process.env.BOT_TOKEN!);
bot.command("rent", async (ctx) => {
  ${body}
  await ctx.reply("Enjoy the ride");
});
bot.launch();
`;
  const project = new ReproduceProject({
    "src/bot.ts": bot(`const rider = await prisma.rider.findUnique({ where: { id: ctx.from.id } });
  if (!rider || rider.credit < 20) return;
  await prisma.rider.update({ where: { id: rider.id }, data: { credit: { decrement: 20 } } });`),
  });
  project.install(runtime);
  const written = await project.reproduce("src/bot.ts:7", "--out", "rent.test.ts");
  expect(written).toMatchObject({ code: 0, out: "rent.test.ts\n" });
  const vitest = "node_modules/vitest/vitest.mjs";
  const racy = project.node(vitest, "run", "--root", ".");
  expect(racy.output).toContain("Two activations at once end as no sequential order does.");
  expect(racy.output).toContain("A prisma.rider.findUnique, B prisma.rider.findUnique");
  expect(racy.status).toBe(1);
  project.write(
    "src/bot.ts",
    bot(`const { count } = await prisma.rider.updateMany({
    where: { id: ctx.from.id, credit: { gte: 20 } },
    data: { credit: { decrement: 20 } },
  });
  if (count === 0) return;`),
  );
  const repaired = project.node(vitest, "run", "--root", ".");
  expect(repaired.output).toMatch(/Tests\s+1 passed/);
  expect(repaired.status).toBe(0);
});

test("jest: a lost update of a CommonJS bot", { timeout: TIMEOUT }, async ({ skip }) => {
  const jest = jestProgram();
  if (jest === null) {
    console.warn("jest is not installed: npx vitest run test/runtime/jest.test.ts installs it");
    skip("jest is not installed");
    return;
  }
  const bot = (body: string): string => `const { Client } = require("discord.js");
const { rename } = require("./names");
const client = new Client({});
let last = 0;
client.on("messageCreate", async (message) => {
  ${body}
});
client.login("");
`;
  const project = new ReproduceProject({
    "bot.js": bot("const next = last + 1; await rename(next); last = next;"),
  });
  project.install(runtime);
  await project.reproduce("bot.js:6", "--runner", "jest");
  const args = [jest, "--watchman=false", "--config", '{"testEnvironment":"node"}'];
  const racy = project.node(...args);
  expect(racy.output).toMatch(/as no sequential order does[^]*Schedule 1: A rename, B rename/);
  expect(racy.status).toBe(1);
  project.write("bot.js", bot("last += 1; await rename(last);"));
  expect(project.node(...args)).toMatchObject({ status: 0 });
});
