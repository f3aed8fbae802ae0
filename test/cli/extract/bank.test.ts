// The guide's repair, made by the command: the racing bank becomes the repaired one.
import { ESLint } from "eslint";
import runAsync from "eslint-plugin-run-async";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import tseslint from "typescript-eslint";
import { expect, test } from "vitest";
import { copyOfExamples, PACKAGE, run } from "../run.ts";

const cwd = copyOfExamples();
mkdirSync(path.join(cwd, "node_modules"));
symlinkSync(PACKAGE, path.join(cwd, "node_modules/eslint-plugin-run-async"), "dir");
writeFileSync(
  path.join(cwd, "tsconfig.json"),
  JSON.stringify({
    compilerOptions: {
      target: "es2023",
      module: "nodenext",
      strict: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      allowImportingTsExtensions: true,
      noEmit: true,
      types: [],
    },
  }),
);

const FILE = "examples/bank/transaction.ts";
const text = (): string => readFileSync(path.join(cwd, FILE), "utf8");

/** Every outcome of two transfers at once, by a process of its own: the explorer and the bot share one runtime. */
const outcomesOf = async (example: string): Promise<unknown> => {
  const folder = path.join(cwd, "compiled", example);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(path.join(cwd, "examples", example)))
    writeFileSync(
      path.join(folder, name.replace(/\.ts$/, ".mjs")),
      ts
        .transpileModule(readFileSync(path.join(cwd, "examples", example, name), "utf8"), {
          compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
        })
        .outputText.replaceAll(/(?<=from "\.\/\w+)\.ts/g, ".mjs"),
    );
  const program = pathToFileURL(path.join(PACKAGE, "demo/two-transfers.js")).href;
  writeFileSync(
    path.join(folder, "explore.mjs"),
    `import { explore } from "eslint-plugin-run-async/runtime/testing";
import { twoTransfers } from ${JSON.stringify(program)};
import { createTransaction } from "./transaction.mjs";
const { schedules, verdicts, isExhaustive, outcomes } = await explore(twoTransfers(createTransaction));
console.log(JSON.stringify({ schedules, verdicts, isExhaustive, values: outcomes.map(({ value }) => value) }));
`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [
    path.join(folder, "explore.mjs"),
  ]);
  return JSON.parse(stdout);
};

test("extract makes of examples/bank what examples/bank-fixed is", async () => {
  const before = text();
  const shown = await run(["extract", `${FILE}:6-25`], { cwd });
  expect(shown.err).toMatch(/^Moved lines 11, 12, 19, 20, 24, 25 to logAndNotify\./);
  expect(shown.code).toBe(0);
  expect(text()).toBe(before);

  // what is printed is what --write writes
  const patch = path.join(cwd, "extract.patch");
  writeFileSync(patch, shown.out);
  const git = promisify(execFile);
  await git("git", ["apply", "--check", patch], { cwd });
  const written = await run(["extract", `${FILE}:6-25`, "--write"], { cwd });
  expect(written).toMatchObject({ code: 0, out: "" });
  await git("git", ["apply", "--check", "--reverse", patch], { cwd });

  // three calls of one function, which logs and sends, one chat's in order; the handler is no task
  expect(text().match(/^ +logAndNotify\(/gm)).toHaveLength(3);
  expect(text()).toContain("  { key: (chatId) => chatId },\n");
  expect(text()).toMatch(/ {2}async function transaction\(update: Update, context: Context\) \{/);
  expect(text()).toContain("/** `/transaction <amount> <recipient>`");

  const eslint = new ESLint({
    cwd,
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ["**/*.ts"],
        languageOptions: { parser: tseslint.parser },
        settings: { "run-async": { root: "examples" } },
        ...runAsync.configs.all,
      },
    ],
  });
  const results = await eslint.lintFiles(["examples/bank"]);
  expect(results.flatMap(({ messages }) => messages)).toEqual([]);

  const outcomes = await outcomesOf("bank");
  expect(outcomes).toEqual(await outcomesOf("bank-fixed"));
  const told = ["Preparing...", "Transferring money...", "Done!"];
  expect(outcomes).toMatchObject({
    isExhaustive: true,
    values: [{ alice: 90, bob: -90, messages: { Alice: told, Bob: told } }],
  });
}, 120_000);
