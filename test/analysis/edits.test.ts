import fc from "fast-check";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { activityOf, worldOf } from "../../src/analysis/activity.ts";
import { analyze, Judgement } from "../../src/analysis/analyze.ts";
import type { Finding } from "../../src/analysis/finding.ts";
import { Project } from "../../src/analysis/project/project.ts";
import type { ProjectWorld } from "../../src/analysis/project/world.ts";
import { folderOf } from "./harness.ts";

/** Each file of a bot in the versions that somebody writes one after the other. */
const VERSIONS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  "bot.ts": [
    `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
import { tip } from "./commands/tip";
import { refill } from "./commands/refill";
const bot = new Bot("");
bot.command("tip", tip);
bot.command("refill", refill);
run(bot);
`,
    `import { Bot } from "grammy";
import { tip } from "./commands/tip";
import { refill } from "./commands/refill";
const bot = new Bot("");
bot.command("tip", tip);
bot.command("refill", refill);
bot.start();
`,
    `import { Bot } from "grammy";
import { run, sequentialize } from "@grammyjs/runner";
import { tip } from "./commands/tip";
const bot = new Bot("");
bot.use(sequentialize(() => "all"));
bot.command("tip", tip);
run(bot);
`,
  ],
  "commands/tip.ts": [
    `import { bank } from "../bank";
export async function tip(ctx) {
  await bank.pay(ctx.from.id, 1);
}
`,
    `import { bank } from "../bank";
import { lock } from "../lock";
export async function tip(ctx) {
  await lock.runExclusive(() => bank.pay(ctx.from.id, 1));
}
`,
    `export async function tip(ctx) {
  await ctx.reply("closed");
}
`,
  ],
  "commands/refill.ts": [
    `import { bank } from "../bank";
export async function refill(ctx) {
  bank.accounts.set(ctx.from.id, 100);
  await ctx.reply("done");
}
`,
    `import { bank } from "../bank";
import { lock } from "../lock";
export async function refill(ctx) {
  await lock.runExclusive(() => bank.accounts.set(ctx.from.id, 100));
}
`,
  ],
  "bank.ts": [
    `import { log } from "./log";
class Bank {
  accounts = new Map();
  async pay(id, amount) {
    const balance = this.accounts.get(id) ?? 0;
    await log(id);
    this.accounts.set(id, balance - amount);
  }
}
export const bank = new Bank();
`,
    `import { log } from "./log";
class Bank {
  accounts = new Map();
  async pay(id, amount) {
    this.accounts.set(id, (this.accounts.get(id) ?? 0) - amount);
    await log(id);
  }
}
export const bank = new Bank();
`,
    `import { log } from "./log";
class Ledger {
  accounts = new Map();
  get balance() {
    return this.accounts.get(1) ?? 0;
  }
  async pay(id, amount) {
    const { balance } = this;
    await log(id);
    if (balance > amount) this.accounts.set(1, balance - amount);
  }
}
export const bank = new Ledger();
`,
  ],
  "log.ts": [
    `import { writeFile } from "node:fs/promises";
export async function log(id) {
  await writeFile("log", String(id));
}
`,
    `export function log(id) {
  console.log(id);
}
`,
  ],
  "lock.ts": [
    `import { Mutex } from "async-mutex";
export const lock = new Mutex();
`,
    `import { Semaphore } from "async-mutex";
export const lock = new Semaphore(5);
`,
  ],
};

const names = Object.keys(VERSIONS);

function texts(chosen: Readonly<Record<string, number>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(VERSIONS).map(([name, versions]) => [
      name,
      versions[(chosen[name] ?? 0) % versions.length] ?? versions[0],
    ]),
  );
}

function said(findings: readonly Finding[], project: Project): string[] {
  return findings
    .map(({ path, start, hazard, confidence, message }) =>
      [project.relative(path), start, hazard, confidence, message].join(" "),
    )
    .sort();
}

function edit(project: Project, world: ProjectWorld, name: string, text: string): void {
  const path = join(project.root, name);
  if (project.update(path, text)) world.forget(path);
}

describe("after an edit", () => {
  test("the findings are those of an analysis from the beginning", () => {
    const folder = folderOf(texts());
    const steps = fc.array(fc.tuple(fc.constantFrom(...names), fc.nat({ max: 2 })), {
      minLength: 1,
      maxLength: 6,
    });
    const seen = new Set<string>();
    fc.assert(
      fc.property(steps, (edits) => {
        const project = new Project(folder);
        const world = worldOf(project, {});
        const chosen: Record<string, number> = {};
        analyze(project, {}, world);
        for (const [name, version] of edits) {
          chosen[name] = version;
          edit(project, world, name, texts(chosen)[name] ?? "");
          const cold = new Project(folder);
          for (const [file, text] of Object.entries(texts(chosen)))
            cold.update(join(folder, file), text);
          const expected = said(analyze(cold), cold);
          seen.add(expected.join());
          expect(said(analyze(project, {}, world), project)).toEqual(expected);
          const judgement = new Judgement(activityOf(project, {}, world));
          const byFile = names
            .map((file) => join(folder, file))
            .flatMap((path) => [...judgement.in(path), ...judgement.advice(path)]);
          expect(said(byFile, project)).toEqual(expected);
        }
      }),
      { numRuns: 30 },
    );
    // The versions are worth nothing if they all say the same.
    expect(seen.size).toBeGreaterThan(2);
  });

  test("only what had looked into the file is found out again", () => {
    const project = new Project(folderOf(texts()));
    const world = worldOf(project, {});
    const summaries = (): Map<string, object> =>
      new Map(
        activityOf(project, {}, world).roots.map(({ fn }) => [
          project.relative(fn.file.path),
          world.summaryOf(fn.node, fn.file),
        ]),
      );
    const before = summaries();
    edit(project, world, "lock.ts", texts({ "lock.ts": 1 })["lock.ts"] ?? "");
    expect(summaries()).toEqual(before);
    expect(summaries().get("commands/tip.ts")).toBe(before.get("commands/tip.ts"));
    edit(project, world, "log.ts", texts({ "log.ts": 1 })["log.ts"] ?? "");
    expect(summaries().get("commands/tip.ts")).not.toBe(before.get("commands/tip.ts"));
    expect(summaries().get("commands/refill.ts")).toBe(before.get("commands/refill.ts"));
  });

  test("a text that does not parse leaves the last one that did", () => {
    const project = new Project(folderOf(texts()));
    const world = worldOf(project, {});
    const before = said(analyze(project, {}, world), project);
    edit(project, world, "bank.ts", "class Bank {");
    expect(said(analyze(project, {}, world), project)).toEqual(before);
    expect(before).not.toEqual([]);
  });

  test("a guard that an edit takes away guards no longer", () => {
    const text = (guard: string): string => `import { Bot } from "grammy";
import { EventEmitter } from "node:events";
const bot = new Bot("");
const bus = new EventEmitter();
let ready = false;
bot.command("start", async (ctx) => {
  ${guard}
  bus.on("news", () => ctx.reply("news"));
  await ctx.reply("hello");
});
bot.start();
`;
    const project = new Project(folderOf({ "bot.ts": text("") }));
    const world = worldOf(project, {});
    const isReported = (guard: string): boolean => {
      edit(project, world, "bot.ts", text(guard));
      return analyze(project, {}, world).some(({ hazard }) => hazard === "listener-in-handler");
    };
    const guard = "if (ready) return; ready = true;";
    expect(["", guard, "", guard].map(isReported)).toEqual([true, false, true, false]);
  });
});
