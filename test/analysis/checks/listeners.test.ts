import { expect, test } from "vitest";
import { expectLines } from "./expect-lines.ts";
import { findingsOf } from "./reported-lines.ts";

const TELEGRAM = `import TelegramBot from "node-telegram-bot-api";
const bot = new TelegramBot("token", { polling: true });
`;
const DISCORD = `import { EventEmitter, once } from "node:events";
import { Client } from "discord.js";
const client = new Client({ intents: [] });
const events = new EventEmitter();
`;

const BAILEYS = `import makeWASocket from "@whiskeysockets/baileys";
const sock = makeWASocket({});
`;

expectLines(
  "listener-in-handler",
  {
    "a listener below the client, by its name": `${BAILEYS}
sock.ev.on("messages.upsert", ({ messages }) => ask(sock, messages));
export function ask(conn, messages) {
  conn.ev.on("messages.update", (m) => answer(m, messages)); // !
}`,
    "the websocket of a client": `${DISCORD}
client.on("messageCreate", () => {
  client.ws.on("VOICE_SERVER_UPDATE", () => {}); // !
});`,
    "what hangs on a client that came with the message": `${DISCORD}
client.on("messageCreate", (m) => {
  m.client.player.on("error", () => m.reply("no")); // !
});`,
    "each of some clients": `${DISCORD}
import { clients } from "./clients.js";
client.on("messageCreate", () => {
  for (const client of clients) client.on("messageDelete", () => {}); // !
});`,
    "a function without a name": `${DISCORD}
client.on("messageCreate", () => {
  client.on("messageDelete", function () {}); // !
  client.off("messageDelete", function () {});
});`,
    "a bot that hangs on something of an unknown caller": `import { Context, Telegraf } from "telegraf";
export const menu = async (ctx: Context) => {
  ctx.shop.bot.action("buy", () => ctx.reply("sold")); // !
};
const bot = new Telegraf("token");
bot.command("menu", menu);`,
    "once on an emitter of the module": `${DISCORD}
client.on("interactionCreate", (i) => {
  events.once("done", () => i.reply("done")); // !
});`,
    "the promise of once": `${DISCORD}
client.on("interactionCreate", async (i) => {
  const [m] = await once(client, "messageCreate"); // !
  await m.reply("hi");
});`,
    "once, with the resolver as its listener": `${TELEGRAM}
bot.onText(/name/, async (msg) => {
  const answer = await new Promise((resolve) => bot.once("message", resolve)); // !
  save(msg, answer);
});`,
    "once, taken off when nobody answers": `${TELEGRAM}
bot.onText(/name/, (msg) => {
  const take = (answer) => save(msg, answer);
  bot.once("message", take); // !
  setTimeout(() => bot.removeListener("message", take), 60_000);
});`,
    "a guard that lets the next one in": `${DISCORD}
let isBusy = false;
client.on("messageCreate", () => {
  if (isBusy) return;
  isBusy = true;
  client.on("typingStart", () => {}); // !
  isBusy = false;
});`,
    "a timer that sets itself again": `${DISCORD}
function tick() {
  process.on("SIGINT", () => {}); // !
  setTimeout(tick, 1000);
}
tick();`,
    "a timer that a handler sets": `${DISCORD}
client.on("messageCreate", () => {
  setTimeout(() => {
    process.on("SIGINT", () => {}); // !
  }, 1000);
});`,
    "a listener for the answer": `${TELEGRAM}
bot.onText(/send/, (msg) => {
  bot.on("callback_query", (query) => pay(msg, query)); // !
});`,
    "kept in a list that nobody goes through": `${TELEGRAM}
const kept = [];
bot.onText(/start/, () => {
  const answer = () => {};
  kept.push(answer);
  bot.on("message", answer); // !
  bot.off("poll", kept[0]);
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
    "taken off with all that are kept in a list": `${TELEGRAM}
const kept = [];
bot.onText(/start/, () => {
  for (const name of ["message", "poll"]) {
    const handler = make(name);
    kept.push({ name, handler });
    bot.on(name, handler);
  }
});
bot.onText(/stop/, () => {
  for (const entry of kept) bot.removeListener(entry.name, entry.handler);
  kept.length = 0;
});`,
    "each taken off that is kept in a list": `${TELEGRAM}
const listeners = [];
bot.onText(/start/, () => {
  const answer = (msg) => bot.sendMessage(msg.chat.id, "ok");
  listeners.push(answer);
  bot.on("message", answer);
});
bot.onText(/stop/, () => {
  listeners.forEach((listener) => bot.off("message", listener));
});`,
    "a listener that is taken off by the number that it got": `${TELEGRAM}
bot.onText(/name/, (msg) => {
  const id = bot.onReplyToMessage(msg.chat.id, msg.message_id, (answer) => {
    save(answer);
    bot.removeReplyListener(id);
  });
});`,
    "the first time only, by the emitter's own count": `${DISCORD}
client.on("interactionCreate", () => {
  if (client.listenerCount("messageCreate") === 0) client.on("messageCreate", () => {});
});`,
    "the promise of an emitter of the project's own": `${DISCORD}
class Bus extends EventEmitter {}
const bus = { ready: () => new Bus() };
client.on("interactionCreate", async () => {
  await once(bus.ready(), "done");
});`,
    "all arguments of somebody else": `${DISCORD}
client.on("interactionCreate", () => {
  client.on(...listenerOf("messageCreate"));
});`,
    "a named function that takes itself off": `${DISCORD}
client.on("interactionCreate", () => {
  client.on("messageCreate", function once(m) { client.off("messageCreate", once); m.reply("ok"); });
});`,
    "an object of this activation": `${DISCORD}
client.on("interactionCreate", async (interaction) => {
  const collector = interaction.channel.createMessageCollector();
  collector.on("collect", (m) => m.reply("ok"));
  const late = await interaction.channel.createMessageCollector();
  late.on("collect", (m) => m.reply("ok"));
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
    "the first attempt only": `${DISCORD}
let attempts = 0;
async function connect() {
  try {
    if (attempts === 0) load();
    await client.login();
  } catch {
    attempts++;
    setTimeout(connect, 1000);
  }
}
function load() { client.on("messageCreate", (m) => m.reply("ok")); }
client.on("shardDisconnect", () => connect());`,
    "once, put back until the message is the right one": `${TELEGRAM}
bot.onText(/name/, (msg) => {
  bot.once("message", function next(answer) {
    if (answer.chat.id !== msg.chat.id) return void bot.once("message", next);
    save(msg, answer);
  });
});`,
    "an event that is named after whom it is for": `${DISCORD}
client.on("interactionCreate", (i) => {
  events.once(\`done:\${i.user.id}\`, () => i.reply("done"));
});`,
    "a function that nobody calls, on what it is given": `import { Context, Telegraf } from "telegraf";
export const menu = async (ctx: Context, bot: Telegraf) => {
  bot.action("buy", () => ctx.reply("sold"));
};`,
    "a signal takes it off": `${DISCORD}
client.on("interactionCreate", (i) => {
  events.on("done", () => i.reply("done"), { signal: AbortSignal.timeout(1000) });
});`,
    "a client that the handler makes": `${DISCORD}
function register(own: Client) { own.on("messageCreate", (m) => m.reply("ok")); }
client.on("messageCreate", () => { register(new Client({ intents: [] })); });`,
    "a guard on the way to it": `${DISCORD}
let isReady = false;
client.on("shards", () => {
  if (isReady) return;
  isReady = true;
  register();
});
function register() { client.on("messageCreate", (m) => m.reply("ok")); }`,
    "a timer of the start, in another one": `${DISCORD}
setTimeout(() => { setTimeout(() => { process.on("SIGINT", () => {}); }, 1000); }, 10);`,
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
