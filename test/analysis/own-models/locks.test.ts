// What a project says of its own locks.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findingsIn } from "../../../src/analysis/session.ts";
import type { RunAsyncSettings } from "../../../src/analysis/settings.ts";
import { BOT, folderOf } from "../harness.ts";
import { settingsDecide } from "./cases.ts";

describe("locks", () => {
  const transfer = (locked: string): string => `const balances = new Map<number, number>();
bot.command("pay", async (ctx) => {
  ${locked} {
    const balance = balances.get(ctx.from.id) ?? 0;
    await ctx.reply("paying");
    balances.set(ctx.from.id, balance - 1);
  });
});
`;
  const withLock = (key: string): string =>
    `${BOT}import { withLock } from "./locks.ts";\n${transfer(`await withLock(${key}, async () =>`)}`;
  // Queues on a server: nothing in the project shows that it excludes anybody.
  const source = `import { request } from "some-lock-server";
export async function withLock(key: string | number, run: () => Promise<void>) {
  const ticket = await request(key);
  await run();
  ticket.done();
}
export class Locks {
  async within(key: number, run: () => Promise<void>) {
    const ticket = await request(key);
    await run();
    ticket.done();
  }
}
export const locks = new Locks();
export async function lock(name: string) { await request(name); }
export function unlock(name: string) { request(name); }
`;
  const found = ["bot.ts:11 no-lost-update"];
  const ofFunction: RunAsyncSettings = {
    locks: [{ from: "./locks.ts", functions: { withLock: { key: 0 } } }],
  };
  settingsDecide({
    "a function, keyed like the state": {
      files: { "bot.ts": withLock("ctx.from.id"), "locks.ts": source },
      settings: ofFunction,
      before: found,
      after: [],
    },
    "a function with a constant key": {
      files: { "bot.ts": withLock('"all"'), "locks.ts": source },
      settings: ofFunction,
      before: found,
      after: [],
    },
    "a function with another key than the state's protects nothing": {
      files: { "bot.ts": withLock("ctx.chat.id"), "locks.ts": source },
      settings: ofFunction,
      before: found,
      after: found,
    },
    "a function through a re-export and CommonJS": {
      files: {
        "bot.ts": withLock("ctx.from.id").replace(
          'import { withLock } from "./locks.ts";',
          'const { withLock } = require("./all.js");',
        ),
        "all.js": 'module.exports = { withLock: require("./locks.js").withLock };',
        "locks.js": "exports.withLock = async (key, run) => { await server(key); await run(); };",
      },
      settings: { locks: [{ from: "./locks.js", functions: { withLock: { key: 0 } } }] },
      before: found,
      after: [],
    },
    "a class, its instance in a variable": {
      files: {
        "bot.ts": `${BOT}import { Locks } from "./locks.ts"; const own = new Locks();\n${transfer("await own.within(ctx.from.id, async () =>")}`,
        "locks.ts": source,
      },
      settings: {
        locks: [{ from: "./locks.ts", name: "Locks", methods: { within: { key: 0 } } }],
      },
      before: found,
      after: [],
    },
    "an instance that the module exports": {
      files: {
        "bot.ts": `${BOT}import { locks } from "./locks.ts";\n${transfer("await locks.within(ctx.from.id, async () =>")}`,
        "locks.ts": source,
      },
      settings: {
        locks: [{ from: "./locks.ts", name: "locks", methods: { within: { key: 0 } } }],
      },
      before: found,
      after: [],
    },
    "a pair of functions": {
      files: {
        "bot.ts": `${BOT}import { lock, unlock } from "./locks.ts";
let total = 0;
bot.command("pay", async (ctx) => {
  await lock("total");
  const old = total;
  await ctx.reply("paying");
  total = old + 1;
  unlock("total");
});
let sum = 0;
bot.command("late", async (ctx) => {
  await lock("total");
  const old = sum;
  unlock("total");
  await ctx.reply("paying");
  sum = old + 1;
});
`,
        "locks.ts": source,
      },
      settings: {
        locks: [
          {
            from: "./locks.ts",
            functions: { lock: { kind: "acquire", key: 0 }, unlock: { kind: "release", key: 0 } },
          },
        ],
      },
      before: ["bot.ts:11 no-lost-update", "bot.ts:20 no-lost-update"],
      after: ["bot.ts:20 no-lost-update"],
    },
    "of a package that no model knows": {
      files: {
        "bot.ts": withLock("ctx.from.id").replace("./locks.ts", "@acme/locks/node"),
      },
      settings: { locks: [{ from: "@acme/locks/node", functions: { withLock: { key: 0 } } }] },
      before: found,
      after: [],
    },
    "in the file that declares it": {
      files: {
        "bot.ts": `${BOT}export async function withLock(key, run) { await server(key); await run(); }
${transfer("await withLock(ctx.from.id, async () =>")}`,
      },
      settings: { locks: [{ from: "./bot.ts", functions: { withLock: { key: 0 } } }] },
      before: found,
      after: [],
    },
  });
});

test("one process that lints with two settings finds what each of them says", () => {
  const folder = folderOf({
    "package.json": "{}",
    "bot.ts": `${BOT}import { withLock } from "@acme/locks";
let n = 0;
bot.command("count", (ctx) => withLock(async () => {
  const old = n;
  await ctx.reply("counting");
  n = old + 1;
}));
`,
  });
  const path = join(folder, "bot.ts");
  const file = { path, text: readFileSync(path, "utf8"), ast: null as never, cwd: folder };
  const locks: RunAsyncSettings = {
    locks: [{ from: "@acme/locks", functions: { withLock: {} } }],
  };
  expect(findingsIn(file, {})).toHaveLength(1);
  expect(findingsIn(file, locks)).toEqual([]);
  expect(findingsIn(file, {})).toHaveLength(1);
});
