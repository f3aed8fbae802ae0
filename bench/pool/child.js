/** Measures one subject in this process and prints the figures as one line of JSON. */
import * as subjects from "./subjects.js";

const [mode, name] = process.argv.slice(2);
const nanoseconds = () => Number(process.hrtime.bigint());
const collect = globalThis.gc;
const noop = async () => {};
let sink = 0;
const tiny = () => (sink = (sink + 1) | 0);
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

const scale = process.env.SMOKE === "1" ? 0.01 : 1;
const measures = { burst, window: windowed, queue, keyed, dispatch, hotchat, load };
console.log(JSON.stringify(await measures[mode]()));
process.exit(0);

/** 100,000 no-op tasks submitted at once, 4 workers: nanoseconds per task until all are done. */
async function burst() {
  const make = await subjects.pools[name]();
  const isSlow = name === "bottleneck" || name === "async-mutex Semaphore";
  const all = async (run, count) => {
    const promises = new Array(count);
    for (let i = 0; i < count; i++) promises[i] = run(noop);
    await Promise.all(promises);
  };
  const count = (isSlow ? 5_000 : 100_000) * scale;
  await all(make(4), isSlow ? 500 : 20_000);
  collect();
  const run = make(4);
  const start = nanoseconds();
  await all(run, count);
  return { "burst ns/task": (nanoseconds() - start) / count };
}

/** 1,000,000 tiny synchronous tasks, 1000 in flight at a time, 4 workers: nanoseconds per task. */
async function windowed() {
  const make = await subjects.pools[name]();
  const isSlow = name === "bottleneck";
  const run = make(4);
  const go = async (count) => {
    for (let left = count; left > 0; left -= 1000) {
      const promises = new Array(1000);
      for (let i = 0; i < 1000; i++) promises[i] = run(tiny);
      await Promise.all(promises);
    }
  };
  const count = (isSlow ? 3_000 : 1_000_000) * scale;
  await go(isSlow ? 1_000 : 50_000);
  collect();
  const start = nanoseconds();
  await go(count);
  return { "window ns/task": (nanoseconds() - start) / count };
}

/** With 100,000 tasks in line: nanoseconds per further submission, heap bytes per queued task. */
async function queue() {
  if (name === "no pool, fn()") return {};
  const make = await subjects.pools[name]();
  const run = make(4);
  let open;
  const gate = new Promise((resolve) => (open = resolve));
  for (let i = 0; i < 4; i++) void run(() => gate);
  await turn();
  collect();
  const before = process.memoryUsage().heapUsed;
  const count = 100_000;
  const promises = new Array(count + 1000);
  for (let i = 0; i < count; i++) promises[i] = run(noop);
  await turn();
  collect();
  const bytes = (process.memoryUsage().heapUsed - before - 8 * promises.length) / count;
  const start = nanoseconds();
  for (let i = count; i < count + 1000; i++) promises[i] = run(noop);
  const submission = (nanoseconds() - start) / 1000;
  open();
  return { "submit ns": submission, "bytes/queued": bytes };
}

/** 200,000 sections over 10,000 keys, 20,000 on one key, and uncontended ones. */
async function keyed() {
  const make = await subjects.keyed[name]();
  const keys = Array.from({ length: 10_000 }, (_, i) => `chat:${i}`);
  const work = async (count, keyCount) => {
    const run = make();
    const promises = new Array(count);
    const start = nanoseconds();
    for (let i = 0; i < count; i++) promises[i] = run(keys[i % keyCount], noop);
    await Promise.all(promises);
    return (nanoseconds() - start) / count;
  };
  await work(20_000, 10_000);
  collect();
  const many = await work(200_000, 10_000);
  collect();
  const one = await work(20_000, 1);
  collect();
  const run = make();
  const start = nanoseconds();
  for (let i = 0; i < 100_000; i++) await run(keys[i % 10_000], noop);
  const free = (nanoseconds() - start) / 100_000;
  return { "10k keys ns": many, "1 key ns": one, "uncontended ns": free };
}

/** 100,000 updates of 1000 chats through a bot whose handler does nothing. */
async function dispatch() {
  const handle = await subjects.dispatch[name]();
  await handle(20_000);
  collect();
  const start = nanoseconds();
  await handle(100_000);
  return { "ns/update": (nanoseconds() - start) / 100_000 };
}

/** Milliseconds until another chat is answered that speaks after 600 slow updates of a hot chat. */
async function hotchat() {
  const handle = await subjects.hotchat[name]();
  return { "ms until the other chat": await handle() };
}

/** Milliseconds and modules of a first import, Node's own modules left out. */
async function load() {
  const start = performance.now();
  await subjects.load[name]();
  return { ms: performance.now() - start };
}
