// `node tools/reproduce-cases.js FOLDER [--runner node|vitest] [--list]`: how many of the labelled race cases in
// FOLDER `run-async reproduce` turns into a test that fails as it is written, and passes on the safe case of the
// same family. Works on a build. FOLDER has an index.json: [{ id, family, hazard, paths, expected: [{ file, line }] }].
//
// A safe case counts where it has the handler and the variable that the test names: the test then runs on its files
// in place of the hazard's, as if somebody had made the repair.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

const {
  values: { runner, list, keep },
  positionals: [folder],
} = parseArgs({
  options: {
    runner: { type: "string", default: "node" },
    list: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
if (folder === undefined) throw new Error("name the folder of the cases");

const CLASSES = ["shared-state-race", "check-then-act"];
const PROJECT = path.resolve(import.meta.dirname, "..");
const PACKAGES = ["typescript", "vitest", "async-mutex", "async-lock", "p-limit", "p-queue"];
const TEST = `race.test.${runner === "node" ? "mjs" : "ts"}`;

const workspace = realpathSync(mkdtempSync(path.join(tmpdir(), "reproduce-")));
mkdirSync(path.join(workspace, "node_modules"));
symlinkSync(PROJECT, path.join(workspace, "node_modules/eslint-plugin-run-async"));
for (const name of PACKAGES)
  symlinkSync(path.join(PROJECT, "node_modules", name), path.join(workspace, "node_modules", name));

/** Where a case's file stands in its own package: below the folder of the case, or alone. */
const placeOf = (one, file) =>
  path.relative(path.dirname(one.paths[0]), file).replace(one.id, "bot");

function write(target, one) {
  for (const file of one.paths) {
    const copy = path.join(target, placeOf(one, file));
    mkdirSync(path.dirname(copy), { recursive: true });
    copyFileSync(path.join(folder, file), copy);
  }
}

function run(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", cwd: workspace });
  return { status, output: stdout + stderr };
}

const runTest = (target) =>
  runner === "node"
    ? run(process.execPath, "--test", path.join(target, TEST))
    : run(path.join(workspace, "node_modules/vitest/vitest.mjs"), "run", "--root", target);

const cases = JSON.parse(readFileSync(path.join(folder, "index.json"), "utf8"));
const counts = { hazards: 0, written: 0, failing: 0, twins: 0, passing: 0 };
const say = (...words) => {
  if (list) console.log(words.join(" "));
};
const firstError = (output) =>
  /(?:Race|Type|)Error[^\n]*: ([^\n]+)|error: '([^\n]+)'/.exec(output)?.[0] ?? output.slice(0, 300);

for (const hazard of cases.filter((one) => CLASSES.includes(one.hazard))) {
  counts.hazards += 1;
  const target = path.join(workspace, hazard.id);
  mkdirSync(target);
  writeFileSync(path.join(target, "package.json"), "{}");
  write(target, hazard);
  const name = `${hazard.id} ${hazard.family}`;
  const [{ file, line }] = hazard.expected;
  const out = path.join(target, TEST);
  const at = `${path.join(target, placeOf(hazard, file))}:${line}`;
  const written = run(
    process.execPath,
    path.join(PROJECT, "dist/cli/main.js"),
    "reproduce",
    at,
    "--runner",
    runner,
    "--out",
    out,
  );
  if (written.status !== 0) {
    say(name, "NOT WRITTEN", written.output.trim());
    continue;
  }
  counts.written += 1;
  const first = runTest(target);
  const isRace = /no sequential order|depends on the order|in flight twice/.test(first.output);
  if (first.status === 0 || !isRace) {
    say(name, first.status === 0 ? "DOES NOT FAIL" : "FAILS OTHERWISE", firstError(first.output));
    continue;
  }
  counts.failing += 1;
  const twins = cases.filter((one) => one.family === hazard.family && one.hazard === "none");
  const results = [];
  for (const twin of twins) {
    const repaired = path.join(workspace, `${hazard.id}-${twin.id}`);
    mkdirSync(repaired);
    writeFileSync(path.join(repaired, "package.json"), "{}");
    copyFileSync(out, path.join(repaired, TEST));
    write(repaired, twin);
    const second = runTest(repaired);
    // It does not register the handler, or does without the variable: another program, and no repair of this one.
    const isOther = /There is no handler|has it another name now|ENOENT/.test(second.output);
    results.push(
      isOther
        ? "other"
        : second.status === 0
          ? "pass"
          : `FAIL ${twin.id} ${firstError(second.output)}`,
    );
  }
  const comparable = results.filter((result) => result !== "other");
  if (comparable.length > 0) counts.twins += 1;
  const hasPassed = comparable.length > 0 && comparable.every((result) => result === "pass");
  if (hasPassed) counts.passing += 1;
  say(name, "fails;", twins.length === 0 ? "no safe case" : `safe cases: ${results.join(", ")}`);
}

if (keep) console.log(workspace);
else rmSync(workspace, { recursive: true });
console.log(
  `${counts.hazards} cases, ${counts.written} tests written, ${counts.failing} fail as written (${Math.round((100 * counts.failing) / counts.hazards)} %); ` +
    `of ${counts.twins} with a safe case that has the same handler and state, ${counts.passing} pass on it`,
);
