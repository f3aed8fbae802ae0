// What a statement's text says: its table, the columns it sets, the conditions of its WHERE.
import { describe, expect, test } from "vitest";
import { readSql, type SqlStatement } from "../../../src/analysis/project/sql-text.ts";

/** `update users; set coins = 1; where id = 2`, with what is special about the statement behind it. */
function said(text: string): string {
  const statement = readSql(text);
  const columns = statement.columns.map(columnText).join(", ");
  const conditions = statement.conditions
    .map(
      ({ column, isEquality, isConstant, parameter }) =>
        `${column} ${isEquality ? "=" : "?"} ${isConstant ? "constant" : String(parameter)}`,
    )
    .join(" and ");
  const flags = [
    statement.hasConflictClause ? "conflict" : "",
    statement.isLocking ? "locking" : "",
    statement.isSerializable ? "serializable" : "",
  ];
  const parts = [
    `${statement.verb} ${statement.table}`.trim(),
    columns && `set ${columns}`,
    conditions && `where ${conditions}`,
    ...flags,
  ];
  return parts.filter((part) => part !== "").join("; ");
}

function columnText({
  name,
  parameter,
  isComputed,
  source,
}: SqlStatement["columns"][number]): string {
  const value = isComputed ? "computed" : parameter === null ? "constant" : String(parameter);
  return `${name} = ${value}${source === null ? "" : ` from ${source}`}`;
}

describe.each(
  Object.entries<readonly (readonly [string, string])[]>({
    "its verb and table": [
      ["SELECT * FROM users", "select users"],
      ['select u.* from only "app"."users" u', "select users"],
      ["select * from app.users", "select users"],
      ["WITH old AS (SELECT 1) DELETE FROM users", "delete users"],
      ["DELETE FROM `users` WHERE id = ?", "delete users; where id = 1"],
      ["INSERT INTO users (id) VALUES ($1)", "insert users; set id = 1"],
      [
        "REPLACE INTO users (id, coins) VALUES (?, ?)",
        "upsert users; set coins = 2; where id = 1; conflict",
      ],
      ["UPDATE OR IGNORE users SET coins = 1", "update users; set coins = constant"],
      ["BEGIN IMMEDIATE", "begin; serializable"],
      ["START TRANSACTION", "begin"],
      ["COMMIT", "commit"],
      ["ROLLBACK", "commit"],
      ["CREATE TABLE users (id INT)", "other"],
      ["SELECT 1", "select"],
      ["", "other"],
      ["/* the users */ SELECT * -- all\n FROM users", "select users"],
    ],
    "its parameters": [
      ["UPDATE users SET coins = $2 WHERE id = $1", "update users; set coins = 2; where id = 1"],
      ["UPDATE users SET coins = ? WHERE id = ?", "update users; set coins = 1; where id = 2"],
      ["UPDATE users SET coins = ?2 WHERE id = ?1", "update users; set coins = 2; where id = 1"],
      [
        "UPDATE users SET coins = :coins WHERE id = @id",
        "update users; set coins = coins; where id = id",
      ],
      [
        "UPDATE users SET coins = $coins WHERE id = 7",
        "update users; set coins = coins; where id = constant",
      ],
    ],
    "what it sets": [
      ["UPDATE users SET coins = coins + $1", "update users; set coins = computed"],
      [
        "UPDATE users SET users.coins = 0, name = 'x'",
        "update users; set coins = constant, name = constant",
      ],
      [
        "UPDATE users SET at = greatest(at, $1), n = $2 RETURNING *",
        "update users; set at = computed, n = 2",
      ],
      ["UPDATE users SET", "update users"],
      ["UPDATE users SET (a, b) = (1, 2)", "update users"],
      ["INSERT INTO users SELECT * FROM old", "insert users"],
      [
        'INSERT INTO users ("id", `Name`) VALUES ($1, lower($2)) RETURNING id',
        "insert users; set id = 1, name = 2",
      ],
      ["INSERT INTO users (id, name) VALUES ($1)", "insert users; set id = 1, name = constant"],
    ],
    "what it does on conflict": [
      [
        "INSERT INTO users (id) VALUES ($1) ON CONFLICT DO NOTHING",
        "insert users; set id = 1; conflict",
      ],
      ["INSERT OR IGNORE INTO users (id) VALUES ($1)", "insert users; set id = 1; conflict"],
      [
        "INSERT OR REPLACE INTO users (id, coins) VALUES (?, ?)",
        "upsert users; set coins = 2; where id = 1; conflict",
      ],
      [
        "INSERT INTO users (id, chat, n) VALUES ($1, $2, $3) ON CONFLICT (id, chat) DO UPDATE SET n = excluded.n",
        "upsert users; set n = 3 from n; where id = 1 and chat = 2; conflict",
      ],
      [
        "INSERT INTO users (id, n) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET n = users.n + excluded.n",
        "upsert users; set n = computed from n; where id = 1; conflict",
      ],
      [
        "INSERT INTO users (id, n) VALUES (?, ?) ON DUPLICATE KEY UPDATE n = VALUES(n), seen = ?",
        "upsert users; set n = 2 from n, seen = 3; where id = 1; conflict",
      ],
      [
        "INSERT INTO users (id, n) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET n = COALESCE(excluded.n, users.n)",
        "upsert users; set n = 2 from n; where id = 1; conflict",
      ],
      [
        "INSERT INTO users (id, n) VALUES ($1, 1) ON CONFLICT (id, chat) DO UPDATE SET at = excluded.at",
        "upsert users; set at = constant from at; where id = 1 and chat = null; conflict",
      ],
      ["REPLACE INTO users SELECT * FROM old", "upsert users; conflict"],
    ],
    "its conditions": [
      [
        "SELECT * FROM users WHERE users.id = $1 AND coins >= $2 AND open = true ORDER BY id",
        "select users; where id = 1 and coins ? 2 and open = constant",
      ],
      ["SELECT * FROM users WHERE name LIKE $1 LIMIT 1", "select users; where name ? 1"],
      ["SELECT * FROM users WHERE deleted IS NULL", "select users; where deleted ? constant"],
      ["DELETE FROM users WHERE EXISTS (SELECT 1);", "delete users; where  ? constant"],
      [
        "UPDATE users SET n = 1 WHERE id = $1 RETURNING n",
        "update users; set n = constant; where id = 1",
      ],
    ],
    "how it locks": [
      ["SELECT * FROM users WHERE id = $1 FOR UPDATE", "select users; where id = 1; locking"],
      ["SELECT * FROM users FOR NO KEY UPDATE", "select users; locking"],
      ["SELECT * FROM users WITH (UPDLOCK)", "select users; locking"],
      ["BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE", "begin; serializable"],
    ],
  }),
)("%s", (_title, cases) => {
  test.each(cases)("%s", (text, expected) => {
    expect(said(text)).toBe(expected);
  });
});
