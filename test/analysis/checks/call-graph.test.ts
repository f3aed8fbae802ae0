import { join } from "node:path";
import { expect, test } from "vitest";
import { activityOf, worldOf } from "../../../src/analysis/activity.ts";
import { CallGraph } from "../../../src/analysis/checks/call-graph.ts";
import { Project } from "../../../src/analysis/project/project.ts";
import { folderOf } from "../harness.ts";

const bot = (...handlers: readonly string[]): string => `import { Bot } from "grammy";
import { order } from "./order.js";
import { deliver } from "./deliver.js";
const bot = new Bot("");
${handlers.map((name) => `bot.command("${name}", ${name});`).join("\n")}
`;

const FILES = {
  "bot.ts": bot("order"),
  "order.ts": `import { later } from "queue";
import { deliver } from "./deliver.js";
export async function order(ctx) {
  later(deliver);
}
`,
  "deliver.ts": `import { pack } from "./pack.js";
export function deliver() {
  pack();
}
`,
  "pack.ts": "export function pack() {}\n",
};

/** The roots that get to `pack`, by name, as the project is after each edit in turn. */
function rootsOfPack(edits: readonly (readonly [string, string])[]): string[][] {
  const project = new Project(folderOf(FILES));
  const world = worldOf(project, {});
  const roots = (): string[] => {
    const graph = new CallGraph(world, activityOf(project, {}, world).roots);
    const pack = project.fileAt(join(project.root, "pack.ts"))?.functions[0];
    return (pack && graph.reached.get(pack))?.map(({ root }) => root.name) ?? [];
  };
  return [
    roots(),
    ...edits.map(([name, text]) => {
      const path = join(project.root, name);
      if (project.update(path, text)) world.forget(path);
      return roots();
    }),
  ];
}

test("a function that is handed over is a root of its own from when an edit registers it", () => {
  expect(
    rootsOfPack([
      ["bot.ts", bot("order", "deliver")],
      ["bot.ts", bot("order")],
    ]),
  ).toEqual([['bot.command("order")'], ['bot.command("deliver")'], ['bot.command("order")']]);
});

test("a way that an edit takes away is gone, and is there again with the old text", () => {
  expect(
    rootsOfPack([
      ["deliver.ts", "export function deliver() {}\n"],
      ["deliver.ts", FILES["deliver.ts"]],
    ]),
  ).toEqual([['bot.command("order")'], [], ['bot.command("order")']]);
});
