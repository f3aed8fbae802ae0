import { basename } from "node:path";
import { activityOf } from "../../analysis/activity.ts";
import { findingsOf } from "../../analysis/analyze.ts";
import { poolsOf, type PoolOverview } from "../../analysis/overview/pools.ts";
import { sharedStateOf, type StateOverview } from "../../analysis/overview/shared-state.ts";
import type { ActivationRoot } from "../../analysis/project/roots.ts";
import { byPosition, readAll, reportsIn } from "../check/findings.ts";
import { relativePath } from "../check/formats.ts";
import type { Report } from "../check/reports.ts";
import type { ConfigName } from "../check/rules.ts";
import type { Progress } from "../progress.ts";
import type { Sources } from "../sources.ts";

/** What the page shows of one or more projects. */
export interface ReportData {
  readonly title: string;
  readonly config: ConfigName;
  readonly fileCount: number;
  readonly findings: readonly Report[];
  readonly pools: readonly PoolOverview[];
  readonly states: readonly StateOverview[];
  readonly roots: readonly ActivationRoot[];
  /** The text of a line of a source file, without the blanks around it. */
  readonly lineAt: (path: string, line: number) => string;
  readonly relative: (path: string) => string;
}

/** Analyses the sources; paths are relative to `folder`, which gives the title as well. */
export function gather(
  sources: readonly Sources[],
  config: ConfigName,
  folder: string,
  progress: Progress,
): ReportData {
  const findings: Report[] = [];
  const pools: PoolOverview[] = [];
  const states: StateOverview[] = [];
  const roots: ActivationRoot[] = [];
  for (const source of sources) {
    readAll(source, progress);
    const activity = activityOf(source.project, source.settings);
    findings.push(...reportsIn(source, findingsOf(activity), config));
    pools.push(...poolsOf(activity));
    states.push(...sharedStateOf(activity.activations));
    roots.push(...activity.roots);
  }
  const lines = new Map<string, readonly string[]>();
  return {
    title: basename(folder),
    config,
    fileCount: sources.reduce((sum, { paths }) => sum + paths.length, 0),
    findings: findings.sort(byPosition),
    pools,
    states,
    roots,
    lineAt: (path, line) => {
      let known = lines.get(path);
      if (!known) lines.set(path, (known = textOf(sources, path).split("\n")));
      return known[line - 1]?.trim() ?? "";
    },
    relative: (path) => relativePath(path, folder),
  };
}

function textOf(sources: readonly Sources[], path: string): string {
  for (const { project } of sources) {
    const file = project.fileAt(path);
    if (file) return file.text;
  }
  return "";
}
