import { expect, test } from "vitest";
import { activityOf } from "../../../src/analysis/activity.ts";
import { poolsOf } from "../../../src/analysis/overview/pools.ts";
import { projectOf, type Files } from "../harness.ts";

/** A pool and its tasks as text: `pool 2, depth 3` and `a -> b`, `(main)` for who submits. */
function pools(files: Files): string[][] {
  return poolsOf(activityOf(projectOf(files), {})).map(({ pool, depth, tasks }) => {
    const names = new Map(tasks.map(({ id, name }) => [id, name]));
    const list = (ids: readonly string[]) =>
      ids.map((id) => names.get(id) ?? "elsewhere").join(", ");
    return [
      `${pool.name} ${String(pool.size)}, depth ${String(depth)}`,
      ...tasks.map(({ name, waited, started, submittedBy, otherPool }) =>
        [
          name,
          ...(waited.length > 0 ? [`waits for ${list(waited)}`] : []),
          ...(started.length > 0 ? [`starts ${list(started)}`] : []),
          ...(submittedBy.length > 0 ? [`from ${submittedBy.join(", ")}`] : []),
          ...(otherPool === null ? [] : [`in ${otherPool}`]),
        ].join("; "),
      ),
    ];
  });
}

const HEAD = `import { CommandHandler, Updater, runAsync } from "eslint-plugin-run-async/runtime";\n`;

test("a chain of waits, and a task that is only started", () => {
  const code = `${HEAD}
const log = runAsync(async function log() {});
const last = runAsync(async function last() {});
const middle = runAsync(async function middle() {
  log();
  await last().result;
});
const first = runAsync(async function first() { await middle().result; });
const updater = new Updater("", { workers: 2 });
updater.dispatcher.addHandler(new CommandHandler("go", first));
`;
  expect(pools(code)).toEqual([
    [
      "the updater's workers 2, depth 3",
      "log",
      "last",
      "middle; waits for last; starts log",
      `first; waits for middle; from CommandHandler("go")`,
    ],
  ]);
});

test("recursion needs a slot for each round", () => {
  const code = `${HEAD}
const again = runAsync(async (n) => { if (n > 0) await again(n - 1).result; });
new Updater("", { workers: 2 });
`;
  expect(pools(code)).toEqual([
    ["the updater's workers 2, depth Infinity", "again; waits for again"],
  ]);
});

test("tasks of another pool stand in the chain, and hold no slot of the first", () => {
  const code = `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
import pLimit from "p-limit";
const bot = new Bot("");
const outer = pLimit(3);
const inner = pLimit(5);
async function fetchOne() { await fetch("https://example.org"); }
async function fetchAll() { await inner(fetchOne); }
bot.command("go", async () => { await outer(fetchAll); });
run(bot);
`;
  expect(pools(code)).toEqual([
    [
      "outer 3, depth 1",
      `fetchAll; waits for fetchOne; from bot.command("go")`,
      "fetchOne; in inner",
    ],
    ["inner 5, depth 1", "fetchOne"],
  ]);
});

test("two programs of one project have an updater each", () => {
  const program = (workers: number) => `${HEAD}
const inner = runAsync(async function inner() {});
const outer = runAsync(async function outer() { await inner().result; });
const updater = new Updater("", { workers: ${String(workers)} });
updater.dispatcher.addHandler(new CommandHandler("go", outer));
`;
  const sizes = pools({ "one/bot.ts": program(1), "other/bot.ts": program(3) }).map(
    ([pool]) => pool,
  );
  expect(sizes).toEqual(["the updater's workers 1, depth 2", "the updater's workers 3, depth 2"]);
});

test("slots that code takes itself, and jobs of unknown functions, are no tasks", () => {
  const code = `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
import { Sema } from "async-sema";
import pLimit from "p-limit";
const bot = new Bot("");
const sema = new Sema(3);
const limit = pLimit(5);
async function work() { await sema.acquire(); await limit(jobOf("later")); sema.release(); }
bot.command("go", async () => { await sema.acquire(); await limit(work); sema.release(); });
run(bot);
`;
  expect(pools(code)).toEqual([["limit 5, depth 1", `work; from bot.command("go")`]]);
});

test("a project without pools has none", () => {
  expect(pools("setInterval(() => {}, 1000);")).toEqual([]);
});
