// What a store's own forms can do about a race: the old state in the filter, a lock of the row. No race is left.
import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analyze.ts";
import { BOT, projectOf } from "../harness.ts";

const CONDITION = "Write only where";
const LOCK = "Lock the row";

function program(imports: string, body: string): string {
  return `${BOT}${imports}
bot.on("message", async (ctx) => {
${body}
});`;
}

function offered(text: string): readonly { title: string; result: string }[] {
  const [finding] = analyze(projectOf(text));
  expect(finding, "a race").toBeDefined();
  return (finding?.repairs ?? []).map(({ title, edits }) => {
    let result = text;
    for (const edit of [...edits].reverse())
      result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
    return { title, result };
  });
}

function repaired(text: string, title: string): string {
  const offer = offered(text).find((other) => other.title.startsWith(title));
  expect(offer, title).toBeDefined();
  expect(analyze(projectOf(offer?.result ?? "")).map(({ message }) => message)).toEqual([]);
  return offer?.result ?? "";
}

const PRISMA = `import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();`;
const KNEX = `import knex from "knex";
const db = knex({});`;

describe("the old state in the filter", () => {
  test.each([
    {
      store: "Prisma, of a value that was computed",
      before: program(
        PRISMA,
        `  const user = await prisma.user.findUnique({ where: { id: ctx.from.id } });
  await prisma.user.update({ where: { id: ctx.from.id }, data: { score: rate(user.score) } });`,
      ),
      after:
        "prisma.user.updateMany({ where: { id: ctx.from.id, score: user.score }, data: { score: rate(user.score) } })",
    },
    {
      store: "Prisma, of what was tested",
      before: program(
        PRISMA,
        `  const order = await prisma.order.findUnique({ where: { id: ctx.msg.text } });
  if (order.state !== "open") return;
  await prisma.order.updateMany({ where: { id: order.id }, data: { state: "paid" } });
  await payOut(order.id);`,
      ),
      after: "where: { id: order.id, state: order.state }",
    },
    {
      store: "MongoDB",
      before: program(
        `import { MongoClient } from "mongodb";
const users = new MongoClient("url").db("bot").collection("users");`,
        `  const user = await users.findOne({ id: ctx.from.id });
  await users.updateOne({ id: ctx.from.id }, { $set: { level: rate(user.level) } });`,
      ),
      after: "users.updateOne({ id: ctx.from.id, level: user.level }, ",
    },
    {
      store: "Knex",
      before: program(
        KNEX,
        `  const user = await db("users").where("id", ctx.from.id).first();
  await db("users").where("id", ctx.from.id).update({ level: rate(user.level) });`,
      ),
      after: `.where("id", ctx.from.id).where("level", user.level).update(`,
    },
  ])("$store", ({ before, after }) => {
    expect(repaired(before, CONDITION)).toContain(after);
  });

  test.each([
    {
      why: "somebody uses the row that the change gives",
      body: `  const user = await prisma.user.findUnique({ where: { id: ctx.from.id } });
  const next = await prisma.user.update({ where: { id: ctx.from.id }, data: { score: rate(user.score) } });
  await ctx.reply(next.name);`,
    },
    {
      why: "the row was changed since",
      body: `  const user = await prisma.user.findUnique({ where: { id: ctx.from.id } });
  user.score = rate(user.score);
  await prisma.user.update({ where: { id: ctx.from.id }, data: { score: user.score } });`,
    },
    {
      why: "the filter is a compound key",
      body: `  const user = await prisma.user.findUnique({ where: { chat_id: { chat: ctx.chat.id, id: ctx.from.id } } });
  await prisma.user.update({ where: { chat_id: { chat: ctx.chat.id, id: ctx.from.id } }, data: { score: rate(user.score) } });`,
    },
    ...[
      [
        "the call is given back",
        "return prisma.user.update({ where: { id: 1 }, data: { score: rate(user.score) } });",
      ],
      [
        "the row is counted up meanwhile",
        "user.score++;\n  await prisma.user.update({ where: { id: 1 }, data: { score: user.score } });",
      ],
      [
        "the filter has columns of another object",
        "await prisma.user.update({ where: { ...ctx.key }, data: { score: rate(user.score) } });",
      ],
      [
        "the options come from elsewhere",
        "await prisma.user.update({ ...ctx.options, where: { id: 1 }, data: { score: rate(user.score) } });",
      ],
      [
        "the call asks for columns",
        "await prisma.user.update({ where: { id: 1 }, data: { score: rate(user.score) }, select: { id: true } });",
      ],
      [
        "another function writes",
        "await Promise.all(ctx.list.map(async () => {\n    await prisma.user.update({ where: { id: 1 }, data: { score: rate(user.score) } });\n  }));",
      ],
      [
        "only a part of the row has a name by then",
        "const { score } = user;\n  await prisma.user.update({ where: { id: 1 }, data: { score: rate(score) } });",
      ],
    ].map(([why, rest]) => ({
      why,
      body: `  const user = await prisma.user.findUnique({ where: { id: 1 } });\n  ${rest}`,
    })),
    {
      why: "the row has no name",
      body: `  const { score } = await prisma.user.findUnique({ where: { id: 1 } });
  await prisma.user.update({ where: { id: 1 }, data: { score: rate(score) } });`,
    },
    {
      why: "the row is waited for later",
      body: `  const wait = prisma.user.findUnique({ where: { id: 1 } });
  const user = await wait;
  await prisma.user.update({ where: { id: 1 }, data: { score: rate(user.score) } });`,
    },
    {
      why: "the name may mean another row by then",
      body: `  let user = await prisma.user.findUnique({ where: { id: 1 } });
  if (!user) user = ctx.guest;
  await prisma.user.update({ where: { id: 1 }, data: { score: rate(user.score) } });`,
    },
    {
      why: "a helper reads",
      body: `  const load = () => prisma.user.findUnique({ where: { id: 1 } });
  const user = await load();
  await prisma.user.update({ where: { id: 1 }, data: { score: rate(user.score) } });`,
    },
    {
      why: "the filter is made elsewhere",
      body: `  const user = await prisma.user.findUnique({ where: { id: ctx.from.id } });
  const where = { id: ctx.from.id };
  await prisma.user.update({ where, data: { score: rate(user.score) } });`,
    },
  ])("none where $why", ({ body }) => {
    const titles = offered(program(PRISMA, body)).map(({ title }) => title);
    expect(titles.filter((title) => title.startsWith(CONDITION))).toEqual([]);
  });
});

test("no old state where the filter is no link of the chain", () => {
  const text = program(
    KNEX,
    `  const user = await db("users").where("id", 1).first();
  await db("users").update({ level: rate(user.level) });`,
  );
  const titles = offered(text).map(({ title }) => title);
  expect(titles.filter((title) => title.startsWith(CONDITION))).toEqual([]);
});

describe("a lock of the row", () => {
  test("Knex: the lines become one transaction, and the read locks", () => {
    const before = program(
      KNEX,
      `  const user = await db("users").where("id", ctx.from.id).first();
  await db("users")
    .where("id", ctx.from.id)
    .update({ level: rate(user.level) });
  await ctx.reply("done");`,
    );
    expect(repaired(before, LOCK)).toContain(`  await db.transaction(async (trx) => {
    const user = await trx("users").where("id", ctx.from.id).first().forUpdate();
    await trx("users")
      .where("id", ctx.from.id)
      .update({ level: rate(user.level) });
  });
  await ctx.reply("done");`);
  });

  test("what only has the same name stays, and so does a text of several lines", () => {
    const before = program(
      KNEX,
      `  const user = await db("users").where("id", ctx.from.id).first();
  const names = user.friends.map((db) => db.name);
  await db("users").where("id", ctx.from.id).update({ level: rate(user.level), text: \`a
b \${names}\` });`,
    );
    const after = repaired(before, LOCK);
    expect(after).toContain("    const names = user.friends.map((db) => db.name);");
    expect(after).toContain("text: `a\nb ${names}`");
  });

  test("Kysely: the lock stands before the query is sent, and what is returned stays returned", () => {
    const before = program(
      `import { Kysely } from "kysely";
const db = new Kysely({});`,
      `  const user = await db.selectFrom("users").selectAll().where("id", "=", ctx.from.id).executeTakeFirst();
  if (!user) return ctx.reply("unknown");
  await db.updateTable("users").set({ level: rate(user.level) }).where("id", "=", ctx.from.id).execute();`,
    );
    const after = repaired(before, LOCK);
    expect(after).toContain("return db.transaction().execute(async (trx) => {");
    expect(after).toContain(`.where("id", "=", ctx.from.id).forUpdate().executeTakeFirst();`);
  });

  test.each([
    {
      why: "the store has none",
      imports: PRISMA,
      body: `  const row = await prisma.user.findUnique({ where: { id: 1 } });
  await prisma.user.update({ where: { id: 1 }, data: { level: rate(row.level) } });`,
    },
    {
      why: "the lines leave a loop",
      imports: KNEX,
      body: `  for (const id of ctx.ids) {
    const row = await db("users").where("id", id).first();
    if (!row) continue;
    await db("users").where("id", id).update({ level: rate(row.level) });
  }`,
    },
    {
      why: "another handle writes",
      imports: `${KNEX}
const other = db;`,
      body: `  const row = await db("users").where("id", 1).first();
  await other("users").where("id", 1).update({ level: rate(row.level) });`,
    },
  ])("none where $why", ({ imports, body }) => {
    const titles = offered(program(imports, body)).map(({ title }) => title);
    expect(titles.filter((title) => title.startsWith(LOCK))).toEqual([]);
  });
});
