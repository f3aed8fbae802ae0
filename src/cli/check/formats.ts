import { relative, sep } from "node:path";
import { groupBy } from "../../analysis/group-by.ts";
import type { Paint } from "../terminal.ts";
import type { Report } from "./reports.ts";

export interface Formatting {
  readonly cwd: string;
  readonly paint: Paint;
  /** How many files were looked at. */
  readonly fileCount: number;
}

/** A path as it is written below the working directory, with slashes. */
export function relativePath(path: string, cwd: string): string {
  return relative(cwd, path).split(sep).join("/");
}

/** One block a file, one line a finding, as ESLint's default formatter prints it. */
export function formatStylish(
  reports: readonly Report[],
  { cwd, paint, fileCount }: Formatting,
): string {
  const files = plural(fileCount, "file");
  if (reports.length === 0) return `${paint("green", `Nothing found in ${files}.`)}\n`;
  const width = Math.max(...reports.map(({ start }) => positionText(start).length));
  const blocks = [...byPath(reports)].map(([path, inFile]) => {
    const lines = inFile.map(
      ({ start, message, ruleId }) =>
        `  ${paint("dim", positionText(start).padStart(width))}  ${paint("red", "error")}  ${message}  ${paint("dim", ruleId)}`,
    );
    return `${paint("underline", relativePath(path, cwd))}\n${lines.join("\n")}\n`;
  });
  const total = paint(["red", "bold"], `${plural(reports.length, "finding")} in ${files}.`);
  return `${blocks.join("\n")}\n${total}\n`;
}

/** The shape of ESLint's JSON formatter, with the trace of each finding and without files that have none. */
export function formatJson(reports: readonly Report[]): string {
  const results = [...byPath(reports)].map(([filePath, inFile]) => ({
    filePath,
    messages: inFile.map(({ ruleId, message, start, end, trace }) => ({
      ruleId,
      severity: 2,
      message,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      trace: trace.map(({ column, ...step }) => ({ ...step, column: column + 1 })),
    })),
    errorCount: inFile.length,
    warningCount: 0,
  }));
  return `${JSON.stringify(results, null, 2)}\n`;
}

function byPath(reports: readonly Report[]): Map<string, Report[]> {
  return groupBy(reports, ({ path }) => path);
}

function positionText({ line, column }: Report["start"]): string {
  return `${line}:${column}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
