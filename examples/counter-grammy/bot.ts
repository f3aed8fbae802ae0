// Counts the visits of each chat. Under `run` a chat's messages are handled at the same time, and visits are lost.
import { run } from "@grammyjs/runner";
import { Bot } from "grammy";

const bot = new Bot(process.env["BOT_TOKEN"] ?? "");
const visits = new Map<number, number>();

bot.command("visit", async (ctx) => {
  const count = (visits.get(ctx.chat.id) ?? 0) + 1;
  await ctx.reply(`This is visit number ${count}.`);
  visits.set(ctx.chat.id, count);
});

bot.command("visits", async (ctx) => {
  await ctx.reply(`${visits.get(ctx.chat.id) ?? 0} visits so far.`);
});

run(bot);
