import { statSync } from "node:fs";
import { resolve } from "node:path";
import { explain, type Explanation } from "../../analysis/explain/explain.ts";
import { functionName } from "../../analysis/explain/function-name.ts";
import { SharedState } from "../../analysis/explain/shared-state.ts";
import { activityOf } from "../../analysis/activity.ts";
import type { ActivationRoot } from "../../analysis/project/roots.ts";
import { CommandError } from "../command.ts";
import { sourcesOf, type SourceOptions } from "../sources.ts";
import type { Terminal } from "../terminal.ts";

/** `FILE:FUNCTION` in two parts. A colon is part of the path where such a file exists (`C:\bot.ts`). */
function splitTarget(target: string, cwd: string): { path: string; name: string | null } {
  const colon = target.lastIndexOf(":");
  if (colon < 1 || exists(resolve(cwd, target))) return { path: target, name: null };
  return { path: target.slice(0, colon), name: target.slice(colon + 1) };
}

/**
 * The functions that a target names: by their own name or the handler's, or without a name all handlers.
 *
 * @throws CommandError when there is none, or the settings are none
 */
export async function explanationsOf(
  target: string,
  terminal: Terminal,
  options: SourceOptions,
): Promise<Explanation[]> {
  const { path, name } = splitTarget(target, terminal.cwd);
  const sources = await sourcesOf([path], terminal, options);
  const known: string[] = [];
  const found = sources.flatMap(({ project, paths, settings }) => {
    const { world, roots, activations } = activityOf(project, settings);
    const shared = new SharedState(activations);
    return paths.flatMap((filePath) => {
      const file = project.fileAt(filePath);
      if (!file) return [];
      return file.functions.flatMap((fn): Explanation[] => {
        const own = roots.filter((root) => root.fn.node === fn);
        const root = updateFirst(own);
        const named = functionName(fn, file);
        if (named !== null) known.push(named);
        const isWanted =
          name === null ? root !== null : named === name || own.some((one) => one.name === name);
        if (!isWanted) return [];
        return [
          explain(world, shared, { fn, file, name: named ?? root?.name ?? "function", root }),
        ];
      });
    });
  });
  if (found.length === 0) throw new CommandError(nothingFound(path, name, known));
  return found;
}

/** A task that is registered as a handler is more telling as the handler. */
function updateFirst(roots: readonly ActivationRoot[]): ActivationRoot | null {
  return roots.find(({ trigger }) => trigger !== "task") ?? roots[0] ?? null;
}

function nothingFound(path: string, name: string | null, known: readonly string[]): string {
  const names = [...new Set(known)];
  const some = names.slice(0, 12).join(", ") + (names.length > 12 ? ", ..." : "");
  const way = names.length === 0 ? "" : ` Name a function, ${path}:NAME, of: ${some}.`;
  return name === null
    ? `${path} has no handler, job or task.${way}`
    : `${path} has no function "${name}".${way}`;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
