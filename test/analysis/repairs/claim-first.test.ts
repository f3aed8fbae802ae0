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
  ])("$name", ({ state, before, after }) => {
    expect(repaired(handler(state, before), TITLE)).toBe(handler(state, after));
  });
});

describe("nothing is offered", () => {
  test("where the entry that was taken out of a map would have to be put back", () => {
    const program = handler(
      "const orders = new Map();\nbot.command('add', (ctx) => { orders.set(ctx.from.id, {}); });",
      `  const order = orders.get(ctx.from.id);
  if (!order) return;
  await pay(order);
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
    ["where the write makes something", "  await pay(id);\n  done.add(next());"],
  ])("%s", (_name, rest) => {
    const program = handler(
      "const done = new Set();",
      `  const id = ctx.from.id;\n  if (done.has(id)) return;\n${rest}`,
    );
    expect(offers(program).filter((title) => title.startsWith(TITLE))).toEqual([]);
  });
});
