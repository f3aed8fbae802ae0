// The recipes of docs/gates.md, taken from the page and run in a repository of a user.
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ESLINT_CONFIG, OXLINT_CONFIG, raceIn, racingBot, repairedBot } from "../package/bot.ts";
import { type Outcome, Sandbox } from "../package/sandbox.ts";
import { recipe } from "./recipe.ts";

const gate = (title: string): string => recipe("gates.md", title);

const sandbox = new Sandbox({
  ".gitignore": "node_modules/\n",
  "eslint.config.js": ESLINT_CONFIG,
  ".oxlintrc.json": OXLINT_CONFIG,
  "clean.js": "export const clean = async () => {};\n",
});
const shell = (command: string): Promise<Outcome> => sandbox.run("sh", "-c", command);
const output = ({ stdout, stderr }: Outcome): string => stdout + stderr;

beforeAll(async () => {
  await sandbox.npmInstall(
    "--save-dev",
    "@microsoft/eslint-formatter-sarif@3.1.0",
    "eslint@10",
    "eslint-formatter-gha@2.0.1",
    "husky@9.1.7",
    "lint-staged@16.4.0",
    "oxlint@1.94.0",
    inject("tarball"),
  );
  await shell(
    "git init --quiet && git config user.email bot@example.org && git config user.name Bot && git add . && git commit --quiet -m start",
  );
});
afterAll(() => {
  sandbox.remove();
});

/** Tries to commit a racing bot and then, the race repaired, the same bot. */
const commitRacingThenRepaired = async (): Promise<{ racing: Outcome; repaired: Outcome }> => {
  sandbox.write(racingBot("bot.js"));
  const racing = await shell("git add . && git commit -m racing");
  sandbox.write(repairedBot("bot.js"));
  const repaired = await shell("git add . && git commit -m repaired");
  await shell("git rm --quiet --force bot.js && git commit --quiet --no-verify -m reset");
  return { racing, repaired };
};

describe("adopting the rules", () => {
  test("suppresses what is there, fails on what is new, and prunes what is repaired", async () => {
    sandbox.write(racingBot("bot.js"));
    expect(await shell(gate("adopt"))).toMatchObject({ status: 0 });
    expect(await shell("npx eslint .")).toMatchObject({ status: 0 });

    sandbox.write(racingBot("second.js"));
    expect(await sandbox.eslint(".")).toEqual([raceIn("second.js")]);

    sandbox.write({ "bot.js": "", "second.js": "" });
    expect(await shell("npx eslint .")).not.toMatchObject({ status: 0 });
    expect(await shell(gate("prune"))).toMatchObject({ status: 0 });
    expect(await shell("npx eslint .")).toMatchObject({ status: 0 });
    await shell("rm -f bot.js second.js eslint-suppressions.json");
  });
});

describe("husky with lint-staged", () => {
  test("keeps the race out of the history, and lets the repaired bot in", async () => {
    const name = ".husky/pre-commit";
    const config = "lint-staged.config.js";
    sandbox.write({ [name]: gate(name), [config]: gate(config) });
    chmodSync(path.join(sandbox.folder, name), 0o755);
    await shell("npx husky");

    const { racing, repaired } = await commitRacingThenRepaired();
    expect(output(racing)).toContain("run-async/no-lost-update");
    expect(racing.status).not.toBe(0);
    expect(repaired).toMatchObject({ status: 0 });
    await shell("git config --unset core.hooksPath");
  });
});

describe("pre-commit", () => {
  const isInstalled = spawnSync("pre-commit", ["--version"]).status === 0;
  if (!isInstalled) console.log("skipped: the pre-commit recipe, `pre-commit` is not installed");

  test.skipIf(!isInstalled)(
    "keeps the race out of the history, and lets the repaired bot in",
    async () => {
      sandbox.write({ ".pre-commit-config.yaml": gate(".pre-commit-config.yaml") });
      await shell("git add . && pre-commit install");

      const { racing, repaired } = await commitRacingThenRepaired();
      expect(output(racing)).toContain("run-async/no-lost-update");
      expect(racing.status).not.toBe(0);
      expect(repaired).toMatchObject({ status: 0 });
      await shell("pre-commit uninstall");
    },
  );
});

describe("GitHub Actions", () => {
  const commands = [...gate(".github/workflows/lint.yml").matchAll(/run: (npx .+)$/gm)].map(
    ([, command = ""]) => command,
  );

  beforeAll(() => {
    sandbox.write(racingBot("bot.js"));
  });

  test("annotates the line of the write", async () => {
    const { stdout, status } = await shell(`GITHUB_ACTIONS=true ${commands[0] ?? ""}`);
    expect(stdout).toMatch(/^::error file=\S*bot\.js,line=7/m);
    expect(status).toBe(1);
  });

  test("writes SARIF with the rule and the line", async () => {
    await shell(commands[1] ?? "");
    const sarif = readFileSync(path.join(sandbox.folder, "eslint.sarif"), "utf8");
    expect(resultsOf(sarif)).toEqual([{ rule: "run-async/no-lost-update", line: 7 }]);
  });

  test("oxlint annotates and writes SARIF by itself", async () => {
    const annotated = await shell(`${gate("oxlint-github").trim()} bot.js`);
    expect(annotated.stdout).toMatch(/^::error file=bot\.js,line=7/m);
    const { stdout } = await shell(`${gate("oxlint-sarif").trim()} bot.js`);
    expect(resultsOf(stdout).map(({ line }) => line)).toContain(7);
  });
});

interface SarifLog {
  runs: {
    results: {
      ruleId: string;
      locations: { physicalLocation: { region: { startLine: number } } }[];
    }[];
  }[];
}

const resultsOf = (sarif: string): { rule: string; line: number | undefined }[] =>
  (JSON.parse(sarif) as SarifLog).runs
    .flatMap(({ results }) => results)
    .map(({ ruleId, locations: [place] }) => ({
      rule: ruleId,
      line: place?.physicalLocation.region.startLine,
    }));
