import { Linter } from "eslint";
import path from "node:path";
import tseslint from "typescript-eslint";
import { expect, test } from "vitest";
// @ts-expect-error -- a configuration file in JavaScript, without declarations
import { importDirection } from "../tools/import-direction.js";

const root = path.resolve(import.meta.dirname, "..");

const problemsOf = (file: string, code: string): string[] => {
  const linter = new Linter({ cwd: root });
  const config = [
    { files: ["**/*.ts"], languageOptions: { parser: tseslint.parser as Linter.Parser } },
    importDirection as Linter.Config,
  ];
  return linter.verify(code, config, path.join(root, file)).map((message) => message.message);
};

test.each([
  ["src/rules/no-lost-update.ts", `import "../analysis/analyze.ts";`],
  ["src/analysis/checks/races.ts", `import "../../models/stores/mongoose.ts";`],
  ["src/analysis/checks/races.ts", `import "../finding.ts";`],
  ["src/analysis/project/parse.ts", `import "oxc-parser";`],
  ["src/analysis/project/disk.ts", `import "node:fs";`],
  ["src/cli/explain.ts", `import "../analysis/finding.ts";`],
  ["src/runtime/testing/explore.ts", `import "../bounded-pool.ts";`],
  ["src/index.ts", `import "./rules/index.ts"; import "./analysis/analyze.ts";`],
])("%s may contain %s", (file, code) => {
  expect(problemsOf(file, code)).toEqual([]);
});

test.each([
  ["src/models/stores/redis.ts", `import "../../analysis/finding.ts";`, "src/analysis"],
  ["src/analysis/analyze.ts", `import "../rules/index.ts";`, "src/rules"],
  ["src/analysis/analyze.ts", `export * from "../runtime/index.ts";`, "src/runtime"],
  ["src/analysis/analyze.ts", `import type { Rule } from "eslint";`, "eslint"],
  ["src/analysis/analyze.ts", `type Rule = import("eslint").Rule.RuleModule;`, "eslint"],
  ["src/analysis/analyze.ts", `const ts = await import("typescript");`, "typescript"],
  ["src/rules/no-lost-update.ts", `import "../models/stores/redis.ts";`, "src/models"],
  ["src/cli/explain.ts", `export { rules } from "../rules/index.ts";`, "src/rules"],
  ["src/runtime/updater.ts", `import "../analysis/finding.ts";`, "src/analysis"],
  ["src/runtime/updater.ts", `import "p-limit";`, "p-limit"],
])("%s must not contain %s", (file, code, forbidden) => {
  expect(problemsOf(file, code)).toEqual([expect.stringContaining(forbidden)]);
});
