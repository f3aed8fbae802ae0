import { expect, test } from "vitest";
import { expectLines } from "./expect-lines.ts";
import { findingsOf } from "./reported-lines.ts";

const TELEGRAM = `import TelegramBot from "node-telegram-bot-api";
const bot = new TelegramBot("token", { polling: true });
`;
const DISCORD = `import { EventEmitter } from "node:events";
import { Client } from "discord.js";
const client = new Client({ intents: [] });
const events = new EventEmitter();
`;

expectLines(
  "listener-in-handler",
  {
    "a listener for the answer": `${TELEGRAM}
bot.onText(/send/, (msg) => {
  bot.on("callback_query", (query) => pay(msg, query)); // !
});`,
    "once, which anybody's message answers": `${TELEGRAM}
bot.onText(/name/, (msg) => {
  bot.once("message", (answer) => save(msg, answer)); // !
});`,
    "in a function that a handler calls": `${DISCORD}
function ask() {
  client.on("messageCreate", (m) => m.reply("ok")); // !
}
client.on("interactionCreate", () => { ask(); });`,
    "a client reached through the message": `${DISCORD}
client.on("interactionCreate", (interaction) => {
  interaction.client.on("messageCreate", (m) => m.reply("ok")); // !
});`,
    "an emitter of the module": `${DISCORD}
client.on("interactionCreate", (interaction) => {
  events.on("done", () => interaction.reply("done")); // !
});`,
    "the process": `${DISCORD}
client.on("interactionCreate", () => {
  process.on("exit", () => {}); // !
});`,
    "a command in a command": `import { Telegraf } from "telegraf";
const bot = new Telegraf("token");
bot.command("menu", (ctx) => {
  bot.action("buy", () => sell(ctx)); // !
});`,
    "a handler object": `import { CommandHandler, MessageHandler, Updater } from "eslint-plugin-run-async/runtime";
const updater = new Updater("token");
updater.dispatcher.addHandler(new CommandHandler("ask", (update) => {
  updater.dispatcher.addHandler(new MessageHandler("text", () => answer(update))); // !
}));`,
  },
  {
    "at start-up": `${TELEGRAM}
bot.onText(/send/, (msg) => bot.sendMessage(msg.chat.id, "ok"));
bot.on("callback_query", () => {});`,
    "in a set-up function": `${TELEGRAM}
function setUp(target) { target.on("message", () => {}); }
setUp(bot);`,
    "taken off by the same reference": `${TELEGRAM}
bot.onText(/send/, (msg) => {
  const onAnswer = (answer) => {
    bot.removeListener("message", onAnswer);
    save(msg, answer);
  };
  bot.on("message", onAnswer);
});`,
    "a named function that takes itself off": `${DISCORD}
client.on("interactionCreate", () => {
  client.on("messageCreate", function once(m) { client.off("messageCreate", once); m.reply("ok"); });
});`,
    "an object of this activation": `${DISCORD}
client.on("interactionCreate", (interaction) => {
  const collector = interaction.channel.createMessageCollector();
  collector.on("collect", (m) => m.reply("ok"));
  const own = new EventEmitter();
  own.on("done", () => {});
});`,
    "the first time only": `${DISCORD}
let isListening = false;
client.on("interactionCreate", () => {
  if (isListening) return;
  isListening = true;
  client.on("messageCreate", (m) => m.reply("ok"));
});`,
    "when the bot is ready": `${DISCORD}
client.once("ready", () => { client.on("messageCreate", (m) => m.reply("ok")); });`,
    "a scene is entered, nothing registered": `import { Telegraf } from "telegraf";
const bot = new Telegraf("token");
bot.command("menu", (ctx) => ctx.scene.enter("menu"));`,
  },
);

test("says whose events the listener takes", () => {
  const [once] = findingsOf(
    `${TELEGRAM}\nbot.onText(/a/, () => { bot.once("message", () => {}); });`,
    "listener-in-handler",
  );
  expect(once?.message).toContain("another user's message answers this one's question");
});
