// The explorer under jest, whose fake timers replace the globals of the module's own context. jest is installed
// once, beside this repository's dependencies; without a registry the test is skipped and says why.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CompiledRuntime } from "./compiled-runtime.ts";

const JEST = "jest@30.2.0";
const FOLDER = path.resolve(import.meta.dirname, "../../.cache/jest", JEST.split("@")[1] as string);
const BIN = path.join(FOLDER, "node_modules/jest/bin/jest.js");

/** Why jest is missing; undefined when it is there. */
function installJest(): string | undefined {
  if (existsSync(BIN)) return undefined;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path.join(FOLDER, "package.json"), '{ "private": true }');
  try {
    const options = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
    execFileSync("npm", ["install", JEST, ...options], { cwd: FOLDER, timeout: 200_000 });
    return undefined;
  } catch (error) {
    return String(error).split("\n")[0];
  }
}

let runtime: CompiledRuntime;
beforeAll(() => {
  runtime = new CompiledRuntime();
});
afterAll(() => {
  runtime.remove();
});

test("the explorer works under jest, with its fake timers", ({ skip }) => {
  const reason = installJest();
  if (reason !== undefined) {
    console.warn(`${JEST} could not be installed: ${reason}`);
    skip(`${JEST} could not be installed: ${reason}`);
  }
  runtime.write(
    "explore.test.js",
    `import { jest } from "@jest/globals";
    import { BoundedPool } from "runtime";
    import { explore } from "runtime/testing";
    beforeEach(() => jest.useFakeTimers());
    test("every interleaving", async () => {
      const report = await explore(async ({ io }) => {
        let balance = 0;
        const deposit = async (n) => {
          const read = await io("read " + n, () => balance);
          await io("write " + n, () => { balance = read + 1; });
        };
        await Promise.all([deposit(1), deposit(2)]);
        return balance;
      });
      expect(report.isExhaustive).toBe(true);
      expect(report.outcomes.map((outcome) => outcome.value).sort()).toEqual([1, 2]);
    });
    test("a deadlock", async () => {
      const report = await explore(async ({ pool }) => pool.run(async () => pool.run(() => 1)), {
        pool: { workers: 1 },
      });
      expect(report.verdicts).toMatchObject({ deadlock: 1, ok: 0 });
      expect(report.failures[0].error.name).toBe("PoolDeadlockError");
    });`,
  );
  const config = JSON.stringify({
    rootDir: runtime.directory,
    transform: {},
    testEnvironment: "node",
    watchman: false,
  });
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--experimental-vm-modules", BIN, "--runInBand", "--config", config],
    { cwd: runtime.directory, encoding: "utf8", timeout: 60_000 },
  );
  expect(stderr).toMatch(/Tests:\s+2 passed, 2 total/);
  expect(status).toBe(0);
});
