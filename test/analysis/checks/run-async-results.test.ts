import { expect, test } from "vitest";
import { expectLines } from "./expect-lines.ts";
import { findingsOf } from "./reported-lines.ts";

const START = `import { CommandHandler, Updater, runAsync } from "eslint-plugin-run-async/runtime";
const updater = new Updater("token");
const start = (fn) => updater.dispatcher.addHandler(new CommandHandler("go", fn));
const task = runAsync(async (n) => n * 2);
`;

expectLines(
  "run-async-result",
  {
    "a number that a handler gives back": `${START}
start(runAsync(async (update) => {
  await save(update);
  return 1; // !
}));`,
    "await without .result": `${START}
async function go() {
  const n = await task(1); // !
  return n;
}`,
    "a test of the call": `${START}
function go() {
  if (task(1)) console.log("always"); // !
}`,
    "a negated handle in a constant": `${START}
function go() {
  const done = task(1);
  if (!done) throw new Error("never"); // !
}`,
    arithmetic: `${START}
function go() { return 1 + task(2); } // !`,
    "a template": `${START}
function go() {
  console.log(\`got \${task(2)}\`); // !
}`,
    "+=": `${START}
let sum = 0;
function go() {
  sum += task(2); // !
}`,
    spread: `${START}
function go() {
  return [...task(2)]; // !
}`,
    iteration: `${START}
function go() {
  for (const n of task(2)) console.log(n); // !
}`,
    ".then": `${START}
function go() {
  task(2).then(console.log); // !
}`,
    "Promise.all of handles": `${START}
async function go() {
  await Promise.all([
    task(1), // !
    task(2), // !
  ]);
}`,
    "a member of the value": `${START}
function go() {
  return task(2).total; // !
}`,
    destructured: `${START}
function go() {
  const { total } = task(2); // !
  return total;
}`,
    "returned from a handler": `${START}
start(async function go(update) {
  return task(update.n); // !
});`,
    "a value that a runAsync handler returns": `${START}
start(runAsync(async (update) => {
  await update.message.reply("hi");
  return { state: 2 }; // !
}));`,
    "the operand of a comparison": `${START}
function go() {
  return task(1) > 3; // !
}`,
  },
  {
    "chosen by something else": `${START}
function go(isOn) { return isOn ? task(1) : null; }`,
    "another name for the handle, which is then replaced": `${START}
function go(list) {
  let first = task(1);
  const second = first;
  for (first of list) keep(second);
}`,
    "a handler that gives back nothing that anybody could want": `${START}
start(runAsync(async (update) => {
  if (!update) return;
  return save(update);
}));`,
    "the result is awaited": `${START}
async function go() { return (await task(1).result) + 1; }`,
    "the call alone": `${START}
function go() { task(1); void task(2); }`,
    catch: `${START}
function go() { task(1).catch(console.error); }`,
    accepted: `${START}
async function go() { await task(1).accepted; }`,
    "cancel and status of a kept handle": `${START}
function go() {
  const handle = task(1);
  if (handle.status === "queued") handle.cancel();
}`,
    "handles compared": `${START}
function go(last) {
  const handle = task(1);
  return handle === last;
}`,
    "Promise.all of results": `${START}
async function go() { await Promise.all([task(1).result, task(2).result]); }`,
    "a function that is not runAsync": `${START}
const plain = async (n) => n * 2;
async function go() { if (await plain(1)) return 1 + (await plain(2)); }`,
    "the function itself tested": `${START}
function go() { if (task) task(1); }`,
    "a helper gives the handle on": `${START}
function begin(n) { return task(n); }`,
    "a runAsync handler that ends by a call": `${START}
start(runAsync(async (update) => {
  if (!update.message) return;
  return update.message.reply("hi");
}));`,
    "a runAsync function that somebody asks": `${START}
const total = runAsync(async (list) => { return { sum: list.length }; });
start(async (update) => { console.log((await total(update.list).result).sum); });`,
  },
);

test("the repair adds .result, and awaits it where that is allowed", () => {
  const awaited = findingsOf(
    `${START}\nasync function go() { await task(1); }`,
    "run-async-result",
  );
  expect(awaited[0]?.repairs?.[0]?.edits.map(({ text }) => text)).toEqual([".result"]);
  const tested = findingsOf(
    `${START}\nasync function go() { if (task(1)) go(); }`,
    "run-async-result",
  );
  expect(tested[0]?.repairs?.[0]?.edits.map(({ text }) => text)).toEqual(["(await ", ".result)"]);
  const synchronous = findingsOf(
    `${START}\nfunction go() { if (task(1)) go(); }`,
    "run-async-result",
  );
  expect(synchronous[0]?.repairs).toBeUndefined();
});

const USES = `import { CommandHandler, MessageHandler, Updater, runAsync } from "eslint-plugin-run-async/runtime";
const updater = new Updater("token");
const start = (fn) => updater.dispatcher.addHandler(new CommandHandler("go", fn));
const task = runAsync(async (n) => n * 2);
`;

expectLines(
  "run-async-result",
  {
    loops: `${USES}
function a() {
  while (task(1)) work(); // !
  do { work(); } while (task(2)); // !
}`,
    branches: `${USES}
function b() {
  const x = task(1) ? 1 : 2; // !
  const y = flag ? task(1) : task(2);
  const z = task(1) && done(); // !
  const w = done() && task(1);
  if (flag) task(1);
}`,
    "void and signs": `${USES}
function c() {
  void task(1);
  return -task(1); // !
}`,
    comparisons: `${USES}
function d() {
  const one = task(1), two = task(2);
  if (one === two) return;
  if (one !== null) return; // !
  if (one == 3) return; // !
}`,
    "places that take a handle": `${USES}
function e() {
  let kept;
  kept = task(1);
  list[task(1)] = 2; // !
  for (task(1); ; ) break;
  for (const x of list) task(x);
}`,
    patterns: `${USES}
function f() {
  const { result } = task(1);
  const { total } = task(1); // !
  const { ...rest } = task(1); // !
  const [first] = task(1); // !
  const { [name]: any } = task(1); // !
  const { status = 1, catch: c } = task(1);
}`,
    "members and lists": `${USES}
function g() {
  const all = [task(1), task(2)];
  keep([task(1)]);
  Promise.race([task(1)]); // !
  task(1).catch(console.error);
  task(1)["result"];
  task(1)[name]; // !
  task(1).finally(done); // !
}`,
    "returned by a handler": `${USES}
start((update) => {
  return task(1); // !
});`,
    "a text for nobody": `${USES}
const shown = runAsync(async (update) => { return \`done\`; }); // !
updater.dispatcher.addHandler(new CommandHandler("shown", shown));`,
    "a name for nobody": `${USES}
const given = runAsync(async (update) => { const n = 1; if (update) return undefined; if (n) return n; return; }); // !
updater.dispatcher.addHandler(new CommandHandler("given", given));`,
    "a sum for nobody, and a wait of the module": `${USES}
const asText = runAsync(async (update) => { return update.a + 1; });
updater.dispatcher.addHandler(new CommandHandler("asText", (u) => asText(u)));
const top = await task(1); // !`,
    "values and ends": `${USES}
const work = runAsync(async (update) => {
  if (!update.x) return;
  if (update.y) { return update.z; } // !
  return { n: 1 }; // !
});
updater.dispatcher.addHandler(new MessageHandler("text", work));`,
  },
  {
    "returned by a function of nobody": `${USES}
function h() { return task(1); }`,
    "a value that another call receives": `${USES}
const used = runAsync(async (update) => { return [1]; });
updater.dispatcher.addHandler(new CommandHandler("used", used));
function k() { used(1).result.then(show); }`,
    "functions inside": `${USES}
const quiet = runAsync(async (update) => { const inner = () => { return 5; }; class A { m() { return 3; } } return reply(update); });
updater.dispatcher.addHandler(new CommandHandler("quiet", quiet));`,
    "an arrow without a block": `${USES}
const expr = runAsync(async (update) => 5);
updater.dispatcher.addHandler(new CommandHandler("expr", expr));`,
  },
);
