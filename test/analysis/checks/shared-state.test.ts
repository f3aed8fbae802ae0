import { expectLines } from "./expect-lines.ts";

const START = `import { BoundedPool, CommandHandler, Updater, runAsync, sequential } from "eslint-plugin-run-async/runtime";
const updater = new Updater("token");
const start = (fn) => updater.dispatcher.addHandler(new CommandHandler("go", fn));
`;

expectLines(
  "shared-state",
  {
    "a counter": `${START}
let count = 0;
start(runAsync(async () => {
  count += 1; // !
}));`,
    "a Map": `${START}
const seen = new Map();
start(runAsync(async (update) => {
  seen.set(update.id, true); // !
}));`,
    "a Set that is tested first": `${START}
const busy = new Set();
start(runAsync(async (update) => {
  if (busy.has(update.id)) return; // !
  busy.add(update.id);
}));`,
    "a list": `${START}
const log = [];
start(runAsync(async (update) => {
  log.push(update.message.text); // !
}));`,
    "a record": `${START}
const scores = {};
start(runAsync(async (update) => {
  scores[update.user] = 1; // !
}));`,
    "a field of an object": `${START}
const state = { open: false };
start(runAsync(async () => {
  state.open = true; // !
}));`,
    "state that another handler writes": `${START}
let mode = "quiet";
start(() => { mode = "loud"; });
start(runAsync(async (update) => {
  await update.message.reply(mode); // !
}));`,
    "through a helper, at the call": `${START}
let count = 0;
function bump() { count += 1; }
start(runAsync(async () => {
  bump(); // !
}));`,
    "a task that is no handler": `${START}
let sent = 0;
const send = runAsync(async (text) => {
  await post(text);
  sent += 1; // !
});
start(() => { send("hello"); });`,
    "a field of a shared instance": `${START}
class Store {
  total = 0;
  add(n) { this.total += n; }
}
const store = new Store();
start(runAsync(async (update) => {
  store.add(update.n); // !
}));`,
    "two variables": `${START}
let a = 0;
let b = 0;
start(runAsync(async () => {
  a += 1; // !
  b += 1; // !
}));`,
  },
  {
    "arguments and locals": `${START}
start(runAsync(async (update) => {
  let count = 0;
  for (const word of update.words) count += word.length;
  await update.message.reply(String(count));
}));`,
    "a constant": `${START}
const GREETING = "hello";
start(runAsync(async (update) => { await update.message.reply(GREETING); }));`,
    "a configuration that nobody changes": `${START}
const config = { limit: 3 };
start(runAsync(async (update) => { await update.message.reply(String(config.limit)); }));`,
    "a table of texts": `${START}
const texts = new Map([["en", "hello"]]);
start(runAsync(async (update) => { await update.message.reply(texts.get("en")); }));`,
    "a plain handler": `${START}
let count = 0;
start(() => { count += 1; });`,
    "a job": `${START}
let ticks = 0;
updater.jobQueue.runRepeating(() => { ticks += 1; }, 1000);`,
    "state that only the start writes": `${START}
let name;
name = "bot";
start(runAsync(async (update) => { await update.message.reply(name); }));`,
    "a client": `${START}
const client = createClient();
start(runAsync(async (update) => { await client.post(update.text); }));`,
    "an object made in the call": `${START}
start(runAsync(async (update) => {
  const seen = new Set();
  for (const word of update.words) seen.add(word);
}));`,
    "a pool and a lock": `${START}
const pool = new BoundedPool({ workers: 2 });
start(runAsync(async (update) => {
  await sequential(update.chat, () => pool.run(() => load(update)));
}));`,
    "a pure helper": `${START}
const double = (n) => n * 2;
start(runAsync(async (update) => { await update.message.reply(String(double(update.n))); }));`,
  },
);
