import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ESLINT_CONFIG, OXLINT_CONFIG, raceIn, racingBot } from "./bot.ts";
import { Sandbox } from "./sandbox.ts";

// TypeScript 7 has no compiler API, and typescript-eslint refuses it: a plugin that peers on TypeScript, or
// depends on a package that does, cannot be installed here or brings a second compiler.
describe("a repository on TypeScript 7", () => {
  const sandbox = new Sandbox({
    "eslint.config.js": ESLINT_CONFIG,
    ".oxlintrc.json": OXLINT_CONFIG,
    ...racingBot("bot.js"),
    ...racingBot("bot.ts"),
  });
  let printed = "";

  beforeAll(async () => {
    await sandbox.npmInstall("--save-dev", "typescript@7");
    printed = await sandbox.npmInstall(
      "--save-dev",
      "eslint@10",
      "oxlint@1.94.0",
      inject("tarball"),
    );
  });
  afterAll(() => {
    sandbox.remove();
  });

  test("installs without a word about peers", () => {
    expect(printed).not.toMatch(/ERESOLVE|peer/i);
  });

  test("has the one TypeScript that it had before", async () => {
    const packages = await sandbox.installedPackages();
    expect(packages.get("typescript")).toEqual([expect.stringMatching(/^7\./)]);
  });

  test("ESLint finds the race in JavaScript, through espree", async () => {
    expect(await sandbox.eslint("bot.js")).toEqual([raceIn("bot.js")]);
  });

  test("oxlint finds the race in TypeScript and in JavaScript", async () => {
    expect(await sandbox.oxlint("bot.js", "bot.ts")).toEqual([raceIn("bot.js"), raceIn("bot.ts")]);
  });
});
