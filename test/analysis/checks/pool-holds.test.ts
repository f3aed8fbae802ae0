// Slots that the code takes and gives back itself, pools that are named in roundabout ways, and pools of unknown size.
import { expect, test } from "vitest";
import { explorePools } from "../../../src/analysis/checks/pool-states.ts";
import { expectLines } from "./expect-lines.ts";
import { findingsOf } from "./reported-lines.ts";

const RUNTIME = `import { BoundedPool, CommandHandler, Updater, runAsync } from "eslint-plugin-run-async/runtime";
const updater = new Updater("token", { workers: 2 });
const start = (fn) => updater.dispatcher.addHandler(new CommandHandler("go", fn));
`;

const bot = (
  imports: string,
  body: string,
  more = "",
): string => `import { Client } from "discord.js";
${imports}
const client = new Client({ intents: [] });
${more}
client.on("messageCreate", async (message) => {
${body}
});
`;
const sema = (body: string, more = "const sema = new Sema(2);"): string =>
  bot('import { Sema } from "async-sema";\nimport pLimit from "p-limit";', body, more);
const limit = (body: string, more = "const limit = pLimit(2);"): string =>
  bot('import pLimit from "p-limit";', body, more);
/** Whoever finds the pool full gives the slot back, so that it is never kept by more than its workers. */
const refusing = (workers: number | string, mark = ""): string =>
  bot(
    `import { Sema } from "async-sema";
import { BoundedPool } from "eslint-plugin-run-async/runtime";`,
    `await sema.acquire();
  await pool.run(ask);${mark}
  sema.release();`,
    `const sema = new Sema(2);
const pool = new BoundedPool({ workers: ${String(workers)}, overflow: "reject" });
async function ask() {
  await sema.acquire();
  sema.release();
}`,
  );

expectLines(
  "nested-pool-wait",
  {
    "a slot is kept while another pool's task asks for one": sema(
      `await sema.acquire();
  await limit(ask); // !
  sema.release();`,
      `const sema = new Sema(2);
const limit = pLimit(2);
async function ask() {
  await sema.acquire();
  sema.release();
}`,
    ),
    "a slot is kept while a task of the same pool is waited for": bot(
      'import { Semaphore } from "async-mutex";',
      `const [value, release] = await semaphore.acquire();
  await semaphore.runExclusive(() => load(value)); // !
  release();`,
      "const semaphore = new Semaphore(2);",
    ),
    "a slot is kept while a task asks for one by a function, and is reported there alone": sema(
      `await sema.acquire();
  await limit(() => ask()); // !
  sema.release();`,
      `const sema = new Sema(2);
const limit = pLimit(2);
async function ask() {
  await sema.acquire();
  sema.release();
}`,
    ),
    "a slot is kept for a task of a pool that refuses too late": refusing(2, " // !"),
    "a slot of one pool and one of another are kept": sema(
      `await sema.acquire();
  await other.acquire();
  await sema.acquire(); // !
  sema.release();
  other.release();
  sema.release();`,
      "const sema = new Sema(2);\nconst other = new Sema(2);",
    ),
    "under a lock, with too few slots": bot(
      'import { Sema } from "async-sema";\nimport { Mutex } from "async-mutex";',
      `await mutex.runExclusive(async () => {
    await sema.acquire();
    await sema.acquire();
    await sema.acquire(); // !
    sema.release();
    sema.release();
    sema.release();
  });`,
      "const sema = new Sema(2);\nconst mutex = new Mutex();",
    ),
    "under a lock of each user's own": bot(
      'import { Sema } from "async-sema";\nimport AsyncLock from "async-lock";',
      `await lock.acquire(message.author.id, async () => {
    await sema.acquire();
    await sema.acquire(); // !
    sema.release();
    sema.release();
  });`,
      "const sema = new Sema(2);\nconst lock = new AsyncLock();",
    ),
    "a task under a lock of each user's own": bot(
      'import pLimit from "p-limit";\nimport AsyncLock from "async-lock";',
      `await lock.acquire(message.author.id, () => limit(async () => {
    await limit(() => load()); // !
  }));`,
      "const limit = pLimit(2);\nconst lock = new AsyncLock();",
    ),
    "a pool that another one's tasks use without end, and their recursion": limit(
      `await limit(() => walk(message));`,
      `const limit = pLimit(2);
const inner = pLimit(2);
const walk = (folder) => inner(async () => {
  for (const child of folder) await walk(child); // !
});`,
    ),
    "a pool that a constructor makes": limit(
      `await jobs.go();`,
      `class Jobs {
  constructor() { this.limit = pLimit(2); }
  async go() {
    await this.limit(async () => {
      await this.limit(() => load()); // !
    });
  }
}
const jobs = new Jobs();`,
    ),
    "many tasks at once, in a list": bot(
      'import PQueue from "p-queue";',
      `await queue.add(async () => {
    await queue.addAll([() => load(), , () => load()]); // !
  });`,
      "const queue = new PQueue({ concurrency: 2 });",
    ),
    "many tasks at once, one an element": bot(
      'import PQueue from "p-queue";',
      `await queue.add(async () => {
    await queue.addAll(message.ids.map((id) => () => load(id))); // !
  });`,
      "const queue = new PQueue({ concurrency: 2 });",
    ),
    "many tasks at once that somebody else makes": bot(
      'import PQueue from "p-queue";',
      `await queue.add(async () => {
    await queue.addAll(tasksOf(message)); // !
  });`,
      "const queue = new PQueue({ concurrency: 2 });",
    ),
    "a job that is no function of the project": bot(
      'import Bottleneck from "bottleneck";',
      `await limiter.schedule(async () => {
    await limiter.schedule(message.job); // !
  });`,
      "const limiter = new Bottleneck({ maxConcurrent: 2 });",
    ),
  },
  {
    "a slot is kept, but nobody waits": sema(
      `await sema.acquire();
  void limit(async () => { await sema.acquire(); sema.release(); });
  sema.release();`,
      "const sema = new Sema(2);\nconst limit = pLimit(2);",
    ),
    "a slot is kept, and what waits for another one is on its own": sema(
      `await sema.acquire();
  void (async () => { await sema.acquire(); sema.release(); })();
  sema.release();`,
    ),
    "a slot is kept while another pool, which needs none, works": sema(
      `await sema.acquire();
  await limit(() => load());
  sema.release();`,
      "const sema = new Sema(2);\nconst limit = pLimit(2);",
    ),
    "a slot that is asked for and not waited for": sema(
      `await sema.acquire();
  sema.acquire().then(() => sema.release());
  sema.release();`,
    ),
    "a slot that a callback gives back": sema(
      `await sema.acquire();
  message.on("end", () => sema.release());
  await sema.acquire();
  sema.release();`,
    ),
    "a slot is kept for a task of a pool that refuses before all slots are kept": refusing(1),
    "a slot is kept for a task of a pool that refuses nobody knows when": refusing("sizeOf()"),
    "one task at a time is in the pool, by a lock": bot(
      'import { Sema } from "async-sema";\nimport { Mutex } from "async-mutex";',
      `await mutex.runExclusive(async () => {
    await sema.acquire();
    await sema.acquire();
    sema.release();
    sema.release();
  });`,
      "const sema = new Sema(2);\nconst mutex = new Mutex();",
    ),
    "a pool of each call's own, with slots enough": limit(
      `await handle(message);`,
      `async function handle(message) {
  const limit = pLimit(2);
  await limit(async () => { await limit(() => load(message)); });
}`,
    ),
    "a pool of each call's own, that another function asks": limit(
      `await handle(message);`,
      `let last;
async function handle(message) {
  const limit = pLimit(1);
  last = limit;
  await limit(() => inner(message));
}
const inner = (message) => last(() => load(message));`,
    ),
    "one of two pools, nobody knows which": limit(
      `const limit = message.isLong ? pLimit(1) : pLimit(2);
  await limit(async () => { await limit(() => load()); });`,
      "",
    ),
    "the idle pool is not waited for": bot(
      'import PQueue from "p-queue";',
      `await queue.add(async () => { queue.onIdle().then(() => tell()); });`,
      "const queue = new PQueue({ concurrency: 2 });",
    ),
    "another pool is waited for until it is idle": bot(
      'import PQueue from "p-queue";',
      `await queue.add(async () => { await other.onIdle(); });`,
      "const queue = new PQueue({ concurrency: 2 });\nconst other = new PQueue({ concurrency: 2 });",
    ),
    "a wait of the pool's own fails, and nothing hangs": `${RUNTIME}
const pool = new BoundedPool({ workers: 1, nested: "error" });
start(runAsync(async () => { await pool.run(async () => { await pool.run(() => load()); }); }));`,
    "no queue at all": `${RUNTIME}
const pool = new BoundedPool({ workers: 1, maxQueue: 0 });
start(runAsync(async () => { await pool.run(async () => { await pool.run(() => load()); }); }));`,
    "a pool of unknown size, one task at a time": bot(
      'import pLimit from "p-limit";\nimport { Mutex } from "async-mutex";',
      `await mutex.runExclusive(() => limit(async () => { await limit(() => load()); }));`,
      "const limit = pLimit(sizeOf());\nconst mutex = new Mutex();",
    ),
  },
);

const messagesOf = (code: string): string[] =>
  findingsOf(code, "nested-pool-wait").map(({ message }) => message);

test.each([
  [
    "a pool larger than what is explored",
    limit("await limit(async () => { await limit(() => load()); });", "const limit = pLimit(8);"),
    "8 updates at once fill its 8 slots",
  ],
  [
    "a task with more inner tasks than are explored",
    limit(`await limit(async () => {\n${"    await limit(() => load());\n".repeat(30)}  });`),
    "2 updates at once fill its 2 slots",
  ],
  [
    "the same, in a slot that the code itself keeps",
    bot(
      'import { Semaphore } from "async-mutex";',
      `await semaphore.acquire();
  await semaphore.runExclusive(async () => {\n${"    await inner(() => load());\n".repeat(30)}  });
  semaphore.release();`,
      'const semaphore = new Semaphore(2);\nconst inner = require("p-limit").default(2);',
    ),
    "2 updates at once fill its 2 slots",
  ],
  [
    "several slots at once",
    bot(
      'import { Semaphore } from "async-mutex";',
      `await semaphore.acquire(2);
  await semaphore.acquire(2);
  semaphore.release();`,
      "const semaphore = new Semaphore(4);",
    ),
    /the slot of line \d+ -> 2 slots on line \d+\. It needs up to 4|2 updates at once fill its 4 slots/,
  ],
  [
    "recursion in a pool of unknown size",
    limit(
      "await walk(message);",
      `const limit = pLimit(sizeOf());
const walk = (folder) => limit(async () => { for (const child of folder) await walk(child); });`,
    ),
    "It recurs, so no number of slots is enough for every input, and `limit` has a fixed number.",
  ],
  [
    "a pool that needs some more slots for one update",
    limit(
      `await limit(async () => {
    await limit(async () => { await limit(async () => { await limit(() => load()); }); });
  });`,
    ),
    "One update alone would get through with 4 slots",
  ],
  [
    "what nobody waits for is not counted",
    limit(
      "await limit(async () => { await limit(async () => { void limit(() => load()); }); });",
      "const limit = pLimit(1);",
    ),
    "It needs up to 2 slots at once, and `limit` has 1",
  ],
  [
    "two pools, one of unknown size",
    limit(
      `await limit(async () => {
    await other(async () => { await limit(() => load()); });
  });`,
      "const limit = pLimit(1);\nconst other = pLimit(sizeOf());",
    ),
    "while it waits for a task of `other`, which waits for `limit` in turn",
  ],
  [
    "a task that waits for an idle pool of another kind in between",
    bot(
      'import PQueue from "p-queue";',
      `await queue.add(async () => {
    await queue.add(async () => { await other.onIdle(); });
  });`,
      "const queue = new PQueue({ concurrency: 1 });\nconst other = new PQueue({ concurrency: 2 });",
    ),
    "It needs up to 2 slots at once, and `queue` has 1",
  ],
  [
    "a pool that refuses, in between",
    `${RUNTIME}
const pool = new BoundedPool({ workers: 1 });
const strict = new BoundedPool({ workers: 1, overflow: "reject" });
start(runAsync(async () => {
  await pool.run(async () => { await strict.run(async () => { await pool.run(() => load()); }); });
}));`,
    "which waits for `pool` in turn",
  ],
  [
    "a wrapper's own limit",
    bot(
      'import { limitFunction } from "p-limit";',
      "await walk(message);",
      "const walk = limitFunction(async (folder) => { for (const child of folder) await walk(child); }, { concurrency: 2 });",
    ),
    "`its own limit` has 2",
  ],
])("%s", (_name, code, words) => {
  expect(messagesOf(code).join("\n")).toMatch(words);
});

test("a job that is handed over suspends, also where its worker is not known", () => {
  const code = bot(
    'import fastq from "fastq";',
    `const before = count;
  await queue.push(message);
  count = before + 1;`,
    "let count = 0;\nconst queue = fastq.promise(message => load(), 1);",
  );
  expect(findingsOf(code, "lost-update")).toHaveLength(1);
  expect(findingsOf(code.replace("message => load()", "load"), "lost-update")).toHaveLength(1);
});

test("pools that are too large to explore, and tasks that do not exist", () => {
  const pool = { size: 1, overflow: "queue", nested: "queue" } as const;
  const step = { children: Array.from({ length: 70 }, () => 0), isWaited: true };
  const wide = {
    pools: [{ ...pool, size: 9 }],
    tasks: [
      { pool: 0, steps: [] },
      { pool: 0, steps: [step] },
    ],
  };
  expect(explorePools(wide, [1])).toBe("unknown");
  expect(() => explorePools(wide, [2])).toThrow(new RangeError("There is no task 2."));
  expect(() => explorePools({ pools: [], tasks: [{ pool: 0, steps: [] }] }, [0])).toThrow(
    new RangeError("There is no pool 0."),
  );
});
