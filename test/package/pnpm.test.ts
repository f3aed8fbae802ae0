import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ESLINT_CONFIG_TYPESCRIPT, raceIn, racingBot } from "./bot.ts";
import { Sandbox } from "./sandbox.ts";
import { TYPED_CONFIG, TYPED_CONFIG_ERRORS, errorsOfTypedConfig } from "./typed-config.ts";

// pnpm gives a package only what it depends on by name: a forgotten dependency shows here.
describe("pnpm", () => {
  const tool = new Sandbox();
  const sandbox = new Sandbox({
    "eslint.config.js": ESLINT_CONFIG_TYPESCRIPT,
    ...racingBot("bot.ts"),
    ...TYPED_CONFIG,
  });

  beforeAll(async () => {
    await tool.npmInstall("pnpm@10.34.8");
    const { status, stdout, stderr } = await sandbox.run(
      `${tool.folder}/node_modules/.bin/pnpm`,
      "add",
      "--save-dev",
      "--prefer-offline",
      "--store-dir",
      `${tool.folder}/store`,
      "eslint@10",
      "typescript@~6.0.3",
      "typescript-eslint@8",
      inject("tarball"),
    );
    expect(`${stdout}${stderr}`).not.toMatch(/unmet peer|missing peer/i);
    expect(status).toBe(0);
  });
  afterAll(() => {
    sandbox.remove();
    tool.remove();
  });

  test("ESLint finds the race", async () => {
    expect(await sandbox.eslint("bot.ts")).toEqual([raceIn("bot.ts")]);
  });

  test("the types of rule options and settings are checked in defineConfig", async () => {
    expect(await errorsOfTypedConfig(sandbox)).toEqual(TYPED_CONFIG_ERRORS);
  });
});
