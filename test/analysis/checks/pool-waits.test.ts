import { describe, expect, test } from "vitest";
import { findingsOf, markedLines, reportedLines } from "./reported-lines.ts";

const RUNTIME = `import { BoundedPool, CommandHandler, Updater, runAsync } from "eslint-plugin-run-async/runtime";
const updater = new Updater("token", { workers: 2 });
const start = (fn) => updater.dispatcher.addHandler(new CommandHandler("go", fn));
`;
const LIMIT = `import { Client } from "discord.js";
import pLimit from "p-limit";
const client = new Client({ intents: [] });
`;

/** A handler that waits until another one does something with the resolver that it kept. */
const signal = (sender: string): string => `${RUNTIME}
const answers = new Map();
start(async (update) => {
  await new Promise((resolve) => answers.set(update.effectiveChat.id, resolve)); // !
});
start(async (update) => {
  ${sender}
});`;

const hazards: Record<string, string> = {
  "a signal by the method of what is kept": signal(
    "answers.get(update.effectiveChat.id).resolve(update.message.text);",
  ),
  "a signal to each, in a callback": signal("answers.forEach((go) => go(update));"),
  "a signal to each, in a loop, and one more": signal(
    "for (const go of answers.values()) go(update);\n  answers.get(1)();",
  ),
  "a signal by a name": signal("const go = answers.get(update.effectiveChat.id);\n  go?.(1);"),
  "a task waits for another of its pool": `${RUNTIME}
const inner = runAsync(async () => load());
start(runAsync(async () => {
  await inner().result; // !
}));`,
  "through a variable and Promise.all": `${RUNTIME}
const inner = runAsync(async (id) => load(id));
start(runAsync(async (update, context) => {
  const tasks = context.args.map((id) => inner(id)); // !
  await Promise.all(tasks.map((task) => task.result));
}));`,
  recursion: `${LIMIT}
const limit = pLimit(3);
const walk = (folder) => limit(async () => {
  for (const child of await list(folder)) await walk(child); // !
});
client.on("messageCreate", async (message) => { await walk(message.content); });`,
  "a pool whose size is a constant": `${LIMIT}
const SLOTS = 2;
const limit = pLimit(SLOTS);
client.on("messageCreate", async (message) => {
  await limit(async () => {
    await limit(() => save(message)); // !
  });
});`,
  "a pool that env sizes, with a default": `${LIMIT}
const limit = pLimit(Number(process.env.SLOTS ?? 4));
client.on("messageCreate", async (message) => {
  await limit(async () => {
    await limit(() => save(message)); // !
  });
});`,
  "a pool that a config object sizes": `${RUNTIME}
const config = { pools: { images: 3 } };
const images = new BoundedPool({ workers: config.pools.images });
start(runAsync(async (update) => {
  await images.run(async () => {
    await images.run(() => draw(update)); // !
  });
}));`,
  "two pools that wait for each other": `${RUNTIME}
const a = new BoundedPool({ workers: 1 });
const b = new BoundedPool({ workers: 1 });
start(runAsync(async () => {
  await a.run(async () => {
    await b.run(async () => { // !
      await a.run(() => load());
    });
  });
}));`,
  "overflow: block with a fan-out": `${RUNTIME}
const pool = new BoundedPool({ workers: 1, overflow: "block" });
start(runAsync(async () => {
  await pool.run(async () => {
    void pool.run(() => load()); // !
  });
}));`,
  "a runAsync function with a pool of its own that waits in it": `${RUNTIME}
const senders = new BoundedPool({ workers: 2 });
const send = runAsync(async (text) => post(text), { pool: senders });
const sendAll = runAsync(async (texts) => {
  for (const text of texts) await send(text).result; // !
}, { pool: senders });
start(async (update, context) => { sendAll(context.args); });`,
  "a signal that only a task of the pool sends": `${RUNTIME}
const waiting = [];
start(runAsync(async () => {
  await new Promise((resolve) => waiting.push(resolve)); // !
}));
start(runAsync(async () => {
  for (const go of waiting.splice(0)) go();
}));`,
  "a signal of a later update in a sequential handler": `${RUNTIME}
const answers = new Map();
start(async (update) => {
  await new Promise((resolve) => answers.set(update.effectiveChat.id, resolve)); // !
});
start(async (update) => {
  answers.get(update.effectiveChat.id)?.(update.message.text);
});`,
};

const twins: Record<string, string> = {
  "nobody calls what is kept": signal("answers.get(update.effectiveChat.id).push(1);"),
  "something else is called": signal("done(answers.get(update.effectiveChat.id));"),
  "the handle is not waited for": `${RUNTIME}
const inner = runAsync(async () => load());
start(runAsync(async () => { await inner(); }));`,
  "the handler holds no slot": `${RUNTIME}
const inner = runAsync(async () => load());
start(async () => { await inner().result; });`,
  "a plain function does the inner work": `${RUNTIME}
const inner = async () => load();
start(runAsync(async () => { await inner(); }));`,
  "submitted after the release": `${LIMIT}
const limit = pLimit(2);
client.on("messageCreate", async (message) => {
  await limit(() => load(message)).then(() => limit(() => save(message)));
});`,
  "separate pools in one direction": `${RUNTIME}
const a = new BoundedPool({ workers: 1 });
const b = new BoundedPool({ workers: 1 });
start(runAsync(async () => {
  await a.run(async () => { await b.run(() => load()); });
}));`,
  "inherit runs the child in the parent's slot": `${RUNTIME}
const pool = new BoundedPool({ workers: 2, nested: "inherit" });
start(runAsync(async () => {
  await pool.run(async () => { await pool.run(() => load()); });
}));`,
  "fire and forget in a queueing pool": `${RUNTIME}
const pool = new BoundedPool({ workers: 1 });
start(runAsync(async () => {
  await pool.run(async () => { void pool.run(() => load()); });
}));`,
  "a mutex admits one outer holder, and the pool has a slot for its child": `${RUNTIME}
import { Mutex } from "async-mutex";
const pool = new BoundedPool({ workers: 2 });
const one = new Mutex();
start(runAsync(async () => {
  await one.runExclusive(() => pool.run(async () => { await pool.run(() => load()); }));
}));`,
  "a queue without bound": `import { Client } from "discord.js";
import PQueue from "p-queue";
const client = new Client({ intents: [] });
const queue = new PQueue();
client.on("messageCreate", async () => {
  await queue.add(async () => { await queue.add(() => load()); });
});`,
  "the signal comes from outside the pool": `${RUNTIME}
const waiting = [];
start(runAsync(async () => { await new Promise((resolve) => waiting.push(resolve)); }));
start(() => { for (const go of waiting.splice(0)) go(); });`,
  "a wait that a timer ends": `${RUNTIME}
const waiting = [];
start(runAsync(async () => {
  await new Promise((resolve) => { waiting.push(resolve); setTimeout(resolve, 1000); });
}));
start(runAsync(async () => { for (const go of waiting.splice(0)) go(); }));`,
};

describe("reports", () => {
  test.each(Object.entries(hazards))("%s", (_title, code) => {
    expect(markedLines(code)).not.toEqual([]);
    expect(reportedLines(code, "nested-pool-wait")).toEqual(markedLines(code));
  });
});

describe("does not report", () => {
  test.each(Object.entries(twins))("%s", (_title, code) => {
    expect(reportedLines(code, "nested-pool-wait")).toEqual([]);
  });
});

const chainOfThree = (slots: number): string => `${LIMIT}
const limit = pLimit(${String(slots)});
const leaf = () => limit(async function leafTask() { await load(); });
const middle = () => limit(async function middleTask() { await leaf(); });
client.on("messageCreate", async () => {
  await limit(async function outerTask() { await middle(); });
});`;

test("a chain deeper than the pool deadlocks alone: the chain, what it needs, and what would do", () => {
  const [outer] = findingsOf(chainOfThree(2), "nested-pool-wait").filter(({ message }) =>
    message.includes("outerTask ->"),
  );
  expect(outer?.message).toContain("outerTask -> middleTask -> leafTask");
  expect(outer?.message).toContain("needs up to 3 slots at once, and `limit` has 2");
  expect(outer?.message).toContain("This update alone deadlocks");
  expect(outer?.message).toContain("One update alone would get through with 3 slots");
});

test("a chain that fits deadlocks under load: how many updates it takes, by exploring the states", () => {
  const [outer] = findingsOf(chainOfThree(4), "nested-pool-wait").filter(({ message }) =>
    message.includes("outerTask ->"),
  );
  // Two updates hold two slots each with their outer and middle tasks; both leaves stand in line.
  expect(outer?.message).toContain("2 updates at once fill its 4 slots");
});
