import { isFunction, propertyName, type FunctionNode, type Node } from "../syntax/ast.ts";
import { isLoop } from "../syntax/loops.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { callersOf, isGivenAway } from "./calls-by-name.ts";
import type { Project } from "./project.ts";

const DEEPEST = 4;

/**
 * Whether the code at a node runs once in the life of the process: it stands at module level or in one of the
 * `hooks` that a framework calls when the program starts, or all that call its function stand in such code.
 */
export function runsOnce(
  project: Project,
  node: Node,
  file: SourceFile,
  hooks: ReadonlySet<string>,
  depth = 0,
): boolean {
  const fn = file.enclosing(node);
  if (isInLoop(node, file)) return false;
  if (!isFunction(fn)) return true;
  if (isHook(fn, file, hooks)) return true;
  if (depth >= DEEPEST || isGivenAway(project, fn, file)) return false;
  const callers = callersOf(project, fn, file);
  return (
    callers.length > 0 &&
    callers.every(([other, call]) => runsOnce(project, call, other, hooks, depth + 1))
  );
}

function isHook(fn: FunctionNode, file: SourceFile, hooks: ReadonlySet<string>): boolean {
  const method = file.parentOf(fn);
  return method?.type === "MethodDefinition" && hooks.has(propertyName(method) ?? "");
}

function isInLoop(node: Node, file: SourceFile): boolean {
  for (let outer = file.parentOf(node); outer && !isFunction(outer); outer = file.parentOf(outer))
    if (isLoop(outer)) return true;
  return false;
}
