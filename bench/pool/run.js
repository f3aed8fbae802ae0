/**
 * Pools, keys and dispatch side by side: each subject in its own process, rounds interleaved over
 * the subjects so that a slow spell of the machine hits all of them, the best of the rounds (other
 * work on the machine only ever adds time), and ratios to a named baseline.
 * `ROUNDS=5 ONLY="bare ring;p-limit" npm run bench:pool -- burst window`
 * `--smoke` runs one round of our own subjects and the baselines.
 */
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import * as subjects from "./subjects.js";

const isSmoke = process.argv.includes("--smoke");
const rounds = isSmoke ? 1 : Number(process.env.ROUNDS ?? 5);
const only = process.env.ONLY?.split(";");
const OURS = /^(?:BoundedPool|KeyedSequence|Dispatcher)/;
const child = fileURLToPath(new URL("child.js", import.meta.url));
const tables = {
  burst: { names: Object.keys(subjects.pools), base: "bare ring" },
  window: { names: Object.keys(subjects.pools), base: "bare ring" },
  queue: { names: Object.keys(subjects.pools), base: "bare ring" },
  keyed: { names: Object.keys(subjects.keyed), base: "async-lock" },
  hotchat: { names: Object.keys(subjects.hotchat) },
  load: { names: Object.keys(subjects.load) },
  dispatch: { names: Object.keys(subjects.dispatch), base: "runner sink + sequentialize(chat)" },
};

const modes = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
console.log(`Node ${process.version}, ${cpus().length} cores, best of ${rounds} rounds`);
const defaultModes = isSmoke ? ["burst", "keyed", "dispatch"] : Object.keys(tables);
for (const mode of modes.length > 0 ? modes : defaultModes) print(mode, measure(mode));

function measure(mode) {
  const { names, base } = tables[mode];
  const isWanted = (name) =>
    isSmoke ? name === base || OURS.test(name) : (only?.includes(name) ?? true);
  const figures = new Map(names.filter(isWanted).map((name) => [name, {}]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, columns] of figures) {
      for (const [column, figure] of Object.entries(once(mode, name)))
        (columns[column] ??= []).push(figure);
    }
  }
  return figures;
}

function once(mode, name) {
  const args = ["--expose-gc", "--max-old-space-size=4000", child, mode, name];
  try {
    return JSON.parse(
      execFileSync(process.execPath, args, {
        encoding: "utf8",
        timeout: 120_000,
        env: { ...process.env, SMOKE: isSmoke ? "1" : "0" },
      }),
    );
  } catch (error) {
    console.error(`${mode}, ${name}: ${String(error.message).split("\n")[0]}`);
    return {};
  }
}

function print(mode, figures) {
  const base = figures.get(tables[mode].base) ?? {};
  const columns = [...new Set([...figures.values()].flatMap((own) => Object.keys(own)))];
  const ratio = tables[mode].base === undefined ? "" : ` (ratio to ${tables[mode].base})`;
  console.log(`\n## ${mode}${ratio}\n\n| subject | ${columns.join(" | ")} |`);
  console.log(`|---|${columns.map(() => "---:|").join("")}`);
  for (const [name, own] of figures) {
    const cells = columns.map((column) => cell(own[column], base[column]));
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
}

function cell(own, base) {
  if (own === undefined) return "-";
  const value = Math.min(...own);
  const shown = value.toFixed(value < 100 ? 1 : 0);
  return base === undefined ? shown : `${shown} (x${(value / Math.min(...base)).toFixed(2)})`;
}
