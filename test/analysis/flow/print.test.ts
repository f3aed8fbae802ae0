// What the engine thinks of a function, in its readable form: evaluation, control flow and calls.
import { describe, expect, test } from "vitest";
import { BOT, printed } from "../harness.ts";

const STATE =
  "const counts = new Map();\nlet open = false; const toggle = () => { open = !open; };\n";

describe("reads and writes", () => {
  test("a read before the wait is stale at the write", () => {
    const program = `${STATE}async function bump(id) {
  const old = counts.get(id) ?? 0;
  const step = await load(id);
  counts.set(id, old + step);
}`;
    expect(printed(program, "bump")).toMatchInlineSnapshot(`
      "bump(id) suspends on 5
        4 read counts[id]
        6 assign counts[id] after 5, from counts[id] (4, stale since 5) and id (3, stale since 5)
        race lost-update of counts[id]: read on 4, suspended on 5, written on 6"
    `);
  });
  test("a read after the wait is fresh", () => {
    const program = `${STATE}async function bump(id) {
  const step = await load(id);
  counts.set(id, (counts.get(id) ?? 0) + step);
}`;
    expect(printed(program, "bump")).toMatchInlineSnapshot(`
      "bump(id) suspends on 4
        5 read counts[id] after 4
        5 assign counts[id] after 4, from counts[id] (5) and id (3, stale since 4)"
    `);
  });
  test("what a function does to its parameter and to itself", () => {
    const program = `class Cart {
  items = [];
  add(item, log) {
    this.items.push(item);
    log.last = item.name;
    delete log[item.id];
    return this.items.length;
  }
}`;
    expect(printed(program, "add")).toMatchInlineSnapshot(`
      "function(item, log)
        4 read this.items
        4 add this.items[…], from item (3)
        5 assign log.last, from item.name (5)
        6 delete log[id]
        7 read this.items
        7 read this.items
        result from this.items (7) refers to this.items"
    `);
  });
  test("nothing is said of an object that the function made", () => {
    const program = `function make(a) { const box = { a }; box.b = 1; box.list = []; box.list.push(a); return box; }`;
    expect(printed(program, "make")).toMatchInlineSnapshot(`"make(a)"`);
  });
});

describe("control flow", () => {
  test("a check with early return, and its claim", () => {
    const program = `${STATE}async function once() {
  if (open) return "busy";
  open = true;
  await work();
  open = false;
  return "done";
}`;
    expect(printed(program, "once")).toMatchInlineSnapshot(`
      "once() suspends on 6
        4 read open
        5 assign open = true (claim) claimed by open
        7 assign open = false after 6
        result from open (4, stale since 6)"
    `);
  });
  test("a function that throws unless: what holds when it ended", () => {
    const program = `${STATE}function guard() { if (open) throw new Error("busy"); }`;
    expect(printed(program, "guard")).toMatchInlineSnapshot(`
      "guard()
        3 read open
        holds at the end: open absent"
    `);
  });
  test("what held before a wait may not hold at the end", () => {
    const program = `${STATE}async function guard() { if (open) throw new Error("busy"); await work(); }`;
    expect(printed(program, "guard")).toMatchInlineSnapshot(`
      "guard() suspends on 3
        3 read open
        holds at the end: open absent, stale since 3"
    `);
  });
  test("a loop over shared elements", () => {
    const program = `${STATE}async function each() {
  for (const [id, count] of counts) {
    await send(id);
    counts.delete(id);
  }
}`;
    expect(printed(program, "each")).toMatchInlineSnapshot(`
      "each() suspends on 5
        4 read counts
        4 read counts[…][0] after 5 if each of counts
        4 read counts[…][1] after 5 if each of counts
        6 read counts[id] after 5 if each of counts, stale since 5
        6 delete counts[id] after 5 if each of counts, stale since 5"
    `);
  });
  test("a switch and a try", () => {
    const program = `${STATE}async function step(kind) {
  switch (open) {
    case true:
      try { await work(); } catch { open = false; } finally { counts.clear(); }
      break;
    default:
      open = true;
  }
}`;
    expect(printed(program, "step")).toMatchInlineSnapshot(`
      "step(kind) suspends on 6
        4 read open
        6 assign open = false after 6
        6 delete counts[…] after 6
        9 assign open = true (claim) claimed by open
        race check-then-act of open: read on 4, suspended on 6, written on 6"
    `);
  });
});

describe("calls", () => {
  test("a helper's events, with the way to them", () => {
    const program = `${STATE}const get = (id) => counts.get(id);
const put = (id, value) => { counts.set(id, value); };
async function bump(id) {
  const old = get(id);
  await pause();
  put(id, old + 1);
}`;
    expect(printed(program, "bump")).toMatchInlineSnapshot(`
      "bump(id) suspends on 7
        3 read counts[id] through get(...) on 6
        4 assign counts[id] through put(...) on 8 after 7, from counts[id] (3 through get(...) on 6, stale since 7)
        race lost-update of counts[id]: read on 3, suspended on 7, written on 8"
    `);
  });
  test("a call that nobody waits for", () => {
    const program = `${STATE}async function bump(id) { await load(); counts.set(id, 1); }
function start(id) { void bump(id); counts.clear(); }`;
    expect(printed(program, "start")).toMatchInlineSnapshot(`
      "start(id)
        3 assign counts[id] = 1 through bump(...) on 4 after 4 (detached)
        4 delete counts[…]"
    `);
  });
  test("callbacks that came as arguments", () => {
    const program = `async function twice(task, items) { await task(); task(); items.forEach(task); }`;
    expect(printed(program, "twice")).toMatchInlineSnapshot(`
      "twice(task, items) suspends on 1
        1 call task, awaited
        1 call task after 1
        1 call task for each after 1"
    `);
  });
  test("callbacks that run at once", () => {
    const program = `async function sum(items) {
  let total = 0;
  await Promise.all(items.map(async (item) => { total = total + (await price(item)); }));
  return total;
}`;
    expect(printed(program, "sum")).toMatchInlineSnapshot(`
      "sum(items) suspends on 3
        result 0
        race lost-update of total: read on 3, suspended on 3, written on 3, beside itself"
    `);
  });
  test("locks, sends and pools", () => {
    const program = `${BOT}import { Mutex } from "async-mutex";
import AsyncLock from "async-lock";
import { BoundedPool } from "eslint-plugin-run-async/runtime";
const mutex = new Mutex(); const keyed = new AsyncLock(); const pool = new BoundedPool({ workers: 2 });
let n = 0;
async function handle(ctx) {
  await mutex.runExclusive(() => { n = 1; });
  await keyed.acquire(ctx.chat.id, () => { n = 2; });
  await pool.run(async () => { n = 3; });
  await ctx.reply("done");
}`;
    expect(printed(program, "handle")).toMatchInlineSnapshot(`
      "handle(ctx) suspends on 11
        11 lock mutex
        11 assign n = 1 after 11 under mutex
        12 lock keyed[chat.id] after 11
        12 assign n = 2 after 11 under keyed[chat.id]
        13 submit to pool, awaited after 11
        13 assign n = 3 after 11
        14 send ctx.reply, awaited after 11"
    `);
  });
  test("a row that is read, changed and saved", () => {
    const program = `import { model, Schema } from "mongoose";
const User = model("User", new Schema({ id: Number, coins: Number }));
async function pay(id) {
  const user = await User.findOne({ id });
  user.coins -= 1;
  await user.save();
}`;
    expect(printed(program, "pay")).toMatchInlineSnapshot(`
      "pay(id) suspends on 4
        4 read User[id]
        6 assign User[id].coins after 4, from User[id].coins (4, stale since 4)
        race lost-update of User[id].coins: read on 4, suspended on 4, written on 6"
    `);
  });
  test("a row of the caller that is saved", () => {
    const program = `async function store(row) { row.coins = 1; await row.save(); }`;
    expect(printed(program, "store")).toMatchInlineSnapshot(`
      "store(row) suspends on 1
        1 assign row.coins = 1
        1 save row"
    `);
  });
});

test("a function in another file is named with it", () => {
  const files = {
    "bot.ts": `import { put } from "./store.ts";\nexport async function go(a) { await a; put(a); }`,
    "store.ts": `export const all = new Map();\nexport function put(a) { all.set("k", a); }`,
  };
  expect(printed(files, "go")).toMatchInlineSnapshot(`
    "go(a) suspends on 2
      store.ts:2 assign all[k] through put(...) on 2 after 2, from a (2, stale since 2)"
  `);
});
