// The README as a new user follows it: every install command and every configuration, copied and run.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, inject, test } from "vitest";
import {
  ESLINT_CONFIG,
  ESLINT_CONFIG_TYPESCRIPT,
  OXLINT_CONFIG,
  raceIn,
  racingBot,
} from "./bot.ts";
import { type Outcome, Sandbox } from "./sandbox.ts";

const readme = readFileSync(path.resolve(import.meta.dirname, "../../README.md"), "utf8");

const codeBlocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, code = ""]) => code,
  );

/** Rows of the install table: the kind of repository and its command. */
const installCommands = new Map(
  [...readme.matchAll(/^\| (\S.*?) +\| `(npm install .+?)` +\|$/gm)].map(
    ([, kind = "", command = ""]) => [kind, command],
  ),
);

const install = (sandbox: Sandbox, command: string): Promise<Outcome> => {
  const ours = /(?<= )eslint-plugin-run-async$/;
  const flags = "--prefer-offline --no-audit --no-fund --loglevel=error";
  return sandbox.run("sh", "-c", `${command.replace(ours, inject("tarball"))} ${flags}`);
};

test("shows the configurations that the tests of this folder use", () => {
  expect(codeBlocks("js")).toEqual([ESLINT_CONFIG, ESLINT_CONFIG_TYPESCRIPT]);
  expect(codeBlocks("json").map((block): unknown => JSON.parse(block))).toEqual([OXLINT_CONFIG]);
});

describe("its install commands", () => {
  test.each([
    { kind: "JavaScript", linter: "eslint", config: ESLINT_CONFIG, bot: "bot.js" },
    { kind: "TypeScript 6", linter: "eslint", config: ESLINT_CONFIG_TYPESCRIPT, bot: "bot.ts" },
    { kind: "TypeScript 7", linter: "oxlint", config: "", bot: "bot.ts" },
    {
      kind: "TypeScript 7, with ESLint side by side",
      linter: "eslint",
      config: ESLINT_CONFIG_TYPESCRIPT,
      bot: "bot.ts",
    },
  ] as const)("$kind", async ({ kind, linter, config, bot }) => {
    const command = installCommands.get(kind);
    if (!command) throw new Error(`README.md has no install command for ${kind}`);
    using sandbox = new Sandbox({
      "eslint.config.js": config,
      ".oxlintrc.json": OXLINT_CONFIG,
      // oxlint leaves out what git leaves out, and nothing else.
      ".gitignore": "node_modules/",
      ...racingBot(bot),
    });

    const { status, stderr } = await install(sandbox, command);
    expect(stderr).not.toMatch(/ERESOLVE/);
    expect(status).toBe(0);
    const findings = await sandbox[linter](".");
    expect(findings.filter((finding) => finding.includes("run-async/"))).toEqual([raceIn(bot)]);
  });

  test("are all tried", () => {
    expect(installCommands.size).toBe(4);
  });
});

test("tells what to do in a repository on ESLint 8", async () => {
  const command = /^\*\*ESLint 8.*`(npm install .+?)`/m.exec(readme)?.[1] ?? "";
  using sandbox = new Sandbox({
    ".oxlintrc.json": OXLINT_CONFIG,
    ".gitignore": "node_modules/",
    ...racingBot("bot.ts"),
  });
  await sandbox.npmInstall("--save-dev", "eslint@8");

  const refused = await install(sandbox, "npm install --save-dev eslint-plugin-run-async");
  expect(refused.stderr).toContain(`peerOptional eslint@"^9.22 || ^10"`);
  expect(await install(sandbox, command)).toMatchObject({ status: 0 });
  const findings = await sandbox.oxlint(".");
  expect(findings.filter((finding) => finding.includes("run-async/"))).toEqual([raceIn("bot.ts")]);
});
