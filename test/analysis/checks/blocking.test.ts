import { expect, test } from "vitest";
import { expectLines } from "./expect-lines.ts";
import { findingsOf } from "./reported-lines.ts";

const CLIENT = `import { execSync, execFile } from "node:child_process";
import { scryptSync } from "node:crypto";
import fs from "node:fs";
import { Client } from "discord.js";
const client = new Client({ intents: [] });
`;
const SEQUENTIAL = `import { Bot } from "grammy";
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const bot = new Bot("token");
bot.start();
`;

expectLines(
  "blocking-handler",
  {
    "a list of one file in a loop over that of another": `${CLIENT}
client.on("messageCreate", async () => {
  const users = JSON.parse(await fs.promises.readFile("users.json", "utf8"));
  const pets = JSON.parse(await fs.promises.readFile("pets.json", "utf8"));
  for (const user of users.filter((one) => one.isOn))
    for (const pet of pets) match(user, pet); // !
});`,
    "a process": `${CLIENT}
client.on("messageCreate", () => {
  execSync("ls"); // !
});`,
    "a slow hash in a helper of a helper": `${CLIENT}
function hash(text) {
  return scryptSync(text, "salt", 64); // !
}
const check = (text) => hash(text);
client.on("messageCreate", (m) => { check(m.content); });`,
    "a file": `${CLIENT}
client.on("messageCreate", () => {
  fs.readFileSync("words.txt"); // !
});`,
    "a loop on the clock": `${CLIENT}
client.on("messageCreate", () => {
  const end = Date.now() + 1000;
  while (Date.now() < end) {} // !
  let now = 0;
  do now = Date.now(); while (now + Date.now() < 2 * end) // !
});`,
    "a long pause in a sequential handler": `${SEQUENTIAL}
bot.command("wait", async (ctx) => {
  await sleep(60 * 1000); // !
});`,
    "a long pause in what a sequential handler awaits": `${SEQUENTIAL}
async function later() {
  await new Promise((resolve) => setTimeout(resolve, 30_000)); // !
}
bot.command("wait", async () => { await later(); });`,
    "a loop over a table in a loop over another": `${CLIENT}
import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
client.on("messageCreate", async (m) => {
  const users = await prisma.user.findMany();
  const scores = await prisma.score.findMany();
  for (const user of users) {
    const own = scores.filter((score) => score.user === user.id); // !
    m.client.cache.set(user.id, own.length);
  }
});`,
    "a search in a file's lines for each line of another": `${CLIENT}
client.on("messageCreate", async () => {
  const words = (await fs.promises.readFile("words.txt", "utf8")).split("\\n");
  const banned = (await fs.promises.readFile("banned.txt", "utf8")).split("\\n");
  return words.filter((word) => banned.includes(word)); // !
});`,
    "in the constructor of what a handler makes": `${CLIENT}
class Image {
  constructor(path) {
    this.data = fs.readFileSync(path); // !
  }
}
client.on("messageCreate", (m) => new Image(m.content));`,
  },
  {
    "lists of texts that the message brought, and of nothing": `${CLIENT}
client.on("messageCreate", async (message) => {
  const users = JSON.parse(message.content);
  const pets = JSON.parse();
  for (const user of users) for (const pet of pets) match(user, pet);
});`,
    "a method of a list that the code computes": `${CLIENT}
client.on("messageCreate", async (message) => {
  const users = JSON.parse(await fs.promises.readFile("users.json", "utf8"));
  for (const user of users) users[message.content]((other) => match(user, other));
});`,
    "at start-up": `${CLIENT}
const revision = execSync("git rev-parse HEAD");
client.on("messageCreate", (m) => m.reply(String(revision)));`,
    "when the bot is ready": `${CLIENT}
client.once("ready", () => { fs.writeFileSync("pid", "1"); });`,
    "asynchronous twins": `${CLIENT}
client.on("messageCreate", async () => {
  execFile("ls", () => {});
  await fs.promises.readFile("words.txt");
});`,
    "once, into a cache": `${CLIENT}
let words;
client.on("messageCreate", () => { words ??= fs.readFileSync("words.txt"); });
let more;
client.on("messageUpdate", () => {
  if (!more) {
    const raw = fs.readFileSync("more.txt");
    more = String(raw);
  }
});`,
    "a long pause where updates do not wait for each other": `${CLIENT}
import { setTimeout as sleep } from "node:timers/promises";
client.on("messageCreate", async () => { await sleep(60_000); });`,
    "a short pause": `${SEQUENTIAL}
bot.command("wait", async () => { await sleep(500); });`,
    "a pause that nobody waits for": `${SEQUENTIAL}
const later = async () => { await sleep(60_000); };
bot.command("wait", () => { later().catch(console.error); });`,
    "a loop that lets go": `${CLIENT}
client.on("messageCreate", async () => {
  const end = Date.now() + 1000;
  while (Date.now() < end) await tick();
});`,
    "a loop that counts the days before now": `${CLIENT}
client.on("messageCreate", () => {
  let streak = 0;
  while (days.has(dayOf(Date.now() - streak * 86_400_000))) streak += 1;
});`,
    "a loop over a table": `${CLIENT}
import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
client.on("messageCreate", async () => {
  const users = await prisma.user.findMany();
  for (const user of users) console.log(user.name);
});`,
    "a loop over a table in a loop over a few rows": `${CLIENT}
import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
client.on("messageCreate", async () => {
  const users = await prisma.user.findMany({ take: 10 });
  const scores = await prisma.score.findMany();
  for (const user of users) console.log(scores.filter((score) => score.user === user.id));
});`,
    "loops that let go": `${CLIENT}
import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
client.on("messageCreate", async (m) => {
  const users = await prisma.user.findMany();
  const scores = await prisma.score.findMany();
  for (const user of users) await m.reply(String(scores.filter((score) => score.user === user.id)));
});`,
    "a Map by the key": `${CLIENT}
import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
client.on("messageCreate", async () => {
  const users = await prisma.user.findMany();
  const scores = new Map((await prisma.score.findMany()).map((score) => [score.user, score]));
  for (const user of users) console.log(scores.get(user.id));
});`,
    "a function that nothing calls": `${CLIENT}
export function tool() { execSync("ls"); }`,
  },
);

test("names the chain and offers the twin where await is allowed", () => {
  const [finding] = findingsOf(
    `${CLIENT}
const words = async () => fs.readFileSync("words.txt");
client.on("messageCreate", async () => { await words(); });`,
    "blocking-handler",
  );
  expect(finding?.message).toContain('client.on("messageCreate")` (through words())');
  expect(finding?.repairs?.[0]?.edits.map(({ text }) => text)).toEqual([
    "await ",
    "promises.readFile",
  ]);
});

test("imports the twin of a function that was imported by its name", () => {
  const [finding] = findingsOf(
    `import { readFileSync } from "node:fs";
import { Client } from "discord.js";
const client = new Client({ intents: [] });
client.on("messageCreate", async () => { readFileSync("words.txt"); });`,
    "blocking-handler",
  );
  expect(finding?.repairs?.[0]?.title).toBe("Await readFile(...) instead");
  expect(finding?.repairs?.[0]?.edits.map(({ text }) => text)).toEqual([
    'import { readFile } from "node:fs/promises";\n',
    "await ",
    "readFile",
  ]);
});
