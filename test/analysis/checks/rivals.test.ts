// Which of several rivals a finding names: who reads it has to see the schedule that goes wrong.
import { expect, test } from "vitest";
import { findings } from "../harness.ts";

const BOT = `import { Client } from "discord.js";
import { PrismaClient } from "@prisma/client";
const client = new Client({ intents: [] });
const prisma = new PrismaClient();
`;

test("who makes the same row stands before who changes it, further down as well", () => {
  const made = findings(`${BOT}
async function enter(user: string): Promise<void> {
  await prisma.member.create({ data: { user } });
}
client.on("messageCreate", async (m) => {
  const member = await prisma.member.findFirst({ where: { user: m.author.id } });
  if (!member) await enter(m.author.id);
  await prisma.member.updateMany({ where: { user: m.author.id }, data: m.content });
});`).find(({ race }) => race?.hazard.verb === "create");
  expect(made?.race?.rivals[0].write?.verb).toBe("create");
});

test("who changes the field stands before who takes the object out of its map", () => {
  const [finding] = findings(`${BOT}
declare function post(text: string): Promise<void>;
const games = new Map<string, { round: number }>();
function count(id: string): void {
  const game = games.get(id);
  if (game) game.round += 1;
}
client.on("messageCreate", async (m) => {
  const game = games.get(m.channel.id);
  if (!game || game.round > 3) return;
  await post("next");
  count(m.channel.id);
  if (m.content === "end") games.delete(m.channel.id);
});`);
  const write = finding?.race?.rivals[0].write;
  expect(write?.verb).toBe("update");
  expect(write?.place.path.at(-1)).toEqual({ kind: "field", name: "round" });
});

test.each([
  ["fills the gap above", "if (!members.has(id)) members.set(id, {});", 0],
  ["puts a new entry above", "members.set(id, {});", 1],
])("who %s", (_, way, count) => {
  const [finding] = findings(`${BOT}
declare function post(text: string): Promise<void>;
const members = new Map<string, { game?: object }>();
client.on("guildMemberAdd", ({ id }) => {
  ${way}
});
client.on("messageCreate", async (m) => {
  const member = members.get(m.author.id);
  if (!member || member.game) return;
  await post("begun");
  member.game = {};
});`);
  const above = finding?.race?.rivals.filter(({ write }) => write?.place.path.length === 1);
  expect(above).toHaveLength(count);
});
