// Each pattern runs twice at once against the real client, and the engine judges the very same text. A model
// that says otherwise than the store does is a bug.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { reports } from "../analysis/harness.ts";
import { FOLDER, install } from "./installed.ts";
import { files, mongoose, prisma, sqlite, type Pattern } from "./patterns.ts";

const BOT = `import { Client } from "discord.js";
import { handle } from "./handle.mjs";
const client = new Client({ intents: [] });
client.on("messageCreate", handle);
`;

const missing = install();
if (missing) console.warn(`test/stores is skipped: ${missing}`);

interface Outcome {
  /** How many of the two runs did not throw. */
  readonly confirmed: number;
  /** The counter's value, or the number of rows. */
  readonly left: number;
}

/** Runs all patterns of a store in one process of their own, beside the installed clients. */
function runAll(store: string, patterns: readonly Pattern[]): ReadonlyMap<string, Outcome> {
  const folder = path.join(FOLDER, "handlers", store);
  mkdirSync(folder, { recursive: true });
  for (const file of ["run.js", "mongo-stand-in.js"])
    copyFileSync(path.join(import.meta.dirname, file), path.join(folder, file));
  return new Map(
    patterns.map((pattern, index): [string, Outcome] => {
      const file = path.join(folder, `pattern-${String(index)}.mjs`);
      writeFileSync(file, pattern.source);
      const tasks = JSON.stringify([{ name: pattern.name, path: file }]);
      const output = execFileSync(process.execPath, ["run.js", tasks], {
        cwd: folder,
        encoding: "utf8",
      });
      const results = JSON.parse(output) as Record<string, Outcome>;
      const outcome = results[pattern.name];
      if (!outcome) throw new Error(`no outcome: ${output}`);
      return [pattern.name, outcome];
    }),
  );
}

function isLost({ about }: Pattern, { confirmed, left }: Outcome): boolean {
  if (about === "gone") return confirmed < 2 || left > 0;
  return about === "counter" ? left !== confirmed : left !== 1;
}

function isReported(pattern: Pattern): boolean {
  const schema = path.join(FOLDER, "prisma/schema.prisma");
  const files = {
    "bot.mjs": BOT,
    "handle.mjs": pattern.source,
    "prisma/schema.prisma": readFileSync(schema, "utf8"),
  };
  return reports(files).some((line) => line.includes("no-store-race"));
}

describe.skipIf(missing !== null).each([
  { store: "better-sqlite3", patterns: sqlite },
  { store: "mongoose", patterns: mongoose },
  { store: "prisma", patterns: prisma },
  { store: "files", patterns: files },
])("$store", ({ store, patterns }) => {
  let outcomes: ReadonlyMap<string, Outcome> = new Map();

  beforeAll(() => {
    outcomes = runAll(store, patterns);
  });

  test.each(patterns)("$name", (pattern) => {
    const outcome = outcomes.get(pattern.name);
    expect(outcome).toBeDefined();
    expect({
      isLost: outcome && isLost(pattern, outcome),
      isReported: isReported(pattern),
    }).toEqual({ isLost: pattern.racy, isReported: pattern.racy });
  });
});
