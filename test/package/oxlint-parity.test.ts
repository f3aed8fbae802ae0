// oxlint runs the plugin as a JS plugin, without types and on its own parser. It must say the same as ESLint
// to the letter, on every program that we have.
import { ESLint } from "eslint";
import runAsync from "eslint-plugin-run-async";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import tseslint from "typescript-eslint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Sandbox } from "./sandbox.ts";

const root = path.resolve(import.meta.dirname, "../..");
const rules = Object.keys(runAsync.rules).map((name) => `run-async/${name}`);

/** Where programs are, and at least how many findings they must give for the comparison to mean something. */
const SUBJECTS = [
  { name: "examples", folder: path.join(root, "examples"), atLeast: 4 },
  { name: "labelled cases", folder: path.resolve(root, "../shared/cases/dev"), atLeast: 20 },
];

const lintWithEslint = async (folder: string): Promise<string[]> => {
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ["**/*.{js,mjs,cjs,ts,mts,cts}"],
        plugins: { "run-async": runAsync },
        languageOptions: { parser: tseslint.parser },
        linterOptions: { reportUnusedDisableDirectives: "off" },
        rules: Object.fromEntries(rules.map((rule) => [rule, "error" as const])),
      },
    ],
  });
  const results = await eslint.lintFiles(["."]);
  return results
    .flatMap(({ filePath, messages }) =>
      messages.map(({ line, column, ruleId, message }) => {
        const file = path.relative(folder, filePath);
        return `${file}:${line}:${column} ${ruleId ?? ""} ${message}`;
      }),
    )
    .sort();
};

interface OxlintReport {
  number_of_files: number;
  diagnostics: {
    filename: string;
    code?: string;
    message: string;
    labels: { span: { line: number; column: number } }[];
  }[];
}

const lintWithOxlint = async (
  oxlint: string,
  folder: string,
  config: string,
): Promise<string[]> => {
  const stdout = await new Promise<string>((resolve) => {
    const args = ["--config", config, "--format", "json", "."];
    execFile(oxlint, args, { cwd: folder, maxBuffer: 2 ** 26 }, (_, output) => {
      resolve(output);
    });
  });
  const { diagnostics } = JSON.parse(stdout) as OxlintReport;
  return diagnostics
    .map(({ filename, code = "", message, labels: [label] }) => {
      const rule = code.replace(/^(.+)\((.+)\)$/, "$1/$2");
      return `${filename}:${label?.span.line}:${label?.span.column} ${rule} ${message}`;
    })
    .sort();
};

describe("oxlint agrees with ESLint", () => {
  const sandbox = new Sandbox({
    "oxlintrc.json": {
      jsPlugins: [{ name: "run-async", specifier: path.join(root, "dist/index.js") }],
      categories: { correctness: "off" },
      rules: Object.fromEntries(rules.map((rule) => [rule, "error"])),
    },
  });
  const oxlint = path.join(sandbox.folder, "node_modules/.bin/oxlint");
  const config = path.join(sandbox.folder, "oxlintrc.json");

  beforeAll(() => sandbox.npmInstall("oxlint@1.94.0"));
  afterAll(() => {
    sandbox.remove();
  });

  for (const { name, folder, atLeast } of SUBJECTS) {
    if (!existsSync(folder))
      console.log(`skipped: oxlint parity on the ${name}, ${folder} is not here`);
    test.skipIf(!existsSync(folder))(`on the ${name}`, async () => {
      const findings = await lintWithEslint(folder);
      expect(findings.length).toBeGreaterThanOrEqual(atLeast);
      expect(await lintWithOxlint(oxlint, folder, config)).toEqual(findings);
    });
  }
});
