// Lints real bots, pinned, and compares with the findings that a reader has judged. A change of the engine
// shows here as a diff on code that nobody of this project wrote.
// UPDATE_RULING=1 rewrites the files; a new finding enters as "unread" and fails until someone judges it.
import { ESLint } from "eslint";
import runAsync from "eslint-plugin-run-async";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import tseslint from "typescript-eslint";
import { beforeAll, describe, expect, test } from "vitest";
// @ts-expect-error -- a tool in JavaScript, without declarations
import { fetchPackage } from "../../tools/fetch-package.js";

interface JudgedFinding {
  file: string;
  line: number;
  rule: string;
  verdict: "real" | "false" | "unread";
}

/** Only sources are linted: what a bot compiles to repeats them. */
const BOTS = [
  { bot: "ln-telegram@6.1.11", ignores: ["test/**"] },
  { bot: "chz-telegram-bot@0.0.27", ignores: ["dist/**", "types/**"] },
  { bot: "monitorss@6.13.19", ignores: ["src/tests/**", "**/*.test.js"] },
];

const lintBot = async (folder: string, ignores: string[]): Promise<ESLint.LintResult[]> => {
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: true,
    overrideConfig: [
      { ignores },
      { linterOptions: { reportUnusedDisableDirectives: "off" } },
      { files: ["**/*.ts"], languageOptions: { parser: tseslint.parser } },
      { files: ["**/*.{js,mjs,cjs,ts}"], ...runAsync.configs.all },
    ],
  });
  return eslint.lintFiles(["."]);
};

describe.each(BOTS)("$bot", ({ bot, ignores }) => {
  const rulingFile = path.join(import.meta.dirname, `${bot.replace(/@.*/, "")}.json`);
  const ruling = existsSync(rulingFile)
    ? (JSON.parse(readFileSync(rulingFile, "utf8")) as JudgedFinding[])
    : [];
  let results: ESLint.LintResult[] = [];
  let findings: JudgedFinding[] = [];

  beforeAll(async () => {
    const folder = (fetchPackage as (spec: string) => string)(bot);
    results = await lintBot(folder, ignores);
    findings = results.flatMap(({ filePath, messages }) =>
      messages
        .filter(({ ruleId }) => ruleId?.startsWith("run-async/"))
        .map(({ line, ruleId }) => {
          const place = { file: path.relative(folder, filePath), line, rule: String(ruleId) };
          const judged = ruling.find(
            ({ file, rule, ...known }) =>
              file === place.file && known.line === line && rule === ruleId,
          );
          return { ...place, verdict: judged?.verdict ?? "unread" };
        }),
    );
    if (process.env["UPDATE_RULING"]) {
      writeFileSync(rulingFile, `${JSON.stringify(findings, null, 2)}\n`);
    }
  });

  test("is linted whole", () => {
    expect(results.length).toBeGreaterThan(20);
    expect(results.flatMap(({ messages }) => messages.filter(({ fatal }) => fatal))).toEqual([]);
  });

  test.skipIf(process.env["UPDATE_RULING"])("gives the findings of the ruling", () => {
    expect(findings).toEqual(ruling);
  });

  test("has no finding that nobody has judged", () => {
    expect(findings.filter(({ verdict }) => verdict === "unread")).toEqual([]);
  });
});
