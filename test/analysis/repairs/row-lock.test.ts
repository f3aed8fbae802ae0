// A transaction from the read to the write, in which the read locks its row, in each store's own form. The
// repaired program has no race any more.
import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analyze.ts";
import { BOT, projectOf } from "../harness.ts";

const TITLES = /^(?:Lock the row|Run the lines from the read to the write in a serializable)/;

const HEADS = {
  sequelize: `import { Sequelize, DataTypes } from "sequelize";
const sequelize = new Sequelize("x");
const User = sequelize.define("user", { n: DataTypes.INTEGER });`,
  model: `import { Model } from "sequelize";
class User extends Model {}`,
  typeorm: `import { DataSource } from "typeorm";
const ds = new DataSource({});
const users = ds.getRepository(User);`,
  pg: `import { Pool } from "pg";
const pool = new Pool();`,
  drizzle: `import { drizzle } from "drizzle-orm/node-postgres";
const db = drizzle("x");`,
  prisma: `import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();`,
  knex: `import knex from "knex";
const db = knex({});`,
};

type Store = keyof typeof HEADS;

function program(store: Store, body: string): string {
  return `${BOT}${HEADS[store]}
bot.on("message", async (ctx) => {
${body}
});`;
}

/** The bodies that the offers leave; each is analysed again. */
function offered(store: Store, body: string): string[] {
  const text = program(store, body);
  const [finding] = analyze(projectOf(text));
  expect(finding, "a race").toBeDefined();
  return (finding?.repairs ?? [])
    .filter(({ title }) => TITLES.test(title))
    .map(({ edits }) => {
      let result = text;
      for (const edit of [...edits].reverse())
        result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
      expect(analyze(projectOf(result)).map(({ message }) => message)).toEqual([]);
      const start = result.indexOf("(ctx) => {\n") + "(ctx) => {\n".length;
      return result.slice(start, result.lastIndexOf("\n});"));
    });
}

const SET = "n: rate(user.n)";

describe("the row is locked", () => {
  const cases: { name: string; store: Store; before: string; after: string }[] = [
    {
      name: "Sequelize, each call gets the transaction",
      store: "sequelize",
      before: `  const user = await User.findOne({ where: { id: ctx.from.id } });
  await User.update({ ${SET} }, { where: { id: ctx.from.id } });
  await ctx.reply("done");`,
      after: `  await sequelize.transaction(async (t) => {
    const user = await User.findOne({ where: { id: ctx.from.id }, lock: t.LOCK.UPDATE, transaction: t });
    await User.update({ ${SET} }, { where: { id: ctx.from.id }, transaction: t });
  });
  await ctx.reply("done");`,
    },
    {
      name: "Sequelize, by the model's own connection, and a row that is saved",
      store: "model",
      before: `  const user = await User.findByPk(ctx.from.id);
  if (!user) return ctx.reply("none");
  user.n = rate(user.n);
  await user.save();`,
      after: `  return User.sequelize!.transaction(async (t) => {
    const user = await User.findByPk(ctx.from.id, { lock: t.LOCK.UPDATE, transaction: t });
    if (!user) return ctx.reply("none");
    user.n = rate(user.n);
    await user.save({ transaction: t });
  });`,
    },
    {
      name: "Sequelize, in the transaction that is there",
      store: "sequelize",
      before: `  await sequelize.transaction(async (t) => {
    const user = await User.findOne({ where: { id: ctx.from.id }, transaction: t });
    await User.update({ ${SET} }, { where: { id: ctx.from.id }, transaction: t });
  });`,
      after: `  await sequelize.transaction(async (t) => {
    const user = await User.findOne({ where: { id: ctx.from.id }, transaction: t, lock: t.LOCK.UPDATE });
    await User.update({ ${SET} }, { where: { id: ctx.from.id }, transaction: t });
  });`,
    },
    {
      name: "TypeORM, whose bare filter becomes an option",
      store: "typeorm",
      before: `  const user = await users.findOneBy({ id: ctx.from.id });
  user.n = rate(user.n);
  await users.save(user);`,
      after: `  await users.manager.transaction(async (manager) => {
    const user = await manager.withRepository(users).findOne({ where: { id: ctx.from.id }, lock: { mode: "pessimistic_write" } });
    user.n = rate(user.n);
    await manager.withRepository(users).save(user);
  });`,
    },
    {
      name: "TypeORM, by a manager of all tables",
      store: "typeorm",
      before: `  const user = await ds.manager.findOne(User, { where: { id: ctx.from.id } });
  await ds.manager.update(User, { id: ctx.from.id }, { ${SET} });`,
      after: `  await ds.manager.transaction(async (manager2) => {
    const user = await manager2.findOne(User, { where: { id: ctx.from.id }, lock: { mode: "pessimistic_write" } });
    await manager2.update(User, { id: ctx.from.id }, { ${SET} });
  });`,
    },
    {
      name: "pg, on one connection of the pool",
      store: "pg",
      before: `  const { rows } = await pool.query("SELECT n FROM users WHERE id = $1", [ctx.from.id]);
  await pool.query("UPDATE users SET n = $1 WHERE id = $2", [rate(rows[0].n), ctx.from.id]);
  await ctx.reply("done");`,
      after: `  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const { rows } = await client.query("SELECT n FROM users WHERE id = $1 FOR UPDATE", [ctx.from.id]);
    await client.query("UPDATE users SET n = $1 WHERE id = $2", [rate(rows[0].n), ctx.from.id]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
  await ctx.reply("done");`,
    },
    {
      name: "pg, in the transaction that has begun",
      store: "pg",
      before: `  const client = await pool.connect();
  await client.query("BEGIN");
  const { rows } = await client.query(\`
    SELECT n FROM users WHERE id = $1;
  \`, [ctx.from.id]);
  await client.query("UPDATE users SET n = $1 WHERE id = $2", [rate(rows[0].n), ctx.from.id]);
  await client.query("COMMIT");`,
      after: `  const client = await pool.connect();
  await client.query("BEGIN");
  const { rows } = await client.query(\`
    SELECT n FROM users WHERE id = $1 FOR UPDATE;
  \`, [ctx.from.id]);
  await client.query("UPDATE users SET n = $1 WHERE id = $2", [rate(rows[0].n), ctx.from.id]);
  await client.query("COMMIT");`,
    },
    {
      name: "Drizzle",
      store: "drizzle",
      before: `  const [user] = await db.select().from(users).where(eq(users.id, ctx.from.id));
  await db.update(users).set({ ${SET} }).where(eq(users.id, ctx.from.id));`,
      after: `  await db.transaction(async (tx) => {
    const [user] = await tx.select().from(users).where(eq(users.id, ctx.from.id)).for("update");
    await tx.update(users).set({ ${SET} }).where(eq(users.id, ctx.from.id));
  });`,
    },
    {
      name: "Prisma, by the transaction's isolation",
      store: "prisma",
      before: `  const user = await prisma.user.findUnique({ where: { id: ctx.from.id } });
  await prisma.user.update({ where: { id: ctx.from.id }, data: { ${SET} } });`,
      after: `  await prisma.$transaction(async (tx) => {
    const user = await tx.user.findUnique({ where: { id: ctx.from.id } });
    await tx.user.update({ where: { id: ctx.from.id }, data: { ${SET} } });
  }, { isolationLevel: "Serializable" });`,
    },
    {
      name: "Knex, in the transaction that has begun",
      store: "knex",
      before: `  const trx = await db.transaction();
  const user = await trx("users").where("id", ctx.from.id).first();
  await trx("users").where("id", ctx.from.id).update({ ${SET} });
  await trx.commit();`,
      after: `  const trx = await db.transaction();
  const user = await trx("users").where("id", ctx.from.id).first().forUpdate();
  await trx("users").where("id", ctx.from.id).update({ ${SET} });
  await trx.commit();`,
    },
  ];
  test.each(cases)("$name", ({ store, before, after }) => {
    expect(offered(store, before)).toEqual([after]);
  });
});

describe("nothing is offered", () => {
  const cases: { why: string; store: Store; body: string }[] = [
    {
      why: "where the lines wait for code that may need the row itself",
      store: "knex",
      body: `  const user = await db("users").where("id", 1).first();
  await addPoints(1);
  await db("users").where("id", 1).update({ ${SET} });`,
    },
    {
      why: "where another table's call would stay outside",
      store: "typeorm",
      body: `  const user = await users.findOneBy({ id: 1 });
  await wallets.save({ id: 1 });
  await users.update({ id: 1 }, { ${SET} });`,
    },
    {
      why: "where the options are made elsewhere",
      store: "sequelize",
      body: `  const user = await User.findOne({ where: { id: 1 } });
  await User.update({ ${SET} }, ctx.options);`,
    },
    {
      why: "where the lines may leave before the transaction ends",
      store: "pg",
      body: `  const { rows } = await pool.query("SELECT n FROM users WHERE id = $1", [1]);
  if (rows.length === 0) return;
  await pool.query("UPDATE users SET n = $1 WHERE id = $2", [rate(rows[0].n), 1]);`,
    },
    {
      why: "where the rows of a SELECT cannot be locked",
      store: "pg",
      body: `  const { rows } = await pool.query("SELECT max(n) AS n FROM users WHERE id = $1", [1]);
  await pool.query("UPDATE users SET n = $1 WHERE id = $2", [rate(rows[0].n), 1]);`,
    },
    {
      why: "where the connection is none of a pool, and nothing has begun on it",
      store: "pg",
      body: `  const client = await pool.connect();
  const { rows } = await client.query("SELECT n FROM users WHERE id = $1", [1]);
  await client.query("UPDATE users SET n = $1 WHERE id = $2", [rate(rows[0].n), 1]);`,
    },
    {
      why: "where the read takes no lock",
      store: "drizzle",
      body: `  const user = await db.query.users.findFirst({ where: eq(users.id, 1) });
  await db.update(users).set({ ${SET} }).where(eq(users.id, 1));`,
    },
    {
      why: "where no row was found that could be locked",
      store: "sequelize",
      body: `  const user = await User.findOne({ where: { name: ctx.from.name } });
  if (!user) await User.create({ name: ctx.from.name });`,
    },
    {
      why: "inside a transaction that has no other inside it",
      store: "prisma",
      body: `  await prisma.$transaction(async (tx) => {
    const user = await tx.user.findUnique({ where: { id: 1 } });
    await tx.user.update({ where: { id: 1 }, data: { ${SET} } });
  });`,
    },
  ];
  test.each(cases)("$why", ({ store, body }) => {
    expect(offered(store, body)).toEqual([]);
  });
});
