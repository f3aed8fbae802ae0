// Whatever is put before the linter: it neither crashes nor hangs, and the other files are still linted.
import { ESLint, type Linter } from "eslint";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import tseslint from "typescript-eslint";
import { afterEach, beforeEach, expect, test } from "vitest";
import runAsync from "../../src/index.ts";

const RACE = `import { Client } from "discord.js";
const client = new Client({ intents: [] });
const counts = new Map();
client.on("messageCreate", async (message) => {
  const count = counts.get(message.author.id) ?? 0;
  await message.reply("counting");
  counts.set(message.author.id, count + 1);
});
`;
const RACE_FOUND = "race.ts:7 run-async/no-lost-update";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "run-async-bad-input-"));
  write({ "package.json": "{}", "race.ts": RACE });
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const write = (files: Record<string, string | Buffer>): void => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
};

/** Lints the whole folder with all rules: `file:line rule`, or the message where no rule speaks. */
const lint = async (settings: object = {}): Promise<string[]> => {
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ["**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}"],
        ...runAsync.configs.all,
        settings: { "run-async": settings },
        languageOptions: {
          parser: tseslint.parser,
          parserOptions: { ecmaFeatures: { jsx: true } },
        },
      },
    ],
  });
  const results = await eslint.lintFiles(["."]);
  return results.flatMap(({ filePath, messages }) =>
    messages.map(
      ({ line, ruleId, message }) =>
        `${path.relative(folder, filePath)}:${line} ${ruleId ?? message.split(":")[0] ?? ""}`,
    ),
  );
};

test("a file with a syntax error is reported as such, alone and when imported", async () => {
  write({
    "broken.ts": "export const load = async ( => {",
    "uses-broken.ts": `import { load } from "./broken.ts";\nexport const run = async () => load();`,
  });
  expect(await lint()).toEqual([expect.stringContaining("broken.ts:1 Parsing error"), RACE_FOUND]);
});

test.each([
  ["an empty file", { "empty.ts": "" }],
  ["a file with a comment only", { "comment.ts": "// nothing\n" }],
  ["a byte order mark", { "bom.ts": "\uFEFFexport const a = 1;" }],
  ["a hashbang", { "cli.js": "#!/usr/bin/env node\nawait 1;\n" }],
  ["a binary file with a source name", { "binary.js": Buffer.from([0x2f, 0x2f, 0, 0xff, 0xfe]) }],
  ["JSX", { "view.jsx": "export const view = async () => <b>{await load()}</b>;" }],
  ["TSX", { "view.tsx": "export const view = async <T,>(a: T) => <b>{await load(a)}</b>;" }],
  ["CommonJS", { "old.cjs": "const a = require('./race.ts'); exports.run = async () => await a;" }],
  [
    "CommonJS in TypeScript",
    { "old.cts": "import a = require('./race'); export = async () => a;" },
  ],
  ["an MTS module", { "new.mts": "export default async (n: number): Promise<number> => n;" }],
  ["top-level await", { "top.mts": "const a = await load(); for await (const b of a) await b;" }],
  [
    "decorators",
    {
      "decorated.ts":
        "@sealed class A { @logged accessor x = 1; @runAsync async go(@inject a: A) { this.x += await a.y; } }",
    },
  ],
  [
    "generators",
    {
      "generators.ts":
        "let n = 0; export async function* a() { const m = n; yield* b(); n = m + 1; yield n; }\nfunction* b() { const m = n; yield m; n = m; }",
    },
  ],
  [
    "explicit resource management",
    {
      "using.ts":
        "export async function go() { await using lock = await acquire(); using x = y(); }",
    },
  ],
  [
    "labels, switch, and jumps out of finally",
    {
      "jumps.js":
        "let n = 0; async function f(x) { a: for (;;) { try { switch (x) { case await n: continue a; default: break a; } } finally { if (x) continue a; n = await x; } } with_(); }",
    },
  ],
  [
    "patterns with awaits in defaults and keys",
    {
      "patterns.js":
        "export const f = async ({ a = 1, ...b }, [c = a] = []) => { const { [await a]: d = await c, ...e } = await b; [a.x, a.y = await d] = e; };",
    },
  ],
  [
    "only declarations",
    { "types.d.ts": "declare module 'x' { export function f(): Promise<void>; }" },
  ],
  [
    "enums and namespaces",
    {
      "legacy.ts": "enum E { A = 1 } namespace N { export let x = 1; } declare global { var y: E }",
    },
  ],
])("%s", async (_, files) => {
  write(files);
  expect(await lint()).toEqual([RACE_FOUND]);
});

test("modules that import each other, and one that imports itself", async () => {
  write({
    "a.ts": `import { b } from "./b.ts"; export const a = async (): Promise<void> => b();`,
    "b.ts": `import { a } from "./a.ts"; export const b = async (): Promise<void> => a(); export * from "./a.ts";`,
    "self.ts": `export * from "./self.ts"; import { x } from "./self.ts"; x();`,
  });
  expect(await lint()).toEqual([RACE_FOUND]);
});

test("imports of what is missing, a folder, or not source", async () => {
  write({
    "data.json": `{ "a": 1 }`,
    "folder/readme.md": "no index here",
    "imports.ts": `import a from "./missing.ts"; import b from "./folder"; import c from "./data.json" with { type: "json" };
import d from "not-installed"; import e from "http://localhost/x.js"; import f from "#nothing"; import "./style.css";
export const run = async () => { await a(b, c, d, e, f); await import(\`./\${a}.ts\`); };`,
  });
  expect(await lint()).toEqual([RACE_FOUND]);
});

test("neighbours that cannot be read: no permission, a dangling link, a link to itself", async () => {
  write({
    "secret.ts": "export const secret = 1;",
    "imports.ts": `import { secret } from "./secret-link.ts"; import a from "./dangling.ts"; import b from "./loop.ts";
export const run = async () => { await a(secret, b); };`,
  });
  mkdirSync(path.join(folder, "node_modules/locked"), { recursive: true });
  symlinkSync(path.join(folder, "secret.ts"), path.join(folder, "secret-link.ts"));
  chmodSync(path.join(folder, "secret.ts"), 0);
  chmodSync(path.join(folder, "node_modules/locked"), 0);
  symlinkSync("nowhere.ts", path.join(folder, "dangling.ts"));
  symlinkSync("loop.ts", path.join(folder, "loop.ts"));

  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: true,
    overrideConfig: [{ files: ["**/*.ts"], ...runAsync.configs.all }],
  });
  const text = await eslint.lintText(RACE, {
    filePath: path.join(folder, "imports.js"),
  });
  expect(text.flatMap(({ messages }) => messages.filter(({ fatal }) => fatal))).toEqual([]);
  chmodSync(path.join(folder, "node_modules/locked"), 0o755);
});

test("objects, classes and functions that are made of themselves", async () => {
  write({
    "circular.ts": `let state: any = { a: 1 };
state = { ...state, ...{ ...state } };
const loop = { get self() { return loop; }, ...state.self };
class Node { next = new Node(); static top: Node = Node.top.next; }
const again = (f: any): any => again(again);
export const go = async () => { state.a = await loop.self.self.a; Node.top.next.next = await again(go); };`,
  });
  expect(await lint()).toEqual([RACE_FOUND]);
});

test("a text that is in no file and in no package", async () => {
  rmSync(path.join(folder, "package.json"));
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: true,
    overrideConfig: [runAsync.configs.all],
  });
  const unnamed = await eslint.lintText(RACE);
  const nowhere = await eslint.lintText(RACE, { filePath: path.join(folder, "no/such/bot.js") });
  for (const [result] of [unnamed, nowhere]) {
    expect(result?.messages.map(({ ruleId }) => ruleId)).toEqual(["run-async/no-lost-update"]);
  }
});

test("settings that do not exist or are wrong are named, with the nearest right one", async () => {
  await expect(lint({ harmles: ["log"] })).rejects.toThrow(
    /Unknown setting "harmles".*Did you mean "harmless"\?/,
  );
  await expect(lint({ dispatch: { grammy: "parallel" } })).rejects.toThrow(
    /dispatch\.grammy must be/,
  );
});

test("an option that a rule does not have is refused", async () => {
  const rules: Linter.RulesRecord = {
    // @ts-expect-error -- the types of our rules, which augment ESLint's, refuse it first
    "run-async/no-lost-update": ["error", { onlyExported: true }],
  };
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: true,
    overrideConfig: [runAsync.configs.all, { rules }],
  });
  await expect(eslint.lintText("a;")).rejects.toThrow(/run-async\/no-lost-update/);
});

test("outside any package the project is the file's own folder, and not all that lies below", async () => {
  const handler = `export const counts = new Map();
export const count = async (message) => {
  const before = counts.get(message.author.id) ?? 0;
  await message.reply("counting");
  counts.set(message.author.id, before + 1);
};
`;
  write({
    "handler.ts": handler,
    "below/bot.ts": `import { Client } from "discord.js";
import { count } from "../handler.ts";
new Client({ intents: [] }).on("messageCreate", count);
`,
  });
  rmSync(path.join(folder, "package.json"));
  expect(await lint()).toEqual([RACE_FOUND]);
  expect(await lint({ root: "." })).toEqual(["handler.ts:5 run-async/no-lost-update", RACE_FOUND]);
});
