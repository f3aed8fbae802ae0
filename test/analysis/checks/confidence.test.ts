// Which config says it: `recommended` only what a reader sees in the code that is named.
import { expect, test } from "vitest";
import { findings } from "../harness.ts";

const BOT = `import { Client } from "discord.js";
import { PrismaClient } from "@prisma/client";
const client = new Client({ intents: [] });
const prisma = new PrismaClient();
declare function post(text: string): Promise<void>;
`;

const confidences = (program: string): readonly string[] =>
  findings(BOT + program).map(({ confidence }) => confidence);

test.each([
  ["one call down", "check", "recommended"],
  ["two calls down", "checkFirst", "strict"],
])("what was read of memory %s", (_, check, confidence) => {
  const program = `
const games = new Map<string, string>();
function check(id: string): boolean {
  return games.has(id);
}
function checkFirst(id: string): boolean {
  return check(id);
}
client.on("messageCreate", async (m) => {
  if (!${check}(m.author.id)) return;
  await post("over");
  games.delete(m.author.id);
  await prisma.prize.create({ data: { user: m.author.id } });
});
client.on("guildMemberAdd", (m) => {
  games.set(m.id, m.displayName);
});`;
  expect(confidences(program)).toContain(confidence);
  expect(new Set(confidences(program)).size).toBe(1);
});

test.each([
  ["two calls down", "pass", "recommended"],
  ["three calls down", "passOn", "strict"],
])("a row that is made %s from the check", (_, way, confidence) => {
  const program = `
async function enter(user: string): Promise<void> {
  await prisma.member.create({ data: { user } });
}
async function pass(user: string): Promise<void> {
  await enter(user);
}
async function passOn(user: string): Promise<void> {
  await pass(user);
}
client.on("messageCreate", async (m) => {
  const member = await prisma.member.findFirst({ where: { user: m.author.id } });
  if (!member) await ${way}(m.author.id);
});`;
  expect(confidences(program)).toEqual([confidence]);
});

test.each([
  ["only overwrite", "strict", `await redis.set("name:" + m.author.id, m.content);`],
  ["take away", "recommended", `await redis.del("name:" + m.author.id);`],
])("a row was found, and others %s it", (_, confidence, rival) => {
  const program = `
import { Redis } from "ioredis";
const redis = new Redis();
client.on("messageCreate", async (m) => {
  const name = await redis.get("name:" + m.author.id);
  if (!name) return;
  await post("renamed");
  await redis.set("name:" + m.author.id, m.content);
});
client.on("messageUpdate", async (m) => {
  ${rival}
});`;
  expect(confidences(program)).toEqual([confidence]);
});
