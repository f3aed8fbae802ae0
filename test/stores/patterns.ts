/** A handler as a bot would write it, run twice at once; `racy` says whether anything may be lost. */
export interface Pattern {
  readonly name: string;
  readonly racy: boolean;
  /** `counter`: each confirmed run adds one; `entry`: there is to be one row for a key; `gone`: no run may throw, and nothing is left. */
  readonly about: "counter" | "entry" | "gone";
  readonly source: string;
}

const SQLITE = `import Database from "better-sqlite3";
const db = new Database(":memory:");
db.exec(\`
  CREATE TABLE counters (key TEXT PRIMARY KEY, n INTEGER NOT NULL);
  CREATE TABLE entries (id INTEGER PRIMARY KEY, key TEXT);
  CREATE TABLE unique_entries (key TEXT PRIMARY KEY, n INTEGER DEFAULT 0);
\`);
export function setUp() {
  db.prepare("INSERT INTO counters (key, n) VALUES ('alice', 0)").run();
}
`;
const SQLITE_COUNTER = `${SQLITE}export const left = () => db.prepare("SELECT n FROM counters WHERE key = 'alice'").get().n;
`;
const sqliteEntries = (table: string): string =>
  `${SQLITE}export const left = () => db.prepare("SELECT count(*) AS n FROM ${table}").get().n;
`;

export const sqlite: readonly Pattern[] = [
  {
    name: "a computed value written after a wait",
    racy: true,
    about: "counter",
    source: `${SQLITE_COUNTER}export async function handle(message) {
  const row = db.prepare("SELECT * FROM counters WHERE key = ?").get(message.author.id);
  await message.meet();
  db.prepare("UPDATE counters SET n = ? WHERE key = ?").run(row.n + 1, message.author.id);
}
`,
  },
  {
    name: "read and write in one segment",
    racy: false,
    about: "counter",
    source: `${SQLITE_COUNTER}export async function handle(message) {
  await message.meet();
  const row = db.prepare("SELECT * FROM counters WHERE key = ?").get(message.author.id);
  db.prepare("UPDATE counters SET n = ? WHERE key = ?").run(row.n + 1, message.author.id);
}
`,
  },
  {
    name: "SET n = n + 1 after a wait",
    racy: false,
    about: "counter",
    source: `${SQLITE_COUNTER}export async function handle(message) {
  const row = db.prepare("SELECT * FROM counters WHERE key = ?").get(message.author.id);
  await message.meet(row);
  db.prepare("UPDATE counters SET n = n + ? WHERE key = ?").run(1, message.author.id);
}
`,
  },
  {
    name: "asked and inserted in one segment, without a unique key",
    racy: false,
    about: "entry",
    source: `${sqliteEntries("entries")}export async function handle(message) {
  await message.meet();
  const row = db.prepare("SELECT * FROM entries WHERE key = ?").get(message.author.id);
  if (!row) {
    db.prepare("INSERT INTO entries (key) VALUES (?)").run(message.author.id);
    await message.meet();
    db.prepare("UPDATE entries SET key = ? WHERE key = ?").run(message.author.id, message.author.id);
  }
}
`,
  },
  {
    name: "the old value in WHERE",
    racy: false,
    about: "counter",
    source: `${SQLITE_COUNTER}export async function handle(message) {
  const row = db.prepare("SELECT * FROM counters WHERE key = ?").get(message.author.id);
  await message.meet();
  const done = db
    .prepare("UPDATE counters SET n = ? WHERE key = ? AND n = ?")
    .run(row.n + 1, message.author.id, row.n);
  if (done.changes === 0) throw new Error("Somebody else was faster.");
}
`,
  },
  {
    name: "the statement computes, and the number of changed rows is looked at",
    racy: false,
    about: "counter",
    source: `${SQLITE_COUNTER}export async function handle(message) {
  const row = db.prepare("SELECT * FROM counters WHERE key = ?").get(message.author.id);
  await message.meet(row);
  const result = db
    .prepare("UPDATE counters SET n = n + ? WHERE key = ? AND n >= ?")
    .run(1, message.author.id, row.n);
  if (result.changes === 0) throw new Error("n was changed meanwhile");
}
`,
  },
  {
    name: "a test, and its value in WHERE",
    racy: false,
    about: "counter",
    source: `${SQLITE_COUNTER}export async function handle(message) {
  const row = db.prepare("SELECT * FROM counters WHERE key = ?").get(message.author.id);
  if (row.n > 0) throw new Error("full");
  await message.meet();
  const result = db
    .prepare("UPDATE counters SET n = ? WHERE key = ? AND n = ?")
    .run(1, message.author.id, row.n);
  if (result.changes === 0) throw new Error("n was changed meanwhile");
}
`,
  },
  {
    name: "find, wait, insert without a unique key",
    racy: true,
    about: "entry",
    source: `${sqliteEntries("entries")}export async function handle(message) {
  const row = db.prepare("SELECT * FROM entries WHERE key = ?").get(message.author.id);
  await message.meet();
  if (!row) db.prepare("INSERT INTO entries (key) VALUES (?)").run(message.author.id);
}
`,
  },
  {
    name: "find, wait, insert under a primary key",
    racy: false,
    about: "entry",
    source: `${sqliteEntries("unique_entries")}export async function handle(message) {
  const row = db.prepare("SELECT * FROM unique_entries WHERE key = ?").get(message.author.id);
  await message.meet();
  if (!row) db.prepare("INSERT INTO unique_entries (key) VALUES (?)").run(message.author.id);
}
`,
  },
  {
    name: "an upsert that adds",
    racy: false,
    about: "entry",
    source: `${sqliteEntries("unique_entries")}export async function handle(message) {
  const row = db.prepare("SELECT * FROM unique_entries WHERE key = ?").get(message.author.id);
  await message.meet(row);
  db.prepare(
    "INSERT INTO unique_entries (key, n) VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET n = n + 1",
  ).run(message.author.id);
}
`,
  },
];

const MONGOOSE = `import mongoose from "mongoose";
const Counter = mongoose.model("Counter", new mongoose.Schema({ key: String, n: Number, list: [Number], name: String, color: String }));
const Entry = mongoose.model("Entry", new mongoose.Schema({ key: String }));
const UniqueEntry = mongoose.model("UniqueEntry", new mongoose.Schema({ key: { type: String, unique: true } }));
export async function setUp() {
  const { startMongo } = await import("./mongo-stand-in.js");
  await mongoose.connect(await startMongo());
  await UniqueEntry.init();
  await Counter.create({ key: "alice", n: 0, list: [] });
}
`;
const MONGOOSE_COUNTER = `${MONGOOSE}export const left = async () => (await Counter.findOne({ key: "alice" })).n;
`;
const MONGOOSE_LIST = `${MONGOOSE}export const left = async () => (await Counter.findOne({ key: "alice" })).list.length;
`;
const mongooseEntries = (model: string): string =>
  `${MONGOOSE}export const left = async () => (await ${model}.find({})).length;
`;

export const mongoose: readonly Pattern[] = [
  {
    name: "save() of a computed field",
    racy: true,
    about: "counter",
    source: `${MONGOOSE_COUNTER}export async function handle(message) {
  const row = await Counter.findOne({ key: message.author.id });
  await message.meet();
  row.n += 1;
  await row.save();
}
`,
  },
  {
    name: "updateOne with a computed value",
    racy: true,
    about: "counter",
    source: `${MONGOOSE_COUNTER}export async function handle(message) {
  const row = await Counter.findOne({ key: message.author.id });
  await message.meet();
  await Counter.updateOne({ key: message.author.id }, { n: row.n + 1 });
}
`,
  },
  {
    name: "$inc",
    racy: false,
    about: "counter",
    source: `${MONGOOSE_COUNTER}export async function handle(message) {
  const row = await Counter.findOne({ key: message.author.id });
  await message.meet(row);
  await Counter.updateOne({ key: message.author.id }, { $inc: { n: 1 } });
}
`,
  },
  {
    name: "the old value in the filter",
    racy: false,
    about: "counter",
    source: `${MONGOOSE_COUNTER}export async function handle(message) {
  const row = await Counter.findOne({ key: message.author.id });
  await message.meet();
  const done = await Counter.findOneAndUpdate({ key: message.author.id, n: row.n }, { n: row.n + 1 });
  if (!done) throw new Error("Somebody else was faster.");
}
`,
  },
  {
    name: "an update of nothing",
    racy: false,
    about: "gone",
    source: `${mongooseEntries("UniqueEntry")}export async function handle(message) {
  const row = await Counter.findOne({ key: message.author.id });
  if (row.n > 5) return;
  await message.meet();
  await Counter.updateOne({ key: message.author.id }, {});
}
`,
  },
  {
    name: "a guard that is an expression and repeats the write",
    racy: false,
    about: "gone",
    source: `${mongooseEntries("UniqueEntry")}export async function handle(message) {
  const row = await Counter.findOne({ key: message.author.id });
  await message.meet();
  row.name ? null : await Counter.updateOne({ key: message.author.id }, { name: "bob" });
}
`,
  },
  {
    name: "an array pushed to and saved",
    racy: false,
    about: "counter",
    source: `${MONGOOSE_LIST}export async function handle(message) {
  const row = await Counter.findOne({ key: message.author.id });
  await message.meet();
  row.list.push(1);
  await row.save();
}
`,
  },
  {
    name: "find, then create, without a unique key",
    racy: true,
    about: "entry",
    source: `${mongooseEntries("Entry")}export async function handle(message) {
  const row = await Entry.findOne({ key: message.author.id });
  await message.meet();
  if (!row) await Entry.create({ key: message.author.id });
}
`,
  },
  {
    name: "find, then new and save(), without a unique key",
    racy: true,
    about: "entry",
    source: `${mongooseEntries("Entry")}export async function handle(message) {
  const row = await Entry.findOne({ key: message.author.id });
  await message.meet();
  if (row) return;
  const made = new Entry({ key: message.author.id });
  await made.save();
}
`,
  },
  {
    name: "find, then create, under a unique key",
    racy: false,
    about: "entry",
    source: `${mongooseEntries("UniqueEntry")}export async function handle(message) {
  const row = await UniqueEntry.findOne({ key: message.author.id });
  await message.meet();
  if (!row) await UniqueEntry.create({ key: message.author.id });
}
`,
  },
  {
    name: "an update of a document that is gone",
    racy: false,
    about: "gone",
    source: `${mongooseEntries("Counter")}export async function handle(message) {
  const row = await Counter.findOne({ key: message.author.id });
  if (!row) return;
  await message.meet();
  await Counter.deleteOne({ key: message.author.id });
  await Counter.updateOne({ key: message.author.id }, { name: "bob" });
}
`,
  },
];

const PRISMA = `import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { PrismaClient } from "@prisma/client";
import Database from "better-sqlite3";
import { rmSync } from "node:fs";
const file = new URL(import.meta.url + ".db").pathname;
rmSync(file, { force: true });
const prisma = new PrismaClient({ adapter: new PrismaBetterSqlite3({ url: "file:" + file }) });
export async function setUp() {
  const db = new Database(file);
  db.exec('CREATE TABLE Counter (key TEXT PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0)');
  db.exec('CREATE TABLE Entry (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL)');
  db.exec('CREATE TABLE UniqueEntry (key TEXT PRIMARY KEY)');
  db.close();
  await prisma.counter.create({ data: { key: "alice" } });
}
`;
const PRISMA_COUNTER = `${PRISMA}export const left = async () => (await prisma.counter.findUnique({ where: { key: "alice" } })).n;
`;
const PRISMA_ROWS = `${PRISMA}export const left = () => prisma.counter.count();
`;
const prismaEntries = (model: string): string =>
  `${PRISMA}export const left = async () => (await prisma.${model}.findMany()).length;
`;

export const prisma: readonly Pattern[] = [
  {
    name: "update with a computed value",
    racy: true,
    about: "counter",
    source: `${PRISMA_COUNTER}export async function handle(message) {
  const key = message.author.id;
  const row = await prisma.counter.findUnique({ where: { key } });
  await message.meet();
  await prisma.counter.update({ where: { key }, data: { n: row.n + 1 } });
}
`,
  },
  {
    name: "increment",
    racy: false,
    about: "counter",
    source: `${PRISMA_COUNTER}export async function handle(message) {
  const key = message.author.id;
  const row = await prisma.counter.findUnique({ where: { key } });
  await message.meet(row);
  await prisma.counter.update({ where: { key }, data: { n: { increment: 1 } } });
}
`,
  },
  {
    name: "updateMany with the old value in where",
    racy: false,
    about: "counter",
    source: `${PRISMA_COUNTER}export async function handle(message) {
  const key = message.author.id;
  const row = await prisma.counter.findUnique({ where: { key } });
  await message.meet();
  const done = await prisma.counter.updateMany({ where: { key, n: row.n }, data: { n: row.n + 1 } });
  if (done.count === 0) throw new Error("Somebody else was faster.");
}
`,
  },
  {
    name: "an interactive transaction on SQLite",
    racy: false,
    about: "counter",
    source: `${PRISMA_COUNTER}export async function handle(message) {
  const key = message.author.id;
  await message.meet();
  await prisma.$transaction(async (tx) => {
    const row = await tx.counter.findUnique({ where: { key } });
    await tx.counter.update({ where: { key }, data: { n: row.n + 1 } });
  });
}
`,
  },
  {
    name: "a serializable transaction from the read to the write, with a wait in between",
    racy: false,
    about: "counter",
    source: `${PRISMA_COUNTER}export async function handle(message) {
  const key = message.author.id;
  await message.meet();
  await prisma.$transaction(
    async (tx) => {
      const row = await tx.counter.findUnique({ where: { key } });
      await new Promise((resolve) => setImmediate(resolve));
      await tx.counter.update({ where: { key }, data: { n: row.n + 1 } });
    },
    { isolationLevel: "Serializable" },
  );
}
`,
  },
  {
    name: "a transaction that is over when the row is written",
    racy: true,
    about: "counter",
    source: `${PRISMA_COUNTER}export async function handle(message) {
  const key = message.author.id;
  const row = await prisma.$transaction(
    async (tx) => tx.counter.findUnique({ where: { key } }),
    { isolationLevel: "Serializable" },
  );
  await message.meet();
  await prisma.counter.update({ where: { key }, data: { n: row.n + 1 } });
}
`,
  },
  {
    name: "find, then create, without a unique key",
    racy: true,
    about: "entry",
    source: `${prismaEntries("entry")}export async function handle(message) {
  const key = message.author.id;
  const row = await prisma.entry.findFirst({ where: { key } });
  await message.meet();
  if (!row) await prisma.entry.create({ data: { key } });
}
`,
  },
  {
    name: "find, then create, under a primary key",
    racy: false,
    about: "entry",
    source: `${prismaEntries("uniqueEntry")}export async function handle(message) {
  const key = message.author.id;
  const row = await prisma.uniqueEntry.findUnique({ where: { key } });
  await message.meet();
  if (!row) await prisma.uniqueEntry.create({ data: { key } });
}
`,
  },
  {
    name: "upsert",
    racy: false,
    about: "entry",
    source: `${prismaEntries("uniqueEntry")}export async function handle(message) {
  const key = message.author.id;
  await message.meet();
  await prisma.uniqueEntry.upsert({ where: { key }, create: { key }, update: {} });
}
`,
  },
  {
    name: "delete of a row that was found before a wait",
    racy: true,
    about: "gone",
    source: `${PRISMA_ROWS}export async function handle(message) {
  const row = await prisma.counter.findUnique({ where: { key: message.author.id } });
  if (!row) return;
  await message.meet();
  await prisma.counter.delete({ where: { key: message.author.id } });
  await prisma.entry.deleteMany();
}
`,
  },
  {
    name: "update of a row that another run has deleted",
    racy: true,
    about: "gone",
    source: `${PRISMA_ROWS}let runs = 0;
let tell;
const isDeleted = new Promise((resolve) => (tell = resolve));
export async function handle(message) {
  const isFirst = runs++ === 0;
  const row = await prisma.counter.findFirst();
  await message.meet();
  if (isFirst) {
    await prisma.counter.deleteMany();
    tell();
    return;
  }
  await isDeleted;
  await prisma.counter.update({ where: { key: row.key }, data: { n: 7 } });
}
`,
  },
  {
    name: "deleteMany of a row that was found before a wait",
    racy: false,
    about: "gone",
    source: `${PRISMA_ROWS}export async function handle(message) {
  const row = await prisma.counter.findUnique({ where: { key: message.author.id } });
  if (!row) return;
  await message.meet();
  await prisma.counter.deleteMany({ where: { key: message.author.id } });
  await prisma.entry.deleteMany();
}
`,
  },
  {
    name: "updateMany of a row that may be gone",
    racy: false,
    about: "gone",
    source: `${PRISMA_ROWS}export async function handle(message) {
  const row = await prisma.counter.findUnique({ where: { key: message.author.id } });
  if (!row) return;
  await message.meet();
  await prisma.counter.deleteMany({ where: { key: message.author.id } });
  await prisma.counter.updateMany({ where: { key: message.author.id }, data: { n: 7 } });
}
`,
  },
];

const FILE = `import { existsSync } from "node:fs";
import { readFile, rm, unlink, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
const path = fileURLToPath(import.meta.url + ".tmp");
export const setUp = () => writeFile(path, "voice");
export const left = () => Number(existsSync(path));
`;

export const files: readonly Pattern[] = [
  {
    name: "a file that was there is removed after a wait",
    racy: true,
    about: "gone",
    source: `${FILE}export async function handle(message) {
  if (!existsSync(path)) return;
  await message.meet();
  await unlink(path);
  await message.meet(path);
}
`,
  },
  {
    name: "removed by force",
    racy: false,
    about: "gone",
    source: `${FILE}export async function handle(message) {
  if (!existsSync(path)) return;
  await message.meet();
  await rm(path, { force: true });
  await message.meet(path);
}
`,
  },
  {
    name: "removed, and the failure caught",
    racy: false,
    about: "gone",
    source: `${FILE}export async function handle(message) {
  if (!existsSync(path)) return;
  await message.meet();
  try {
    await readFile(path);
    await unlink(path);
  } catch {
    await message.meet();
  }
}
`,
  },
];
