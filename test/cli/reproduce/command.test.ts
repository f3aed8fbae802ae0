import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { ReproduceProject } from "./project.ts";

const concurrent = (body: string, head = ""): string => `import { run } from "@grammyjs/runner";
import { Bot } from "grammy";
${head}
const bot = new Bot("");
${body}
run(bot);
`;

/** Writes the test for the last race that the source has, and gives its text. */
async function testOf(
  source: string,
  extra: Record<string, string> = {},
  runner = "node",
): Promise<string> {
  const project = new ReproduceProject({ "bot.ts": source, ...extra });
  const { err } = await project.reproduce("bot.ts:1", "--runner", runner);
  const line = /on line (?:\d+, )*(\d+)/.exec(err)?.[1] ?? "0";
  const written = await project.reproduce(`bot.ts:${line}`, "--runner", runner);
  expect(written.err).toMatch(/^Run it: /);
  expect(written.code).toBe(0);
  return project.written();
}

test("state of the module is compared, and the handler is called with one user", async () => {
  const text = await testOf(
    concurrent(
      `const seen: Record<number, number> = {};
bot.command("hi", async (ctx) => {
  const before = seen[ctx.from!.id] ?? 0;
  await greet(before);
  seen[ctx.from!.id] = before + 1;
});`,
      `import { greet } from "./greet";`,
    ),
  );
  expect(text).toContain(`const hi = { handler: 'command("hi")', update: { from: { id: 1 } } };`);
  expect(text).toContain("activations: [hi, hi],");
  expect(text).toContain(`state: (run) => run.read("seen"),`);
  expect(text).toContain("what greet answers");
});

test("updates differ in what only a lock hangs on, and share what the state hangs on", async () => {
  const text = await testOf(
    concurrent(
      `const rooms = new Map<number, number>([[5, 1]]);
bot.command("in", async (ctx) => {
  await sequential(\`user:\${ctx.from!.id}\`, async () => {
    const before = rooms.get(ctx.chat.id) ?? 0;
    await log(before);
    rooms.set(ctx.chat.id, before + 1);
  });
});`,
      `import { sequential } from "eslint-plugin-run-async/runtime";
import { log } from "./log";`,
    ),
  );
  expect(text).toContain("update: { chat: { id: 5 }, from: { id: 1 } }");
  expect(text).toContain("update: { chat: { id: 5 }, from: { id: 2 } }");
});

test("conditions on the update lead to the race", async () => {
  const text = await testOf(
    concurrent(
      `let open = 3;
bot.on("callback_query", async (ctx) => {
  const { data, from } = ctx.callbackQuery;
  if (from.is_bot) return;
  if (data !== "join" || ctx.chat?.type === "private") return;
  if (open > 0) {
    await enter(from);
    open -= 1;
  }
});`,
      `import { enter } from "./raffle";`,
    ),
  );
  expect(text).toContain(`update: { callbackQuery: { from: { is_bot: false }, data: "join" } }`);
});

test("another handler that writes in between has a test of its own", async () => {
  const text = await testOf(
    concurrent(
      `let names: string[] = ["ann"];
bot.command("add", (ctx) => { names = [...names, ctx.match]; });
bot.command("sweep", async () => {
  const left: string[] = [];
  for (const name of names) if (await exists(name)) left.push(name);
  names = left;
});`,
      `import { exists } from "./names";`,
    ),
  );
  expect(text).toContain(`test('bot.command("sweep") twice at once'`);
  expect(text).toContain(`test('bot.command("sweep") and bot.command("add") at once'`);
  expect(text).toContain("activations: [sweep, add],");
});

test("a guard is a call that is never in flight twice", async () => {
  const text = await testOf(
    concurrent(
      `const busy = new Set<number>();
bot.command("draw", async (ctx) => {
  if (busy.has(ctx.from!.id)) return;
  await ctx.reply("Drawing");
  busy.add(ctx.from!.id);
  await paint(ctx.match);
  busy.delete(ctx.from!.id);
});`,
      `import { paint } from "./studio";`,
    ),
  );
  expect(text).toContain(`exclusive: ["paint"],`);
  expect(text).toContain("paint must never be in flight twice");
});

test("a late write in a catch block has a call that fails", async () => {
  const text = await testOf(
    concurrent(
      `let tickets = 10;
bot.command("buy", async (ctx) => {
  const before = tickets;
  tickets -= 1;
  try {
    await pay(ctx.from!.id);
  } catch {
    tickets = before;
  }
});`,
      `import { pay } from "./till";`,
    ),
  );
  expect(text).toContain(`pay: new Error("pay fails"),`);
});

test("activations of one list run alone, with answers that differ", async () => {
  const text = await testOf(
    concurrent(
      `bot.command("sum", async (ctx) => {
  let sum = 0;
  await Promise.all(ctx.match.split(" ").map(async (item) => { sum += await price(item); }));
  await ctx.reply(String(sum));
});`,
      `import { price } from "./prices";`,
    ),
  );
  expect(text).toContain("activations: [sum],");
  expect(text).toContain(`update: { match: "1 2" }`);
  expect(text).toContain("price: (key) => Number(key),");
});

test("a handler that a function registers is registered by the test", async () => {
  const text = await testOf(
    `import type { Client } from "discord.js";
import { save } from "./log";
let next = 1;
export function register(client: Client): void {
  client.on("messageCreate", async (message) => {
    const own = next;
    await save(own, message);
    next = own + 1;
  });
}
`,
    {
      "main.ts": `import { Client } from "discord.js";
import { register } from "./bot";
const client = new Client({ intents: [] });
register(client);
`,
    },
  );
  expect(text).toContain(`register: (loaded) => loaded.call("register", loaded.stub("client")),`);
  expect(text).toContain(`handler: 'on("messageCreate")'`);
});

test("state that only a closure has is compared by what the handler does", async () => {
  const text = await testOf(
    concurrent(
      `const counter = () => {
  let count = 0;
  return async (ctx: Context) => {
    const own = count + 1;
    await ctx.reply(String(own));
    count = own;
  };
};
bot.command("count", counter());`,
      `import type { Context } from "grammy";`,
    ),
  );
  expect(text).not.toContain("state:");
  expect(text).toContain("the state itself is out of a test's reach");
});

test("each runner has its imports", async () => {
  const source = concurrent(
    `let n = 0;
bot.command("n", async () => { const own = n; await wait(); n = own + 1; });`,
    `import { wait } from "./wait";`,
  );
  expect(await testOf(source, {}, "vitest")).toContain(`import { test } from "vitest";`);
  expect(await testOf(source, {}, "node")).toContain(`import { test } from "node:test";`);
  const jest = await testOf(source, {}, "jest");
  expect(jest).toContain(`isolate(join(__dirname, "./bot.ts"))`);
  expect(jest).not.toMatch(/^import /m);
});

const RACY = concurrent(
  `let n = 0;
bot.command("n", async () => { const own = n; await wait(); n = own + 1; });`,
  `import { wait } from "./wait";`,
);

test.each([
  [[], "Name the FILE:LINE of one finding."],
  [["bot.ts"], "bot.ts is no FILE:LINE; run-async check prints where findings are."],
  [["bot.ts:2"], "bot.ts:2 has no finding; the file has races on line 6."],
  [["none.ts:2"], "none.ts does not exist in "],
  [["clean.ts:1"], "clean.ts:1 has no finding, and no race is found in the file."],
  [["bot.ts:6", "--runner", "mocha"], `--runner is vitest or node or jest, not "mocha".`],
  [
    ["bot.ts:6", "--out", "taken.ts"],
    "taken.ts exists; remove it, or name another file with --out.",
  ],
  [["bot.ts:6", "--out", "no/x.ts"], "no does not exist; make the folder first."],
  [["blocking.ts:4"], "blocking.ts:4 is a finding of another kind (blocking-handler)"],
])("%j is refused in one line", async (args, message) => {
  const project = new ReproduceProject({
    "bot.ts": RACY,
    "clean.ts": "export {};\n",
    "taken.ts": "",
    "blocking.ts": `import { Bot } from "grammy";
import { execSync } from "node:child_process";
const bot = new Bot("");
bot.command("disk", (ctx) => ctx.reply(String(execSync("df"))));
bot.start();
`,
  });
  const { code, err, out } = await project.reproduce(...args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(/^run-async reproduce: [^\n]+\n$/);
  expect(err).toContain(message);
  expect(readdirSync(project.folder).sort()).toEqual([
    "blocking.ts",
    "bot.ts",
    "clean.ts",
    "package.json",
    "taken.ts",
  ]);
});

test("--help says what is written", async () => {
  const { code, out } = await new ReproduceProject({}).reproduce("--help");
  expect(code).toBe(0);
  expect(out).toContain("Usage: run-async reproduce FILE:LINE");
});
