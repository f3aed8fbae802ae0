import runAsync from "eslint-plugin-run-async";
import { execFile } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import { frameworks } from "../../src/models/frameworks/index.ts";

const execute = promisify(execFile);
const root = path.resolve(import.meta.dirname, "../..");
const bin = (name: string): string => path.join(root, "node_modules/.bin", name);

test("publint has nothing to say", async () => {
  const { stdout } = await execute(bin("publint"), ["--strict", inject("tarball")]);
  expect(stdout).toContain("All good!");
});

test("the types resolve for every kind of resolution", async () => {
  const { stdout } = await execute(bin("attw"), [
    "--profile",
    "esm-only",
    "--format",
    "json",
    inject("tarball"),
  ]);
  const { problems = {} } = JSON.parse(stdout) as { problems?: object };
  // The one thing the profile allows: `module: node16` in a CommonJS file sees that we are ESM.
  expect(Object.keys(problems)).toEqual(["CJSResolvesToESM"]);
});

// The rule pages are in it because the link of each rule leads to the page of its own published version.
test("holds the build, the rule pages, the licence and the changelog, and no source, test or tool", async () => {
  const { stdout } = await execute("tar", ["-tzf", inject("tarball")]);
  const folders = new Set(
    stdout
      .trim()
      .split("\n")
      .map((file) => file.split("/")[1]),
  );
  expect([...folders].sort()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist",
    "docs",
    "package.json",
  ]);
});

test("holds the page that each rule links to, under the version that it is published as", async () => {
  const { stdout } = await execute("tar", ["-tzf", inject("tarball")]);
  const files = stdout.split("\n");
  const rules = Object.entries(runAsync.rules);
  expect(rules.length).toBeGreaterThan(10);
  for (const [rule, { meta }] of rules) {
    const page = `docs/rules/${rule}.md`;
    expect(files).toContain(`package/${page}`);
    const { name, version } = runAsync.meta;
    expect(meta?.docs?.url).toBe(`https://www.unpkg.com/${name}@${version}/${page}`);
  }
});

// Where a model's facts come from is for who reads the sources, and was shipped once when the build changed.
test("leaves out what the models name as their sources", async () => {
  const { stdout } = await execute(
    "tar",
    ["-xOzf", inject("tarball"), "package/dist/analysis/engine.js"],
    { maxBuffer: 10_000_000 },
  );
  const sources = frameworks.map(({ source }) => source).filter((source) => source.length > 20);
  expect(sources.length).toBeGreaterThan(20);
  expect(sources.filter((source) => stdout.includes(source))).toEqual([]);
});

test("is under 300 kB", () => {
  expect(statSync(inject("tarball")).size).toBeLessThan(300_000);
});

// Each module that Node.js has to find, read and link is a part of the time until the first file is linted.
test("loads the rules from one file", async () => {
  const entry = "package/dist/index.js";
  const { stdout } = await execute("tar", ["-xzOf", inject("tarball"), entry]);
  const imported = [...stdout.matchAll(/(?:from|import)\s*"(\.[^"]+)"/g)].map(([, from]) => from);
  expect(imported).toEqual(["./analysis/engine.js"]);
  const engine = await execute("tar", [
    "-xzOf",
    inject("tarball"),
    "package/dist/analysis/engine.js",
  ]);
  expect(engine.stdout).not.toMatch(/(?:from|import)\s*"\./);
});

test("runs nothing at installation", () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  expect(Object.keys(scripts)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(?:pre|post)?install$|^prepare$/)]),
  );
});
