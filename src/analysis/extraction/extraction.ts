import type { Repair } from "../finding.ts";
import type { Explanation } from "../explain/explain.ts";
import { RUNTIME } from "../project/facts.ts";
import type { ProjectWorld } from "../project/world.ts";
import type { Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { mapped, type Column } from "./column.ts";
import { generalise, type Hole, type Run } from "./generalise.ts";
import { importEdits, localName, type NeededImport } from "./imports.ts";
import { keyOf } from "./key.ts";
import type { Movable } from "./movable.ts";
import { acknowledges } from "./order.ts";
import { Outside } from "./outside.ts";
import {
  parametersOf,
  unusedName,
  type Parameter,
  type TypeOf,
  type TypeText,
} from "./parameters.ts";
import { placeFor } from "./placement.ts";
import { areNeighbours } from "./selection.ts";
import { printCall, printFunction, rangeOf } from "./print.ts";
import { styleOf } from "./style.ts";

/** The edits that move statements of a handler into `runAsync` functions. */
export interface Extraction {
  readonly edits: Repair["edits"];
  /** Of the new functions. */
  readonly names: readonly string[];
}

/** Why nothing is moved, in words that go on after "line N". */
export interface Refusal {
  readonly node: Node;
  readonly reason: string;
}

export interface ExtractionOptions {
  /** Of the first new function. Default: by what it does. */
  readonly name?: string | undefined;
  /** What parameters are annotated with; null where the file has no types. */
  readonly typeOf: TypeOf | null;
  /** What else the file is going to need. */
  readonly imports?: readonly NeededImport[];
}

/** Runs that are calls of one function. */
interface Family {
  readonly runs: Column<Run>;
  readonly holes: readonly Hole[];
}

/** A function to be made, as the calls of it need it. */
interface Task extends Family {
  readonly parameters: readonly Parameter[];
}

/**
 * The repair of python-telegram-bot's guide: what meets no criterion becomes a function of its own, which
 * runs as a task, and similar statements become calls of the same one.
 *
 * @param statements movable, in source order; see {@link movable} and {@link Overtakers}
 */
export function extract(
  explanation: Explanation,
  statements: Column<Movable>,
  world: ProjectWorld,
  options: ExtractionOptions,
): Extraction | Refusal {
  const { file, fn } = explanation;
  const names = namesIn(file);
  const imported = localName("runAsync", RUNTIME, file);
  if (imported === null && names.has("runAsync"))
    return { node: fn, reason: "is in a file with another `runAsync`" };
  // Where the parts of a text have no known type, the whole text has one.
  let tasks = tasksOf(explanation, statements, world, options.typeOf, true);
  if (isRefusal(tasks) && options.typeOf)
    tasks = tasksOf(explanation, statements, world, options.typeOf, false);
  if (isRefusal(tasks)) return tasks;
  const style = styleOf(file);
  const functions: string[] = [];
  const calls: Repair["edits"][number][] = [];
  const made: string[] = [];
  for (const { runs, parameters } of tasks) {
    const [run] = runs;
    const name = unusedName((made.length === 0 ? options.name : undefined) ?? nameFor(run), names);
    names.add(name);
    made.push(name);
    const key = keyOf(run, parameters, name, explanation, world, style);
    const others = parameters.filter((parameter) => !key.parameters.includes(parameter));
    const ordered = [...key.parameters, ...others];
    const print = { name, file, style, keepsComments: runs.length === 1 };
    functions.push(printFunction(print, imported ?? "runAsync", run, ordered, key));
    for (const [index, one] of runs.entries()) {
      const [start, end] = rangeOf(one);
      const args = ordered.flatMap((parameter) => parameter.args.slice(index, index + 1));
      calls.push({ start, end, text: printCall(print, args, one) });
    }
  }
  const at = placeFor(fn, file);
  const isTight = at > 0 && !/\n[ \t]*\r?\n$/.test(file.text.slice(0, at));
  const { newline } = style;
  const text = `${isTight ? newline : ""}${functions.join(newline + newline)}${newline}${newline}`;
  return {
    edits: [
      ...importEdits(
        [
          ...(imported === null ? [RUN_ASYNC] : []),
          ...typesOf(tasks).map((needed) => ({ ...needed, isType: true })),
          ...(options.imports ?? []),
        ],
        file,
        style,
      ),
      { start: at, end: at, text },
      ...calls,
    ],
    names: made,
  };
}

const RUN_ASYNC: NeededImport = { name: "runAsync", from: RUNTIME, isType: false };

function typesOf(tasks: readonly Task[]): TypeText["imports"][number][] {
  return tasks.flatMap(({ parameters }) => parameters.flatMap(({ type }) => type?.imports ?? []));
}

function tasksOf(
  { file, fn }: Explanation,
  statements: Column<Movable>,
  world: ProjectWorld,
  typeOf: TypeOf | null,
  keepsTemplates: boolean,
): Task[] | Refusal {
  const families = familiesOf(statements, file, new Outside(fn, file), keepsTemplates);
  if (isRefusal(families)) return families;
  const tasks: Task[] = [];
  for (const family of families) {
    const parameters = parametersOf(family.runs[0], family.holes, world, file, typeOf);
    if (!Array.isArray(parameters))
      return {
        node: parameters,
        reason: `needs the type of \`${file.textOf(parameters)}\`, which is not known or cannot be named`,
      };
    tasks.push({ ...family, parameters });
  }
  return tasks;
}

/** Groups what follows each other, and finds the functions that the groups are calls of. */
function familiesOf(
  statements: Column<Movable>,
  file: SourceFile,
  outside: Outside,
  keepsTemplates: boolean,
): Family[] | Refusal {
  const singles = mapped(statements, (statement): Run => [statement]);
  const areFree = !singles.some((run) => hasInnerComment(run, file));
  const all = areFree ? generalise(singles, file, outside, keepsTemplates) : null;
  if (all) return [{ runs: singles, holes: all }];
  const families: Family[] = [];
  for (const run of runsOf(statements, file)) {
    const alone = generalise([run], file, outside, keepsTemplates);
    if (!alone)
      return {
        node: run[0].statement,
        reason:
          "uses a variable that is reassigned, or code that cannot be given to another function",
      };
    const isFree = !hasInnerComment(run, file);
    const joined = families.some((family, index) => {
      if (!isFree || family.runs.some((other) => hasInnerComment(other, file))) return false;
      const runs: Column<Run> = [...family.runs, run];
      const holes = generalise(runs, file, outside, keepsTemplates);
      if (holes) families[index] = { runs, holes };
      return holes !== null;
    });
    if (!joined) families.push({ runs: [run], holes: alone });
  }
  return families;
}

/** Statements that stand next to each other in one block. */
function runsOf(statements: readonly Movable[], file: SourceFile): Run[] {
  const runs: [Movable, ...Movable[]][] = [];
  for (const movable of statements) {
    const last = runs.at(-1)?.at(-1);
    if (last && areNeighbours(last.statement, movable.statement, file)) runs.at(-1)?.push(movable);
    else runs.push([movable]);
  }
  return runs;
}

/** A comment inside a statement would be lost where another run's text becomes the body. */
function hasInnerComment(run: Run, file: SourceFile): boolean {
  return run.some(({ statement }) => /\/\*|(?:^|[\s,;{(])\/\//.test(file.textOf(statement)));
}

/** Every name that is declared or used somewhere in the file: a new one hides none of them. */
function namesIn(file: SourceFile): Set<string> {
  const { scopes, references } = file.scopes;
  return new Set([
    ...scopes.flatMap(({ set }) => [...set.keys()]),
    ...references.map(({ identifier }) => identifier.name),
  ]);
}

/** As the guide names it: `logAndNotify`. */
function nameFor(run: Run): string {
  const logs = run.some(({ isLog }) => isLog);
  const sends = run.some(({ isLog }) => !isLog);
  if (run.every(({ core }) => acknowledges(core))) return "answer";
  if (logs && sends) return "logAndNotify";
  return sends ? "notify" : "writeLog";
}

export function isRefusal(outcome: object): outcome is Refusal {
  return "reason" in outcome;
}
