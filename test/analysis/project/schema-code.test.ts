// The unique keys that source code declares, for each way of each library to declare them.
import { describe, expect, test } from "vitest";
import { parseFile } from "../../../src/analysis/project/parser.ts";
import { codeSchema } from "../../../src/analysis/project/schema-code.ts";
import type { Schema } from "../../../src/analysis/project/schemas.ts";

/** `user: id | chat+name`, one line a table of the model. */
function keysIn(model: string, code: string): string[] {
  const file = parseFile("/project/schema.ts", code);
  if (!file) throw new SyntaxError("The schema does not parse.");
  const schemas = new Map<string, Schema>();
  codeSchema(file, schemas);
  return [...(schemas.get(model) ?? [])].map(
    ([table, keys]) => `${table}: ${keys.map((key) => key.join("+")).join(" | ")}`,
  );
}

const MONGOOSE = `import { Schema, model, type InferSchemaType } from "mongoose";\n`;
const TYPEORM = `import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn, Unique } from "typeorm";\n`;
const SEQUELIZE = `import { DataTypes, Model, Sequelize } from "sequelize";\n`;
const DRIZZLE = `import { integer, pgTable, primaryKey, text, unique, uniqueIndex } from "drizzle-orm/pg-core";\n`;

describe("Mongoose", () => {
  test.each([
    [
      "a field",
      `model("User", new Schema({ tag: { type: String, unique: true }, name: String }));`,
    ],
    [
      "a schema with a name",
      `const users = new Schema({ tag: { unique: true } }); model("User", users);`,
    ],
    [
      "a literal with a name",
      `const fields = { tag: { unique: true } }; model("User", new Schema(fields));`,
    ],
    ["a schema that a function makes", `model("User", createSchema({ tag: { unique: true } }));`],
    ["fields alone", `mongoose.model("User", { tag: { unique: true } });`],
    [
      "a field that a spread stands beside",
      `model("User", new Schema({ ...base, tag: { unique: true } }));`,
    ],
    ["a cast", `model("User", new Schema({ tag: { unique: true } }) as Schema<User>);`],
  ])("%s", (_title, code) => {
    expect(keysIn("mongoose", MONGOOSE + code)).toEqual(["user: tag"]);
  });

  test("an index of several fields, beside those of the fields", () => {
    const code = `const seats = new Schema({ tag: { unique: true }, chat: Number, user: Number });
seats.index({ chat: 1, user: 1 }, { unique: true });
seats.index({ tag: 1, chat: 1 }, { unique: true });
model("Seat", seats);`;
    expect(keysIn("mongoose", MONGOOSE + code)).toEqual(["seat: tag | chat+user | tag+chat"]);
  });

  test.each([
    [
      "an index that is not unique",
      `s.index({ chat: 1 }); s.index({ chat: 1 }, { unique: false });`,
    ],
    [
      "an index over a part of the rows",
      `s.index({ chat: 1 }, { unique: true, partialFilterExpression: { open: true } });`,
    ],
    ["an index whose fields are not spelled out", `s.index(fields, { unique: true });`],
    ["a function called index", `index({ chat: 1 }, { unique: true });`],
  ])("no key: %s", (_title, index) => {
    const code = `const s = new Schema({ chat: Number });\n${index}\nmodel("Seat", s);`;
    expect(keysIn("mongoose", MONGOOSE + code)).toEqual(["seat: "]);
  });

  test.each([
    ["the name is computed", `model(name, new Schema({ tag: { unique: true } }));`],
    ["the model is only asked for", `const User = model("User");`],
    [
      "the schema comes from elsewhere",
      `import { users } from "./users.js"; model("User", users);`,
    ],
    ["the fields come from elsewhere", `model("User", new Schema(given()));`],
    ["the schema has no fields", `model("User", new Schema());`],
    ["the schema is a parameter", `function register(users) { model("User", users); }`],
    ["the schema is set later", `let users; model("User", users);`],
    ["the schema is chosen", `model("User", isTest ? one : other);`],
  ])("nothing is known of the table: %s", (_title, code) => {
    expect(keysIn("mongoose", MONGOOSE + code)).toEqual([]);
  });
});

describe("TypeORM", () => {
  test.each([
    [
      "a primary column",
      `@Entity() class User { @PrimaryColumn() id; @Column() name; }`,
      "user: id",
    ],
    ["a generated one", `@Entity() class User { @PrimaryGeneratedColumn("uuid") id; }`, "user: id"],
    [
      "a unique column",
      `@Entity("users") class User { @Column({ unique: true }) tag; @Column({ unique: false }) x; }`,
      "user: tag",
    ],
    [
      "@Unique of several columns",
      `@Entity() @Unique(["chat", "user"]) class Seat {}`,
      "seat: chat+user",
    ],
    [
      "@Unique with a name",
      `@Entity() @Unique("by_chat", ["chat", "user"]) class Seat {}`,
      "seat: chat+user",
    ],
    ["a unique @Index", `@Entity() @Index(["chat"], { unique: true }) class Seat {}`, "seat: chat"],
    [
      "a unique @Index of a column",
      `@Entity() class Seat { @Index({ unique: true }) @Column() chat; }`,
      "seat: chat",
    ],
    ["an @Index that is not unique", `@Entity() @Index(["chat"]) class Seat {}`, "seat: "],
    [
      "columns that are computed are left out",
      `@Entity() @Unique([column, "user"]) class Seat {}`,
      "seat: user",
    ],
    [
      "methods, computed names and bare decorators",
      `@Entity() class User { @Hook() greet() {} @PrimaryColumn() [name]; @trace id; }`,
      "user: ",
    ],
  ])("%s", (_title, code, keys) => {
    expect(keysIn("typeorm", TYPEORM + code)).toEqual([keys]);
  });

  test("a class that is no entity, and one without a name", () => {
    const code = `class Plain { @PrimaryColumn() id; }
@Injectable class Service { @PrimaryColumn() id; }
export default @Entity() class { @PrimaryColumn() id; }`;
    expect(keysIn("typeorm", TYPEORM + code)).toEqual([]);
  });
});

describe("Sequelize", () => {
  test.each([
    [
      "a unique field",
      `db.define("User", { tag: { type: T, unique: true }, name: T });`,
      "user: tag",
    ],
    [
      "a unique field by the name of its constraint",
      `db.define("User", { tag: { unique: "by_tag" } });`,
      "user: tag",
    ],
    ["a field that is not", `db.define("User", { tag: { unique: false } });`, "user: "],
    ["a primary key", `db.define("User", { id: { primaryKey: true } });`, "user: id"],
    [
      "a model that is a class",
      `class User extends Model {} User.init({ tag: { unique: true } }, { sequelize });`,
      "user: tag",
    ],
    [
      "fields beside a spread",
      `db.define("User", { ...base, tag: { unique: true } });`,
      "user: tag",
    ],
    [
      "an index of several fields",
      `db.define("Seat", {}, { indexes: [{ unique: true, fields: ["chat", "user"] }, { fields: ["chat"] }] });`,
      "seat: chat+user",
    ],
    [
      "an index of a class",
      `Seat.init({ chat: T }, { sequelize, indexes: [{ unique: true, fields: ["chat", column] }] });`,
      "seat: chat",
    ],
    [
      "indexes that are not spelled out",
      `db.define("Seat", {}, { indexes: [, { unique: true, fields: columns }, ...more] }); db.define("Other", {}, { indexes });`,
      "seat: ",
    ],
  ])("%s", (_title, code, keys) => {
    expect(keysIn("sequelize", SEQUELIZE + code)[0]).toBe(keys);
  });

  test.each([
    ["another function", `define("User", { tag: { unique: true } });`],
    ["another method", `db.describe("User", { tag: { unique: true } });`],
    ["a computed name", `db.define(name, { tag: { unique: true } });`],
    ["fields from elsewhere", `db.define("User", fields);`],
  ])("no table: %s", (_title, code) => {
    expect(keysIn("sequelize", SEQUELIZE + code)).toEqual([]);
  });
});

describe("Drizzle", () => {
  test.each([
    [
      "columns",
      `const users = pgTable("app_users", { id: integer().primaryKey(), tag: text().unique(), name: text() });`,
      "user: id | tag",
    ],
    [
      "a table without a constant",
      `export default pgTable("seats", { id: integer().primaryKey() });`,
      "seat: id",
    ],
    [
      "columns beside a spread",
      `const users = pgTable("users", { ...base, id: integer().primaryKey() });`,
      "user: id",
    ],
    [
      "a unique index of several columns",
      `const seats = pgTable("seats", { chat: integer(), user: integer() }, (t) => [uniqueIndex("by_chat").on(t.chat, t.user)]);`,
      "seat: chat+user",
    ],
    [
      "a compound primary key",
      `const seats = pgTable("seats", { chat: integer(), user: integer() }, (t) => ({ pk: primaryKey({ columns: [t.chat, , t.user] }) }));`,
      "seat: chat+user",
    ],
    [
      "an index that is not unique",
      `const seats = pgTable("seats", { chat: integer() }, (t) => [index("by_chat").on(t.chat), on(t.chat), here.on(t.chat)]);`,
      "seat: ",
    ],
    [
      "keys that are computed",
      `const seats = pgTable("seats", { chat: integer() }, (t) => [primaryKey({ columns }), unique().on(sql\`lower(chat)\`, t.chat)]);`,
      "seat: chat",
    ],
  ])("%s", (_title, code, keys) => {
    expect(keysIn("drizzle", DRIZZLE + code)).toEqual([keys]);
  });

  test.each([
    ["a computed name", `export default pgTable(name, { id: integer().primaryKey() });`],
    ["columns from elsewhere", `const users = pgTable("users", columns);`],
    [
      "another table function",
      `const users = createTable("users", { id: integer().primaryKey() });`,
    ],
  ])("no table: %s", (_title, code) => {
    expect(keysIn("drizzle", DRIZZLE + code)).toEqual([]);
  });
});

test("libraries that a file does not import declare nothing in it", () => {
  const code = `model("User", new Schema({ tag: { unique: true } })); db.define("User", { tag: { unique: true } });
@Entity() class User { @PrimaryColumn() id; }
const users = pgTable("users", { id: integer().primaryKey() });`;
  for (const model of ["mongoose", "typeorm", "sequelize", "drizzle"])
    expect(keysIn(model, code)).toEqual([]);
});

test("several declarations of one table add up", () => {
  const code = `model("User", new Schema({ a: { unique: true } })); model("users", new Schema({ b: { unique: true } }));`;
  expect(keysIn("mongoose", MONGOOSE + code)).toEqual(["user: a | b"]);
});

describe("MongoDB", () => {
  test.each([
    ["on a collection", 'db.collection("users").createIndex({ tag: 1 }, { unique: true });'],
    [
      "on a constant",
      'const users = db.collection("users"); users.createIndex({ tag: 1 }, { unique: true });',
    ],
  ])("a unique index %s", (_title, code) => {
    expect(keysIn("mongodb", code)).toEqual(["user: tag"]);
  });

  test("an index that is not unique says nothing", () => {
    expect(keysIn("mongodb", 'db.collection("users").createIndex({ tag: 1 });')).toEqual([]);
  });
});
