// What the README promises of `npm run demo`, and what it prints when a promise is broken.
import { execFile } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

const run = (): Promise<{ status: number; output: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, ["demo/run.js"], { cwd: root }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });

test("the demo shows the race, the deadlock and the repair", async () => {
  const { status, output } = await run();
  const promises = output.split("\n").filter((line) => /^(?:ok|FAILED) /.test(line));
  expect(promises).toEqual([
    "ok     both writes of the racing bank are reported",
    "ok     the tasks that wait for each other are reported",
    "ok     nothing is reported in the echo bot",
    "ok     nothing is reported in the repaired bank",
    "ok     the deadlock is named, with the chain of waits",
    "ok     one update is enough, whatever its order",
    "ok     with five workers one update passes",
    "ok     and two updates at once hang again",
    "ok     one transfer overwrites the other: Alice -10, Bob 10",
    "ok     a switch between the two writes makes 110 out of nothing: Alice 100, Bob 10",
    "ok     every order was tried",
    "ok     every order was tried",
    "ok     no error and no deadlock",
    "ok     Alice 90, Bob -90, and each chat is told in the right order",
  ]);
  // findings as ESLint prints them, a chain that names the lines of the example, a schedule in two columns
  expect(output).toMatch(
    /examples\/bank\/transaction\.ts\n +21:11 +error .+ run-async\/no-store-race/,
  );
  expect(output).toMatch(
    /child \[running, .+\], submitted at examples\/nested-tasks\/tasks\.ts:14:17/,
  );
  expect(output).toMatch(/ {4}Alice +Bob\n {4}is told "Preparing\.\.\."\n/);
  expect(output).toMatch(/595 orders: Alice +-10, Bob +10 +Bob's transfer is lost/);
  expect(output).toMatch(/1260 orders: Alice +100, Bob +10 +110 out of nothing/);
  // the guide on concurrency quotes these numbers
  expect(output).toMatch(/All 3432 orders .+\n/);
  expect(output).toMatch(/ 100 orders: Alice +90, Bob +-90 +right/);
  expect(output).toMatch(/All 3840 orders .+\n/);
  expect(status).toBe(0);
}, 60_000);
