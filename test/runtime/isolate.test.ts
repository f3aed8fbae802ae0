import { mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import {
  assertSerializable,
  explore,
  isolate,
  memoryTable,
  type BotRun,
  type IsolateOptions,
  type SerializableOptions,
} from "../../src/runtime/testing/index.ts";
import { transpile } from "./compiled-runtime.ts";

/** As the project's own compiler would do it, which a folder for temporary files does not have. */
const compile = (text: string): string =>
  transpile(text, {
    module: ts.ModuleKind.CommonJS,
    esModuleInterop: true,
    verbatimModuleSyntax: false,
  });

function write(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "isolate-")));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

const HEAD = `import { Bot } from "grammy"; const bot = new Bot("token");\n`;

/** Runs one schedule of a program with the bot, whose only file is given. */
async function once<R>(
  source: string,
  program: (bot: BotRun) => Promise<R>,
  options: IsolateOptions = {},
): Promise<R> {
  const file = path.join(write({ "bot.ts": HEAD + source }), "bot.ts");
  const isolated = isolate(file, { compile, ...options });
  const { outcomes, failures } = await explore(async (run) => program(await isolated.start(run)), {
    maxSchedules: 1,
  });
  expect(failures).toEqual([]);
  return outcomes[0]?.value as R;
}

const callsAfter = (source: string, update?: object, options?: IsolateOptions): Promise<string[]> =>
  once(
    source,
    async (bot) => {
      await bot.activate("A", 'command("go")', { ...update });
      return bot.calls.map(({ text }) => text);
    },
    options,
  );

test("a handler is called by its registration, and what it calls is recorded", async () => {
  const calls = await callsAfter(
    `import { fee } from "./missing";
     bot.command("go", async (ctx) => { await ctx.reply("for " + (1 + (await fee(ctx.match)))); });`,
    { match: "tea" },
  );
  expect(calls).toEqual(["fee('tea')", "A.reply('for 2')"]);
});

test("answers are values, functions, errors and objects with methods", async () => {
  const calls = await callsAfter(
    `import { fee, pay, limit, db } from "./missing";
     bot.command("go", async (ctx) => {
       const user = await db.user.find(7);
       try { await pay(limit); } catch (error) { await ctx.reply([error.message, await fee(2), user.name].join()); }
     });`,
    {},
    {
      answers: () => ({
        fee: (n: number) => n + 1,
        pay: new Error("declined"),
        limit: 9,
        "db.user": { find: (id: number) => ({ name: `user ${String(id)}` }) },
      }),
    },
  );
  expect(calls).toEqual(["db.user.find(7)", "pay(9)", "fee(2)", "A.reply('declined,3,user 7')"]);
});

test("an error of a handler is one of its calls", async () => {
  expect(
    await callsAfter(`bot.command("go", async () => { throw new TypeError("no"); });`),
  ).toEqual(["A throws no"]);
});

test("updates have what is given, ids, texts, options and stubs", async () => {
  const calls = await callsAfter(
    `bot.command("go", async (i) => {
       if (i.author.bot || !i.isButton()) return;
       await i.reply(i.user.id + i.content + i.options.getString("x") + i.options.getInteger("n") + [...i.list].length);
     });`,
    { author: { bot: false } },
  );
  expect(calls).toEqual(["A.reply('11111')"]);
});

test("a query that is built by a chain is one operation", async () => {
  const calls = await callsAfter(
    `import { createClient } from "@supabase/supabase-js"; const db = createClient("");
     bot.command("go", async () => { const { data } = await db.from("users").select("*").eq("id", 1); await db.rpc(data); });`,
  );
  expect(calls).toEqual([
    "createClient.from.select.eq('users', '*', 'id', 1)",
    "createClient.rpc(<createClient.from.select.eq.data>)",
  ]);
});

test("middleware goes on to the next", async () => {
  const calls = await callsAfter(`bot.command("go", async (ctx, next) => { await next(); });`);
  expect(calls).toEqual(["A.next()"]);
});

test("a transaction runs its callback", async () => {
  const calls = await callsAfter(
    `import { prisma } from "./missing";
     bot.command("go", async () => { await prisma.$transaction(async (tx) => { await tx.user.count(); }); });`,
  );
  expect(calls).toEqual(["prisma.user.count()"]);
});

test("variables of every file are read and written, exported or not", async () => {
  const folder = write({
    "bot.ts": `${HEAD}import { total } from "./state"; let step = 2;
      bot.command("go", () => { total.value += step; });`,
    "state.ts": `export const total = { value: 1 }; let name = "x"; export let open = 1;`,
  });
  const bot = isolate(
    ["bot.ts", "state.ts"].map((name) => pathToFileURL(path.join(folder, name))),
    { compile },
  );
  const seen: unknown[] = [];
  await explore(
    async (run) => {
      const started = await bot.start(run);
      started.write("step", 5);
      started.write("open", 3);
      await started.activate("A", 'command("go")');
      seen.push(started.read("total.value"), started.read("name"), started.read("open"));
      expect(() => started.read("process")).toThrow("The files have no variable process");
      expect(() => {
        started.write("none", 1);
      }).toThrow("has it another name now?");
    },
    { maxSchedules: 1 },
  );
  expect(seen).toEqual([6, "x", 3]);
});

test("paths of a tsconfig.json lead to modules of the project", async () => {
  const folder = write({
    "base.json": `{ "compilerOptions": { /* the sources */ "paths": { "@state": ["./state"], "~/*": ["./*"], }, } }`,
    "tsconfig.json": `{ "extends": "./base" } // no paths of its own`,
    "state.ts": "export const total = { value: 1 };",
    "fees.ts": `export const note = "a // b";`,
    "bot.ts": `${HEAD}import { total } from "@state"; import { note } from "~/fees"; import { gone } from "~/gone";
      bot.command("go", async () => { await gone(total.value, note); });`,
  });
  const bot = isolate(path.join(folder, "bot.ts"), { compile });
  const { outcomes } = await explore(async (run) => {
    const started = await bot.start(run);
    await started.activate("A", 'command("go")');
    return started.calls.map(({ text }) => text);
  });
  expect(outcomes[0]?.value).toEqual(["gone(1, 'a // b')"]);
});

test("each schedule has its own state", async () => {
  const bot = isolate(
    path.join(
      write({ "bot.ts": `${HEAD}let n = 0; bot.command("go", async () => { n += 1; });` }),
      "bot.ts",
    ),
    { compile },
  );
  const { outcomes } = await explore(async (run) => {
    const started = await bot.start(run);
    await Promise.all([run.io("a"), run.io("b")]);
    await started.activate("A", 'command("go")');
    return started.read("n");
  });
  expect(outcomes).toMatchObject([{ value: 1, schedules: 2 }]);
});

test("the clock stands still, timers are the explorer's, and a cleared one does nothing", async () => {
  const [first, second] = await once(
    `const log = []; let timer;
     bot.command("go", async () => {
       log.push(Date.now() === new Date().getTime(), Math.random(), crypto.randomUUID().length);
       setTimeout(() => log.push("late"), 60_000);
       timer = setTimeout(() => log.push("never"), 1);
       clearTimeout(timer);
       await new Promise((done) => setTimeout(done, 9e9));
     });`,
    async (bot) => {
      await bot.activate("A", 'command("go")');
      return [bot.read("log"), bot.calls];
    },
  );
  expect(first).toEqual([true, 0.5, 36, "late"]);
  expect(second).toEqual([]);
});

test("start-up code, top-level await and registering functions", async () => {
  const names = await once(
    `import mongoose from "mongoose"; import { Client } from "discord.js";
     const db = await mongoose.connect("url").catch(() => null);
     if (!process.env.SOME_TOKEN) process.exit(1);
     async function main() { await bot.init(); bot.hears(/^hi/, () => {}); }
     main().then(() => bot.start());
     class Own extends Client { greet() { return this.user.id + 1; } }
     const own = new Own();
     const greeting = own.greet();
     export function register(client) { client.on("ready", () => {}); }`,
    async (bot) => {
      await bot.activate("A", "hears(/^hi/)");
      await bot.activate("A", 'on("ready")');
      const wrong = bot.activate("A", 'command("x")').catch((error: unknown) => String(error));
      return [bot.read("greeting"), await wrong];
    },
    { register: (bot) => bot.call("register", bot.stub("client")) },
  );
  expect(names).toEqual([
    2,
    'Error: There is no handler command("x"): the files register on("ready"), hears(/^hi/).',
  ]);
});

test("CommonJS runs as it is, and its own names may be those of globals", async () => {
  const folder = write({
    "bot.js": `const { Telegraf } = require("telegraf"); const crypto = require("node:crypto");
      const fetch = require("node-fetch"); const bot = new Telegraf("");
      bot.action(/x/, async () => { await fetch(crypto.createHash("md5").digest("hex").length); });`,
  });
  const bot = isolate(path.join(folder, "bot.js"));
  const { outcomes } = await explore(async (run) => {
    const started = await bot.start(run);
    await started.activate("A", "action(/x/)");
    return started.calls.map(({ text }) => text);
  });
  expect(outcomes[0]?.value).toEqual(["node-fetch(32)"]);
});

test("without a compiler an ES module is refused with the way out", async () => {
  const bot = isolate(path.join(write({ "bot.js": `import "grammy";` }), "bot.js"));
  const { failures } = await explore((run) => bot.start(run));
  expect(failures[0]?.message).toMatch(/bot\.js has to be compiled: add typescript or esbuild/);
});

test("memoryTable: conditions, changes, copies and unique columns", () => {
  type Call = (...args: unknown[]) => unknown;
  const table = memoryTable([{ id: 1, coins: 60 }], { unique: ["id"] });
  const call = (name: string, ...args: unknown[]): unknown => (table[name] as Call)(...args);
  expect(call("findUnique", { where: { id: 1, unknown: 5 } })).toEqual({ id: 1, coins: 60 });
  expect(call("findFirst", { where: { coins: { gt: 60 } } })).toBeNull();
  const change = { where: { coins: { gte: 60 } }, data: { coins: { decrement: 60 } } };
  expect(call("updateMany", change)).toMatchObject({ count: 1 });
  expect(call("updateMany", change)).toMatchObject({ count: 0 });
  expect(call("findOneAndUpdate", { id: 1 }, { $inc: { coins: 5 } })).toEqual({ id: 1, coins: 0 });
  const row = call("findById", 1) as { coins: number; save: () => void };
  row.coins = 7;
  expect(table.rows).toEqual([{ id: 1, coins: 5 }]);
  row.save();
  expect(table.rows).toEqual([{ id: 1, coins: 7 }]);
  expect(() => call("create", { data: { id: 1 } })).toThrow("Unique constraint failed on id");
  expect(call("create", { id: 2 })).toEqual({ id: 2 });
  expect(call("count", {})).toBe(2);
  expect(call("deleteMany", { where: { id: { in: [1, 2] } } })).toMatchObject({ count: 2 });
  expect(() => call("frobnicate")).toThrow("memoryTable has no frobnicate");
});

const serializable = (
  source: string,
  options: Partial<SerializableOptions> = {},
): ReturnType<typeof assertSerializable> =>
  assertSerializable(
    isolate(path.join(write({ "bot.ts": HEAD + source }), "bot.ts"), { compile }),
    {
      activations: [{ handler: 'command("go")' }, { handler: 'command("go")' }],
      ...options,
    },
  );

const COUNT = (body: string): string =>
  `import { wait } from "./missing"; let n = 0; bot.command("go", async (ctx) => { ${body} });`;

test("a lost update ends as no sequential order does", async () => {
  const lost = serializable(COUNT("const old = n; await wait(); n = old + 1;"), {
    state: (bot) => bot.read("n"),
  });
  await expect(lost).rejects.toMatchObject({ name: "RaceError" });
  await expect(lost).rejects.toThrow(
    "Two activations at once end as no sequential order does.\n" +
      "  at once   1\n  A then B  2\n  B then A  2\nSchedule 1: A wait, B wait",
  );
});

test("its repair is serializable, in all orders", async () => {
  const report = await serializable(COUNT("await wait(); n += 1;"), {
    state: (bot) => bot.read("n"),
  });
  expect(report).toMatchObject({ isExhaustive: true, failures: [] });
});

test("a call that is made once too often is a race, one that is left out is none", async () => {
  const act = "const is = n === 0; await wait(); if (is) { n = 1; await pay(1); }";
  const source = `import { pay } from "./missing";${COUNT(act)}`;
  await expect(serializable(source)).rejects.toThrow(
    /at once +pay\(1\), pay\(1\)\n +A then B +pay\(1\)\n/,
  );
  const turnedAway = `import { pay } from "./missing";${COUNT("if (n++) return; await pay(1); n = 0;")}`;
  await expect(serializable(turnedAway)).resolves.toMatchObject({ failures: [] });
});

test("long arguments are cut", async () => {
  const body = `const is = n === 0; await wait(); if (is) { n = 1; await wait("${"long ".repeat(30)}"); }`;
  await expect(serializable(COUNT(body))).rejects.toThrow(
    /A then B +wait\('(?:long )+long\.\.\.\)\n/,
  );
});

test("exclusive calls are never in flight twice", async () => {
  const work = serializable(COUNT("await wait();"), { exclusive: ["wait"] });
  await expect(work).rejects.toThrow("wait is in flight twice at once.");
});

test("one activation ends the same whatever the order of its I/O", async () => {
  const both = (body: string): string =>
    `import { get } from "./missing"; bot.command("go", async (ctx) => { let last; ${body} await ctx.reply(last); });`;
  const activations = [{ handler: 'command("go")' }] as const;
  const racing = both("await Promise.all([1, 2].map(async (i) => { await get(i); last = i; }));");
  await expect(serializable(racing, { activations })).rejects.toThrow(
    "The end depends on the order in which I/O completes.",
  );
  const inOrder = both("for (const i of [1, 2]) { await get(i); last = i; }");
  await expect(serializable(inOrder, { activations })).resolves.toMatchObject({ schedules: 1 });
});

test("given prepares the state", async () => {
  const last = COUNT("if (n <= 0) return; await wait(); n -= 1;");
  const options = { state: (bot: BotRun) => bot.read("n") };
  const given = (bot: BotRun): void => {
    bot.write("n", 1);
  };
  await expect(serializable(last, { ...options, given })).rejects.toThrow("at once   -1");
});

test("a test that would show nothing fails", async () => {
  await expect(serializable(COUNT("if (n === 0) return; await wait();"))).rejects.toThrow(
    "The activations call nothing and change no state",
  );
  await expect(serializable(COUNT("null.x;"))).rejects.toThrow(
    /Not even one after the other: A throws/,
  );
});

test("a loop that polls is followed for a few turns", async () => {
  const source = COUNT(
    "while (n) await new Promise((done) => setTimeout(done, 5)); n = 1; await wait(); n = 0;",
  );
  const report = await serializable(source, { exclusive: ["wait"] });
  expect(report).toMatchObject({ isExhaustive: true, failures: [] });
});
