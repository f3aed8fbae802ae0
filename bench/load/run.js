// How long a lint waits for the plugin to load, and how large the package is.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const root = path.resolve(import.meta.dirname, "../..");
const RUNS = process.argv.includes("--smoke") ? 1 : 15;
const LOAD_GOAL_MS = 30;
const TARBALL_GOAL_KB = 300;

const installed = (name) => path.join(root, "node_modules", name);
const entryOf = (folder, subpath) => {
  const { exports, main = "index.js" } = JSON.parse(
    readFileSync(path.join(folder, "package.json"), "utf8"),
  );
  const target = typeof exports === "object" ? (exports[subpath] ?? exports) : main;
  return path.join(
    folder,
    typeof target === "string" ? target : (target.import?.default ?? target.default),
  );
};

const SUBJECTS = {
  "@typescript-eslint/eslint-plugin": entryOf(installed("@typescript-eslint/eslint-plugin"), "."),
  "eslint-plugin-eslint-plugin": entryOf(installed("eslint-plugin-eslint-plugin"), "."),
  "eslint-plugin-run-async": entryOf(root, "."),
  "eslint-plugin-run-async/runtime": entryOf(root, "./runtime"),
};

// A fresh process each time: the second import of a module costs nothing.
const loadMs = (entry) => {
  const url = JSON.stringify(pathToFileURL(entry).href);
  const program = `const start = performance.now(); await import(${url}); console.log(performance.now() - start);`;
  return Number(execFileSync(process.execPath, ["--input-type=module", "--eval", program]));
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const samples = Object.fromEntries(Object.keys(SUBJECTS).map((name) => [name, []]));
for (let run = 0; run < RUNS; run += 1) {
  for (const [name, entry] of Object.entries(SUBJECTS)) samples[name].push(loadMs(entry));
}
const medians = Object.fromEntries(Object.entries(samples).map(([name, ms]) => [name, median(ms)]));

const folderKb = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules/", folder.length))
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0) / 1000;

const [{ size, unpackedSize }] = JSON.parse(
  execFileSync("npm", ["pack", "--dry-run", "--ignore-scripts", "--json", "--loglevel=silent"], {
    cwd: root,
    encoding: "utf8",
  }),
);
const unpackedKb = {
  "@typescript-eslint/eslint-plugin": folderKb(installed("@typescript-eslint/eslint-plugin")),
  "eslint-plugin-eslint-plugin": folderKb(installed("eslint-plugin-eslint-plugin")),
  "eslint-plugin-run-async": unpackedSize / 1000,
};

const ours = "eslint-plugin-run-async";
const peer = "@typescript-eslint/eslint-plugin";
console.log(`## Loading the plugin

Time of the first \`import\` in a fresh process, median of ${RUNS}, and the unpacked size of the package without its dependencies.

| package | load | of ${peer} | unpacked |
| --- | --: | --: | --: |`);
for (const [name, ms] of Object.entries(medians)) {
  const kb = unpackedKb[name] === undefined ? "" : `${unpackedKb[name].toFixed(0)} kB`;
  console.log(`| ${name} | ${ms.toFixed(1)} ms | ${(ms / medians[peer]).toFixed(2)} | ${kb} |`);
}
console.log(`
Goals: load under ${LOAD_GOAL_MS} ms (${medians[ours] < LOAD_GOAL_MS ? "met" : "missed"}), packed under ${TARBALL_GOAL_KB} kB (${(size / 1000).toFixed(0)} kB, ${size / 1000 < TARBALL_GOAL_KB ? "met" : "missed"}).`);
