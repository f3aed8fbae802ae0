// An UPDATE that computes its column, or asks for the old value, in its own text. No race is left.
import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analyze.ts";
import { BOT, projectOf } from "../harness.ts";

const HEADS = {
  pg: `import { Pool } from "pg";
const pool = new Pool();`,
  mysql: `import mysql from "mysql2/promise";
const pool = mysql.createPool({});`,
  sqlite: `import Database from "better-sqlite3";
const db = new Database("x");`,
};

type Store = keyof typeof HEADS;

/** The text that the offer leaves, which is analysed again; null where there is no such offer. */
function repaired(store: Store, body: string, title: string): string | null {
  const text = `${BOT}${HEADS[store]}
bot.on("message", async (ctx) => {
${body}
});`;
  const [finding] = analyze(projectOf(text));
  expect(finding, "a race").toBeDefined();
  const repair = finding?.repairs?.find((offer) => offer.title.startsWith(title));
  if (!repair) return null;
  let result = text;
  for (const { start, end, text: inserted } of [...repair.edits].reverse())
    result = result.slice(0, start) + inserted + result.slice(end);
  expect(analyze(projectOf(result)).map(({ message }) => message)).toEqual([]);
  return result;
}

const SELECT = `  const { rows } = await pool.query("SELECT * FROM users WHERE id = $1", [ctx.from.id]);`;

interface Case {
  readonly name: string;
  readonly store: Store;
  readonly before: string;
  readonly after: readonly string[];
}

describe("the statement computes", () => {
  const cases: Case[] = [
    {
      name: "beside another column",
      store: "pg",
      before: `${SELECT}
  await pool.query("UPDATE users SET points = $1, seen = now() WHERE id = $2", [rows[0].points + 5, ctx.from.id]);`,
      after: [`SET points = points + $1, seen = now() WHERE id = $2", [5, ctx.from.id]`],
    },
    {
      name: "what is taken away, in a text of several lines",
      store: "pg",
      before: `${SELECT}
  await pool.query(\`
    UPDATE users
    SET points = $2
    WHERE id = $1\`, [ctx.from.id, rows[0].points - ctx.cost]);`,
      after: ["    SET points = points - $2\n", "[ctx.from.id, ctx.cost]"],
    },
    {
      name: "by position, in a prepared statement",
      store: "sqlite",
      before: `  const row = db.prepare("SELECT * FROM users WHERE id = ?").get(ctx.from.id);
  await ctx.reply("x");
  db.prepare("UPDATE users SET seen = ?, points = ? WHERE id = ?").run(1, row.points + 5, ctx.from.id);`,
      after: ["SET seen = ?, points = points + ? WHERE id = ?", "run(1, 5, ctx.from.id)"],
    },
  ];
  test.each(cases)("$name", ({ store, before, after }) => {
    const text = repaired(store, before, "Let the store compute points");
    for (const part of after) expect(text).toContain(part);
  });

  test.each([
    ["anything but a sum", `SET points = $1 WHERE id = $2", [rate(rows[0].points), 1]`],
    ["texts that are joined", `SET points = $1 WHERE id = $2", [rows[0].points + "x", 1]`],
    [
      "a parameter that stands twice",
      `SET points = $1, best = $1 WHERE id = $2", [rows[0].points + 5, 1]`,
    ],
    [
      "another column's value",
      `SET points = $1 WHERE id = $2", [rows[0].best + rows[0].points, 1]`,
    ],
    [
      "parameters that are made elsewhere",
      `SET points = $1 WHERE id = $2", [rows[0].points + 5, ...ctx.list]`,
    ],
  ])("none for %s", (_name, rest) => {
    const body = `${SELECT}\n  await pool.query("UPDATE users ${rest});`;
    expect(repaired("pg", body, "Let the store compute")).toBeNull();
  });
});

describe("the old value is asked for, and an error says where it has changed", () => {
  const cases: Case[] = [
    {
      name: "pg",
      store: "pg",
      before: `${SELECT}
  if (rows[0].state !== "open") return;
  await pool.query("UPDATE users SET state = 'paid' WHERE id = $1", [ctx.from.id]);
  await payOut(ctx.from.id);`,
      after: [
        `  const result = await pool.query("UPDATE users SET state = 'paid' WHERE id = $1 AND state = $2", [ctx.from.id, rows[0].state]);
  if (result.rowCount === 0) throw new Error("state was changed meanwhile");
  await payOut(ctx.from.id);`,
      ],
    },
    {
      name: "MySQL, whose answer is a pair",
      store: "mysql",
      before: `  const [rows] = await pool.query("SELECT n FROM users WHERE id = ?", [ctx.from.id]);
  const [user] = rows;
  await pool.query("UPDATE users SET n = ? WHERE id = ?;", [rate(user.n), ctx.from.id]);`,
      after: [
        `  const [result] = await pool.query("UPDATE users SET n = ? WHERE id = ? AND n = ?;", [rate(user.n), ctx.from.id, user.n]);
  if (result.affectedRows === 0) throw new Error("n was changed meanwhile");`,
      ],
    },
    {
      name: "SQLite, in a prepared statement",
      store: "sqlite",
      before: `  const order = db.prepare("SELECT * FROM orders WHERE id = ?").get(ctx.match);
  if (order.state !== "open") return;
  await ctx.reply("paying");
  db.prepare("UPDATE orders SET state = 'paid' WHERE id = ?").run(ctx.match);
  await payOut(order);`,
      after: [
        `  const result = db.prepare("UPDATE orders SET state = 'paid' WHERE id = ? AND state = ?").run(ctx.match, order.state);
  if (result.changes === 0) throw new Error("state was changed meanwhile");`,
      ],
    },
  ];
  test.each(cases)("$name", ({ store, before, after }) => {
    const text = repaired(store, before, "Write only where");
    for (const part of after) expect(text).toContain(part);
  });

  const pay = (update: string, check = 'rows[0].state !== "open"'): string =>
    `${SELECT}\n  if (${check}) return;\n  ${update}\n  await payOut(ctx.from.id);`;
  test.each([
    [
      "somebody uses what the call gives",
      pay(`const done = await pool.query("UPDATE users SET state = 'paid' WHERE id = $1", [1]);`),
    ],
    [
      "the condition has alternatives",
      pay(`await pool.query("UPDATE users SET state = 'paid' WHERE id = $1 OR id = $2", [1, 2]);`),
    ],
    [
      "nothing was there",
      pay(
        `await pool.query("UPDATE users SET state = 'paid' WHERE id = $1", [1]);`,
        "rows[0].state",
      ),
    ],
    [
      "the row was changed since",
      pay(
        `rows[0].state = "paid";\n  await pool.query("UPDATE users SET state = 'paid' WHERE id = $1", [1]);`,
      ),
    ],
  ])("none where %s", (_name, body) => {
    expect(repaired("pg", body, "Write only where")).toBeNull();
  });
});
