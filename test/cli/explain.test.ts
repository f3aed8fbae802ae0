import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { copyOfExamples, emptyPackage, run, type Run } from "./run.ts";

interface Statement {
  readonly line: number;
  readonly text: string;
  readonly criteria: readonly number[];
  readonly segments: readonly [number, number];
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly sets: readonly string[];
  readonly sends: readonly string[];
  readonly mayRunAsync: boolean;
}
interface Explained {
  readonly name: string;
  readonly line: number;
  readonly registeredBy: string | null;
  readonly concurrency: string | null;
  readonly statements: readonly Statement[];
}

const cwd = copyOfExamples();

const parsed = ({ out }: Run): Explained[] => JSON.parse(out) as Explained[];

const explainSource = async (source: string, name = ""): Promise<Explained[]> => {
  const folder = emptyPackage();
  writeFileSync(path.join(folder, "bot.ts"), source);
  return parsed(await run(["explain", `bot.ts${name}`, "--json"], { cwd: folder }));
};

const handler = (body: string): string => `import { run } from "@grammyjs/runner";
import { Bot } from "grammy";
const bot = new Bot("");
let total = 0;
const limit = 5;
const counts = new Map<number, number>();
bot.command("go", async (ctx) => {
${body}
});
run(bot);
`;

const criteriaOf = async (body: string): Promise<string[]> => {
  const [explained] = await explainSource(handler(body));
  return (explained?.statements ?? []).map(
    ({ text, criteria }) => `${criteria.join() || "none"} ${text}`,
  );
};

/** The bank bot's table in python-telegram-bot's guide on performance, one row a statement of the example. */
const GUIDE = [
  ["const chatId", "3"],
  ["const sourceId", "3"],
  ["const [amount = 0, targetId = 0]", "3"],
  ['await context.bot.sendMessage(chatId, "Preparing...")', "none"],
  ["bank.log(`Beginning", "none"],
  ["const source = await bank.readAccount(sourceId)", "2, 3"],
  ["const target = await bank.readAccount(targetId)", "2, 3"],
  ["source.balance -= amount", "3"],
  ["target.balance += amount", "3"],
  ['await context.bot.sendMessage(chatId, "Transferring money...")', "none"],
  ["bank.log(`Calculated", "none"],
  ["await bank.writeAccount(source)", "1"],
  ["await bank.writeAccount(target)", "1"],
  ['await context.bot.sendMessage(chatId, "Done!")', "none"],
  ["bank.log(`Finished", "none"],
];

test("explain examples/bank equals the guide's table, line for line", async () => {
  const [explained, ...others] = parsed(await run(["explain", "examples/bank", "--json"], { cwd }));
  expect(others).toEqual([]);
  const rows = explained?.statements.map(({ text, criteria }, index) => {
    const start = GUIDE[index]?.[0] ?? "";
    return [text.startsWith(start) ? start : text, criteria.join(", ") || "none"];
  });
  expect(rows).toEqual(GUIDE);
  expect(explained?.statements.map(({ mayRunAsync }) => mayRunAsync)).toEqual(
    GUIDE.map(([, criteria]) => criteria === "none"),
  );
  expect(explained).toMatchObject({
    name: "transaction",
    registeredBy: 'CommandHandler("transaction")',
    concurrency: "concurrent",
  });
});

test("the table for people has the same rows, with segments and state", async () => {
  const { code, out } = await run(["explain", "examples/bank/transaction.ts:transaction"], { cwd });
  expect(code).toBe(0);
  const lines = out.split("\n");
  expect(lines[0]).toMatch(/^transaction \(examples\/bank\/transaction\.ts:\d+\)$/);
  expect(lines[1]).toMatch(/^CommandHandler\("transaction"\), concurrent: /);
  const rows = lines.filter((line) => /^ +\d/.test(line));
  expect(rows.map((row) => row.slice(15, 31).replace("async", "").trim())).toEqual(
    GUIDE.map(([, criteria]) => criteria),
  );
  expect(rows[5]).toMatch(/ 2-3 {6}2, 3 .*reads .*; sets source$/);
});

test("reads and writes of module state, and locals that are used later", async () => {
  expect(
    await criteriaOf(`const before = total;
  await ctx.reply(\`limit \${limit}\`);
  total = before + 1;
  console.log(total);
  const unused = 1;`),
  ).toEqual([
    "2,3 const before = total;",
    "none await ctx.reply(`limit ${limit}`);",
    "1 total = before + 1;",
    "none console.log(total);",
    "none const unused = 1;",
  ]);
});

test("containers: looking one up is no read of its entries", async () => {
  expect(
    await criteriaOf(`counts.set(ctx.chat.id, 1);
  if (counts.has(ctx.chat.id)) {
    await ctx.reply("again");
    return;
  }
  counts.delete(ctx.chat.id);`),
  ).toEqual([
    "1 counts.set(ctx.chat.id, 1);",
    "2 if (counts.has(ctx.chat.id))",
    'none await ctx.reply("again");',
    "none return;",
    "1 counts.delete(ctx.chat.id);",
  ]);
});

test("local objects: changes through another name, in the next round of a loop, and of a property that nobody reads", async () => {
  expect(
    await criteriaOf(`const cart = { total: 0, note: "" };
  const same = cart;
  let rounds = 0;
  for (const item of [1, 2]) {
    same.total += item;
    if (rounds > 1) break;
    rounds += 1;
  }
  cart.note = "x";
  await ctx.reply(String(cart.total));`),
  ).toEqual([
    '3 const cart = { total: 0, note: "" };',
    "3 const same = cart;",
    "3 let rounds = 0;",
    "3 for (const item of [1, 2])",
    "3 same.total += item;",
    "none if (rounds > 1)",
    "none break;",
    "3 rounds += 1;",
    'none cart.note = "x";',
    "none await ctx.reply(String(cart.total));",
  ]);
});

test("two calls of one helper are two lines", async () => {
  const [explained] = await explainSource(
    `${handler("await bump(1);\n  await ctx.reply('x');\n  await bump(2);")}
async function bump(id: number) { counts.set(id, (counts.get(id) ?? 0) + 1); }`,
  );
  expect(explained?.statements.map(({ criteria }) => criteria)).toEqual([[1, 2], [], [1, 2]]);
  expect(explained?.statements.map(({ segments }) => segments)).toEqual([
    [1, 2],
    [2, 3],
    [3, 4],
  ]);
});

test("a function that nothing registers is explained by name, with its receiver taken as shared", async () => {
  const [explained] = await explainSource(
    `export class Account {
  balance = 0;
  async pay() {
    const before = this.balance;
    await Promise.resolve();
    this.balance = before - 1;
  }
}`,
    ":pay",
  );
  expect(explained?.registeredBy).toBeNull();
  expect(explained?.statements.map(({ criteria }) => criteria)).toEqual([[2, 3], [], [1]]);
});

test("--summaries prints the engine's summary of each function", async () => {
  const { out } = await run(["explain", "examples/counter-grammy/bot.ts", "--summaries"], { cwd });
  expect(out).toMatch(/race lost-update of visits\[chat\.id\]: read on 9, suspended on 10/);
});

test.each([
  [[], /^run-async explain: Name one FILE or FILE:FUNCTION\.\n$/],
  [
    ["examples/bank/bank.ts"],
    /^run-async explain: examples\/bank\/bank\.ts has no handler, job or task\. Name a function, .*readAccount/,
  ],
  [
    ["examples/bank/bot.ts:pay"],
    /^run-async explain: examples\/bank\/bot\.ts has no function "pay"\./,
  ],
])("explain %j says what to name instead", async (args, line) => {
  const { code, err } = await run(["explain", ...args], { cwd });
  expect(code).toBe(2);
  expect(err).toMatch(line);
});
