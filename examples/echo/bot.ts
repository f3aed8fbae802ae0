// Answers every text with the same text. Replies to different users are sent at the same time.
import { MessageHandler, Updater, filters, runAsync } from "eslint-plugin-run-async/runtime";

export const echo = runAsync(async function echo(update, context) {
  await context.bot.sendMessage(update.message.chat.id, update.message.text);
});

const updater = new Updater(process.env["BOT_TOKEN"] ?? "");
updater.dispatcher.addHandler(new MessageHandler(filters.text.and(filters.command.not()), echo));
await updater.startPolling();
await updater.idle();
