// Where the project declares its tables: a create that a unique key refuses is no race.
import { describe, expect, test } from "vitest";
import { BOT, reports } from "../harness.ts";

const PG = `${BOT}import { Pool } from "pg";
const db = new Pool();
bot.on("message", async (ctx) => {
  const { rows } = await db.query("SELECT * FROM users WHERE tag = $1", [ctx.message.text]);
  if (rows.length === 0) await db.query("INSERT INTO users (tag) VALUES ($1)", [ctx.message.text]);
});
`;
const UNIQUE = "CREATE TABLE users (tag TEXT UNIQUE);";
const RACE = ["bot.ts:9 no-store-race"];

const found = (files: Record<string, string>): string[] =>
  reports({ "bot.ts": PG, ...files }).map((line) => line.replace(" (strict)", ""));

describe("SQL", () => {
  test.each([
    ["a file beside the bot", { "schema.sql": UNIQUE }],
    ["a file in a folder", { "db/migrations/001.sql": UNIQUE }],
    ["a text in the source", { "bot.ts": `${PG}const schema = "${UNIQUE}";` }],
    ["a template in the source", { "bot.ts": `${PG}const schema = \`${UNIQUE} -- \${version}\`;` }],
  ])("silent: %s", (_title, files) => {
    expect(found(files)).toEqual([]);
  });

  test.each<[string, Record<string, string>]>([
    ["nothing", {}],
    ["another table", { "schema.sql": "CREATE TABLE chats (tag TEXT UNIQUE);" }],
    ["another column", { "schema.sql": "CREATE TABLE users (tag TEXT, name TEXT UNIQUE);" }],
    ["a file of a package", { "node_modules/x/schema.sql": UNIQUE }],
    ["a file of a build", { "dist/schema.sql": UNIQUE }],
    ["a file that lies too deep", { "a/b/c/d/e/f/g/schema.sql": UNIQUE }],
    ["a file of another kind", { "schema.txt": UNIQUE }],
  ])("reported: %s", (_title, files) => {
    expect(found(files)).toEqual(RACE);
  });
});

describe("Prisma", () => {
  const bot = `${BOT}import { PrismaClient } from "@prisma/client";
const db = new PrismaClient();
bot.on("message", async (ctx) => {
  const user = await db.user.findFirst({ where: { tag: ctx.message.text } });
  if (!user) await db.user.create({ data: { tag: ctx.message.text } });
});
bot.on("edited_message", async (ctx) => {
  await db.$transaction(async (tx) => {
    const user = await tx.user.findFirst({ where: { name: ctx.message.text } });
    await tx.user.update({ where: { name: ctx.message.text }, data: { coins: user.coins + 1 } });
  });
});
`;
  const lines = (schema: string): string[] =>
    reports({ "bot.ts": bot, "prisma/schema.prisma": schema }).map((line) =>
      line.replace(" (strict)", ""),
    );

  test("a unique column, on a server", () => {
    expect(
      lines(`datasource db { provider = "postgresql" }\nmodel User {\n tag String @unique\n}`),
    ).toEqual(["bot.ts:14 no-store-race"]);
  });

  test.each(["sqlite", "mongodb", "cockroachdb"])("%s isolates its transactions", (provider) => {
    expect(
      lines(`datasource db { provider = "${provider}" }\nmodel User {\n tag String @unique\n}`),
    ).toEqual([]);
  });

  test("an empty schema says nothing", () => {
    expect(lines("\n")).toEqual(["bot.ts:9 no-store-race", "bot.ts:14 no-store-race"]);
  });

  test.each([
    ["a table that takes each once: no race", "@unique", []],
    ["a table that takes all", "", ["bot.ts:16 no-check-then-act"]],
  ])("a set of what was handled, beside %s", (_title, key, lines) => {
    const marks = `${BOT}import { PrismaClient } from "@prisma/client";
const db = new PrismaClient();
const handled = new Set<string>();
async function handle(hash: string): Promise<void> {
  const sale = await db.sale.findFirst({ where: { hash } });
  if (sale) return;
  await db.sale.create({ data: { hash } });
}
bot.on("message", async (ctx) => {
  if (handled.has(ctx.message.text)) return;
  await handle(ctx.message.text);
  handled.add(ctx.message.text);
});
`;
    const schema = `datasource db { provider = "postgresql" }\nmodel Sale {\n hash String ${key}\n}`;
    const found = reports({ "bot.ts": marks, "prisma/schema.prisma": schema });
    expect(found.filter((line) => line.startsWith("bot.ts:16"))).toEqual(lines);
  });
});

describe("Mongoose, where the schema lies in another file", () => {
  const MODEL = `${BOT}import { model } from "mongoose";
import { users } from "./schema.ts";
const User = model("User", users);
bot.on("message", async (ctx) => {
  const known = await User.findOne({ tag: ctx.message.text });
  if (!known) await User.create({ tag: ctx.message.text });
});
`;
  const bot = (schema: string): string[] =>
    reports({ "bot.ts": MODEL, "schema.ts": `import { Schema } from "mongoose";\n${schema}` });

  test.each([
    ["a field", "export const users = new Schema({ tag: { type: String, unique: true } });"],
    [
      "an index",
      "export const users = new Schema({ tag: String }); users.index({ tag: 1 }, { unique: true });",
    ],
    ["a typed field", "export const users = createSchema({ tag: Type.string({ unique: true }) });"],
  ])("silent: %s", (_title, schema) => {
    expect(bot(schema)).toEqual([]);
  });

  test("reported: no unique key", () => {
    expect(bot("export const users = new Schema({ tag: String });")).toEqual([
      "bot.ts:10 no-store-race",
    ]);
  });
});

describe("Mongoose", () => {
  const program = `${BOT}import { Campaign } from "./models";
bot.command("open", async (ctx) => {
  if (await Campaign.findOne({ code: ctx.match })) return;
  await Campaign.create({ code: ctx.match });
});
`;
  const model = (made: string, unique = true): Record<string, string> => ({
    "bot.ts": program,
    "models/index.ts": `export { default as Campaign } from "./campaign";`,
    "models/campaign.ts": `import mongoose, { Schema } from "mongoose";
const schema = new Schema({ code: { type: String, unique: ${String(unique)} } });
export default ${made};`,
  });
  test.each([
    ["a model", `mongoose.model("ReferralCampaign", schema)`],
    [
      "a model that may be there from before",
      `mongoose.models.ReferralCampaign || mongoose.model("ReferralCampaign", schema)`,
    ],
    [
      "a model that may be there from before, by its name",
      `mongoose.models["ReferralCampaign"] ?? mongoose.model("ReferralCampaign", schema)`,
    ],
  ])("silent: %s", (_title, made) => {
    expect(found(model(made))).toEqual([]);
    expect(found(model(made, false))).toEqual(["bot.ts:8 no-store-race"]);
  });
});
