// How many workers the Updaters of a project have, where the code says so.
import { expect, test } from "vitest";
import { Shapes } from "../../../src/analysis/project/shapes.ts";
import { workerCounts } from "../../../src/analysis/project/worker-count.ts";
import { projectOf } from "../harness.ts";

test.each([
  ['new Updater("token")', [4]],
  ['new Updater("token", {})', [4]],
  ['new Updater("token", { workers: 2 })', [2]],
  ['new Updater("token", { workers: cores() })', [null]],
  ['new Updater("token", options)', [null]],
  ['new Updater("one", { workers: 1 }); new Updater("two", { workers: 2 })', [1, 2]],
  ['Updater("token")', []],
  ["new BoundedPool({ workers: 3 })", []],
])("%s: %j", (code, counts) => {
  const project = projectOf({
    "bot.ts": `import { BoundedPool, Updater } from "eslint-plugin-run-async/runtime";\n${code};`,
    "broken.ts": "new Updater(",
    "other.ts": "class Updater {}\nnew Updater();",
  });
  expect(workerCounts(project, new Shapes(project)).map(({ workers }) => workers)).toEqual(counts);
});
