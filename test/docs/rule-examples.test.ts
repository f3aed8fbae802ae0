// Every program on a rule's page: what stands under "Incorrect" is reported by that rule, and what stands
// anywhere else is reported neither by it nor by another rule of the recommended config.
import { Linter } from "eslint";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import tseslint from "typescript-eslint";
import plugin from "../../src/index.ts";
import { programsOf } from "./programs.ts";

const pages = path.resolve(import.meta.dirname, "../../docs/rules");
/** An empty project: the programs are complete, and know nothing of each other. */
const project = mkdtempSync(path.join(tmpdir(), "rule-examples-"));
afterAll(() => {
  rmSync(project, { recursive: true });
});

function findingsIn(code: string, rule: string): string[] {
  const linter = new Linter({ cwd: project });
  const messages = linter.verify(
    code,
    {
      files: ["**/*.ts"],
      plugins: { "run-async": plugin },
      languageOptions: { parser: tseslint.parser },
      settings: { "run-async": { root: project } },
      rules: { ...plugin.configs.recommended.rules, [`run-async/${rule}`]: "error" },
    },
    { filename: path.join(project, "bot.ts") },
  );
  return messages.map(({ ruleId, line, message }) => `${ruleId ?? ""} ${line}: ${message}`);
}

describe.each(Object.keys(plugin.rules))("%s", (rule) => {
  const page = path.join(pages, `${rule}.md`);
  const programs = existsSync(page) ? programsOf(readFileSync(page, "utf8")) : [];

  test("its page has programs of both kinds", () => {
    const headings = programs.map(({ heading }) => heading);
    expect(headings).toContain("Incorrect");
    expect(headings).toContain("Correct");
  });

  for (const { heading, line, code } of programs) {
    const isIncorrect = heading === "Incorrect";
    test(`line ${line}, ${heading}: ${isIncorrect ? "reported" : "not reported"}`, () => {
      const findings = findingsIn(code, rule);
      if (isIncorrect) expect(findings).toContainEqual(expect.stringContaining(`/${rule} `));
      else expect(findings).toEqual([]);
    });
  }
});
