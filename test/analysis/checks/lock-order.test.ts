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

const MORE = `import { Mutex, Semaphore } from "async-mutex";
import AsyncLock from "async-lock";
import { Client } from "discord.js";
import { BoundedPool, sequential } from "eslint-plugin-run-async/runtime";
import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
const client = new Client({ intents: [] });
const a = new Mutex();
const b = new Mutex();
const c = new Mutex();
const locks = new AsyncLock();
const pool = new BoundedPool({ workers: 2 });
const waiters = new Map();
`;

expectLines(
  "lock-order",
  {
    "three locks in a ring": `${MORE}
client.on("x", async () => { await a.runExclusive(async () => {
  await b.runExclusive(() => load()); // !
}); });
client.on("y", async () => { await b.runExclusive(async () => {
  await c.runExclusive(() => load()); // !
}); });
client.on("z", async () => { await c.runExclusive(async () => {
  await a.runExclusive(() => load()); // !
}); });`,
    "constants in two orders": `${MORE}
client.on("x", async () => { await locks.acquire("bank", async () => {
  await locks.acquire("shop", () => load()); // !
}); });
client.on("y", async () => { await locks.acquire("shop", async () => {
  await locks.acquire("bank", () => load()); // !
}); });`,
    "names that say nothing of an order": `${MORE}
client.on("x", async (m) => {
  const first = m.from;
  const second = m.to;
  await locks.acquire(first, async () => { await locks.acquire(second, () => move(m)); }); // !
});`,
    "a slot under a lock that the task needs": `${MORE}
const draw = async () => { await a.runExclusive(() => load()); }; // !
client.on("x", async () => { await a.runExclusive(async () => {
  await pool.run(draw); // !
}); });`,
    "the answer needs the lock that the question keeps": `${MORE}
client.on("ask", async (m) => {
  await a.runExclusive(async () => {
    await new Promise((resolve) => waiters.set(m.chat, resolve)); // !
  });
});
client.on("answer", async (m) => {
  await a.runExclusive(() => { waiters.get(m.chat)?.(m.text); });
});`,
    "answers by a loop, a callback and a member": `${MORE}
client.on("ask", async (m) => {
  await a.runExclusive(async () => {
    await new Promise((resolve) => waiters.set(m.chat, { resolve, at: 1 })); // !
  });
});
client.on("loop", async (m) => { await a.runExclusive(() => { for (const waiter of waiters.values()) waiter.resolve(); }); });
client.on("each", async (m) => { await a.runExclusive(() => { waiters.forEach((waiter) => waiter.resolve(m.text)); }); });
client.on("member", async (m) => { await a.runExclusive(() => { const waiter = waiters.get(m.chat); waiter.resolve(m.text); }); });`,
  },
  {
    "constants in one order": `${MORE}
client.on("x", async () => { await locks.acquire("bank", async () => {
  await locks.acquire("shop", () => load());
}); });`,
    "an array of constants": `${MORE}
client.on("x", async (m) => { await locks.acquire(["bank", "shop"], () => move(m)); });`,
    "the smaller first": `${MORE}
client.on("x", async (m) => {
  const first = m.from < m.to ? m.from : m.to;
  const second = m.from < m.to ? m.to : m.from;
  await locks.acquire(first, async () => { await locks.acquire(second, () => move(m)); });
});`,
    "the smaller by Math.min": `${MORE}
client.on("x", async (m) => {
  const first = Math.min(m.from, m.to);
  const second = Math.max(m.from, m.to);
  await locks.acquire(first, async () => { await locks.acquire(second, () => move(m)); });
});`,
    "under a transaction": `${MORE}
client.on("x", async (m) => {
  await prisma.$transaction(async (tx) => { await a.runExclusive(() => tx.user.findMany()); }, { isolationLevel: "Serializable" });
});
client.on("y", async (m) => {
  await a.runExclusive(async () => { await prisma.$transaction(async (tx) => { await tx.user.findMany(); }, { isolationLevel: "Serializable" }); });
});`,
    "a slot that nobody waits for under the lock": `${MORE}
const draw = async () => { await a.runExclusive(() => load()); };
client.on("x", async () => { await a.runExclusive(async () => { pool.run(draw); }); });`,
    "a lock of a task's own": `${MORE}
const draw = async () => { const own = new Mutex(); await own.runExclusive(() => load()); };
client.on("x", async () => { await a.runExclusive(async () => { await pool.run(draw); }); });`,
    "a task of nobody knows what": `${MORE}
client.on("x", async (m) => { await a.runExclusive(async () => { await pool.run(m.task); }); });`,
    "two orders in one exclusive start": `${MORE}
async function boot() { await a.runExclusive(async () => { await b.runExclusive(() => load()); }); await b.runExclusive(async () => { await a.runExclusive(() => load()); }); }
boot();`,
    "the answer needs no lock": `${MORE}
client.on("ask", async (m) => {
  await a.runExclusive(async () => {
    await new Promise((resolve) => waiters.set(m.chat, resolve));
  });
});
client.on("answer", async (m) => { waiters.get(m.chat)?.(m.text); });`,
    "a wait with a timeout": `${MORE}
client.on("ask", async (m) => {
  await a.runExclusive(async () => {
    await new Promise((resolve) => { waiters.set(m.chat, resolve); setTimeout(resolve, 5000); });
  });
});
client.on("answer", async (m) => { await a.runExclusive(() => { waiters.get(m.chat)?.(m.text); }); });`,
    "a promise that nobody awaits here": `${MORE}
client.on("ask", async (m) => {
  await a.runExclusive(async () => {
    const answer = new Promise((resolve) => waiters.set(m.chat, resolve));
    keep(answer);
  });
});
client.on("answer", async (m) => { await a.runExclusive(() => { waiters.get(m.chat)?.(m.text); }); });`,
    "something else is kept": `${MORE}
client.on("ask", async (m) => {
  await a.runExclusive(async () => {
    await new Promise((resolve) => { waiters.set(m.chat, m.text); });
  });
});
client.on("answer", async (m) => { await a.runExclusive(() => { waiters.get(m.chat)?.(m.text); }); });`,
    "read, but not called": `${MORE}
client.on("ask", async (m) => {
  await a.runExclusive(async () => {
    await new Promise((resolve) => waiters.set(m.chat, resolve));
  });
});
client.on("look", async (m) => { await a.runExclusive(() => { m.reply(waiters.has(m.chat)); waiters.delete(m.chat); }); });`,
  },
);
