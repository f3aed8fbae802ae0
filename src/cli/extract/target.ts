import type { Project } from "../../analysis/project/project.ts";
import { functionName } from "../../analysis/explain/function-name.ts";
import type { ActivationRoot } from "../../analysis/project/roots.ts";
import type { ExplainedStatement, Explanation } from "../../analysis/explain/explain.ts";
import type { FunctionNode } from "../../analysis/syntax/ast.ts";
import type { SourceFile } from "../../analysis/syntax/source-file.ts";
import { CommandError } from "../command.ts";

/** Lines of a file, 1-based and inclusive. */
export interface LineRange {
  readonly path: string;
  readonly first: number;
  readonly last: number;
}

/**
 * Reads `FILE:LINE` or `FILE:LINE-LINE`.
 *
 * @throws CommandError for anything else
 */
export function readTarget(target: string): LineRange {
  const match = /^(?<path>.+):(?<first>\d+)(?:-(?<last>\d+))?$/.exec(target);
  const path = match?.groups?.["path"];
  if (path === undefined)
    throw new CommandError(`Name lines as FILE:LINE or FILE:LINE-LINE, not "${target}".`);
  const first = Number(match?.groups?.["first"]);
  const last = Number(match?.groups?.["last"] ?? first);
  if (first < 1 || last < first)
    throw new CommandError(`${target} names no lines: they count from 1, the smaller one first.`);
  return { path, first, last };
}

/**
 * The file of a project, parsed.
 *
 * @throws CommandError where it has no such line or does not parse
 */
export function fileOf(
  project: Project,
  path: string,
  { path: given, last }: LineRange,
): SourceFile {
  const file = project.fileAt(path);
  if (!file) throw new CommandError(`${given} does not parse: correct its syntax errors first.`);
  const lines = file.position(file.text.length).line;
  if (last > lines)
    throw new CommandError(`${given} has no line ${last}: it ends with line ${lines}.`);
  return file;
}

export interface Handler {
  readonly fn: FunctionNode;
  readonly root: ActivationRoot;
  readonly name: string;
}

/**
 * The handler that the lines are in.
 *
 * @throws CommandError where they are in none, or in a function inside of one
 */
export function handlerAt(
  { path, first }: LineRange,
  file: SourceFile,
  roots: readonly ActivationRoot[],
): Handler {
  const where = `${path}:${first}`;
  const endOf = (fn: FunctionNode): number => file.position(fn.range[1]).line;
  const around = file.functions
    .filter((fn) => file.lineOf(fn) <= first && first <= endOf(fn))
    // A callback that begins and ends on the line is part of a statement.
    .filter((fn) => file.lineOf(fn) < endOf(fn) || rootOf(fn, roots) !== null)
    .sort((a, b) => a.range[1] - a.range[0] - (b.range[1] - b.range[0]));
  const [fn] = around;
  if (!fn) throw new CommandError(`${where} is in no function: name a line of a handler.`);
  const root = rootOf(fn, roots);
  const name = functionName(fn, file) ?? root?.name ?? "this function";
  if (root) return { fn, root, name };
  const outer = around.find((candidate) => rootOf(candidate, roots) !== null);
  throw new CommandError(
    outer
      ? `${where} is in a function inside of the handler, which may wait for it: name lines of the handler itself.`
      : `${where} is in no handler: who calls ${name} may rely on what it has sent when it returns.`,
  );
}

/** A function that is registered as a handler and made a task is more telling as the handler. */
function rootOf(fn: FunctionNode, roots: readonly ActivationRoot[]): ActivationRoot | null {
  const own = roots.filter((root) => root.fn.node === fn);
  return own.find(({ trigger }) => trigger !== "task") ?? own[0] ?? null;
}

/**
 * The statements that begin on the lines; the whole handler's for the line on which it begins.
 *
 * @throws CommandError where there are none
 */
export function statementsAt(
  { path, first, last }: LineRange,
  { statements, line, file }: Explanation,
): readonly ExplainedStatement[] {
  if (first === last && first === line && !statements.some((one) => one.line === first))
    return statements;
  const begun = statements.filter((one) => first <= one.line && one.line <= last);
  if (begun.length > 0) return begun;
  const around = statements.filter(
    ({ node, line: start }) => start <= first && last <= file.position(node.range[1]).line,
  );
  const innermost = around.at(-1);
  if (!innermost) throw new CommandError(`${path}:${first} begins no statement of the handler.`);
  return [innermost];
}
