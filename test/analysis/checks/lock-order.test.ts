import { expectLines } from "./expect-lines.ts";

const START = `import { Mutex } from "async-mutex";
import AsyncLock from "async-lock";
import { Client } from "discord.js";
import { BoundedPool, sequential } from "eslint-plugin-run-async/runtime";
const client = new Client({ intents: [] });
const a = new Mutex();
const b = new Mutex();
const gate = new Mutex();
const locks = new AsyncLock();
const pool = new BoundedPool({ workers: 2 });
const answers = new Map();
`;

expectLines(
  "lock-order",
  {
    "two orders": `${START}
client.on("x", async () => {
  await a.runExclusive(async () => {
    await b.runExclusive(() => load()); // !
  });
});
client.on("y", async () => {
  await b.runExclusive(async () => {
    await a.runExclusive(() => load()); // !
  });
});`,
    "through helpers and acquire": `${START}
const withB = () => b.runExclusive(() => load()); // !
client.on("x", async () => {
  const release = await a.acquire();
  try { await withB(); } finally { release(); }
});
client.on("y", async () => {
  await b.runExclusive(async () => {
    const release = await a.acquire(); // !
    release();
  });
});`,
    "two keys in the order of the data": `${START}
client.on("x", async (m) => {
  await locks.acquire(m.from, async () => {
    await locks.acquire(m.to, () => move(m)); // !
  });
});`,
    "an array of keys as the data has it": `${START}
client.on("x", async (m) => {
  await locks.acquire([m.from, m.to], () => move(m)); // !
});`,
    "taken again by its holder": `${START}
const save = () => a.runExclusive(() => store()); // !
client.on("x", async () => {
  await a.runExclusive(async () => { await save(); });
});`,
    "the same key again": `${START}
client.on("x", async (m) => {
  await sequential(m.chat, async () => {
    await sequential(m.chat, () => load()); // !
  });
});`,
    "a slot under a lock that the pool's tasks need": `${START}
client.on("x", async () => {
  await a.runExclusive(async () => {
    await pool.run(() => load()); // !
  });
});
client.on("y", async () => {
  await pool.run(async () => {
    await a.runExclusive(() => load()); // !
  });
});`,
    "a signal that needs the lock": `${START}
client.on("x", async (m) => {
  await locks.acquire(m.chat, async () => {
    await new Promise((resolve) => answers.set(m.chat, resolve)); // !
  });
});
client.on("y", async (m) => {
  await locks.acquire(m.chat, () => { answers.get(m.chat)?.(m.text); });
});`,
  },
  {
    "one order": `${START}
client.on("x", async () => { await a.runExclusive(async () => { await b.runExclusive(() => load()); }); });
client.on("y", async () => { await a.runExclusive(async () => { await b.runExclusive(() => save()); }); });`,
    "given back before": `${START}
client.on("x", async () => { await a.runExclusive(() => load()); await b.runExclusive(() => load()); });
client.on("y", async () => { await b.runExclusive(() => load()); await a.runExclusive(() => load()); });`,
    "both orders behind one gate": `${START}
client.on("x", async () => {
  await gate.runExclusive(() => a.runExclusive(async () => { await b.runExclusive(() => load()); }));
});
client.on("y", async () => {
  await gate.runExclusive(() => b.runExclusive(async () => { await a.runExclusive(() => load()); }));
});`,
    "sorted keys": `${START}
client.on("x", async (m) => {
  const [first, second] = [m.from, m.to].sort();
  await locks.acquire(first, async () => { await locks.acquire(second, () => move(m)); });
});`,
    "keys taken together": `${START}
client.on("x", async (m) => { await sequential([m.from, m.to], () => move(m)); });`,
    "a sorted array": `${START}
client.on("x", async (m) => { await locks.acquire([m.from, m.to].sort(), () => move(m)); });`,
    "the inner one is not waited for": `${START}
client.on("x", async () => {
  await a.runExclusive(async () => { a.runExclusive(() => load()).catch(console.error); });
});`,
    "a slot without the lock": `${START}
client.on("x", async () => { const s = await a.runExclusive(() => load()); await pool.run(() => draw(s)); });
client.on("y", async () => { await pool.run(async () => { await a.runExclusive(() => load()); }); });`,
    "a sequential dispatcher": `import { Bot } from "grammy";
import { Mutex } from "async-mutex";
const bot = new Bot("token");
const a = new Mutex();
const b = new Mutex();
bot.command("x", async () => { await a.runExclusive(async () => { await b.runExclusive(() => load()); }); });
bot.command("y", async () => { await b.runExclusive(async () => { await a.runExclusive(() => load()); }); });
bot.start();`,
  },
);
