import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ESLINT_CONFIG, raceIn, racingBot } from "./bot.ts";
import { Sandbox } from "./sandbox.ts";

// JavaScript only: espree parses, and no TypeScript comes in through us.
describe.each(["9.22.0", "9", "10"])("a JavaScript bot with ESLint %s", (version) => {
  const sandbox = new Sandbox({ "eslint.config.js": ESLINT_CONFIG, ...racingBot("bot.js") });

  beforeAll(() => sandbox.npmInstall("--save-dev", `eslint@${version}`, inject("tarball")));
  afterAll(() => {
    sandbox.remove();
  });

  test("finds the race", async () => {
    expect(await sandbox.eslint(".")).toEqual([raceIn("bot.js")]);
  });

  test("brings no TypeScript and no parser but its own", async () => {
    const packages = [...(await sandbox.installedPackages()).keys()];
    expect(packages).not.toContain("typescript");
    expect(packages).not.toContain("@typescript-eslint/parser");
    expect(packages).not.toContain("@typescript-eslint/utils");
  });
});
