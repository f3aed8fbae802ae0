// The pools that bots use, each as its library makes, fills and drains it.
import { expectLines } from "./expect-lines.ts";

const RUNTIME = `import { BoundedPool, CommandHandler, Updater, runAsync } from "eslint-plugin-run-async/runtime";
const updater = new Updater("token", { workers: 2 });
const start = (fn) => updater.dispatcher.addHandler(new CommandHandler("go", fn));
`;
const DISCORD = `import { Client } from "discord.js";
const client = new Client({ intents: [] });
`;

expectLines(
  "nested-pool-wait",
  {
    "fastq: a worker that waits for its own queue": `${DISCORD}import fastq from "fastq";
const queue = fastq.promise(work, 2);
async function work(job) {
  if (job.parent) await queue.push(job.parent); // !
}
client.on("messageCreate", async (m) => { await queue.push(m); });`,
    "fastq, imported by name": `${DISCORD}import { promise as fastq } from "fastq";
const queue = fastq(work, 1);
async function work(job) {
  for (const next of job.children) await queue.push(next); // !
}
client.on("messageCreate", async (m) => { queue.push(m); });`,
    "fastq, required, from the front of the line": `${DISCORD}const fastq = require("fastq");
const queue = fastq.promise(async (job) => {
  await queue.unshift(job.next); // !
}, 3);
client.on("messageCreate", async (m) => { await queue.push(m); });`,
    "fastq with a context for its worker": `${DISCORD}import fastq from "fastq";
const queue = fastq.promise({ n: 1 }, work, 2);
async function work(job) {
  if (job.parent) await queue.push(job.parent); // !
}
client.on("messageCreate", async (m) => { await queue.push(m); });`,
    "async-sema: a helper asks for a second slot": `${DISCORD}import { Sema } from "async-sema";
const sema = new Sema(4);
async function draw(m) {
  await sema.acquire();
  try { await render(m); } finally { sema.release(); }
}
client.on("messageCreate", async (m) => {
  await sema.acquire();
  try {
    await draw(m); // !
  } finally { sema.release(); }
});`,
    "async-sema: two slots taken one by one": `${DISCORD}import { Sema } from "async-sema";
const a = new Sema(4);
client.on("messageCreate", async (m) => {
  await a.acquire();
  await a.acquire(); // !
  await load(m);
  a.release(); a.release();
});`,
    "Semaphore: a helper asks for a second slot": `${DISCORD}import { Semaphore } from "async-mutex";
const slots = new Semaphore(3);
async function inner(m) {
  const [, release] = await slots.acquire();
  try { await render(m); } finally { release(); }
}
client.on("messageCreate", async (m) => {
  const [, release] = await slots.acquire();
  try {
    await inner(m); // !
  } finally { release(); }
});`,
    "Semaphore: more slots than are left": `${DISCORD}import { Semaphore } from "async-mutex";
const slots = new Semaphore(3);
client.on("messageCreate", async (m) => {
  await slots.runExclusive(async () => {
    await slots.runExclusive(() => load(m), 3); // !
  });
});`,
    "Semaphore: all slots taken, and one more": `${DISCORD}import { Semaphore } from "async-mutex";
const slots = new Semaphore(2);
client.on("messageCreate", async (m) => {
  const [, release] = await slots.acquire(2);
  await slots.acquire(); // !
  release();
});`,
    bottleneck: `${DISCORD}import Bottleneck from "bottleneck";
const limiter = new Bottleneck({ maxConcurrent: 2 });
client.on("messageCreate", async (m) => {
  await limiter.schedule(async () => {
    await limiter.schedule(() => save(m)); // !
  });
});`,
    "bottleneck with options before the task": `${DISCORD}import Bottleneck from "bottleneck";
const limiter = new Bottleneck({ maxConcurrent: 2 });
client.on("messageCreate", async (m) => {
  await limiter.schedule({ priority: 1 }, async () => {
    await limiter.schedule({ priority: 1 }, () => save(m)); // !
  });
});`,
    "bottleneck: wrapped functions": `${DISCORD}import Bottleneck from "bottleneck";
const limiter = new Bottleneck({ maxConcurrent: 1, minTime: 30 });
const send = limiter.wrap(async (text) => post(text));
const sendAll = limiter.wrap(async (texts) => {
  for (const text of texts) await send(text); // !
});
client.on("messageCreate", async (m) => { await sendAll(m.lines); });`,
    "p-queue: addAll": `${DISCORD}import PQueue from "p-queue";
const queue = new PQueue({ concurrency: 2 });
client.on("messageCreate", async (m) => {
  await queue.add(async () => {
    await queue.addAll(m.parts.map((part) => () => save(part))); // !
  });
});`,
    "p-queue: a task waits until its own queue is idle": `${DISCORD}import PQueue from "p-queue";
const queue = new PQueue({ concurrency: 2 });
client.on("messageCreate", async (m) => {
  await queue.add(async () => {
    await queue.onIdle(); // !
  });
});`,
    "p-limit: map": `${DISCORD}import pLimit from "p-limit";
const limit = pLimit(2);
client.on("messageCreate", async (m) => {
  await limit(async () => {
    await limit.map(m.parts, (part) => save(part)); // !
  });
});`,
    "p-limit: limitFunction that calls itself": `${DISCORD}import { limitFunction } from "p-limit";
const walk = limitFunction(async (folder) => {
  for (const child of await list(folder)) await walk(child); // !
}, { concurrency: 2 });
client.on("messageCreate", async (m) => { await walk(m.content); });`,
    "the promise is returned by an arrow": `${DISCORD}import pLimit from "p-limit";
const limit = pLimit(2);
client.on("messageCreate", async (m) => {
  await limit(() => limit(() => save(m))); // !
});`,
    "the promise is returned from a block": `${DISCORD}import pLimit from "p-limit";
const limit = pLimit(2);
client.on("messageCreate", (m) => {
  limit(async () => {
    const text = await load(m);
    return limit(() => save(text)); // !
  });
});`,
    "a limit in a field of a class": `${DISCORD}import pLimit from "p-limit";
class Images {
  limit = pLimit(2);
  draw(m) { return this.limit(() => this.#one(m)); }
  async #one(m) {
    await this.limit(() => upload(m)); // !
  }
}
const images = new Images();
client.on("messageCreate", async (m) => { await images.draw(m); });`,
    "a limit that a factory makes": `${DISCORD}import pLimit from "p-limit";
const make = () => pLimit(2);
const limit = make();
client.on("messageCreate", async (m) => {
  await limit(async () => {
    await limit(() => save(m)); // !
  });
});`,
    "in a then of the task": `${DISCORD}import pLimit from "p-limit";
const limit = pLimit(2);
client.on("messageCreate", async (m) => {
  await limit(() => load(m).then((t) => limit(() => save(t)))); // !
});`,
    "the promise is kept and awaited later": `${DISCORD}import pLimit from "p-limit";
const limit = pLimit(2);
client.on("messageCreate", async (m) => {
  await limit(async () => {
    const saving = limit(() => save(m)); // !
    await load(m);
    await saving;
  });
});`,
    "promises collected in a list": `${DISCORD}import pLimit from "p-limit";
const limit = pLimit(2);
client.on("messageCreate", async (m) => {
  await limit(async () => {
    const all = [];
    for (const part of m.parts) all.push(limit(() => save(part))); // !
    await Promise.all(all);
  });
});`,
    "Promise.allSettled over a map": `${DISCORD}import pLimit from "p-limit";
const limit = pLimit(2);
client.on("messageCreate", async (m) => {
  await limit(async () => {
    await Promise.allSettled(m.parts.map((part) => limit(() => save(part)))); // !
  });
});`,
    "a limit that each update makes for itself": `${DISCORD}import pLimit from "p-limit";
client.on("messageCreate", async (m) => {
  const limit = pLimit(2);
  await Promise.all(m.parts.map((part) => limit(async () => {
    await Promise.all(part.parts.map((x) => limit(() => save(x)))); // !
  })));
});`,
    "inherit does not reach over another pool": `${RUNTIME}
const a = new BoundedPool({ workers: 2, nested: "inherit" });
const b = new BoundedPool({ workers: 2, nested: "inherit" });
start(async () => {
  await a.run(async () => {
    await b.run(async () => { // !
      await a.run(() => load());
    });
  });
});`,
    "nor when it recurs": `${RUNTIME}
const a = new BoundedPool({ workers: 2, nested: "inherit" });
const b = new BoundedPool({ workers: 2, nested: "inherit" });
async function walk(n) {
  await a.run(async () => {
    await b.run(async () => { // !
      await walk(n - 1); // !
    });
  });
}
start(async () => { await walk(3); });`,
    "runAsync with its pool in a constant": `${RUNTIME}
const senders = new BoundedPool({ workers: 2 });
const options = { pool: senders };
const send = runAsync(async (text) => post(text), options);
const sendAll = runAsync(async (texts) => {
  for (const text of texts) await send(text).result; // !
}, options);
start(async (update, context) => { sendAll(context.args); });`,
    "runAsync with a pool of an object of pools": `${RUNTIME}
const pools = { senders: new BoundedPool({ workers: 2 }) };
const send = runAsync(async (text) => post(text), { pool: pools.senders });
const sendAll = runAsync(async (texts) => {
  for (const text of texts) await send(text).result; // !
}, { pool: pools.senders });
start(async (update, context) => { sendAll(context.args); });`,
  },
  {
    "fastq: nobody waits": `${DISCORD}import fastq from "fastq";
const queue = fastq.promise(work, 2);
async function work(job) { if (job.parent) queue.push(job.parent).catch(console.error); }
client.on("messageCreate", async (m) => { await queue.push(m); });`,
    "async-sema: one after the other": `${DISCORD}import { Sema } from "async-sema";
const sema = new Sema(4);
async function draw(m) { await sema.acquire(); try { await render(m); } finally { sema.release(); } }
client.on("messageCreate", async (m) => {
  await sema.acquire();
  try { await load(m); } finally { sema.release(); }
  await draw(m);
});`,
    "Semaphore: given back before the next": `${DISCORD}import { Semaphore } from "async-mutex";
const slots = new Semaphore(3);
client.on("messageCreate", async (m) => {
  const [, release] = await slots.acquire();
  release();
  const [, second] = await slots.acquire();
  second();
});`,
    "Semaphore: given back by its method": `${DISCORD}import { Semaphore } from "async-mutex";
const slots = new Semaphore(3);
client.on("messageCreate", async (m) => {
  await slots.acquire();
  slots.release();
  await slots.acquire();
  slots.release();
});`,
    "bottleneck without a bound": `${DISCORD}import Bottleneck from "bottleneck";
const limiter = new Bottleneck({ minTime: 30 });
client.on("messageCreate", async (m) => {
  await limiter.schedule(async () => { await limiter.schedule(() => save(m)); });
});`,
    "bottleneck, explicitly without a bound": `${DISCORD}import Bottleneck from "bottleneck";
const limiter = new Bottleneck({ maxConcurrent: null, minTime: 30 });
client.on("messageCreate", async (m) => {
  await limiter.schedule(async () => { await limiter.schedule(() => save(m)); });
});`,
    "a limit of one update, one level": `${DISCORD}import pLimit from "p-limit";
client.on("messageCreate", async (m) => {
  const limit = pLimit(2);
  await Promise.all(m.parts.map((part) => limit(() => save(part))));
});`,
    "a pool that rejects instead of queueing": `${RUNTIME}const pool = new BoundedPool({ workers: 1, overflow: "reject" });
start(runAsync(async () => { await pool.run(async () => { await pool.run(() => load()); }); }));`,
    "a pool without a line": `${RUNTIME}const pool = new BoundedPool({ workers: 1, maxQueue: 0 });
start(runAsync(async () => { await pool.run(async () => { await pool.run(() => load()); }); }));`,
    "a pool that refuses nested waits": `${RUNTIME}const pool = new BoundedPool({ workers: 1, nested: "error" });
start(runAsync(async () => { await pool.run(async () => { await pool.run(() => load()); }); }));`,
    "an Updater that lends the slot": `${RUNTIME.replace("{ workers: 2 }", '{ workers: 2, nested: "inherit" }')}
const inner = runAsync(async () => load());
start(runAsync(async () => { await inner().result; }));`,
    "recursion in lent slots": `${RUNTIME.replace("{ workers: 2 }", '{ workers: 2, nested: "inherit" }')}
const inner = runAsync(async (n) => { if (n > 0) await inner(n - 1).result; });
start(runAsync(async () => { await inner(5).result; }));`,
    "runAsync with a pool that lends the slot": `${RUNTIME}
const senders = new BoundedPool({ workers: 2, nested: "inherit" });
const send = runAsync(async (text) => post(text), { pool: senders });
const sendAll = runAsync(async (texts) => { for (const text of texts) await send(text).result; }, { pool: senders });
start(async (update, context) => { sendAll(context.args); });`,
    "runAsync with a pool of its own": `${RUNTIME}
const senders = new BoundedPool({ workers: 2 });
const send = runAsync(async (text) => post(text), { pool: senders });
start(runAsync(async (update, context) => { for (const t of context.args) await send(t).result; }));`,
    "two pools of an object of pools": `${RUNTIME}
const pools = { a: new BoundedPool({ workers: 1 }), b: new BoundedPool({ workers: 1 }) };
const send = runAsync(async (text) => post(text), { pool: pools.a });
const sendAll = runAsync(async (texts) => { for (const text of texts) await send(text).result; }, { pool: pools.b });
start(async (update, context) => { sendAll(context.args); });`,
    "async-sema: taken in a loop, given back by what was started": `${DISCORD}import { Sema } from "async-sema";
const sema = new Sema(4);
client.on("messageCreate", async (m) => {
  for (const part of m.parts) {
    await sema.acquire();
    load(part).finally(() => sema.release());
  }
});`,
    "async-sema: taken and given back by methods of a class": `${DISCORD}import { Sema } from "async-sema";
class Gate {
  sema = new Sema(4);
  async enter() { await this.sema.acquire(); }
  leave() { this.sema.release(); }
}
const gate = new Gate();
client.on("messageCreate", async (m) => {
  await gate.enter();
  gate.leave();
  await gate.enter();
  gate.leave();
});`,
    "a limit for each chat": `${DISCORD}import pLimit from "p-limit";
const limits = new Map();
function limitOf(chat) {
  let limit = limits.get(chat);
  if (!limit) limits.set(chat, (limit = pLimit(1)));
  return limit;
}
client.on("messageCreate", async (m) => {
  await limitOf(m.channel.id)(async () => { await limitOf(m.author.id)(() => save(m)); });
});`,
    "a limit for each level of a recursion": `${DISCORD}import pLimit from "p-limit";
async function walk(folder) {
  const limit = pLimit(2);
  await Promise.all(folder.children.map((child) => limit(() => walk(child))));
}
client.on("messageCreate", async (m) => { await walk(m.tree); });`,
  },
);
