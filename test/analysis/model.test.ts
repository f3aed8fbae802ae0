// The ten programs of src/analysis/MODEL.md, each with its safe twin.
import { describe, expect, test } from "vitest";
import { BOT, expectations, reports } from "./harness.ts";

const MONGOOSE = `import { Schema, model } from "mongoose";
`;

const DISCORD = `import { Client } from "discord.js";
const client = new Client({ intents: [] });
`;

const programs: Record<string, { readonly reported: string; readonly silent: string }> = {
  "1: the guard is redundant for the streak only, the age is stale": {
    reported: `${MONGOOSE}import cron from "node-cron";
const User = model("User", new Schema({ id: Number, active: Boolean, lastDaily: Number, streak: Number }));
const DAY = 86400000;
cron.schedule("*/5 * * * * *", async () => {
  const rows = await User.find({ active: true });
  for (const u of rows) {
    const old = Date.now() - u.lastDaily > DAY;
    if (old && u.streak) await User.updateOne({ _id: u.id }, { streak: 0 }); // => no-store-race
  }
});
const client = new Client({ intents: [] });
client.on("messageCreate", async (message) => {
  await User.updateOne({ _id: message.author.id }, { lastDaily: Date.now(), $inc: { streak: 1 } });
});
import { Client } from "discord.js";`,
    silent: `${MONGOOSE}import cron from "node-cron";
const User = model("User", new Schema({ id: Number, active: Boolean, status: String }));
cron.schedule("*/5 * * * * *", async () => {
  const rows = await User.find({ active: true });
  for (const u of rows) {
    if (u.status !== "done") await User.updateOne({ _id: u.id }, { status: "done" });
  }
});`,
  },
  "3: a helper checks and claims and says so": {
    silent: `${BOT}
const room = new Set();
const join = (id) => { if (room.has(id)) return "taken"; room.add(id); return "in"; };
bot.callbackQuery("join", async (ctx) => {
  if (join(ctx.from.id) !== "in") return ctx.answerCallbackQuery("no");
  await charge(ctx.from.id);
  await ctx.reply("welcome");
});
bot.callbackQuery("leave", (ctx) => { room.delete(ctx.from.id); });`,
    reported: `${BOT}
const room = new Set();
bot.callbackQuery("join", async (ctx) => {
  if (room.has(ctx.from.id)) return ctx.answerCallbackQuery("no");
  await charge(ctx.from.id);
  room.add(ctx.from.id); // => no-check-then-act
  await ctx.reply("welcome");
});`,
  },
  "4: a lock by user for a map by chat": {
    reported: `${BOT}import AsyncLock from "async-lock";
const lock = new AsyncLock();
const log = new Map();
bot.on("message", async (ctx) => {
  const chat = ctx.chat.id;
  const user = ctx.from.id;
  await lock.acquire(\`u:\${user}\`, async () => {
    const past = log.get(chat) ?? [];
    const text = await ask(past);
    log.set(chat, [...past, text]); // => no-lost-update
  });
});`,
    silent: `${BOT}import AsyncLock from "async-lock";
const lock = new AsyncLock();
const log = new Map();
bot.on("message", async (ctx) => {
  const chat = ctx.chat.id;
  await lock.acquire(\`c:\${chat}\`, async () => {
    const past = log.get(chat) ?? [];
    const text = await ask(past);
    log.set(chat, [...past, text]);
  });
});`,
  },
  "5: the first branch made room, and somebody may have come in meanwhile": {
    reported: `${BOT}
const round = { open: 0 };
bot.command("start", async (ctx) => {
  if (round.open) {
    await stop(round);
  }
  round.open = ctx.chat.id; // => no-check-then-act
});`,
    silent: `${BOT}
const round = { open: 0 };
bot.command("start", async (ctx) => {
  while (round.open) {
    await stop(round);
  }
  round.open = ctx.chat.id;
});`,
  },
  "7: one more listener for each update": {
    reported: `${BOT}
bot.command("send", (ctx) => {
  bot.on("callback_query", async (q) => { // => no-listener-in-handler
    if (q.chat.id !== ctx.chat.id) return;
    await pay(ctx.chat.id);
  });
});`,
    silent: `import TelegramBot from "node-telegram-bot-api";
const bot = new TelegramBot("token", { polling: true });
bot.onText(/send/, (msg) => {
  const tapped = async (q) => {
    if (q.message.chat.id !== msg.chat.id) return;
    bot.off("callback_query", tapped);
    await pay(msg.chat.id);
  };
  bot.on("callback_query", tapped);
});`,
  },
  "8: the entry that is deleted after a wait may be another activation's": {
    reported: `${BOT}
const pending = new Map();
bot.command("login", async (ctx) => { pending.set(ctx.from.email, newSession()); });
bot.command("verify", async (ctx) => {
  const sid = pending.get(ctx.from.email);
  if (!sid) return;
  await api.post("/verify", { code: ctx.match, sid });
  pending.delete(ctx.from.email); // => no-check-then-act
});`,
    silent: `${BOT}
const pending = new Map();
bot.command("login", async (ctx) => { pending.set(ctx.from.email, newSession()); });
bot.command("verify", async (ctx) => {
  const sid = pending.get(ctx.from.email);
  if (!sid) return;
  await api.post("/verify", { code: ctx.match, sid });
  if (pending.get(ctx.from.email) === sid) pending.delete(ctx.from.email);
});`,
  },
  "9: an un-awaited call runs beside the rest of its own caller": {
    reported: `${DISCORD}
const balance = new Map();
async function reward(id) {
  const old = balance.get(id) ?? 0;
  const bonus = await rate();
  balance.set(id, old + bonus); // => no-lost-update
}
async function bet(m) {
  const old = balance.get(m.author.id) ?? 0;
  const won = await roll();
  balance.set(m.author.id, old + won); // => no-lost-update
}
client.on("messageCreate", async (m) => {
  reward(m.author.id);
  if (m.content.startsWith("!bet")) await bet(m);
});`,
    silent: `${DISCORD}
const balance = new Map();
async function reward(id) {
  const bonus = await rate();
  balance.set(id, (balance.get(id) ?? 0) + bonus);
}
async function bet(m) {
  const won = await roll();
  balance.set(m.author.id, (balance.get(m.author.id) ?? 0) + won);
}
client.on("messageCreate", async (m) => {
  reward(m.author.id);
  if (m.content.startsWith("!bet")) await bet(m);
});`,
  },
  "10: both suspensions are on paths that return, and the store is synchronous": {
    silent: `${BOT}import Database from "better-sqlite3";
const db = new Database("bets.db");
let closed = false;
bot.callbackQuery(/bet:(\\d+)/, async (ctx) => {
  const me = db.prepare("SELECT * FROM bets WHERE user = ?").get(ctx.from.id);
  if (me) { await ctx.answerCallbackQuery("already in"); return; }
  if (closed) { await ctx.answerCallbackQuery("too late"); return; }
  db.prepare("INSERT INTO bets(user) VALUES (?)").run(ctx.from.id);
});
bot.command("close", () => { closed = true; });`,
    reported: `${BOT}import Database from "better-sqlite3";
const db = new Database("bets.db");
bot.callbackQuery(/bet:(\\d+)/, async (ctx) => {
  const me = db.prepare("SELECT * FROM bets WHERE user = ?").get(ctx.from.id);
  if (me) { await ctx.answerCallbackQuery("already in"); return; }
  await ctx.answerCallbackQuery("one moment");
  db.prepare("INSERT INTO bets(user) VALUES (?)").run(ctx.from.id); // => no-store-race
});`,
  },
};

describe.each(Object.entries(programs))("%s", (_name, { reported, silent }) => {
  test("reported", () => {
    expect(reports(reported)).toEqual(expectations(reported));
  });
  test("silent", () => {
    expect(reports(silent)).toEqual([]);
  });
});

describe("2: a row that a middleware put on the context is stale before the handler's first line", () => {
  test("reported", () => {
    const program = `${BOT}import { Repository } from "typeorm";
const users: Repository<any> = source.getRepository("user");
bot.use(async (ctx, next) => {
  ctx.user = await users.findOne({ where: { tg: ctx.from.id } });
  await next();
});
bot.command("hide", async (ctx) => {
  ctx.user.hidden = true;
  ctx.user.score += 1;
  await users.save(ctx.user); // => no-store-race
});`;
    expect(reports(program)).toEqual(expectations(program));
  });
  test("silent", () => {
    expect(
      reports(`${BOT}import { Repository } from "typeorm";
const users: Repository<any> = source.getRepository("user");
bot.command("hide", async (ctx) => {
  await users.increment({ tg: ctx.from.id }, "score", 1);
});`),
    ).toEqual([]);
  });
});

describe("6: a claim in a session of which each update has its own copy", () => {
  const scene = (library: string): string => `${library}import mongoose from "mongoose";
const payouts = mongoose.model("Payout", new mongoose.Schema({ user: Number, plan: Number }));
const plans = mongoose.model("Plan", new mongoose.Schema({ id: Number }));
bot.on("message", async (ctx) => {
  if (ctx.session.paid) return;
  ctx.session.paid = true;
  const plan = await plans.findOne({ id: 1 });
  await payouts.create({ user: ctx.from.id, plan: plan.id }); // => no-store-race
});
`;
  test("reported", () => {
    const program = scene(`${BOT}import { session } from "grammy";\nbot.use(session());\n`);
    expect(reports(program)).toEqual(expectations(program));
  });
  test("silent where the updates of a key share the object", () => {
    const program = scene(`import { Telegraf, session } from "telegraf";
const bot = new Telegraf("token");
bot.use(session());
`);
    expect(reports(program)).toEqual([]);
  });
});
