import { expect, test } from "vitest";
import { expectLines } from "./expect-lines.ts";
import { findingsOf } from "./reported-lines.ts";

const START = `import { Mutex } from "async-mutex";
import AsyncLock from "async-lock";
import { Client } from "discord.js";
import { sequential } from "eslint-plugin-run-async/runtime";
const client = new Client({ intents: [] });
const one = new Mutex();
const two = new Mutex();
const locks = new AsyncLock();
const carts = new Map();
let total = 0;
`;
const LOCKED = `
client.on("a", async () => { await one.runExclusive(async () => { await load(); total = 1; }); });
client.on("b", async () => { await one.runExclusive(async () => { await load(); total = 2; }); });
client.on("c", async () => { await one.runExclusive(async () => { await load(); total = 3; }); });`;
const KEYED = `
client.on("a", async (m) => { await locks.acquire(m.chat, async () => { await load(); carts.set(m.chat, 1); }); });
client.on("b", async (m) => { await locks.acquire(m.chat, async () => { await load(); carts.set(m.chat, 2); }); });`;
const SEQUENTIAL = `
client.on("a", async (m) => { await sequential(m.chat, async () => { await load(); carts.set(m.chat, 1); }); });
client.on("b", async (m) => { await sequential(m.chat, async () => { await load(); carts.set(m.chat, 2); }); });`;

expectLines(
  "inconsistent-lock",
  {
    "one of four writers holds no lock": `${START}${LOCKED}
client.on("d", async () => {
  total = 0; // !
});`,
    "one holds another lock": `${START}${LOCKED}
client.on("d", async () => {
  await two.runExclusive(() => {
    total = 0; // !
  });
});`,
    "a compound write without the lock": `${START}${LOCKED}
client.on("d", async () => {
  total += 1; // !
});`,
    "one of three keyed writers holds none": `${START}${KEYED}
client.on("d", async (m) => {
  carts.set(m.chat, 0); // !
});`,
    "one holds it for another key": `${START}${KEYED}
client.on("d", async (m) => {
  await locks.acquire(m.user, async () => {
    carts.set(m.chat, 0); // !
  });
});`,
    "a delete without the lock": `${START}${KEYED}
client.on("d", async (m) => {
  carts.delete(m.chat); // !
});`,
    "sequential is forgotten": `${START}${SEQUENTIAL}
client.on("d", async (m) => {
  carts.set(m.chat, 0); // !
});`,
    "sequential with a constant key": `${START}${SEQUENTIAL}
client.on("d", async (m) => {
  await sequential("all", async () => {
    carts.set(m.chat, 0); // !
  });
});`,
    "after the section": `${START}${LOCKED}
client.on("d", async () => {
  await one.runExclusive(() => load());
  total = 0; // !
});`,
    "acquire and release, then a write": `${START}${LOCKED}
client.on("d", async () => {
  const release = await one.acquire();
  release();
  total = 0; // !
});`,
    "in a helper of another handler": `${START}${LOCKED}
function reset() {
  total = 0; // !
}
client.on("d", async () => { await load(); reset(); });`,
  },
  {
    "all hold it": `${START}${LOCKED}`,
    "all hold it for the key": `${START}${KEYED}`,
    "all are sequential": `${START}${SEQUENTIAL}`,
    "nobody holds one": `${START}
client.on("a", async () => { total = 1; });
client.on("b", async () => { total = 2; });`,
    "one of three holds it": `${START}
client.on("a", async () => { await one.runExclusive(() => { total = 1; }); });
client.on("b", async () => { total = 2; });
client.on("c", async () => { total = 3; });`,
    "half hold it": `${START}
client.on("a", async () => { await one.runExclusive(() => { total = 1; }); });
client.on("b", async () => { await one.runExclusive(() => { total = 2; }); });
client.on("c", async () => { total = 3; });
client.on("d", async () => { total = 4; });`,
    "only the start writes without it": `${START}${LOCKED}
total = 10;
client.once("ready", async () => { total = 0; });`,
    "a reader glances": `${START}${LOCKED}
client.on("d", async (m) => { await m.reply(String(total)); });`,
    "acquire and release around the write": `${START}${LOCKED}
client.on("d", async () => {
  const release = await one.acquire();
  try { total = 0; } finally { release(); }
});`,
    "the same key under another name": `${START}${KEYED}
client.on("d", async (m) => {
  const chat = m.chat;
  await locks.acquire(chat, async () => { carts.set(chat, 0); });
});`,
    "a helper that is called under the lock": `${START}${LOCKED}
function reset() { total = 0; }
client.on("d", async () => { await one.runExclusive(() => { reset(); }); });`,
    "another state": `${START}${LOCKED}
let other = 0;
client.on("d", async () => { other = 1; });`,
  },
);

test("says how many of the writers hold which lock for which key", () => {
  const [finding] = findingsOf(
    `${START}${KEYED}\nclient.on("d", async (m) => { carts.set(m.chat, 0); });`,
    "inconsistent-lock",
  );
  expect(finding?.message).toContain("2 of 3 writers of `carts[chat]` hold `locks[chat]`");
});
