// Everything from the read to the write runs in one critical section: no race any more.
import { describe, expect, test } from "vitest";
import { BOT } from "../harness.ts";
import { offers, repaired } from "./repaired.ts";

const TITLE = "Run the lines from the read to the write under `";
const IMPORTED = `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
import { sequential } from "eslint-plugin-run-async/runtime";
const bot = new Bot("token");
run(bot);
`;

function handler(state: string, body: string, bot = BOT): string {
  return `${bot}${state}
bot.command("x", async (ctx) => {
${body}
});
`;
}

describe("sequential", () => {
  test.each([
    {
      name: "of a variable",
      state: "let total = 0;",
      before: `  const name = ctx.from.name;
  const old = total;
  if (old > 5) await ctx.reply(name);
  total = old + 1;
  await ctx.reply("done");`,
      after: `  const name = ctx.from.name;
  await sequential("total", async () => {
    const old = total;
    if (old > 5) await ctx.reply(name);
    total = old + 1;
  });
  await ctx.reply("done");`,
    },
    {
      name: "of an entry, keyed, to the end of the function where the lines may leave it",
      state: "const orders = new Map();",
      before: `  if (orders.has(ctx.from.id)) {
    return ctx.reply("pending");
  }
  const order = await makeOrder();
  orders.set(ctx.from.id, order);
  await ctx.reply(order.text);`,
      after: `  return sequential(\`orders:\${ctx.from.id}\`, async () => {
    if (orders.has(ctx.from.id)) {
      return ctx.reply("pending");
    }
    const order = await makeOrder();
    orders.set(ctx.from.id, order);
    await ctx.reply(order.text);
  });`,
    },
    {
      name: "of an entry that is logged meanwhile",
      state: "const counts = new Map();",
      before: `  const count = counts.get(ctx.from.id) ?? 0;
  ctx.log(count);
  await ctx.reply("x");
  counts.set(ctx.from.id, count + 1);`,
      after: `  await sequential(\`counts:\${ctx.from.id}\`, async () => {
    const count = counts.get(ctx.from.id) ?? 0;
    ctx.log(count);
    await ctx.reply("x");
    counts.set(ctx.from.id, count + 1);
  });`,
    },
    {
      name: "of an entry that is written under another key",
      state: "const users = new Map();",
      before: `  if (users.has(ctx.from.id)) return;
  const user = await find(ctx.from.id);
  users.set(user.id, user);`,
      after: `  await sequential("users", async () => {
    if (users.has(ctx.from.id)) return;
    const user = await find(ctx.from.id);
    users.set(user.id, user);
  });`,
    },
    {
      name: "of an entry of an object",
      state: "const open: Record<string, boolean> = {};",
      before: `  if (open[ctx.match]) return;
  const text = await find(ctx.match);
  open[ctx.match] = true;
  await ctx.reply(text);`,
      after: `  await sequential(\`open:\${ctx.match}\`, async () => {
    if (open[ctx.match]) return;
    const text = await find(ctx.match);
    open[ctx.match] = true;
    await ctx.reply(text);
  });`,
    },
  ])("$name", ({ state, before, after }) => {
    expect(repaired(handler(state, before), TITLE)).toBe(handler(state, after, IMPORTED));
  });

  test("by the name that the file has for it", () => {
    const program = handler(
      'import { sequential as inOrder } from "eslint-plugin-run-async/runtime";\nlet total = 0;',
      `  const old = total;\n  await ctx.reply(String(old));\n  total = old + 1;`,
    );
    expect(repaired(program, "Run the lines from the read to the write under `inOrder(")).toContain(
      'await inOrder("total", async () => {',
    );
  });
});

describe("the lock of the other writers", () => {
  test("without a key", () => {
    const state = `import { Mutex } from "async-mutex";
const lock = new Mutex();
let total = 0;
bot.command("reset", () => lock.runExclusive(async () => { total = 0; }));`;
    const program = handler(
      state,
      `  const old = total;\n  await ctx.reply(String(old));\n  total = old + 1;`,
    );
    expect(repaired(program, `${TITLE}lock.runExclusive\``)).toBe(
      handler(
        state,
        `  await lock.runExclusive(async () => {
    const old = total;
    await ctx.reply(String(old));
    total = old + 1;
  });`,
      ),
    );
  });

  test("keyed by the update", () => {
    const state = `import AsyncLock from "async-lock";
const lock = new AsyncLock();
const counts = new Map();
bot.command("reset", async (ctx) => {
  await lock.acquire(ctx.from.id, async () => {
    counts.set(ctx.from.id, 0);
  });
});`;
    const program = handler(
      state,
      `  const count = counts.get(ctx.from.id) ?? 0;
  await ctx.reply(String(count));
  counts.set(ctx.from.id, count + 1);`,
    );
    expect(repaired(program, `${TITLE}lock.acquire\``)).toContain(
      "await lock.acquire(ctx.from.id, async () => {\n    const count",
    );
  });

  test("whose name means nothing here is not offered", () => {
    const program = handler(
      `import { Mutex } from "async-mutex";
let total = 0;
function start() {
  const lock = new Mutex();
  bot.command("reset", () => lock.runExclusive(async () => { total = 0; }));
}
start();`,
      `  const old = total;\n  await ctx.reply(String(old));\n  total = old + 1;`,
    );
    expect(offers(program).filter((title) => title.startsWith(TITLE))).toEqual([]);
  });
});

describe("nothing is offered", () => {
  const BODY = `  const old = total;\n  await ctx.reply(String(old));\n  total = old + 1;`;
  test.each([
    [
      "where others write without a lock",
      handler('let total = 0;\nbot.command("reset", () => { total = 0; });', BODY),
    ],
    [
      "where `sequential` is something else",
      handler("let total = 0;\nconst sequential = true;", BODY),
    ],
    [
      "where a loop is left",
      handler(
        "let total = 0;",
        `  for (const x of ctx.list) {\n    const old = total;\n    if (!x) continue;\n    await ctx.reply(old);\n    total = old + 1;\n  }`,
      ),
    ],
  ])("%s", (_name, program) => {
    expect(offers(program).filter((title) => title.startsWith(TITLE))).toEqual([]);
  });
});
