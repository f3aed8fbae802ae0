import { expect, test } from "vitest";
import { findings } from "../harness.ts";

/** The steps of the only finding: activation, kind, line, and what the state is then. */
function steps(code: string): string[] {
  const found = findings(code);
  expect(found).toHaveLength(1);
  return (found[0]?.trace ?? []).map(({ activation, step, line, state }) =>
    [activation, step, line, ...(state ? [`${state.place}: ${state.value}`] : [])].join(" "),
  );
}

const concurrent = (body: string): string => `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
const bot = new Bot("");
${body}
run(bot);
`;

test("a lost update: the old value, the other's, and the old one again", () => {
  const code = concurrent(`let total = 0;
bot.on("message", async (ctx) => {
  const before = total;
  await ctx.reply("wait");
  total = before + 1;
});
bot.command("reset", () => { total = 0; });`);
  expect(steps(code)).toEqual([
    "A read 6 total: the old value",
    "A suspend 7",
    "B write 8 total: B's value",
    "A write 8 total: from the old value, B's change is lost",
  ]);
});

test("a check that went stale: constants are named", () => {
  const code = concurrent(`let isOpen = false;
bot.command("open", async (ctx) => {
  if (isOpen) return;
  await ctx.reply("opening");
  isOpen = true;
});`);
  expect(steps(code)).toEqual([
    "A check 6 isOpen: nothing, or false",
    "A suspend 7",
    "B write 8 isOpen: true",
    "A write 8 isOpen: true",
  ]);
});

test("what the activation stored itself is looked at after the wait", () => {
  const code = concurrent(`let current = null;
bot.on("message", async (ctx) => {
  current = ctx;
  await ctx.reply("wait");
  await current.reply("done");
});`);
  expect(steps(code)).toEqual([
    "A write 6 current: A's own",
    "A suspend 7",
    "B write 6 current: B's value",
    "A check 8 current: B's",
  ]);
});

test("callbacks of one call are each other's rivals", () => {
  const code = concurrent(`bot.on("message", async (ctx) => {
  let sum = 0;
  await Promise.all(
    ctx.items.map(async (item) => {
      const before = sum;
      await item.load();
      sum = before + item.size;
    }),
  );
  await ctx.reply(String(sum));
});`);
  expect(steps(code).map((step) => step.slice(0, 9))).toEqual([
    "A read 8 ",
    "A suspend",
    "B write 1",
    "A write 1",
  ]);
});
