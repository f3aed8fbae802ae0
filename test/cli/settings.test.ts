import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { emptyPackage, PACKAGE, run, type Run } from "./run.ts";

// Polling handles one update at a time: only a setting makes this a race.
const BOT = `import { Bot } from "grammy";
const bot = new Bot("");
let visits = 0;
bot.command("visit", async (ctx) => {
  const before = visits;
  await audit(ctx);
  visits = before + 1;
});
bot.start();
`;
const CONCURRENT = { dispatch: { grammy: "concurrent" } };

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = emptyPackage();
  for (const [name, text] of Object.entries({ "bot.js": BOT, ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** A package with the project's own ESLint installed. */
function withESLint(files: Readonly<Record<string, string>>): string {
  const folder = folderOf(files);
  mkdirSync(path.join(folder, "node_modules"));
  symlinkSync(
    realpathSync(path.join(PACKAGE, "node_modules/eslint")),
    path.join(folder, "node_modules/eslint"),
  );
  return folder;
}

const config = (settings: unknown, rest = ""): string =>
  `export default [{ settings: { "run-async": ${JSON.stringify(settings)} } }${rest}];\n`;

const check = (cwd: string, ...args: string[]): Promise<Run> =>
  run(["check", "bot.js", ...args], { cwd });

test("nothing says how the bot is dispatched: nothing found", async () => {
  expect((await check(folderOf({}))).code).toBe(0);
});

test("the key in package.json counts", async () => {
  const cwd = folderOf({ "package.json": JSON.stringify({ "run-async": CONCURRENT }) });
  expect(await check(cwd)).toMatchObject({ code: 1, err: "" });
});

test("the settings of an ESLint config count, and stand over package.json", async () => {
  const cwd = withESLint({
    "package.json": JSON.stringify({ type: "module", "run-async": { dispatch: {} } }),
    "eslint.config.js": config(CONCURRENT),
  });
  expect(await check(cwd)).toMatchObject({ code: 1, err: "" });
});

test("an ESLint config counts file by file, and files that it ignores go with the rest", async () => {
  const cwd = withESLint({
    "a/bot.js": BOT,
    "b/bot.js": BOT,
    "c/bot.js": BOT,
    "eslint.config.mjs": `export default [
      { ignores: ["c/"] },
      { files: ["a/**"], settings: { "run-async": ${JSON.stringify(CONCURRENT)} } },
    ];`,
  });
  const found = async (...operands: string[]) => {
    const { out } = await run(["check", "--json", ...operands], { cwd });
    return (JSON.parse(out) as { filePath: string }[]).map(({ filePath }) =>
      path.relative(cwd, filePath),
    );
  };
  expect(await found(".")).toEqual(["a/bot.js", "c/bot.js"]);
  expect(await found("b", "c")).toEqual([]);
});

test("--settings stands over all, and is relative to the working directory", async () => {
  const cwd = withESLint({
    "eslint.config.mjs": config(CONCURRENT),
    "sequential.json": "{}",
  });
  expect((await check(cwd, "--settings", "sequential.json")).code).toBe(0);
});

test("a root is relative to the file that says it, and --root stands over it", async () => {
  const cwd = folderOf({
    "package.json": "{}",
    "bot/package.json": "{}",
    "bot/main.js": BOT.replace("const bot", "export const bot").replace("bot.start();\n", ""),
    "bot/settings.json": JSON.stringify({ root: ".." }),
    "start.js": `import { run } from "@grammyjs/runner";\nimport { bot } from "./bot/main.js";\nrun(bot);\n`,
  });
  const code = async (...args: string[]) => (await run(["check", "bot", ...args], { cwd })).code;
  const settings = ["--settings", "bot/settings.json"];
  expect(await code()).toBe(0);
  expect(await code(...settings)).toBe(1);
  expect(await code(...settings, "--root", "bot")).toBe(0);
});

test.each([
  ["package.json", JSON.stringify({ "run-async": { dispach: {} } })],
  ["eslint.config.mjs", config({ dispach: {} })],
])("an unknown setting in %s is named, with the nearest one", async (name, text) => {
  const { code, out, err } = await check(withESLint({ [name]: text }));
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toBe(
    `run-async check: ${name}: Unknown setting "dispach" in settings["run-async"]. Did you mean "dispatch"?\n`,
  );
});

test.each([
  [{}, "missing.json cannot be read."],
  [{ "missing.json": "{" }, "missing.json is no JSON"],
  [{ "missing.json": "[]" }, 'missing.json: settings["run-async"] must be an object.'],
  [{ "missing.json": '{ "root": "nowhere" }' }, "nowhere does not exist."],
])("a settings file that is none: %j", async (files, message) => {
  const { code, err } = await check(folderOf(files), "--settings", "missing.json");
  expect(code).toBe(2);
  expect(err).toContain(message);
  expect(err.split("\n")).toHaveLength(2);
});

test("a config that does not load is named once, and the rest counts", async () => {
  const cwd = withESLint({
    "package.json": JSON.stringify({ "run-async": CONCURRENT }),
    "eslint.config.mjs": "throw new Error('no such plugin')",
  });
  const { code, err } = await run(["check", "."], { cwd });
  expect(code).toBe(1);
  expect(err).toMatch(/eslint\.config\.mjs do not count.*\(no such plugin\).*\n$/);
  expect(err.split("\n")).toHaveLength(2);
});

test("without ESLint a config is missed only where it names the plugin", async () => {
  const silent = await check(folderOf({ "eslint.config.mjs": "export default [];" }));
  expect(silent).toMatchObject({ code: 0, err: "" });
  const named = await check(folderOf({ "eslint.config.mjs": config(CONCURRENT) }));
  expect(named.code).toBe(0);
  expect(named.err).toContain("ESLint is not installed there");
});

test("explain has the same settings", async () => {
  const cwd = folderOf({ "concurrent.json": JSON.stringify(CONCURRENT) });
  const concurrency = async (...args: string[]) => {
    const { out } = await run(["explain", "bot.js", "--json", ...args], { cwd });
    return (JSON.parse(out) as { concurrency: string }[]).map((one) => one.concurrency);
  };
  expect(await concurrency()).toEqual(["sequential"]);
  expect(await concurrency("--settings", "concurrent.json")).toEqual(["concurrent"]);
});
