import { analyze } from "../../analysis/analyze.ts";
import type { Finding } from "../../analysis/finding.ts";
import type { Project } from "../../analysis/project/project.ts";
import type { Progress } from "../progress.ts";
import type { Sources } from "../sources.ts";
import { isSuppressed } from "./directives.ts";
import type { Position, Report } from "./reports.ts";
import { ruleFor, type ConfigName } from "./rules.ts";

/** What the rules of a config would report, in the order of path and line. */
export function reportsOf(
  sources: readonly Sources[],
  config: ConfigName,
  progress: Progress,
): Report[] {
  return sources
    .flatMap((source) => {
      readAll(source, progress);
      return reportsIn(source, analyze(source.project, source.settings), config);
    })
    .sort(byPosition);
}

/** Parsing is most of the work, and the only part that can say how far it is. */
export function readAll({ project }: Sources, progress: Progress): void {
  const all = project.paths();
  for (const [index, path] of all.entries()) {
    progress.say(`reading ${project.root}: ${index + 1} of ${all.length} files`);
    project.fileAt(path);
  }
  progress.say(`analysing ${project.root}`);
}

/** Those of a project's findings that a rule of the config reports in the files that were asked about. */
export function reportsIn(
  { project, paths }: Sources,
  findings: readonly Finding[],
  config: ConfigName,
): Report[] {
  const wanted = new Set(paths);
  return findings
    .filter((finding) => wanted.has(finding.path))
    .flatMap((finding) => reportOf(finding, project, config) ?? []);
}

/** The order of path and line. */
export function byPosition(a: Report, b: Report): number {
  return (
    compare(a.path, b.path) ||
    a.start.line - b.start.line ||
    a.start.column - b.start.column ||
    compare(a.ruleId, b.ruleId)
  );
}

function reportOf(finding: Finding, project: Project, config: ConfigName): Report | null {
  const ruleId = ruleFor(finding, config);
  const file = project.fileAt(finding.path);
  if (ruleId === null || !file) return null;
  const at = (offset: number): Position => {
    const { line, column } = file.position(offset);
    return { line, column: column + 1 };
  };
  const start = at(finding.start);
  if (isSuppressed(file.text, start.line, ruleId)) return null;
  const { path, message, trace, activations } = finding;
  return { path, ruleId, message, start, end: at(finding.end), trace, activations };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
