// For each database client: what races when two updates do it at once, and what the store makes one step.
import { describe, expect, test } from "vitest";
import { BOT, reports } from "../harness.ts";

interface Client {
  readonly setup: string;
  /** Reported, each by itself in a handler; the race is the last statement. */
  readonly racing: readonly (readonly string[])[];
  /** Silent. */
  readonly safe: readonly (readonly string[])[];
}

const clients: Record<string, Client> = {
  mongodb: {
    setup: `import { MongoClient } from "mongodb"; const client = new MongoClient("url"); const users = client.db("bot").collection("users");`,
    racing: [
      [
        "const row = await users.findOne({ id });",
        "await users.updateOne({ id }, { $set: { coins: row.coins + 1 } });",
      ],
      ["const row = await users.findOne({ name });", "if (!row) await users.insertOne({ name });"],
      [
        "const n = await users.countDocuments({ name });",
        "if (n === 0) await users.insertOne({ name, n: 1 });",
      ],
      [
        "const row = await users.findOne({ id });",
        "row.coins += 1;",
        "await users.replaceOne({ id }, row);",
      ],
      [
        `const row = await client.db("bot").collection("users").findOne({ id });`,
        "await users.updateOne({ id }, { $set: { coins: row.coins - 1 } });",
      ],
    ],
    safe: [
      [
        "const row = await users.findOne({ id });",
        "await users.updateOne({ id }, { $inc: { coins: row.bonus } });",
      ],
      ["await users.updateOne({ id }, { $set: { name } }, { upsert: true });"],
      [
        "await client.withSession((s) => s.withTransaction(async () => {",
        "const row = await users.findOne({ id });",
        "await users.updateOne({ id }, { $set: { coins: row.coins + 1 } });",
        "}));",
      ],
      ["const row = await users.findOne({ id });", "await users.deleteOne({ id });", "void row;"],
    ],
  },
  mongoose: {
    setup: `import mongoose, { Schema, model } from "mongoose"; const User = model("User", new Schema({ id: Number, name: { type: String, unique: true }, coins: Number, tags: [String] }));
const Note = mongoose.model("Note", new mongoose.Schema({ text: String })); const Pair = model("Pair", (() => { const s = new Schema({ a: Number, b: Number }); s.index({ a: 1, b: 1 }, { unique: true }); return s; })());`,
    racing: [
      ["const user = await User.findOne({ id });", "user.coins += 1;", "await user.save();"],
      [
        "const user = await User.findById(id);",
        "await User.findByIdAndUpdate(id, { coins: user.coins - 1 });",
      ],
      [
        "const note = await Note.findOne({ text: name });",
        "if (!note) await Note.create({ text: name });",
      ],
      [
        "const note = await Note.findOne({ text: name });",
        "if (!note) await new Note({ text: name }).save();",
      ],
      [
        "const user = await User.findOne({ id }).exec();",
        "user.coins = user.coins * 2;",
        "await user.save();",
      ],
    ],
    safe: [
      ["const user = await User.findOne({ id });", `user.name = name;`, "await user.save();"],
      ["const user = await User.findOne({ id });", "user.tags.push(name);", "await user.save();"],
      ["const user = await User.findOne({ name });", "if (!user) await User.create({ name });"],
      ["await User.updateOne({ id }, { $inc: { coins: 1 } });"],
      ["await User.findOneAndUpdate({ id }, { $inc: { coins: 1 } }, { upsert: true, new: true });"],
    ],
  },
  prisma: {
    setup: `import { PrismaClient } from "@prisma/client"; const prisma = new PrismaClient();`,
    racing: [
      [
        "const user = await prisma.user.findUnique({ where: { id } });",
        "await prisma.user.update({ where: { id }, data: { coins: user.coins + 1 } });",
      ],
      [
        "const user = await prisma.user.findFirst({ where: { name } });",
        "if (!user) await prisma.user.create({ data: { name } });",
      ],
      [
        "await prisma.$transaction(async (tx) => {",
        "const user = await tx.user.findUnique({ where: { id } });",
        "await tx.user.update({ where: { id }, data: { coins: user.coins + 1 } }); });",
      ],
    ],
    safe: [
      ["await prisma.user.update({ where: { id }, data: { coins: { increment: 1 } } });"],
      ["await prisma.user.upsert({ where: { id }, create: { id }, update: {} });"],
      [
        "await prisma.$transaction(async (tx) => {",
        "const user = await tx.user.findUnique({ where: { id } });",
        "await tx.user.update({ where: { id }, data: { coins: user.coins + 1 } });",
        `}, { isolationLevel: "Serializable" });`,
      ],
    ],
  },
  typeorm: {
    setup: `import { DataSource, Repository } from "typeorm"; const source = new DataSource({}); const users = source.getRepository("User");`,
    racing: [
      [
        "const user = await users.findOneBy({ id });",
        "user.coins += 1;",
        "await users.save(user);",
      ],
      [
        "const user = await users.findOne({ where: { id } });",
        "await users.update({ id }, { coins: user.coins - 1 });",
      ],
      ["const user = await users.findOneBy({ name });", "if (!user) await users.insert({ name });"],
    ],
    safe: [
      [`await users.increment({ id }, "coins", 1);`],
      [
        "await source.transaction(async (manager) => {",
        `const user = await manager.findOne("User", { where: { id }, lock: { mode: "pessimistic_write" } });`,
        "user.coins += 1;",
        "await manager.save(user); });",
      ],
    ],
  },
  sequelize: {
    setup: `import { Sequelize, DataTypes } from "sequelize"; const sequelize = new Sequelize("url"); const User = sequelize.define("User", { id: DataTypes.INTEGER, coins: DataTypes.INTEGER, name: DataTypes.STRING });`,
    racing: [
      [
        "const user = await User.findOne({ where: { id } });",
        "user.coins += 1;",
        "await user.save();",
      ],
      [
        "const user = await User.findOne({ where: { name } });",
        "if (!user) await User.create({ name });",
      ],
    ],
    safe: [
      [
        "const user = await User.findOne({ where: { id } });",
        `await user.increment("coins", { by: 1 });`,
      ],
      ["await User.findOrCreate({ where: { id } });"],
    ],
  },
  knex: {
    setup: `import knex from "knex"; const db = knex({ client: "pg" });`,
    racing: [
      [
        `const user = await db("users").where({ id }).first();`,
        `await db("users").where({ id }).update({ coins: user.coins + 1 });`,
      ],
      [
        `const user = await db("users").where("name", name).first();`,
        `if (!user) await db("users").insert({ name });`,
      ],
      [
        `const user = await db("users").where({ id }).first();`,
        `await db("users").insert({ id, coins: 1 }).onConflict("id").merge({ coins: user.coins + 1 });`,
      ],
      [
        `const user = await db("users").where({ id }).first();`,
        `await db("users").insert({ id, coins: user.coins + 1 }).onConflict(["id"]).merge();`,
      ],
    ],
    safe: [
      [`await db("users").where({ id }).increment("coins", 1);`],
      [
        `const user = await db("users").where({ id }).first();`,
        `await db("users").insert({ id, name: name + user.coins }).onConflict("id").merge({ name });`,
      ],
      [
        `const user = await db("users").where({ name }).first();`,
        `if (!user) await db("users").insert({ name }).onConflict("name").ignore();`,
      ],
    ],
  },
  kysely: {
    setup: `import { Kysely } from "kysely"; const db = new Kysely({});`,
    racing: [
      [
        `const user = await db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();`,
        `await db.updateTable("users").set({ coins: user.coins + 1 }).where("id", "=", id).execute();`,
      ],
      [
        `const user = await db.selectFrom("users").selectAll().where("name", "=", name).executeTakeFirst();`,
        `if (!user) await db.insertInto("users").values({ name }).execute();`,
      ],
      [
        `const user = await db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();`,
        `await db.insertInto("users").values({ id, coins: 1 }).onConflict((oc) => oc.columns(["id"]).doUpdateSet({ coins: user.coins + 1 })).execute();`,
      ],
      [
        `const user = await db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();`,
        `await db.insertInto("users").values({ id, coins: 1 }).onConflict((oc) => oc.column("id").doUpdateSet(() => ({ coins: user.coins + 1 }))).execute();`,
      ],
    ],
    safe: [
      [
        `const user = await db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();`,
        `await db.insertInto("users").values({ id, coins: 1 }).onConflict((oc) => oc.column("id").doUpdateSet((eb) => ({ coins: eb("users.coins", "+", user.step) }))).execute();`,
      ],
      [
        `const user = await db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();`,
        `if (!user) await db.insertInto("users").values({ id }).onConflict((oc) => oc.doNothing()).execute();`,
      ],
    ],
  },
  drizzle: {
    setup: `import { drizzle } from "drizzle-orm/node-postgres"; import { eq, sql } from "drizzle-orm"; import { pgTable, integer, text } from "drizzle-orm/pg-core"; const db = drizzle("url"); const users = pgTable("users", { id: integer(), coins: integer(), name: text(), mail: text().unique() });`,
    racing: [
      [
        "const [user] = await db.select().from(users).where(eq(users.id, id));",
        "await db.update(users).set({ coins: user.coins + 1 }).where(eq(users.id, id));",
      ],
      [
        "const [user] = await db.select().from(users).where(eq(users.name, name));",
        "if (!user) await db.insert(users).values({ name });",
      ],
    ],
    safe: [
      ["await db.update(users).set({ coins: sql`coins + 1` }).where(eq(users.id, id));"],
      [
        "const [user] = await db.select().from(users).where(eq(users.mail, name));",
        "if (!user) await db.insert(users).values({ mail: name });",
      ],
      [
        "const [user] = await db.select().from(users).where(eq(users.name, name));",
        "if (!user) await db.insert(users).values({ name }).onConflictDoNothing();",
      ],
    ],
  },
  supabase: {
    setup: `import { createClient } from "@supabase/supabase-js"; const db = createClient("url", "key");`,
    racing: [
      [
        `const { data } = await db.from("users").select("coins").eq("id", id).single();`,
        `await db.from("users").update({ coins: data.coins + 1 }).eq("id", id);`,
      ],
      [
        `const { data } = await db.from("users").select().eq("name", name).maybeSingle();`,
        `if (!data) await db.from("users").insert({ name });`,
      ],
    ],
    safe: [[`await db.rpc("add_coin", { id });`], [`await db.from("users").upsert({ id, name });`]],
  },
  pg: {
    setup: `import { Pool } from "pg"; const db = new Pool(); const schema = "CREATE TABLE tokens (id int PRIMARY KEY, mail text UNIQUE)";`,
    racing: [
      [
        `const { rows } = await db.query("SELECT coins FROM users WHERE id = $1", [id]);`,
        `await db.query("UPDATE users SET coins = $1 WHERE id = $2", [rows[0].coins + 1, id]);`,
      ],
      [
        `const { rows } = await db.query("SELECT * FROM users WHERE name = $1", [name]);`,
        `if (rows.length === 0) await db.query("INSERT INTO users (name) VALUES ($1)", [name]);`,
      ],
      [
        "const { rows } = await db.query(`SELECT coins FROM users WHERE id = ${id}`);",
        "if (rows[0].coins > 5) await db.query(`UPDATE users SET coins = coins - 5 WHERE id = ${id}`);",
      ],
    ],
    safe: [
      [`await db.query("UPDATE users SET coins = coins + 1 WHERE id = $1", [id]);`],
      [
        `const { rows } = await db.query("SELECT * FROM users WHERE name = $1", [name]);`,
        `if (rows.length === 0) await db.query("INSERT INTO users (name) VALUES ($1) ON CONFLICT DO NOTHING", [name]);`,
      ],
      [
        `const { rows } = await db.query("SELECT * FROM tokens WHERE mail = $1", [name]);`,
        `if (rows.length === 0) await db.query("INSERT INTO tokens (mail) VALUES ($1)", [name]);`,
      ],
    ],
  },
  mysql2: {
    setup: `import mysql from "mysql2/promise"; const db = mysql.createPool("url");`,
    racing: [
      [
        `const [rows] = await db.execute("SELECT coins FROM users WHERE id = ?", [id]);`,
        `await db.execute("UPDATE users SET coins = ? WHERE id = ?", [rows[0].coins + 1, id]);`,
      ],
    ],
    safe: [
      [
        `await db.execute("INSERT INTO users (id) VALUES (?) ON DUPLICATE KEY UPDATE n = n + 1", [id]);`,
      ],
    ],
  },
  "better-sqlite3": {
    setup: `import Database from "better-sqlite3"; const db = new Database("x"); const get = db.prepare("SELECT * FROM users WHERE id = ?");`,
    racing: [
      [
        "const row = get.get(id);",
        `await ctx.reply("x");`,
        `db.prepare("UPDATE users SET coins = ? WHERE id = ?").run(row.coins + 1, id);`,
      ],
      [
        "const row = get.get(id);",
        `await ctx.reply("x");`,
        `db.prepare("UPDATE users SET coins = @coins WHERE id = @id").run({ id, coins: row.coins + 1 });`,
      ],
    ],
    safe: [
      [
        "const row = get.get(id);",
        `db.prepare("UPDATE users SET coins = ? WHERE id = ?").run(row.coins + 1, id);`,
      ],
      [
        `await ctx.reply("x");`,
        `db.prepare("UPDATE users SET coins = coins + 1 WHERE id = ?").run(id);`,
      ],
    ],
  },
  ioredis: {
    setup: `import Redis from "ioredis"; const redis = new Redis();`,
    racing: [
      ["const n = Number(await redis.get(`n:${id}`));", "await redis.set(`n:${id}`, n + 1);"],
      [`const old = await redis.hget("h", name);`, `await redis.hset("h", name, Number(old) + 1);`],
      [
        "const old = await redis.hgetall(name);",
        "await redis.hset(name, { n: Number(old.n) + 1 });",
      ],
      ["if (await redis.exists(`lock:${id}`)) return;", "await redis.set(`lock:${id}`, name);"],
    ],
    safe: [
      // The mark is the same whoever sets it, and nothing comes after it.
      ["if (await redis.exists(`lock:${id}`)) return;", "await redis.set(`lock:${id}`, 1);"],
      ["await redis.incr(`n:${id}`);"],
      [`if (!(await redis.set(name, 1, "NX"))) return;`],
      ["const n = await redis.get(`a:${id}`);", "await redis.set(`b:${id}`, Number(n) + 1);"],
    ],
  },
  keyv: {
    setup: `import Keyv from "keyv"; const store = new Keyv(); const other = new Keyv();`,
    racing: [["const n = (await store.get(name)) ?? 0;", "await store.set(name, n + 1);"]],
    safe: [
      ["const n = (await store.get(name)) ?? 0;", "await other.set(name, n + 1);"],
      ["await store.delete(name);"],
    ],
  },
  "node:fs": {
    setup: `import { readFile, writeFile } from "node:fs/promises"; import fs from "node:fs";`,
    racing: [
      [
        `const list = JSON.parse(await readFile("users.json", "utf8"));`,
        "list.push(id);",
        `await writeFile("users.json", JSON.stringify(list));`,
      ],
    ],
    safe: [
      [
        `const list = JSON.parse(fs.readFileSync("users.json", "utf8"));`,
        "list.push(id);",
        `fs.writeFileSync("users.json", JSON.stringify(list));`,
      ],
      [`const list = await readFile("a.json", "utf8");`, `await writeFile("b.json", list);`],
    ],
  },
};

const handler = (setup: string, lines: readonly string[]): string =>
  `${BOT}${setup}\nbot.on("message", async (ctx) => {\n  const id = ctx.from.id; const name = ctx.message.text;\n${lines.join("\n")}\n});`;

describe.each(Object.entries(clients))("%s", (_name, { setup, racing, safe }) => {
  test.each(racing.map((lines) => [lines.join(" "), lines] as const))(
    "races: %s",
    (_text, lines) => {
      const found = reports(handler(setup, lines)).map((line) => line.replace(" (strict)", ""));
      const last = 6 + setup.split("\n").length + lines.length;
      expect(found).toEqual([`${String(last)} no-store-race`]);
    },
  );
  test.each(safe.map((lines) => [lines.join(" "), lines] as const))(
    "silent: %s",
    (_text, lines) => {
      expect(reports(handler(setup, lines))).toEqual([]);
    },
  );
});
