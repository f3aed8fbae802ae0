import { expect, test } from "vitest";
import { expectLines } from "./expect-lines.ts";
import { findingsOf } from "./reported-lines.ts";

const DISCORD = `import { Client } from "discord.js";
const client = new Client({ intents: [] });
`;

const GRAMMY = `import { Bot } from "grammy";
import { conversations, createConversation } from "@grammyjs/conversations";
import pLimit from "p-limit";
const bot = new Bot("t");
const limit = pLimit(3);
bot.use(conversations());
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
    "for each of some messages": COLLECTOR.replace(
      /    const answers[^]*answers\);\n/,
      "    await Promise.all(m.all.map(async (one) => {\n      await one.awaitReactions({ max: 1 }); // !\n    }));\n",
    ),
    "in two handlers, once": `${DISCORD}import pLimit from "p-limit";
const limit = pLimit(3);
const ask = (m) => limit(async () => {
  await m.awaitMessageComponent(); // !
});
client.on("messageCreate", async (m) => { await ask(m); });
client.on("messageUpdate", async (m) => { await ask(m); });`,
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
    "a callback that runs when somebody calls it": COLLECTOR.replace(
      /    const answers[^]*answers\);\n/,
      "    m.later(async () => { await m.awaitReactions({ max: 1 }); });\n    void later(async () => { await m.awaitReactions({ max: 1 }); });\n",
    ),
    "what a conversation does besides waiting": `${GRAMMY}
async function ask(conversation, ctx) {
  await limit(async () => {
    await conversation.log("asked");
    await conversation();
  });
}
bot.use(createConversation(ask));`,
    "a conversation whose parts have names of their own": `${GRAMMY}
async function ask({ wait, log }, ctx) {
  await limit(async () => {
    await wait();
    await log.wait();
  });
}
bot.use(createConversation(ask));`,
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
