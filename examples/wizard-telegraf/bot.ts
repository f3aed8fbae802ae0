// Reserves seats in a dialogue. Telegraf handles the updates of one batch at the same time, so that
// two people who ask for the last seat together both get it.
import { Scenes, Telegraf, session } from "telegraf";
import { message } from "telegraf/filters";

const reservations = new Map<string, number>();

const reserve = new Scenes.WizardScene<Scenes.WizardContext>(
  "reserve",
  async (ctx) => {
    await ctx.reply("Which seat? For example 4A.");
    return ctx.wizard.next();
  },
  async (ctx) => {
    if (!ctx.has(message("text"))) return;
    const seat = ctx.message.text.toUpperCase();
    if (reservations.has(seat)) {
      await ctx.reply(`${seat} is taken. Which other seat?`);
      return;
    }
    await ctx.reply(`${seat} is free, one moment...`);
    reservations.set(seat, ctx.from.id);
    await ctx.reply(`${seat} is yours.`);
    return ctx.scene.leave();
  },
);

const bot = new Telegraf<Scenes.WizardContext>(process.env["BOT_TOKEN"] ?? "");
const stage = new Scenes.Stage<Scenes.WizardContext>([reserve]);
bot.use(session(), stage.middleware());
bot.command("reserve", (ctx) => ctx.scene.enter("reserve"));
await bot.launch();
