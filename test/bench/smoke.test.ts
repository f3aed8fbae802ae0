// Every benchmark still runs and still prints a table. Its numbers are not looked at.
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const benchmarks = readdirSync(path.join(root, "bench")).filter((name) =>
  existsSync(path.join(root, "bench", name, "run.js")),
);

test.each(benchmarks)("bench/%s", async (name) => {
  const program = path.join("bench", name, "run.js");
  const { stdout } = await promisify(execFile)(process.execPath, [program, "--smoke"], {
    cwd: root,
  });
  expect(stdout).toMatch(/^## .+\n[^]*?^\|.+\|\n\|[-:| ]+\|\n\|.+\d.+\|$/m);
});
