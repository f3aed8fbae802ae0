// What is written after a wait is written before it, and undone when the wait fails: no race any more.
import { describe, expect, test } from "vitest";
import { BOT } from "../harness.ts";
import { offers, repaired } from "./repaired.ts";

const TITLE = "Claim before the wait: `";

function handler(state: string, body: string): string {
  return `${BOT}${state}
bot.command("x", async (ctx) => {
${body}
});
`;
}

describe("the claim comes first", () => {
  test.each([
    {
      name: "in a set",
      state: "const done = new Set();",
      before: `  const id = ctx.from.id;
  if (done.has(id)) return;
  await ctx.reply("x");
  await pay(id);
  done.add(id);`,
      after: `  const id = ctx.from.id;
  if (done.has(id)) return;
  done.add(id);
  try {
    await ctx.reply("x");
    await pay(id);
  } catch (error) {
    done.delete(id);
    throw error;
  }`,
    },
    {
      name: "in a map, behind an answer",
      state: "const seats = new Map();",
      before: `  const seat = ctx.match;
  if (seats.has(seat)) {
    await ctx.reply("taken");
    return;
  }
  if (!seat) return;
  // it is free
  await ctx.reply(\`\${seat}\`);
  seats.set(seat, ctx.from.id);
  await ctx.reply("yours");`,
      after: `  const seat = ctx.match;
  if (seats.has(seat)) {
    await ctx.reply("taken");
    return;
  }
  if (!seat) return;
  // it is free
  seats.set(seat, ctx.from.id);
  try {
    await ctx.reply(\`\${seat}\`);
  } catch (error) {
    seats.delete(seat);
    throw error;
  }
  await ctx.reply("yours");`,
    },
    {
      name: "as a flag",
      state: "let isOpen = false;",
      before: `  if (!isOpen) {
    await ctx.reply("x");
    isOpen = true;
  }`,
      after: `  if (!isOpen) {
    isOpen = true;
    try {
      await ctx.reply("x");
    } catch (error) {
      isOpen = false;
      throw error;
    }
  }`,
    },
    {
      name: "by taking an entry out of a set",
      state:
        "const waiting = new Set();\nbot.command('add', (ctx) => { waiting.add(ctx.from.id); });",
      before: `  if (!waiting.has(ctx.from.id)) return;
  await pay(ctx.from.id);
  waiting.delete(ctx.from.id);`,
      after: `  if (!waiting.has(ctx.from.id)) return;
  waiting.delete(ctx.from.id);
  try {
    await pay(ctx.from.id);
  } catch (error) {
    waiting.add(ctx.from.id);
    throw error;
  }`,
    },
    {
      name: "in a loop, which goes on where somebody was there",
      state: "const done = new Set();",
      before: `  for (const id of ctx.ids) {
    if (done.has(id)) continue;
    await pay(id);
    done.add(id);
  }`,
      after: `  for (const id of ctx.ids) {
    if (done.has(id)) continue;
    done.add(id);
    try {
      await pay(id);
    } catch (error) {
      done.delete(id);
      throw error;
    }
  }`,
    },
    {
      name: "by taking an entry out of a map, where nobody has put another one since",
      state:
        "const orders = new Map();\nbot.command('add', (ctx) => { orders.set(ctx.from.id, {}); });",
      before: `  const order = orders.get(ctx.from.id);
  if (!order) return;
  await pay(order);
  orders.delete(ctx.from.id);`,
      after: `  const order = orders.get(ctx.from.id);
  if (!order) return;
  orders.delete(ctx.from.id);
  try {
    await pay(order);
  } catch (error) {
    if (!orders.has(ctx.from.id)) orders.set(ctx.from.id, order);
    throw error;
  }`,
    },
    {
      name: "behind an error",
      state: "const done = new Set();",
      before: `  if (done.has(ctx.from.id)) throw new Error("twice");
  await pay(ctx.from.id);
  done.add(ctx.from.id);`,
      after: `  if (done.has(ctx.from.id)) throw new Error("twice");
  done.add(ctx.from.id);
  try {
    await pay(ctx.from.id);
  } catch (error) {
    done.delete(ctx.from.id);
    throw error;
  }`,
    },
  ])("$name", ({ state, before, after }) => {
    expect(repaired(handler(state, before), TITLE)).toBe(handler(state, after));
  });

  test("and is named in short", () => {
    const claim = "customersThatHavePaid.add(ctx.callbackQuery.from.id)";
    const program = handler(
      "const customersThatHavePaid = new Set();",
      `  if (customersThatHavePaid.has(ctx.callbackQuery.from.id)) return;\n  await pay();\n  ${claim};`,
    );
    expect(offers(program)[0]).toContain(`\`${claim.slice(0, 40)}…\` comes first`);
  });
});

describe("nothing is offered", () => {
  test.each([
    [
      "where nothing stands between",
      '  if (isOpen || (await ask())) return;\n  isOpen = true;\n  await ctx.reply("open");',
    ],
    [
      "where the test comes behind the wait",
      "  const was = isOpen;\n  await ask();\n  if (was) return;\n  isOpen = true;",
    ],
    [
      "where another test comes first",
      "  const was = isOpen;\n  if (!ctx.match) return;\n  await ask();\n  if (was) return;\n  isOpen = true;",
    ],
    [
      "where the entry is looked for again",
      "  if (open[keyOf(ctx)]) return;\n  await ask();\n  open[keyOf(ctx)] = true;",
    ],
    [
      "where the entry has to be there to be replaced",
      "  if (!seats.has(ctx.match)) return;\n  await ask();\n  seats.set(ctx.match, 1);",
    ],
  ])("%s", (_name, body) => {
    const state = `let isOpen = false;
const open: Record<string, boolean> = {};
const seats = new Map();
bot.command("leave", (ctx) => { seats.delete(ctx.match); });`;
    const titles = offers(handler(state, body));
    expect(titles.filter((title) => title.startsWith(TITLE))).toEqual([]);
  });

  test("where the entry that was taken out of a map has no name to put it back by", () => {
    const program = handler(
      "const orders = new Map();\nbot.command('add', (ctx) => { orders.set(ctx.from.id, {}); });",
      `  if (!orders.has(ctx.from.id)) return;
  await pay(ctx.from.id);
  orders.delete(ctx.from.id);`,
    );
    expect(offers(program).filter((title) => title.startsWith(TITLE))).toEqual([]);
  });
  test.each([
    ["where the code in between may leave", "  if (!(await ask())) return;\n  done.add(id);"],
    ["where it uses the state", "  await pay(done.size);\n  done.add(id);"],
    [
      "where what it makes is used later",
      "  const text = await pay(id);\n  done.add(id);\n  await ctx.reply(text);",
    ],
    ["where it gives what is written", "  const other = await pay(id);\n  done.add(other);"],
    ["where another entry was looked for", "  await pay(id);\n  done.add(id + 1);"],
    ["where the write is given back", "  await pay(id);\n  return done.add(id);"],
    ["where the state has another name", "  await pay(id);\n  const all = done;\n  all.add(id);"],
    ["where the write makes something", "  await pay(id);\n  done.add(next());"],
  ])("%s", (_name, rest) => {
    const program = handler(
      "const done = new Set();",
      `  const id = ctx.from.id;\n  if (done.has(id)) return;\n${rest}`,
    );
    expect(offers(program).filter((title) => title.startsWith(TITLE))).toEqual([]);
  });
});
