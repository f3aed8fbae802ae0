// What our rules add to a lint: generated bots of growing size, real bots, and one edit in an open file.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { fetchPackage } from "../../tools/fetch-package.js";
import { generate } from "./generate.js";

const isSmoke = process.argv.includes("--smoke");
const ROUNDS = isSmoke ? 1 : Number(process.env.ROUNDS ?? 3);
const child = path.join(import.meta.dirname, "child.js");
const work = mkdtempSync(path.join(os.tmpdir(), "run-async-bench-"));
process.once("exit", () => rmSync(work, { recursive: true, force: true }));

const NO_RULE = "no rule";
const OURS = "run-async recommended";
const TYPED = "typed no-floating-promises";
const PEERS = ["require-atomic-updates", TYPED, "import-x no-cycle"];
const KEPT = "run-async recommended, unchanged since the last run";
const ALL = [NO_RULE, ...PEERS, OURS, KEPT, "run-async strict"];

const bot = (files) => {
  const folder = path.join(work, String(files));
  return { name: `a generated bot of ${files} files`, folder, edited: generate(folder, files) };
};
const published = (spec, edited, part = "") => {
  const folder = path.join(work, spec);
  cpSync(path.join(fetchPackage(spec), part), folder, { recursive: true });
  return { name: path.join(spec, part), folder, edited };
};

/** Installed for the benchmark alone: the lock file of the project cannot name all of its optional packages. */
const importX = () => {
  const peers = path.join(work, "peers");
  mkdirSync(peers);
  const args = ["install", "--prefix", peers, "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", [...args, "eslint-plugin-import-x@4.18.1"], { stdio: "ignore" });
  const entry = createRequire(path.join(peers, "package.json")).resolve("eslint-plugin-import-x");
  return pathToFileURL(entry).href;
};
const importXEntry = isSmoke ? "" : importX();

const run = (subject, { folder, edited }) => {
  const cache = path.join(folder, "node_modules/.cache");
  if (subject === KEPT) mkdirSync(cache, { recursive: true });
  else rmSync(path.join(folder, "node_modules"), { recursive: true, force: true });
  const once = () =>
    JSON.parse(
      execFileSync(
        process.execPath,
        [child, subject === KEPT ? OURS : subject, folder, edited, importXEntry],
        {
          timeout: 600_000,
          stdio: ["ignore", "pipe", "inherit"],
        },
      ),
    );
  if (subject === KEPT) once();
  return once();
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const measure = (subjects, project) => {
  const rounds = Array.from({ length: ROUNDS }, () =>
    subjects.map((subject) => run(subject, project)),
  );
  return new Map(
    subjects.map((subject, index) => [
      subject,
      Object.fromEntries(
        ["whole", "cpu", "edit", "memory", "reports"].map((figure) => [
          figure,
          median(rounds.map((round) => round[index][figure])),
        ]),
      ),
    ]),
  );
};

const ms = (value) => `${value.toFixed(0)} ms`;
const times = (value, base) => `x${(value / base).toFixed(2)}`;

const printTable = (project, subjects) => {
  const figures = measure(subjects, project);
  const base = figures.get(NO_RULE);
  console.log(
    `\n### ${project.name}\n\n| rules | project | CPU | to ${NO_RULE} | one edit | peak memory | reports |\n| --- | --: | --: | --: | --: | --: | --: |`,
  );
  for (const [subject, { whole, cpu, edit, memory, reports }] of figures)
    console.log(
      `| ${subject} | ${ms(whole)} | ${ms(cpu)} | ${times(cpu, base.cpu)} | ${ms(edit)} | ${memory.toFixed(0)} MB | ${reports} |`,
    );
  return figures;
};

console.log(`## Linting

A whole project from a cold start, and one file again after an edit in the warm process; every subject in a process of its own, in turn, ${ROUNDS === 1 ? "one round" : `medians of ${ROUNDS} rounds`}. All parse with typescript-eslint's parser and differ in the rules alone. The ratio is to the run without any rule, of CPU time: other work on the machine changes it less than it changes the time by the clock.`);

const figures = printTable(bot(isSmoke ? 21 : 1001), isSmoke ? [NO_RULE, OURS] : ALL);
if (!isSmoke) {
  const [none, ours, typed] = [NO_RULE, OURS, TYPED].map((subject) => figures.get(subject));
  const added = ours.cpu - none.cpu;
  const cold = ours.whole - none.whole;
  const kept = figures.get(KEPT).whole - none.whole;
  const verdict = (isMet) => (isMet ? "met" : "missed");
  console.log(`
Goals for 1,000 files: at most 35% added to the run without a rule (${((100 * added) / none.cpu).toFixed(0)}%, ${verdict(added <= 0.35 * none.cpu)}); at most half of what typed lint takes (${times(ours.cpu, typed.cpu)}, ${verdict(2 * ours.cpu <= typed.cpu)}); an edit under 50 ms at the median (${ms(ours.edit)}, of which ${ms(none.edit)} are ESLint's own, ${verdict(ours.edit < 50)}). What the analysis itself takes of the time by the clock: under 4 s from a cold start (${ms(cold)}, ${verdict(cold < 4000)}), under 0.5 s from what the last run kept on disk (${ms(kept)}, ${verdict(kept < 500)}).`);
  console.log(
    `\n### Growth\n\nCPU time.\n\n| files | no rule | recommended | added for each file |\n| --: | --: | --: | --: |`,
  );
  for (const files of [251, 1001, 4001]) {
    const grown = files === 1001 ? figures : measure([NO_RULE, OURS], bot(files));
    const [without, withOurs] = [grown.get(NO_RULE).cpu, grown.get(OURS).cpu];
    console.log(
      `| ${files} | ${ms(without)} | ${ms(withOurs)} | ${((withOurs - without) / files).toFixed(2)} ms |`,
    );
  }
  for (const real of [
    published("monitorss@6.13.19", "src/structs/Command.js"),
    // Written in TypeScript: 741 files of its source are in the package, beside the built ones.
    published("clawdbot@2026.1.24", "voice-call/src/manager.ts", "extensions"),
  ])
    printTable(real, [NO_RULE, "require-atomic-updates", "import-x no-cycle", OURS]);
}
