// `npm test`: everything CI asks of a change, one step after the other, each with its time.
// A failed step does not stop the others: one run shows all that is wrong.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";

const REPORTS = ".cache/test";

const vitest = (project) =>
  [
    ["vitest", "run", "--project", project],
    ["--reporter=default", "--reporter=json", `--outputFile.json=${REPORTS}/${project}.json`],
  ].flat();

const steps = [
  ["build", ["npm", "run", "--silent", "build"]],
  ["typecheck", ["npm", "run", "--silent", "typecheck"]],
  ["lint", ["npx", "eslint", "."]],
  ["format", ["npm", "run", "--silent", "format:check"]],
  ["knip", ["npm", "run", "--silent", "knip"]],
  ["unit", ["npx", ...vitest("unit")]],
  ["matrix", ["npx", ...vitest("matrix")]],
];

rmSync(REPORTS, { recursive: true, force: true });
const rows = steps.map(([name, [command, ...args]]) => {
  console.log(`\n== ${name}: ${command} ${args.join(" ")}`);
  const started = performance.now();
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  return {
    step: name,
    result: status === 0 ? "ok" : "FAILED",
    seconds: Math.round((performance.now() - started) / 100) / 10,
  };
});

console.log("\n");
console.table(rows);
process.exitCode = rows.every((row) => row.result === "ok") ? 0 : 1;
