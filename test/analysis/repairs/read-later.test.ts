// What was read before a wait is read after it: the program has no race any more.
import { describe, expect, test } from "vitest";
import { BOT } from "../harness.ts";
import { offers, repaired } from "./repaired.ts";

const TITLE = "Read `";

function handler(state: string, body: string): string {
  return `${BOT}${state}
bot.command("x", async (ctx) => {
${body}
});
`;
}

describe("the read moves behind the wait", () => {
  test.each([
    {
      name: "of a variable",
      state: "let total = 0;",
      before: `  const old = total;
  await ctx.reply("x");
  total = old + 1;`,
      after: `  await ctx.reply("x");
  const old = total;
  total = old + 1;`,
    },
    {
      name: "of an entry of a map",
      state: "const counts = new Map();",
      before: `  const id = ctx.from.id;
  // how many so far
  const count = counts.get(id) ?? 0;
  await ctx.reply("x");
  counts.set(id, count + 1);
  await ctx.reply(String(count));`,
      after: `  const id = ctx.from.id;
  await ctx.reply("x");
  // how many so far
  const count = counts.get(id) ?? 0;
  counts.set(id, count + 1);
  await ctx.reply(String(count));`,
    },
    {
      name: "with what is computed from it",
      state: "let total = 0;",
      before: `  const old = total;
  const next = old * 2;
  const text = await ctx.reply("x");
  // the new one
  total = next + text.length;`,
      after: `  const text = await ctx.reply("x");
  const old = total;
  const next = old * 2;
  // the new one
  total = next + text.length;`,
    },
    {
      name: "into the branch that writes",
      state: "const counts = new Map();",
      before: `  const count = counts.get(ctx.from.id);
  const price = await ctx.fetchPrice();
  if (price > 0) {
    counts.set(ctx.from.id, count + price);
  }`,
      after: `  const price = await ctx.fetchPrice();
  if (price > 0) {
    const count = counts.get(ctx.from.id);
    counts.set(ctx.from.id, count + price);
  }`,
    },
    {
      name: "and the wait of the write comes first",
      state: "let total = 0;",
      before: `  const old = total;
  total = old + (await ctx.fetchPrice());`,
      after: `  const result = await ctx.fetchPrice();
  const old = total;
  total = old + result;`,
    },
    {
      name: "of a compound assignment",
      state: "let total = 0;",
      before: `  const result = 1;
  total += result * await ctx.fetchPrice();`,
      after: `  const result = 1;
  const result2 = await ctx.fetchPrice();
  total += result * result2;`,
    },
    {
      name: "of a sum in one line",
      state: "const counts = new Map();",
      before: `  counts.set(ctx.from.id, (counts.get(ctx.from.id) ?? 0) + (await ctx.fetchPrice()).value);`,
      after: `  const result = await ctx.fetchPrice();
  counts.set(ctx.from.id, (counts.get(ctx.from.id) ?? 0) + result.value);`,
    },
    {
      name: "of an object's field",
      state: "const state = { n: 0 };",
      before: `\tconst old = state.n\n\tawait ctx.reply("x")\n\tstate.n = old + 1`,
      after: `\tawait ctx.reply("x")\n\tconst old = state.n\n\tstate.n = old + 1`,
    },
    {
      name: "within one line",
      state: "let total = 0;",
      before: `  const old = total; await ctx.reply("x");
  total = old + 1;`,
      after: `   await ctx.reply("x");
  const old = total;
  total = old + 1;`,
    },
    {
      name: "within a case",
      state: "let total = 0;",
      before: `  switch (ctx.match) {
    case "x":
      const old = total;
      await ctx.reply("x");
      total = old + 1;
  }`,
      after: `  switch (ctx.match) {
    case "x":
      await ctx.reply("x");
      const old = total;
      total = old + 1;
  }`,
    },
    {
      name: "with signs and functions that only compute",
      state: "let total = 0;",
      before: `  const old = -Math.max(total, 5);
  await ctx.reply("x");
  total = old + 1;`,
      after: `  await ctx.reply("x");
  const old = -Math.max(total, 5);
  total = old + 1;`,
    },
    ...[
      {
        how: "negated",
        value: "-total + -(await ctx.find())",
        changed: "-total + -result",
      },
      {
        how: "replaced where it is missing",
        value: "total + ((await ctx.find()) ?? 1)",
        changed: "total + (result ?? 1)",
      },
      {
        how: "in an object",
        value: "{ ...total, n: await ctx.find() }",
        changed: "{ ...total, n: result }",
      },
      {
        how: "spread in an object",
        value: "{ n: total, ...(await ctx.find()) }",
        changed: "{ n: total, ...result }",
      },
      {
        how: "in a text",
        value: "`${total} ${await ctx.find()}`",
        changed: "`${total} ${result}`",
      },
    ].map(({ how, value, changed }) => ({
      name: `where what is waited for is ${how}`,
      state: "let total: any = 0;",
      before: `  total = ${value};`,
      after: `  const result = await ctx.find();\n  total = ${changed};`,
    })),
  ])("$name", ({ state, before, after }) => {
    expect(repaired(handler(state, before), TITLE)).toBe(handler(state, after));
  });

  test("of a field, and says which", () => {
    const program = `${BOT}class Page {
  n = 0;
  async turn() {
    const old = this.n;
    await draw();
    this.n = old + 1;
  }
}
const page = new Page();
bot.command("turn", () => page.turn());
`;
    expect(offers(program)).toContain("Read `this.n` after the wait");
    expect(repaired(program, TITLE)).toContain("await draw();\n    const old = this.n;\n");
  });
});

describe("nothing is offered", () => {
  test.each([
    ["where the old value decides something", "if (old > 5) return;", ""],
    ["where somebody hears of the old value", "ctx.log(old);", ""],
    ["where the state is written in between", "total = 7;", ""],
    ["where a function in between has the old value", "const later = () => old;", "later();"],
  ])("%s", (_name, middle, end) => {
    const body = `  const old = total;
  ${middle}
  await ctx.reply("x");
  total = old + 1;
  ${end}`;
    expect(
      offers(handler("let total = 0;", body)).filter((title) => title.startsWith(TITLE)),
    ).toEqual([]);
  });

  test.each([
    [
      "where the read does more than read",
      "  const old = take(total);\n  await ctx.reply(1);\n  total = old + 1;",
    ],
    [
      "where a key changes meanwhile",
      "  let i = 0;\n  const old = list[i];\n  i = await ctx.next();\n  list[i] = old + 1;",
    ],
    [
      "where the wait depends on the old value",
      "  total = total > 5 ? total : total + (await ctx.fetchPrice());",
    ],
    [
      "where another effect stands between",
      "  total = total + spend() + (await ctx.fetchPrice());",
    ],
    [
      "in a loop that begins after the read",
      "  const old = total;\n  for (const x of xs) {\n    await ctx.reply(x);\n    total = old + 1;\n  }",
    ],
    ["where two waits would change places", "  total = total + (await one()) + (await two());"],
    ["where the wait may be left out", "  total = total && (await ctx.fetchPrice());"],
    [
      "where the write is part of something else",
      "  void (total = total + (await ctx.fetchPrice()));",
    ],
    ["where the write is given away", "  take((total = total + (await ctx.fetchPrice())));"],
    [
      "where the write is a declaration's value",
      "  const old = total;\n  await ctx.reply(1);\n  const next = (total = old + 1);",
    ],
    [
      "where the read is declared with something else",
      "  const id = ctx.from.id, old = total;\n  await ctx.reply(id);\n  total = old + 1;",
    ],
    [
      "where chance decides",
      "  const old = total + Math.random();\n  await ctx.reply(1);\n  total = old + 1;",
    ],
    [
      "where the read takes something away",
      "  const old = [total, delete list[0]];\n  await ctx.reply(1);\n  total = old[0] + 1;",
    ],
    [
      "where a method is called by a computed name",
      "  const old = total + list[`at`](0);\n  await ctx.reply(1);\n  total = old + 1;",
    ],
    [
      "where what is computed comes from more than a read",
      "  const old = take(total);\n  const next = old * 2;\n  await ctx.reply(1);\n  total = next + 1;",
    ],
    [
      "where the variable is assigned again",
      "  let old = total;\n  old += 1;\n  await ctx.reply(1);\n  total = old;",
    ],
  ])("%s", (_name, body) => {
    const program = handler("let total = 0;\nconst list = [1, 2];\nconst take = (n) => n;", body);
    expect(offers(program).filter((title) => title.startsWith(TITLE))).toEqual([]);
  });
});
