import { isFunction } from "../syntax/ast.ts";
import { siteId, type SourceFile } from "../syntax/source-file.ts";
import { reachedFunctions, type ReachStart } from "./reach.ts";
import type { ActivationRoot } from "./roots.ts";
import { offeredName } from "./typed-handlers.ts";
import type { ProjectWorld } from "./world.ts";

/**
 * Async functions that the project offers to others and that neither a root nor a module's own code gets to:
 * something that cannot be seen may call them, at once.
 */
export function unreachedRoots(
  { project, shapes }: ProjectWorld,
  roots: readonly ActivationRoot[],
): ActivationRoot[] {
  const files = project.files();
  const starts: ReachStart[] = [
    ...roots.map(({ fn }) => fn),
    ...files.map((file) => ({ node: file.ast, file })),
  ];
  const reached = reachedFunctions(shapes, starts);
  return files.flatMap((file) =>
    file.functions.flatMap((node) => {
      const name = node.async && isOutermost(node, file) ? offeredName(node, file) : null;
      if (name === null || reached.has(node) || shapes.callSitesOf(node).length > 0) return [];
      return [assumedRoot(node, file, name)];
    }),
  );
}

function isOutermost(node: SourceFile["functions"][number], file: SourceFile): boolean {
  return !isFunction(file.enclosing(node));
}

function assumedRoot(
  node: SourceFile["functions"][number],
  file: SourceFile,
  name: string,
): ActivationRoot {
  const site = { file, node };
  return {
    id: `${siteId(site)}|update|unreached`,
    fn: { kind: "function", ...site },
    site,
    sites: [site],
    name,
    trigger: "update",
    framework: "unreached",
    dispatcher: "unreached",
    concurrency: "concurrent",
    reason: 'settings["run-async"].unreached says that exported functions may run at once',
    serializer: null,
    period: null,
    isOneShot: false,
    excludes: [],
    isAssumed: true,
  };
}
