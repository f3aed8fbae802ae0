import { expect, test } from "vitest";
import { expectLines } from "./expect-lines.ts";
import { findingsOf } from "./reported-lines.ts";

const START = `import { Telegraf } from "telegraf";
const bot = new Telegraf("token");
`;
const RUNTIME = `import { CommandHandler, MessageHandler, Updater, runAsync } from "eslint-plugin-run-async/runtime";
const updater = new Updater("token");
`;

expectLines(
  "unordered-effects",
  {
    "parts of one text at once": `${START}
bot.command("story", async (ctx) => {
  await Promise.all(ctx.lines.map((line) => ctx.reply(line))); // !
});`,
    "forEach(async ...)": `${START}
bot.command("story", (ctx) => {
  ctx.lines.forEach(async (line) => { await ctx.reply(line); }); // !
});`,
    "a loop that does not wait": `${START}
bot.command("story", (ctx) => {
  for (const line of ctx.lines) ctx.reply(line); // !
});`,
    "an un-awaited send and the next": `${START}
bot.command("go", async (ctx) => {
  ctx.reply("one").catch(console.error); // !
  await ctx.reply("two");
});`,
    void: `${START}
bot.command("go", async (ctx) => {
  void ctx.telegram.sendMessage(ctx.chat.id, "one"); // !
  await ctx.telegram.sendMessage(ctx.chat.id, "two");
});`,
    "an edit under way when the last one starts": `${START}
bot.command("go", async (ctx) => {
  ctx.editMessageText("half"); // !
  await ctx.editMessageText("done");
});`,
    "sends in one Promise.all": `${START}
bot.command("go", async (ctx) => {
  await Promise.all([
    ctx.reply("one"),
    ctx.reply("two"), // !
  ]);
});`,
    "a helper that sends, and the next send": `${START}
async function say(target, text) { await target.reply(text); }
bot.command("go", async (ctx) => {
  say(ctx, "one"); // !
  await ctx.reply("two");
});`,
    "two helpers, to a chat by its id": `${START}
const tell = (chatId, text) => bot.telegram.sendMessage(chatId, text);
async function announce(chat) { await tell(chat, "hello"); }
bot.command("go", async (ctx) => {
  void announce(ctx.chat.id); // !
  await tell(ctx.chat.id, "two");
});`,
    "helpers in forEach(async ...)": `${START}
async function say(ctx, text) { await ctx.reply(text); }
bot.command("story", (ctx) => {
  ctx.lines.forEach(async (line) => { await say(ctx, line); }); // !
});`,
    "progress edits that nobody waits for": `${START}
bot.command("go", async (ctx) => {
  await download(ctx.url, (done) => {
    ctx.editMessageText(String(done)); // !
  });
  await ctx.editMessageText("done");
});`,
    "progress edits of an interval": `${START}
bot.command("go", async (ctx) => {
  const timer = setInterval(async () => {
    await ctx.editMessageText("still at work"); // !
  }, 1000);
  await work();
  clearInterval(timer);
  await ctx.editMessageText("done");
});`,
    "the last index": `${START}
bot.command("go", async (ctx) => {
  await Promise.all(ctx.hosts.map(async (host, i) => {
    await ping(host);
    if (i === ctx.hosts.length - 1) await ctx.reply("all"); // !
  }));
});`,
    "two tasks without a key": `${RUNTIME}
const say = runAsync(async (chat, text) => { await updater.bot.sendMessage(chat, text); });
updater.dispatcher.addHandler(new CommandHandler("go", (update) => {
  say(update.effectiveChat.id, "one");
  say(update.effectiveChat.id, "two"); // !
}));`,
    "every message a task of its own": `${RUNTIME}
updater.dispatcher.addHandler(new MessageHandler("text", runAsync(async (update, context) => {
  const text = await translate(update.message.text);
  await context.bot.sendMessage(update.effectiveChat.id, text); // !
})));`,
  },
  {
    "one after the other": `${START}
bot.command("story", async (ctx) => { for (const line of ctx.lines) await ctx.reply(line); });`,
    "different chats": `${START}
bot.command("cast", async (ctx) => {
  await Promise.all(ctx.chats.map((id) => ctx.telegram.sendMessage(id, "hello")));
});`,
    "different chats, each found by the element": `${START}
bot.command("cast", async (ctx) => {
  for (const row of await load()) {
    const chat = await find(row.id);
    bot.telegram.sendMessage(chat, row.text);
  }
});`,
    "a helper that somebody waits for": `${START}
async function say(target, text) { await target.reply(text); }
bot.command("go", async (ctx) => { await say(ctx, "one"); await say(ctx, "two"); });`,
    "a helper that sends to another": `${START}
const tell = (chatId, text) => bot.telegram.sendMessage(chatId, text);
bot.command("go", async (ctx) => { tell(ctx.admin, "one"); await tell(ctx.chat.id, "two"); });`,
    "a reply that only collects lines": `${START}
class Answer {
  text = "";
  reply(line) { this.text += line; }
}
bot.command("go", async (ctx) => {
  const answer = new Answer();
  answer.reply("one");
  answer.reply("two");
  await ctx.reply(answer.text);
});`,
    "an HTTP response": `${START}
bot.command("go", (ctx) => { serve(ctx); });
function serve({ response }) {
  if (late) response.status(401).send("late");
  response.status(401).send("no");
}`,
    "progress edits that the work waits for": `${START}
bot.command("go", async (ctx) => {
  for (const part of ctx.parts) {
    await load(part);
    await ctx.editMessageText(part.name);
  }
  await ctx.editMessageText("done");
});`,
    "sends to two chats in one Promise.all": `${START}
bot.command("go", async (ctx) => {
  await Promise.all([bot.telegram.sendMessage(1, "a"), bot.telegram.sendMessage(2, "b")]);
});`,
    "a timer of a bot whose client keeps the order": `import { Client } from "discord.js";
const client = new Client({ intents: [] });
client.on("messageCreate", (m) => m.reply("ok"));
setInterval(async () => {
  for (const row of await load()) client.log.send(row.text);
}, 60_000);`,
    branches: `${START}
bot.command("go", async (ctx) => {
  if (ctx.late) { ctx.reply("late"); return; }
  await ctx.reply("welcome");
});`,
    awaited: `${START}
bot.command("go", async (ctx) => { await ctx.reply("one"); await ctx.reply("two"); });`,
    "a client that keeps the order": `import { Client } from "discord.js";
const client = new Client({ intents: [] });
client.on("messageCreate", async (m) => { m.channel.send("one"); await m.channel.send("two"); });`,
    "a counter instead of the last index": `${START}
bot.command("go", async (ctx) => {
  let left = ctx.hosts.length;
  await Promise.all(ctx.hosts.map(async (host) => {
    await ping(host);
    left -= 1;
    if (left === 0) await ctx.reply("all");
  }));
});`,
    "a key keeps the calls in order": `${RUNTIME}
const say = runAsync(async (chat, text) => { await updater.bot.sendMessage(chat, text); }, { key: (chat) => chat });
updater.dispatcher.addHandler(new CommandHandler("go", (update) => {
  say(update.effectiveChat.id, "one");
  say(update.effectiveChat.id, "two");
}));`,
    "a socket": `${START}
bot.command("go", (ctx) => { for (const part of ctx.parts) socket.send(part); });`,
  },
);

test("another wait in between makes it less than certain", () => {
  const [finding] = findingsOf(
    `${START}
bot.command("go", async (ctx) => {
  ctx.reply("one");
  await load();
  await ctx.reply("two");
});`,
    "unordered-effects",
  );
  expect(finding?.confidence).toBe("strict");
});
