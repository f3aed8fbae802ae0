// What the rules offer for stores and sessions: the repaired program has no finding any more.
import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analyze.ts";
import { projectOf } from "../harness.ts";

const DISCORD = `import { Client } from "discord.js";
const client = new Client({ intents: [] });
`;

/** The repaired text of the one finding that is expected. */
function repaired(text: string): string {
  const [finding, ...others] = analyze(projectOf(text));
  expect(others).toEqual([]);
  const [repair] = finding?.repairs ?? [];
  let result = text;
  for (const edit of [...(repair?.edits ?? [])].reverse())
    result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
  return result;
}

describe("an operator of the store", () => {
  test.each([
    {
      store: "Prisma",
      before: `import { PrismaClient } from "@prisma/client";
${DISCORD}const prisma = new PrismaClient();
client.on("x", async (m) => {
  const row = await prisma.user.findUnique({ where: { id: m.id } });
  await prisma.user.update({ where: { id: m.id }, data: { points: row.points - m.cost } });
});`,
      operator: "data: { points: { decrement: m.cost } }",
    },
    {
      store: "Mongoose",
      before: `import { Schema, model } from "mongoose";
${DISCORD}const User = model("User", new Schema({ points: Number }));
client.on("x", async (m) => {
  const row = await User.findOne({ id: m.id });
  await User.updateOne({ id: m.id }, { points: row.points + 5 });
});`,
      operator: "User.updateOne({ id: m.id }, { $inc: { points: 5 } })",
    },
    {
      store: "Mongoose, which has none to take away",
      before: `import { Schema, model } from "mongoose";
${DISCORD}const User = model("User", new Schema({ points: Number }));
client.on("x", async (m) => {
  const row = await User.findOne({ id: m.id });
  await User.updateOne({ id: m.id }, { points: row.points - m.cost });
});`,
      operator: "{ $inc: { points: -(m.cost) } }",
    },
  ])("$store", ({ before, operator }) => {
    const after = repaired(before);
    expect(after).toContain(operator);
    expect(analyze(projectOf(after))).toEqual([]);
  });

  test.each([
    [
      "where other columns are written beside it",
      `const row = await User.findOne({ id: m.id });
  await User.updateOne({ id: m.id }, { points: row.points + 5, seen: m.date });`,
    ],
    [
      "where a helper writes",
      `const row = await User.findOne({ id: m.id });
  await save(m.id, row.points + 5);`,
    ],
  ])("none %s", (_name, body) => {
    const [finding] = analyze(
      projectOf(`import { Schema, model } from "mongoose";
${DISCORD}const User = model("User", new Schema({ points: Number, seen: Date }));
async function save(id, points) {
  await User.updateOne({ id }, { points });
}
client.on("x", async (m) => {
  ${body}
});`),
    );
    expect(finding?.hazard).toBe("store-race");
    const titles = (finding?.repairs ?? []).map(({ title }) => title);
    expect(titles.filter((title) => title.startsWith("Let the store compute"))).toEqual([]);
  });

  test("texts that are joined are no sum: the old text is asked for", () => {
    const text = `import { PrismaClient } from "@prisma/client";
${DISCORD}const prisma = new PrismaClient();
client.on("x", async (m) => {
  const row = await prisma.user.findUnique({ where: { id: m.id } });
  await prisma.user.update({ where: { id: m.id }, data: { log: row.log + "x" } });
});`;
    expect(repaired(text)).toContain(
      `updateMany({ where: { id: m.id, log: row.log }, data: { log: row.log + "x" } })`,
    );
  });
});

describe("sessions", () => {
  const bot = (front: string, start: string): string => `import { Bot, session } from "grammy";
import { run, sequentialize } from "@grammyjs/runner";
const bot = new Bot("token");
${front}bot.use(session({ initial: () => ({ n: 0 }) }));
bot.on("message", (ctx) => { ctx.session.n += 1; });
${start}`;
  const hazards = (text: string): string[] =>
    analyze(projectOf(text)).map((finding) => finding.hazard);

  test("the runner without sequentialize is reported once, and repaired", () => {
    const text = bot("", "run(bot);");
    expect(hazards(text)).toEqual(["unsequenced-session"]);
    const after = repaired(text);
    expect(after).toContain(
      "bot.use(sequentialize((ctx) => ctx.chat?.id.toString()));\nbot.use(session(",
    );
    expect(hazards(after)).toEqual([]);
  });

  test("bot.start() handles one update at a time", () => {
    expect(hazards(bot("", "bot.start();"))).toEqual([]);
  });

  test("a serializer of another key does not help", () => {
    const front = "bot.use(sequentialize((ctx) => ctx.from?.id.toString()));\n";
    expect(hazards(bot(front, "run(bot);"))).toEqual(["unsequenced-session"]);
  });
});

describe("a form that allows for a missing row", () => {
  const program = (statement: string): string => `import { PrismaClient } from "@prisma/client";
${DISCORD}const prisma = new PrismaClient();
client.on("x", async (m) => {
  const note = await prisma.note.findFirst({ where: { chat: m.chat } });
  if (!note) return;
  await m.reply(note.text);
  ${statement}
});
client.on("y", async (m) => {
  await prisma.note.deleteMany({ where: { chat: m.chat } });
});`;

  test.each([
    [
      "await prisma.note.update({ where: { id: note.id }, data: { seen: 1 } });",
      "note.updateMany(",
    ],
    ["await prisma.note.delete({ where: { id: note.id } });", "note.deleteMany("],
  ])("%s", (statement, form) => {
    const after = repaired(program(statement));
    expect(after).toContain(form);
    expect(analyze(projectOf(after))).toEqual([]);
  });

  test.each([
    "return prisma.note.delete({ where: { id: note.id } });",
    "await prisma.note.delete({ ...m.options, where: { id: note.id } });",
    "await prisma.note.delete({ where: { id: note.id }, select: { text: true } });",
    "await prisma.note.update({ where: { id: note.id }, data: { by: { connect: { id: 1 } } } });",
    "await prisma.note.delete({ where: { id_chat: { id: note.id, chat: 1 } } });",
  ])("none for %s", (statement) => {
    const [finding] = analyze(projectOf(program(statement)));
    expect(finding?.hazard).toBe("store-race");
    expect(finding?.repairs).toBeUndefined();
  });
});
