// How long an awaited expression makes its awaiter wait, where the code says so.
import { expect, test } from "vitest";
import { pauseOf } from "../../../src/analysis/checks/pauses.ts";
import { ProjectWorld } from "../../../src/analysis/project/world.ts";
import { projectOf } from "../harness.ts";

const PROGRAM = `import { setTimeout as wait } from "node:timers/promises"; import timers from "node:timers/promises";
import { promisify } from "node:util"; import { readFile } from "node:fs"; import { retry } from "other";
const HALF = 500; const SECOND = 2 * HALF;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const tick = () => new Promise((resolve) => setTimeout(resolve, 50));
const second = () => new Promise((resolve) => setTimeout(resolve, SECOND));
function inBlock(label, ms) { return new Promise((resolve) => { console.log(label); setTimeout(() => resolve(), ms); }); }
const awaiting = async (ms) => await new Promise((resolve) => setTimeout(resolve, ms));
const promisified = promisify(setTimeout); const read = promisify(readFile); const curried = promisify(choose())
function twoSteps(ms) { console.log(ms); return new Promise((resolve) => setTimeout(resolve, ms)); }
function noReturn(ms) { new Promise((resolve) => setTimeout(resolve, ms)); }
function returnsNothing() { return; }
const given = (ms) => ms;
const patterned = ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms));
const computed = (ms) => new Promise((resolve) => setTimeout(resolve, ms + jitter()));
`;

test.each([
  ["wait(1000)", 1000],
  ["timers.setTimeout(5)", 5],
  ["sleep(20)", 20],
  ["sleep(SECOND)", 1000],
  ["(sleep(20) as any)", 20],
  ["tick()", 50],
  ["second()", 1000],
  [`inBlock("x", 30)`, 30],
  ["awaiting(40)", 40],
  ["promisified(60)", 60],
  ["new Promise((resolve) => setTimeout(resolve, 70))", 70],
  ["new Promise((resolve) => setTimeout(resolve))", null],
  ["new Promise((resolve) => resolve(1))", null],
  ["new Promise(executor)", null],
  ["new Other((resolve) => setTimeout(resolve, 1))", null],
  ["new shop.Promise((resolve) => setTimeout(resolve, 1))", null],
  ["sleep()", null],
  ["sleep(unknown)", null],
  ["read(1000)", null],
  ["curried(1000)", null],
  ["retry(1000)", null],
  ["twoSteps(10)", null],
  ["noReturn(10)", null],
  ["returnsNothing(10)", null],
  ["given(10)", null],
  ["patterned(10)", null],
  ["computed(10)", null],
  ["1000", null],
])("%s", (expression, milliseconds) => {
  const project = projectOf(`${PROGRAM}const asked = ${expression};`);
  const [path] = project.component();
  const file = path === undefined ? null : project.fileAt(path);
  const declarator = file?.ast.body.at(-1);
  const init = declarator?.type === "VariableDeclaration" && declarator.declarations[0].init;
  if (!file || !init) throw new SyntaxError(expression);
  expect(pauseOf(new ProjectWorld(project), init, file)).toBe(milliseconds);
});
