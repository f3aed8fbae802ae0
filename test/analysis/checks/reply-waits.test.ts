import { expect, test } from "vitest";
import { expectLines } from "./expect-lines.ts";
import { findingsOf } from "./reported-lines.ts";

const DISCORD = `import { Client } from "discord.js";
const client = new Client({ intents: [] });
`;

const COLLECTOR = `${DISCORD}import pLimit from "p-limit";
const limit = pLimit(3);
client.on("messageCreate", async (m) => {
  await limit(async () => {
    const answers = await m.channel.awaitMessages({ max: 1, time: 60_000 }); // !
    await save(answers);
  });
});`;

expectLines(
  "nested-pool-wait",
  {
    "a collector in a slot": COLLECTOR,
    "a conversation in a slot": `import { Bot } from "grammy";
import { conversations, createConversation } from "@grammyjs/conversations";
import pLimit from "p-limit";
const bot = new Bot("t");
const limit = pLimit(3);
bot.use(conversations());
async function ask(conversation, ctx) {
  await limit(async () => {
    await ctx.reply("name?");
    const { message } = await conversation.wait(); // !
    await save(message);
  });
}
bot.use(createConversation(ask));
bot.command("ask", (ctx) => ctx.conversation.enter("ask"));
bot.start();`,
    "a conversation under a lock": `import { Bot } from "grammy";
import { conversations, createConversation } from "@grammyjs/conversations";
import { Mutex } from "async-mutex";
const bot = new Bot("t");
const one = new Mutex();
async function ask(conversation, ctx) {
  await one.runExclusive(async () => {
    const answer = await conversation.form.text(); // !
    await save(answer);
  });
}
bot.use(createConversation(ask));
bot.start();`,
  },
  {
    "a collector before the slot": `${DISCORD}import pLimit from "p-limit";
const limit = pLimit(3);
client.on("messageCreate", async (m) => {
  const answers = await m.channel.awaitMessages({ max: 1, time: 60_000 });
  await limit(() => save(answers));
});`,
    "a conversation before the slot": `import { Bot } from "grammy";
import { conversations, createConversation } from "@grammyjs/conversations";
import pLimit from "p-limit";
const bot = new Bot("t");
const limit = pLimit(3);
async function ask(conversation, ctx) {
  const { message } = await conversation.wait();
  await limit(() => save(message));
}
bot.use(createConversation(ask));
bot.start();`,
    "a collector in code that the slot only starts": `${DISCORD}import pLimit from "p-limit";
const limit = pLimit(3);
client.on("messageCreate", async (m) => {
  await limit(() => { later(async () => { await m.channel.awaitMessages({ max: 1 }); }); });
});`,
  },
);

test("a person's time is told on demand, what never comes back always", () => {
  const [collector] = findingsOf(COLLECTOR, "nested-pool-wait");
  expect(collector?.isUserReply).toBe(true);
  expect(collector?.confidence).toBe("strict");
});
