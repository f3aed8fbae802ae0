import { writeFileSync } from "node:fs";
import { activityOf } from "../../analysis/activity.ts";
import { explain } from "../../analysis/explain/explain.ts";
import { SharedState } from "../../analysis/explain/shared-state.ts";
import type { Node } from "../../analysis/syntax/ast.ts";
import type { SourceFile } from "../../analysis/syntax/source-file.ts";
import { relativePath } from "../check/formats.ts";
import { CommandError, readArguments, type Command, type ExitCode } from "../command.ts";
import { SOURCE_OPTIONS, sourcesOf } from "../sources.ts";
import { painter, type Terminal } from "../terminal.ts";
import { change, type Changed } from "./change.ts";
import { fileOf, handlerAt, readTarget, statementsAt } from "./target.ts";
import { unifiedDiff } from "./unified-diff.ts";

const HELP = `Usage: run-async extract FILE:LINE[-LINE] [OPTIONS]

Moves statements that only log or send out of a handler, into a function that runAsync runs as a task of its
own, so that the handler does not wait for them. Similar statements become calls of one function; \`key\` keeps
what one chat reads in order; a handler that has to run in order is no longer a task itself.

LINE is a line of a handler, LINE-LINE a range of it: statements that meet one of the criteria that
\`run-async explain\` prints stay where they are. The line on which a handler begins stands for all of it.
Nothing is moved where the handler would do something else than before, but for this: it no longer waits, and
a failure goes to the error handler of the pool instead of ending the handler.

Prints a unified diff, and to stderr what was moved. Needs ts-morph.

Options:
  --name NAME  of the new function (the first one, where there are several)
  --write      change the files instead of printing a diff
  --root DIR   analyse DIR as one project, whatever package.json files are below it
  --settings FILE.json  settings instead of the project's own
  -h, --help   this text

Exit codes: 0 extracted, 1 refused, with the reason, 2 wrong use or failure.`;

export const extractCommand: Command = {
  help: HELP,
  async run(args, terminal): Promise<ExitCode> {
    const { values, positionals } = readArguments(args, {
      name: { type: "string" },
      write: { type: "boolean", default: false },
      ...SOURCE_OPTIONS,
    });
    const [given, second] = positionals;
    if (given === undefined || second !== undefined)
      throw new CommandError("Name lines of one handler: FILE:LINE or FILE:LINE-LINE.");
    if (values.name !== undefined && !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(values.name))
      throw new CommandError(`--name is the name of a function, not "${values.name}".`);
    const target = readTarget(given);
    const [sources] = await sourcesOf([target.path], terminal, values);
    const [path] = sources?.paths ?? [];
    if (!sources || path === undefined || sources.paths.length > 1)
      throw new CommandError(`${target.path} is a folder: name a file.`);
    const { project, settings } = sources;
    const file = fileOf(project, path, target);
    const activity = activityOf(project, settings);
    const { world, activations } = activity;
    const handler = handlerAt(target, file, activity.roots);
    const explanation = explain(world, new SharedState(activations), { ...handler, file });
    const changed = change(explanation, statementsAt(target, explanation), activity, {
      settings,
      name: values.name,
      folders: [terminal.cwd, project.root, import.meta.dirname],
    });
    if ("reason" in changed) {
      refuse(changed, terminal);
      return 1;
    }
    for (const [{ path: changedPath, text }, fresh] of changed.texts)
      if (values.write) writeFileSync(changedPath, fresh);
      else
        terminal.out.write(
          coloured(unifiedDiff(relativePath(changedPath, terminal.cwd), text, fresh), terminal),
        );
    tell(changed, values.write, terminal);
    return 0;
  },
};

function refuse(
  { file, node, reason }: { file: SourceFile; node: Node; reason: string },
  terminal: Terminal,
): void {
  const where = `${relativePath(file.path, terminal.cwd)}:${file.lineOf(node)}`;
  terminal.err.write(`run-async extract: ${where} ${reason}; nothing is moved.\n`);
}

function tell(
  { names, moved, left, file, texts, unresolved, isRegistered }: Changed,
  isWritten: boolean,
  terminal: Terminal,
): void {
  const lines = (nodes: readonly Node[]): string =>
    nodes.map((node) => file.lineOf(node)).join(", ");
  const count = [...texts.keys()].length;
  terminal.err.write(
    `Moved line${moved.length === 1 ? "" : "s"} ${lines(moved)} to ${names.join(", ")}${isWritten ? `; ${count} file${count === 1 ? "" : "s"} written` : ""}. A failure there goes to the error handler of the pool.\n`,
  );
  if (unresolved !== null)
    terminal.err.write(`Types are not checked: ${unresolved} is not installed.\n`);
  if (!isRegistered)
    terminal.err.write(
      "Who calls the handler is not seen: make sure that it does not count on what is sent, or on its failure.\n",
    );
  for (const { node, reason } of left.filter(({ isCall }) => isCall))
    terminal.err.write(`Line ${file.lineOf(node)} stays: it ${reason}.\n`);
}

function coloured(diff: string, terminal: Terminal): string {
  const paint = painter(terminal.out, terminal);
  return diff
    .split("\n")
    .map((line) => {
      if (line.startsWith("+")) return paint("green", line);
      return line.startsWith("-") ? paint("red", line) : line;
    })
    .join("\n");
}
