// The text of one function: which of its sends to one chat may arrive before an earlier one.
import { expectLines } from "./expect-lines.ts";

const bot = (body: string): string => `import { Telegraf } from "telegraf";
const bot = new Telegraf("token");
bot.command("go", async (ctx) => {
${body}
});
`;

expectLines(
  "unordered-effects",
  {
    "a loop whose variable is declared before": bot(`let line;
for (line of ctx.lines) ctx.reply(line); // !`),
    "a loop over parts of its elements": bot(`for (const { text: [first] } of ctx.lines)
  ctx.reply(first); // !`),
    "what the loop makes of its element": bot(`for (const item of ctx.items) {
  const line = format(item);
  ctx.reply(line); // !
}`),
    "two edits at once": bot(`await Promise.all([
  ctx.editMessageText("one"),
  ctx.editMessageText("two"), // !
]);`),
    "three sends at once, of which one is to somebody else": bot(`await Promise.allSettled([
  ctx.reply("one"),
  ctx.telegram.sendMessage(ctx.from.id, "for you"),
  ,
  ctx.reply("two"), // !
  ctx.reply("three"), // !
]);`),
    "in the case of a switch": bot(`switch (ctx.match[1]) {
  case "a":
    ctx.reply("one"); // !
    await ctx.reply("two");
}`),
    "behind the block that it is in": bot(`if (ctx.match) {
  ctx.reply("one"); // !
}
await ctx.reply("two");`),
    "with a callback between them, whose waits are its own": bot(`ctx.reply("one"); // !
ctx.each(async () => { await load(); });
await ctx.reply("two");`),
    "progress that is shown while the work goes on": bot(`await work((done) => {
  ctx.editMessageText(\`\${done}%\`); // !
});
await ctx.editMessageText("done");`),
    "progress by the clock": bot(`const clock = setInterval(async () => {
  await ctx.editMessageText("..."); // !
}, 1000);
await work();
clearInterval(clock);
await ctx.editMessageText("done");`),
    "timers with close delays": bot(`setTimeout(() => ctx.reply("one"), 1000); // !
setTimeout(() => ctx.reply("two"), 2000); // !`),
    "timers without a delay, and with one that is computed":
      bot(`setTimeout(() => ctx.reply("one")); // !
setTimeout(() => ctx.reply("two"), ctx.delay); // !`),
    "a helper that is called twice with close delays": `import { Telegraf } from "telegraf";
const bot = new Telegraf("token");
function later(ctx, text, delay) {
  setTimeout(() => ctx.reply(text), delay); // !
}
bot.command("go", (ctx) => {
  later(ctx, "one", 1000);
  later(ctx, "two", 2000);
});`,
    "a helper that is called twice with unknown delays": `import { Telegraf } from "telegraf";
const bot = new Telegraf("token");
function later(ctx, text) {
  setTimeout(() => ctx.reply(text), ctx.delay); // !
}
bot.command("go", (ctx) => {
  later(ctx, ctx.text);
  later(ctx);
});`,
  },
  {
    "a loop whose chat is its element": bot(
      "for (const id of ctx.ids) ctx.telegram.sendMessage(id, `for ${id}`);",
    ),
    "a loop that waits": bot("for (const line of ctx.lines) await ctx.reply(line);"),
    "a loop that says the same each time": bot('for (const line of ctx.lines) ctx.reply("x");'),
    "a loop inside a callback, which belongs to the callback": bot(
      "ctx.each(() => { for (const line of ctx.lines) await_(line); });",
    ),
    "a send and an edit at once": bot(`await Promise.all([
  ctx.reply("one"),
  ctx.editMessageText("two"),
]);`),
    "one of several, where any will do": bot(`await Promise.race([
  ctx.reply("one"),
  ctx.reply("two"),
]);`),
    "a list that somebody else made": bot("await Promise.all(ctx.sends);"),
    "a send behind which the function ends": bot(`if (ctx.match) {
  ctx.reply("one");
  return;
}
await ctx.reply("two");`),
    "a send to somebody else": bot(`ctx.reply("one");
await ctx.telegram.sendMessage(ctx.from.id, "two");`),
    "progress without a last edit": bot(`await work((done) => {
  ctx.editMessageText(\`\${done}%\`);
});
await ctx.reply("done");`),
    "progress that is waited for": bot(`await work(async (done) => {
  await ctx.editMessageText(\`\${done}%\`);
});
await ctx.editMessageText("done");`),
    "progress of another message": bot(`await work((done) => {
  ctx.message.editText(\`\${done}%\`);
});
await ctx.editMessageText("done");`),
    "one timer": bot('setTimeout(() => ctx.reply("one"), 1000);'),
    "timers to two chats": bot(`setTimeout(() => ctx.reply("one"), 1000);
setTimeout(() => ctx.telegram.sendMessage(ctx.from.id, "two"), 1000);`),
    "timers far apart": bot(`setTimeout(() => ctx.reply("one"), 1000);
setTimeout(() => ctx.reply("two"), 60_000);`),
    "a timer that a function by its name sets": bot("setTimeout(remind, 1000);"),
    "a helper that is called with delays far apart": `import { Telegraf } from "telegraf";
const bot = new Telegraf("token");
function later(ctx, text, delay) {
  setTimeout(() => ctx.reply(text), delay);
}
bot.command("go", (ctx) => {
  later(ctx, "one", 1000);
  later(ctx, "two", 60_000);
});`,
    "a helper that says the same each time": `import { Telegraf } from "telegraf";
const bot = new Telegraf("token");
function later(ctx) {
  setTimeout(() => ctx.reply("x"), 1000);
}
bot.command("go", (ctx) => {
  later(ctx);
  later(ctx);
});`,
    "a helper that two functions call, or that is waited for": `import { Telegraf } from "telegraf";
const bot = new Telegraf("token");
async function later(ctx, text) {
  setTimeout(() => ctx.reply(text), 1000);
}
bot.command("go", async (ctx) => {
  await later(ctx, "one");
  later(ctx, "two");
});
bot.command("stop", (ctx) => later(ctx, "stop"));`,
  },
);
