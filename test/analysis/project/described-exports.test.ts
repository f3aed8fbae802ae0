// What a variable stands for in the file that exports it, where a model describes the export.
import { expect, test } from "vitest";
import { DescribedExports } from "../../../src/analysis/project/described-exports.ts";
import { parseFile } from "../../../src/analysis/project/parser.ts";
import { Project } from "../../../src/analysis/project/project.ts";

const FROM = "./bank.js";

/** The path of the export that the name `own` of a file stands for. */
function described(code: string, exported: string): readonly string[] | null {
  const project = new Project("/project", { isAlone: true });
  const file = parseFile("/project/bank.js", code);
  if (!file) throw new SyntaxError("The program does not parse.");
  project.open(file);
  const variable = file.scopes.scopes
    .flatMap(({ variables }) => variables)
    .find(({ name }) => name === "own");
  if (!variable) throw new ReferenceError("The program has no `own`.");
  const exports = new DescribedExports(project, [{ from: FROM, exports: [exported] }]);
  return exports.ofVariable(variable, file)?.path ?? null;
}

test.each([
  ["export const own = 1;", "own"],
  ["export class own {}", "own"],
  ["export function own() {}", "own"],
  ["const own = 1; export { own as bank };", "bank"],
  ["export default class own {}", "default"],
  ["const own = 1; export default own;", "default"],
  ["const own = 1; module.exports = { other: 1, own };", "own"],
  ["const own = 1; module.exports = { bank: own };", "bank"],
  ["class own {} module.exports = own;", "default"],
  ["const own = 1; exports.own = own;", "own"],
])("%s exports it as %s", (code, name) => {
  expect(described(code, name)).toEqual([name]);
});

test.each([
  ["const own = 1;", "own"],
  ["const own = 1; export const other = 1;", "other"],
  ["const own = 1; export default 1;", "default"],
  ["const own = 1; export default class {}", "default"],
  ["const own = 1; export { own } from './other.js';", "own"],
  ["const own = 1; module.exports = { ...own };", "own"],
  ["const own = 1; module.exports = { own: 2 };", "own"],
  ["const own = 1; module.exports = make(own);", "own"],
  ["function f() { const own = 1; } const other = 1; export { other as own };", "own"],
])("%s does not export it as %s", (code, name) => {
  expect(described(code, name)).toBe(null);
});
