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
