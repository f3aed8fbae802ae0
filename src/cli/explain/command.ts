import type { Explanation, ExplainedStatement } from "../../analysis/explain/explain.ts";
import { printSummary } from "../../analysis/flow/print.ts";
import { relativePath } from "../check/formats.ts";
import { CommandError, readArguments, type Command, type ExitCode } from "../command.ts";
import { SOURCE_OPTIONS } from "../sources.ts";
import { painter, type Paint, type Terminal } from "../terminal.ts";
import { explanationsOf } from "./targets.ts";

const HELP = `Usage: run-async explain FILE[:FUNCTION] [OPTIONS]

Prints a handler statement by statement: what has to run in order, and why. Criteria:
  1     it modifies shared state
  2     it reads shared state and relies on it
  3     it modifies local state that is used later
  none  it meets none of these; "async" marks what only logs or sends and could be a task of its own
A segment is code that nothing else of the process can interrupt: 2-3 begins in the second and ends in the third.
FILE may be a folder: all its handlers. FUNCTION is a function's name, or a handler's.

Options:
  --summaries  also what the analysis knows of each function, event by event
  --json       the same for machines
  --root DIR   analyse DIR as one project, whatever package.json files are below it
  --settings FILE.json  settings instead of the project's own
  -h, --help   this text

Exit codes: 0 explained, 2 wrong use or failure.`;

export const explainCommand: Command = {
  help: HELP,
  async run(args, terminal): Promise<ExitCode> {
    const { values, positionals } = readArguments(args, {
      summaries: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      ...SOURCE_OPTIONS,
    });
    const [target, second] = positionals;
    if (target === undefined || second !== undefined)
      throw new CommandError("Name one FILE or FILE:FUNCTION.");
    const explanations = await explanationsOf(target, terminal, values);
    const paint = painter(terminal.out, terminal);
    const blocks = explanations.map((explanation) => {
      const table = tableOf(explanation, terminal, paint);
      return values.summaries ? `${table}\n${printSummary(explanation.summary)}\n` : table;
    });
    terminal.out.write(
      values.json
        ? `${JSON.stringify(
            explanations.map((one) => plain(one, terminal, values.summaries)),
            null,
            2,
          )}\n`
        : blocks.join("\n"),
    );
    return 0;
  },
};

function tableOf(explanation: Explanation, terminal: Terminal, paint: Paint): string {
  const { name, file, line, root, statements } = explanation;
  const where = `${relativePath(file.path, terminal.cwd)}:${line}`;
  const how = root
    ? `${root.name}, ${root.concurrency}: ${root.reason}`
    : "nothing in the project registers it: what hangs on its parameters is taken to be shared";
  const rows = statements.map((statement) => [
    String(statement.line),
    segmentText(statement),
    criteriaText(statement),
    statement.mayRunAsync ? "async" : "",
    "  ".repeat(statement.depth) + cut(statement.text, 64 - 2 * statement.depth),
    notes(statement),
  ]);
  const head = ["line", "segment", "criteria", "", "statement", "state"];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const render = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [
    `${paint("bold", name)} (${where})`,
    how,
    "",
    paint("dim", render(head)),
    ...rows.map((row) => (row[2] === "none" ? paint("green", render(row)) : render(row))),
    "",
  ].join("\n");
}

function criteriaText({ criteria }: ExplainedStatement): string {
  return criteria.length === 0 ? "none" : criteria.join(", ");
}

function segmentText({ segments: [first, last] }: ExplainedStatement): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function notes({ reads, writes, sets, sends }: ExplainedStatement): string {
  const part = (verb: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${verb} ${names.join(", ")}`];
  return [
    ...part("writes", writes),
    ...part("reads", reads),
    ...part("sets", sets),
    ...part("sends", sends),
  ].join("; ");
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 3)}...`;
}

function plain(explanation: Explanation, terminal: Terminal, hasSummaries: boolean): object {
  const { name, file, line, root, statements, summary } = explanation;
  return {
    name,
    path: relativePath(file.path, terminal.cwd),
    line,
    registeredBy: root?.name ?? null,
    concurrency: root?.concurrency ?? null,
    reason: root?.reason ?? null,
    statements: statements.map((statement) => ({ ...statement, node: undefined })),
    ...(hasSummaries ? { summary: printSummary(summary) } : {}),
  };
}
