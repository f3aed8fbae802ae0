import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ESLINT_CONFIG_TYPESCRIPT, raceIn, racingBot } from "./bot.ts";
import { Sandbox } from "./sandbox.ts";
import { TYPED_CONFIG, TYPED_CONFIG_ERRORS, errorsOfTypedConfig } from "./typed-config.ts";

describe("ESLint 10 with typescript-eslint and TypeScript 6", () => {
  const sandbox = new Sandbox({ ...racingBot("bot.ts"), ...TYPED_CONFIG });

  beforeAll(() =>
    sandbox.npmInstall(
      "--save-dev",
      "eslint@10",
      "jiti@2",
      "typescript@~6.0.3",
      "typescript-eslint@8",
      inject("tarball"),
    ),
  );
  afterAll(() => {
    sandbox.remove();
  });

  const COMMONJS_CONFIG = `const { defineConfig } = require("eslint/config");
const runAsync = require("eslint-plugin-run-async");
const tseslint = require("typescript-eslint");
module.exports = defineConfig(tseslint.configs.base, {
  files: ["**/*.ts"],
  plugins: { "run-async": runAsync },
  extends: ["run-async/recommended"],
});
`;

  test.each([
    ["eslint.config.js", ESLINT_CONFIG_TYPESCRIPT],
    ["eslint.config.mjs", ESLINT_CONFIG_TYPESCRIPT],
    ["eslint.config.cjs", COMMONJS_CONFIG],
    ["eslint.config.ts", ESLINT_CONFIG_TYPESCRIPT],
    ["eslint.config.mts", ESLINT_CONFIG_TYPESCRIPT],
  ])("finds the race with %s", async (name, config) => {
    sandbox.write({ [name]: config });
    expect(await sandbox.eslint("--config", name, "bot.ts")).toEqual([raceIn("bot.ts")]);
  });

  test("gives the same findings with two workers", async () => {
    sandbox.write({ "eslint.config.js": ESLINT_CONFIG_TYPESCRIPT, ...racingBot("second.ts") });
    expect(await sandbox.eslint("--concurrency", "2", "bot.ts", "second.ts")).toEqual([
      raceIn("bot.ts"),
      raceIn("second.ts"),
    ]);
  });

  test("require() gives the plugin itself", async () => {
    const { stdout } = await sandbox.run(
      "node",
      "--input-type=commonjs",
      "--eval",
      `const plugin = require("eslint-plugin-run-async"); console.log(plugin.meta.name, Object.keys(plugin.configs).join())`,
    );
    expect(stdout.trim()).toBe("eslint-plugin-run-async recommended,strict,all");
  });

  test("the types of rule options and settings are checked in defineConfig", async () => {
    expect(await errorsOfTypedConfig(sandbox)).toEqual(TYPED_CONFIG_ERRORS);
  });

  // Old bot repositories compile to CommonJS and resolve the way Node.js 10 did: they see no `exports`.
  test("the types of the runtime are visible to node10 resolution", async () => {
    sandbox.write({
      "old/bot.ts": `import { runAsync } from "eslint-plugin-run-async/runtime";
import * as testing from "eslint-plugin-run-async/runtime/testing";
import plugin from "eslint-plugin-run-async";
export const task: { result: Promise<number> } = runAsync((n: number) => Promise.resolve(n))(1);
export const name: string = plugin.meta.name;
export const shapes: object = testing;
// @ts-expect-error -- proof that the types are real and not any
export const wrong: number = runAsync;
`,
      "old/tsconfig.json": {
        compilerOptions: {
          module: "commonjs",
          moduleResolution: "node10",
          ignoreDeprecations: "6.0",
          esModuleInterop: true,
          strict: true,
          noEmit: true,
          skipLibCheck: true,
          types: [],
        },
        files: ["bot.ts"],
      },
    });
    expect(await sandbox.bin("tsc", "-p", "old")).toMatchObject({ stdout: "", status: 0 });
  });
});
