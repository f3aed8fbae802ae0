// A workspace's packages are linked into `node_modules`; what is imported from there is source of the project.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Project } from "../../../src/analysis/project/project.ts";

test.each([
  ["a linked package of the workspace", "shared", "packages/shared/index.js"],
  ["an installed package", "installed", null],
  ["a link to a file beside", "./link.js", "bot.js"],
])("%s", (_, specifier, expected) => {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "run-async-links-")));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  };
  write("packages/shared/package.json", '{ "name": "shared", "main": "index.js" }');
  write("packages/shared/index.js", "exports.members = new Map();");
  write("node_modules/installed/package.json", '{ "name": "installed", "main": "index.js" }');
  write("node_modules/installed/index.js", "exports.members = new Map();");
  write("bot.js", 'require("shared");');
  symlinkSync(path.join(root, "packages/shared"), path.join(root, "node_modules/shared"), "dir");
  symlinkSync(path.join(root, "bot.js"), path.join(root, "link.js"));
  const resolution = new Project(root).resolve(path.join(root, "bot.js"), specifier);
  expect(resolution).toEqual(
    expected === null
      ? { kind: "package", name: specifier }
      : { kind: "file", path: path.join(root, expected) },
  );
});
