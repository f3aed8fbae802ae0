// The unique keys that Prisma schemas and SQL texts declare.
import { describe, expect, test } from "vitest";
import { prismaSchema, sqlSchema } from "../../../src/analysis/project/schema-text.ts";
import type { Schema } from "../../../src/analysis/project/schemas.ts";

/** `user: id | chat+name`, one line a table. */
function lines(schema: Schema): string[] {
  return [...schema].map(
    ([table, keys]) => `${table}: ${keys.map((key) => key.join("+")).join(" | ")}`,
  );
}

function sqlKeys(text: string): string[] {
  const schema: Schema = new Map();
  sqlSchema(text, schema);
  return lines(schema);
}

describe("Prisma", () => {
  test("fields and compound keys, comments left out", () => {
    const { schema, provider } = prismaSchema(`
datasource db {
  provider = "sqlite"
  url      = env("DATABASE_URL")
}
model User {
  id    Int     @id @default(autoincrement())
  tag   String? @unique // the public name
  name  String  // @unique once it was
}
model Seat {
  chat Int
  user Int
  room Int
  @@id([chat, user])
  @@unique(fields: [chat, room], name: "by_room")
  @@index([room])
}`);
    expect(lines(schema)).toEqual(["user: id | tag", "seat: chat+user | chat+room"]);
    expect(provider).toBe("sqlite");
  });

  test("a schema that names no database", () => {
    expect(prismaSchema("model Log { text String }")).toEqual({
      schema: new Map([["log", []]]),
      provider: "",
    });
  });
});

describe("SQL", () => {
  test.each([
    [
      "a column",
      `CREATE TABLE users (id INT PRIMARY KEY, tag TEXT UNIQUE, name TEXT)`,
      "user: id | tag",
    ],
    ["quoted names", 'create table if not exists "app"."users" ("id" int primary key)', "user: id"],
    [
      "a name with a schema",
      "create table if not exists app.users (id int primary key)",
      "user: id",
    ],
    [
      "a type with parentheses",
      "CREATE TABLE users (price DECIMAL(10, 2), tag VARCHAR(20) UNIQUE)",
      "user: tag",
    ],
    [
      "a constraint",
      "CREATE TABLE seats (chat INT, usr INT, CONSTRAINT pk PRIMARY KEY (chat, usr))",
      "seat: chat+usr",
    ],
    [
      "UNIQUE of several columns",
      "CREATE TABLE seats (chat INT, usr INT, UNIQUE (chat, usr))",
      "seat: chat+usr",
    ],
    [
      "UNIQUE KEY with a name and a length",
      "CREATE TABLE seats (chat INT, UNIQUE KEY by_chat (`chat`(8)))",
      "seat: chat",
    ],
    ["CHECK is no key", "CREATE TABLE seats (chat INT, CHECK (chat > 0))", "seat: "],
    [
      "comments are left out",
      "CREATE TABLE seats (chat INT /* UNIQUE */, -- PRIMARY KEY\n usr INT)",
      "seat: ",
    ],
    [
      "a text that is cut off",
      "CREATE TABLE seats (chat INT PRIMARY KEY, usr INT UNIQUE",
      "seat: chat | usr",
    ],
    ["a unique index", "CREATE UNIQUE INDEX by_chat ON seats (chat, usr)", "seat: chat+usr"],
    [
      "a unique index with quoted names",
      'create unique index x on "app"."seats" ("chat")',
      "seat: chat",
    ],
    [
      "a unique index with a method",
      "create unique index if not exists x on app.seats using btree (chat)",
      "seat: chat",
    ],
  ])("%s", (_title, text, keys) => {
    expect(sqlKeys(text)).toEqual([keys]);
  });

  test.each([
    ["an index over a part of the rows", "CREATE UNIQUE INDEX open ON seats (chat) WHERE is_open"],
    ["an index that is not unique", "CREATE INDEX by_chat ON seats (chat)"],
    ["another statement", "SELECT * FROM seats"],
  ])("nothing: %s", (_title, text) => {
    expect(sqlKeys(text)).toEqual([]);
  });
});
