import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.ts";
import type { Finding } from "../../src/analysis/finding.ts";
import { KeptFindings } from "../../src/analysis/kept-findings.ts";
import { Project } from "../../src/analysis/project/project.ts";
import type { RunAsyncSettings } from "../../src/analysis/settings.ts";
import { folderOf } from "./harness.ts";

const FINDING: Finding = {
  hazard: "lost-update",
  path: "bot.ts",
  start: 3,
  end: 7,
  message: "What was written in between is lost.",
  isCheck: false,
  trace: [],
  confidence: "recommended",
};
const LONG = 1_000;

/** A project with an installed package, in a folder of its own. */
function installed(): string {
  const folder = folderOf({
    "package.json": "{}",
    "bot.ts": "let n = 0;\n",
    "schema.prisma": "model User { id Int @id }\n",
    "node_modules/.package-lock.json": "{}",
  });
  return folder;
}

function kept(folder: string, settings: RunAsyncSettings = {}): KeptFindings {
  return new KeptFindings(new Project(folder), settings);
}

function cacheOf(folder: string): string {
  return join(folder, "node_modules/.cache/eslint-plugin-run-async");
}

describe("findings on disk", () => {
  test("are those of the same project until something changes that they depend on", () => {
    const folder = installed();
    kept(folder).write([FINDING], LONG);
    expect(kept(folder).read()).toEqual([FINDING]);
    expect(kept(folder, { harmless: ["log"] }).read()).toBeNull();
    expect(kept(folder, { unreached: "concurrent" }).read()).toBeNull();
    const locks = [{ from: "./locks.ts", functions: { withLock: { key: 0 } } }];
    expect(kept(folder, { locks }).read()).toBeNull();
    const changes: readonly (() => void)[] = [
      () => {
        writeFileSync(join(folder, "bot.ts"), "let n = 1;\n");
      },
      () => {
        writeFileSync(join(folder, "new.ts"), "");
      },
      () => {
        writeFileSync(
          join(folder, "schema.prisma"),
          "model User { id Int @id; name String @unique }\n",
        );
      },
      () => {
        writeFileSync(join(folder, "tsconfig.json"), '{ "compilerOptions": { "paths": {} } }');
      },
      () => {
        utimesSync(join(folder, "node_modules/.package-lock.json"), 1, 1);
      },
    ];
    for (const change of changes) {
      kept(folder).write([FINDING], LONG);
      expect(kept(folder).read()).toEqual([FINDING]);
      change();
      expect(kept(folder).read()).toBeNull();
    }
  });

  test("are not kept where nothing is installed, and no folder is made for them", () => {
    const folder = folderOf({ "package.json": "{}", "bot.ts": "" });
    kept(folder).write([FINDING], LONG);
    expect(kept(folder).read()).toBeNull();
    expect(readdirSync(folder)).toEqual(["bot.ts", "package.json"]);
  });

  test("of a quick analysis are not worth a file", () => {
    const folder = installed();
    kept(folder).write([FINDING], 10);
    expect(kept(folder).read()).toBeNull();
  });

  test("that are broken are as good as none, and are written anew", () => {
    const folder = installed();
    kept(folder).write([FINDING], LONG);
    const [name] = readdirSync(cacheOf(folder));
    writeFileSync(join(cacheOf(folder), name ?? ""), '[{"hazard":');
    expect(kept(folder).read()).toBeNull();
    kept(folder).write([], LONG);
    expect(kept(folder).read()).toEqual([]);
  });

  test("are few: the oldest go", () => {
    const folder = installed();
    for (let version = 0; version < 12; version += 1) {
      writeFileSync(join(folder, "bot.ts"), `let n = ${String(version)};\n`);
      kept(folder).write([FINDING], LONG);
    }
    expect(readdirSync(cacheOf(folder))).toHaveLength(8);
    expect(kept(folder).read()).toEqual([FINDING]);
  });

  test("cannot be written where a file is in the way, and nobody is told", () => {
    const folder = installed();
    mkdirSync(join(folder, "node_modules/.cache"));
    writeFileSync(cacheOf(folder), "not a folder");
    kept(folder).write([FINDING], LONG);
    expect(kept(folder).read()).toBeNull();
    expect(readFileSync(cacheOf(folder), "utf8")).toBe("not a folder");
  });

  test("of a real race are kept, without the trees of the program", () => {
    const folder = folderOf({
      "package.json": "{}",
      "node_modules/.package-lock.json": "{}",
      "bot.ts": `import { Client } from "discord.js";
const counts = new Map();
new Client().on("messageCreate", async (message) => {
  const count = counts.get(message.author.id) ?? 0;
  await message.reply("counting");
  counts.set(message.author.id, count + 1);
});
`,
    });
    const found = analyze(new Project(folder));
    kept(folder).write(found, LONG);
    expect(
      kept(folder)
        .read()
        ?.map(({ message }) => message),
    ).toEqual(found.map(({ message }) => message));
    expect(found).toHaveLength(1);
  });

  test("with evidence made of syntax trees stay in memory", () => {
    const folder = installed();
    kept(folder).write([{ ...FINDING, poolWait: {} as Finding["poolWait"] }], LONG);
    expect(kept(folder).read()).toBeNull();
  });
});
