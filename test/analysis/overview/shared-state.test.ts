import path from "node:path";
import { expect, test } from "vitest";
import { activityOf } from "../../../src/analysis/activity.ts";
import { sharedStateOf } from "../../../src/analysis/overview/shared-state.ts";
import type { Site } from "../../../src/analysis/syntax/source-file.ts";
import { projectOf, type Files } from "../harness.ts";

function states(files: Files): string[] {
  const at = ({ file, node }: Site): string =>
    `${path.basename(file.path)}:${String(file.lineOf(node))}`;
  return sharedStateOf(activityOf(projectOf(files), {}).activations).map(
    ({ name, declared, uses }) =>
      `${name} (${declared ? at(declared) : "outside"}): ${uses
        .map(
          ({ root, reads, writes }) =>
            `${root.name} reads ${reads.map(at).join()} writes ${writes.map(at).join()}`,
        )
        .join("; ")}`,
  );
}

test("variables, fields of shared objects and files, in the order of their declaration", () => {
  expect(
    states({
      "bot.ts": `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
import { readFile, writeFile } from "node:fs/promises";
import { wallet } from "./wallet.ts";
const bot = new Bot("");
const visits = new Map();
const texts = { hello: "Hello" };
bot.command("visit", async (ctx) => {
  visits.set(ctx.chat.id, visits.get(ctx.chat.id) + 1);
  await ctx.reply(texts.hello);
});
bot.command("pay", () => { wallet.pay(); });
bot.command("count", async (ctx) => {
  await ctx.reply(visits.get(ctx.chat.id));
  const state = JSON.parse(await readFile("state.json", "utf8"));
  await writeFile("state.json", JSON.stringify(state));
});
run(bot);
`,
      "wallet.ts": `class Wallet {
  limit = 10;
  total = 0;
  pay() { if (this.total < this.limit) this.total += 1; }
}
export const wallet = new Wallet();
`,
    }),
  ).toEqual([
    `visits (bot.ts:6): bot.command("visit") reads bot.ts:9 writes bot.ts:9; bot.command("count") reads bot.ts:14 writes `,
    `Wallet.total (wallet.ts:3): bot.command("pay") reads wallet.ts:4,wallet.ts:4 writes wallet.ts:4`,
    expect.stringMatching(
      /^\S+ \(outside\): bot\.command\("count"\) reads bot\.ts:15 writes bot\.ts:16$/,
    ),
  ]);
});

test("what only the start writes is a constant", () => {
  expect(
    states(`import { Bot } from "grammy";
let me = "";
const bot = new Bot("");
bot.command("me", (ctx) => ctx.reply(me));
await bot.init();
me = bot.botInfo.username;
bot.start();
`),
  ).toEqual([]);
});

test("what one handler keeps for itself, one run after the other, is not shared", () => {
  const bot = (others: string): string => `import { Bot } from "grammy";
let visits = 0;
const bot = new Bot("");
bot.command("visit", (ctx) => { visits += 1; });
${others}
bot.start();
`;
  expect(states(bot(""))).toEqual([]);
  expect(states(bot(`bot.command("visits", (ctx) => ctx.reply(visits));`))).toHaveLength(1);
});
