import type { TSESTree } from "@typescript-eslint/types";
import type { Site } from "../syntax/source-file.ts";
import { RUNTIME } from "./facts.ts";
import type { Project } from "./project.ts";
import type { Shapes } from "./shapes.ts";
import { optionOf } from "./stores.ts";

/** Workers of an Updater that is given no number. */
const DEFAULT_WORKERS = 4;

export interface WorkerCount {
  readonly site: Site;
  /** Null where the code computes it. */
  readonly workers: number | null;
}

/** Every `new Updater(token, { workers })` of the project. */
export function workerCounts(project: Project, shapes: Shapes): WorkerCount[] {
  return project.paths().flatMap((path) => {
    const file = project.fileAt(path);
    if (!file?.text.includes(RUNTIME)) return [];
    return file.calls.flatMap((call): WorkerCount[] => {
      const isUpdater = shapes
        .of(call.callee, file)
        .some(
          (shape) =>
            shape.kind === "external" && shape.module === RUNTIME && shape.path[0] === "Updater",
        );
      if (call.type !== "NewExpression" || !isUpdater) return [];
      return [{ site: { file, node: call }, workers: workersOption(call) }];
    });
  });
}

function workersOption(call: TSESTree.NewExpression): number | null {
  const options = call.arguments[1];
  if (!options) return DEFAULT_WORKERS;
  const workers = optionOf(options, "workers");
  if (!workers) return options.type === "ObjectExpression" ? DEFAULT_WORKERS : null;
  return workers.type === "Literal" && typeof workers.value === "number" ? workers.value : null;
}
