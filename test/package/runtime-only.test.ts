import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Sandbox } from "./sandbox.ts";

describe("a production install of a bot that uses the runtime only", () => {
  const sandbox = new Sandbox({
    "bot.cjs": `const { runAsync } = require("eslint-plugin-run-async/runtime");
console.log(typeof runAsync);
`,
    "bot.mjs": `import { runAsync } from "eslint-plugin-run-async/runtime";
console.log(typeof runAsync);
`,
  });

  beforeAll(() => sandbox.npmInstall("--omit=dev", inject("tarball")));
  afterAll(() => {
    sandbox.remove();
  });

  test("contains no ESLint, no TypeScript and no bot framework", async () => {
    const packages = [...(await sandbox.installedPackages()).keys()];
    expect(packages).toContain("eslint-plugin-run-async");
    const unwanted =
      /^(?:eslint|typescript|@typescript-eslint\/(?:parser|utils)|grammy|telegraf|ts-morph)$/;
    expect(packages.filter((name) => unwanted.test(name))).toEqual([]);
    // As a required peer ESLint alone would bring about seventy packages more.
    expect(packages.length).toBeLessThanOrEqual(25);
  });

  test.each(["bot.cjs", "bot.mjs"])("runs %s", async (file) => {
    const outcome = await sandbox.run("node", file);
    expect(outcome).toEqual({ status: 0, stdout: "function\n", stderr: "" });
  });

  test("loads no dependency: the package alone is enough", async () => {
    using alone = new Sandbox();
    const installed = "node_modules/eslint-plugin-run-async";
    alone.copy(`${sandbox.folder}/${installed}`, installed);
    for (const entry of ["runtime", "runtime/testing"]) {
      const load = `await import("eslint-plugin-run-async/${entry}")`;
      const outcome = await alone.run("node", "--input-type=module", "--eval", load);
      expect(outcome).toEqual({ status: 0, stdout: "", stderr: "" });
    }
  });
});
