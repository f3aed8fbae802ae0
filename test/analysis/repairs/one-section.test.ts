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
      state:
        'const users = new Map();\nbot.command("leave", (ctx) => { users.delete(ctx.from.id); });',
      before: `  if (users.has(ctx.from.id)) return;
  const user = await find(ctx.from.id);
  users.set(user.id, user);
  await ctx.reply("Welcome.");`,
      after: `  await sequential("users", async () => {
    if (users.has(ctx.from.id)) return;
    const user = await find(ctx.from.id);
    users.set(user.id, user);
    await ctx.reply("Welcome.");
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
    {
      name: "with a text of several lines, which stays as it is",
      state: "let total = 0;",
      before: `  const old = total;
  if (old > 5) await ctx.reply(\`one
two\`);
  total = old + 1;`,
      after: `  await sequential("total", async () => {
    const old = total;
    if (old > 5) await ctx.reply(\`one
two\`);
    total = old + 1;
  });`,
    },
    {
      name: "of an entry that is counted up, whose key is known before",
      state: "const counts: Record<string, number> = {};",
      before: `  const id = ctx.from.id;
  if (counts[id] > 5) return;
  await ctx.reply("x");
  counts[id]++;`,
      after: `  const id = ctx.from.id;
  await sequential(\`counts:\${id}\`, async () => {
    if (counts[id] > 5) return;
    await ctx.reply("x");
    counts[id]++;
  });`,
    },
    {
      name: "of the whole where the key is made by the first of the lines",
      state: "const counts = new Map();",
      before: `  const id = ctx.from.id, count = counts.get(id) ?? 0;
  if (count > 5) await ctx.reply("x");
  counts.set(id, count + 1);`,
      after: `  await sequential("counts", async () => {
    const id = ctx.from.id, count = counts.get(id) ?? 0;
    if (count > 5) await ctx.reply("x");
    counts.set(id, count + 1);
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

  const counter = (name: string, method: string, lock = "new Mutex()"): string => `class ${name} {
  lock = ${lock};
  ${method}
}
const ${name.toLowerCase()} = new ${name}();
bot.command("${name}", () => ${name.toLowerCase()}.change());
`;
  const RESET = "reset() { return this.lock.runExclusive(async () => { total = 0; }); }";
  const ADD = `async change() {
    const old = total;
    if (old > 5) await tell();
    total = old + 1;
  }`;

  test("of the same object", () => {
    const program = `${BOT}import { Mutex } from "async-mutex";
let total = 0;
${counter("Page", `${RESET}\n  ${ADD}`)}bot.command("reset", () => page.reset());
`;
    expect(repaired(program, `${TITLE}this.lock.runExclusive\``)).toContain(
      "    await this.lock.runExclusive(async () => {\n      const old = total;\n",
    );
  });

  test("of an object of another class is not offered: `this` means another one", () => {
    const program = `${BOT}import { Mutex } from "async-mutex";
let total = 0;
const shared = new Mutex();
${counter("Page", ADD, "shared")}${counter("Other", RESET.replace("reset", "change"), "shared")}`;
    expect(offers(program).filter((title) => title.startsWith(TITLE))).toEqual([]);
  });

  test("that only some of them hold is not offered", () => {
    const writer = (lock: string): string =>
      `bot.command("${lock}", () => ${lock}.runExclusive(async () => { total = 0; }));`;
    const program = handler(
      `import { Mutex } from "async-mutex";
const one = new Mutex();
const two = new Mutex();
let total = 0;
${writer("one")}
${writer("two")}`,
      `  const old = total;\n  await ctx.reply(String(old));\n  total = old + 1;`,
    );
    expect(offers(program).filter((title) => title.startsWith(TITLE))).toEqual([]);
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

describe("the lock that the other writers acquire and release", () => {
  const reset = (take: string, release: string): string =>
    `let total = 0;
bot.command("reset", async () => {
  ${take}
  try {
    total = 0;
  } finally {
    ${release}
  }
});`;
  const BODY = `  const old = total;
  if (old > 5) return ctx.reply("full");
  await ctx.reply(String(old));
  total = old + 1;`;
  const INSIDE = `    const old = total;
    if (old > 5) return ctx.reply("full");
    await ctx.reply(String(old));
    total = old + 1;`;

  test.each([
    {
      name: "by a function that acquiring gives",
      state: 'import { Mutex } from "async-mutex";\nconst lock = new Mutex();',
      take: "const release = await lock.acquire();",
      release: "release();",
      first: "const release = await lock.acquire();",
    },
    {
      name: "by the second of a pair",
      state: 'import { Semaphore } from "async-mutex";\nconst lock = new Semaphore(1);',
      take: "const [value, release] = await lock.acquire();",
      release: "release();",
      first: "const [, release] = await lock.acquire();",
    },
    {
      name: "by a method of the lock",
      state: 'import AwaitLock from "await-lock";\nconst lock = new AwaitLock();',
      take: "await lock.acquireAsync();",
      release: "lock.release();",
      first: "await lock.acquireAsync();",
    },
  ])("$name", ({ state, take, release, first }) => {
    const others = `${state}\n${reset(take, release)}`;
    expect(repaired(handler(others, BODY), TITLE)).toBe(
      handler(others, `  ${first}\n  try {\n${INSIDE}\n  } finally {\n    ${release}\n  }`),
    );
  });

  test.each([
    [
      "whose release has a name that means something else here",
      'import { Mutex } from "async-mutex";\nconst lock = new Mutex();\nconst note = 1;',
      reset("const note = await lock.acquire();", "note();"),
    ],
    [
      "that the other writer gives back elsewhere",
      'import { Mutex } from "async-mutex";\nconst lock = new Mutex();',
      `let total = 0;
const done = () => lock.release();
bot.command("reset", async () => {
  await lock.acquire();
  total = 0;
  done();
});`,
    ],
  ])("none %s", (_name, state, writer) => {
    const program = handler(`${state}\n${writer}`, BODY);
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
    [
      "where there is no list of statements",
      `${BOT}let total = 0;
bot.command("x", async (ctx) => (total = total + (await ctx.fetchPrice())));
`,
    ],
    [
      "where the lines use the function's own arguments",
      `${BOT}let total = 0;
bot.command("x", async function () {
  const old = total;
  await reply(arguments[0]);
  total = old + 1;
});
`,
    ],
    [
      "where what follows them uses the function's own arguments",
      `${BOT}let total = 0;
bot.command("x", async function (ctx) {
  const old = total;
  if (old > 5) return;
  await ctx.reply(String(old));
  total = old + 1;
  await reply(arguments[0]);
});
`,
    ],
    [
      "where others wait behind half a handler",
      handler(
        "let total = 0;",
        `  const old = total;\n${"  await ctx.reply(String(old));\n".repeat(30)}  total = old + 1;`,
      ),
    ],
    [
      "where the write stands in a function of its own",
      handler(
        "let total = 0;",
        `  const old = total;\n  await ctx.ask(async () => {\n    total = old + 1;\n  });`,
      ),
    ],
  ])("%s", (_name, program) => {
    expect(offers(program).filter((title) => title.startsWith(TITLE))).toEqual([]);
  });
});
