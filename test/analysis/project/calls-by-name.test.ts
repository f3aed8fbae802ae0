// Who calls a function, and which one a plain name calls, by names alone: what loaders are followed through.
import { basename } from "node:path";
import { expect, test } from "vitest";
import {
  calledFunction,
  callersOf,
  isGivenAway,
} from "../../../src/analysis/project/calls-by-name.ts";
import type { Project } from "../../../src/analysis/project/project.ts";
import { unwrap } from "../../../src/analysis/syntax/ast.ts";
import type { SourceFile } from "../../../src/analysis/syntax/source-file.ts";
import { projectOf } from "../harness.ts";

const FILES = {
  "paths.js": `export function declared(a) { return a; }
const kept = (a) => a;
export { kept };
const settings = 1;
export { settings };
export default (a) => a;
export class Loader {
  constructor(folder) { this.folder = folder; }
  load(file) { return file; }
  find = (file) => file;
}
export const table = { pick(file) { return file; } };
table.late = function (file) { return file; };
const { taken } = table, [listed] = [(a) => a];
run((file) => file);`,
  "inner.js": `function hidden(a) { return a; }
hidden(1);`,
  "use.js": `import whole, { declared, kept, settings, gone } from "./paths.js";
import { far } from "package";
import * as all from "./paths.js";
const own = (a) => a;
declared(1); kept(2); settings(3); gone(4); far(5); whole(6); own(7); all.declared(8); unknown(9);
new Loader("x").load("y"); loader.find("z"); table.pick("w"); table.late("v");`,
};
function filesOf(): { project: Project; fileOf: (name: string) => SourceFile } {
  const project = projectOf(FILES);
  return {
    project,
    fileOf: (name) => {
      const path = project.component().find((known) => basename(known) === name);
      const file = path === undefined ? null : project.fileAt(path);
      if (!file) throw new Error(name);
      return file;
    },
  };
}

test.each([
  ["declared(1)", "function declared(a) { return a; }"],
  ["kept(2)", "(a) => a"],
  ["settings(3)", null],
  ["gone(4)", null],
  ["far(5)", null],
  ["whole(6)", "(a) => a"],
  ["own(7)", "(a) => a"],
  ["all.declared(8)", null],
  ["unknown(9)", null],
])("%s calls %s", (call, expected) => {
  const { project, fileOf } = filesOf();
  const file = fileOf("use.js");
  const node = file.calls.find((candidate) => file.textOf(candidate) === call);
  const found = node ? calledFunction(project, unwrap(node.callee), file) : null;
  expect(found && found.file.textOf(found.node)).toBe(expected);
});

test.each([
  ["paths.js", "function declared", ["declared(1)", "all.declared(8)"]],
  ["paths.js", "(a) => a;\nexport { kept }", ["kept(2)"]],
  ["paths.js", "(folder) {", ['new Loader("x")']],
  ["paths.js", "(file) { return file; }\n  find", ['new Loader("x").load("y")']],
  ["paths.js", "(file) => file;\n}", ['loader.find("z")']],
  ["paths.js", "(file) { return file; } }", ['table.pick("w")']],
  ["paths.js", "function (file)", ['table.late("v")']],
  ["paths.js", "(a) => a]", []],
  ["paths.js", "(file) => file);", []],
  ["inner.js", "function hidden", ["hidden(1)"]],
])("%s: who calls %s", (name, beginning, expected) => {
  const { project, fileOf } = filesOf();
  const file = fileOf(name);
  const at = file.text.indexOf(beginning);
  const fn = file.functions.find(({ range }) => range[0] === at);
  const found = fn ? callersOf(project, fn, file) : null;
  expect(found?.map(([other, call]) => other.textOf(call))).toEqual(expected);
});

test.each([
  ["called", false],
  ["handed", true],
  ["commented", false],
  ["$dollar", true],
  // No word: where it stands says nothing, and it is no pattern either.
  ["+", true],
  ["method", false],
  ["bound", true],
  // What a module keeps to itself is not what others call so.
  ["start", false],
  ["passed", true],
])("whether %s is handed to somebody", (name, expected) => {
  const project = projectOf({
    "bot.js": `import { called, handed, commented } from "./a.js";
called();
// commented
bot.command("start", handed);
use($dollar, "+");
bot.command("start", (start) => start);
table.method(); on(table.bound);`,
    "a.js": `export function called() {}
export function handed() {}
export function commented() {}
export function $dollar() {}
function start() {}
start();
function passed() {}
setTimeout(passed);
const operators = { "+": function () {} };
class Table { method() {} bound() {} }`,
  });
  const file = project.files().find(({ path }) => basename(path) === "a.js");
  const fn = file?.functions.find((candidate) => {
    const parent = file.parentOf(candidate);
    const key = parent && "key" in parent ? file.textOf(parent.key).replaceAll('"', "") : null;
    return (candidate.id?.name ?? key) === name;
  });
  expect(file && fn && isGivenAway(project, fn, file)).toBe(expected);
});
