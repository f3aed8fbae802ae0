import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { analyze } from "../../analysis/analyze.ts";
import type { Race } from "../../analysis/checks/races.ts";
import type { Finding } from "../../analysis/finding.ts";
import type { Project } from "../../analysis/project/project.ts";
import type { RunAsyncSettings } from "../../analysis/settings.ts";
import { CommandError } from "../command.ts";
import { sourcesOf, type SourceOptions } from "../sources.ts";
import type { Terminal } from "../terminal.ts";

/** A finding whose two activations are known. */
export interface RaceFinding {
  readonly finding: Finding;
  readonly race: Race;
  readonly line: number;
  readonly project: Project;
  readonly settings: RunAsyncSettings;
}

/**
 * The race that is found at `FILE:LINE`.
 *
 * @throws CommandError when there is none, with the lines that have one; what `sourcesOf` throws
 */
export async function raceAt(
  target: string,
  terminal: Terminal,
  options: SourceOptions,
): Promise<RaceFinding> {
  const [, operand, text] = /^(.+):(\d+)$/.exec(target) ?? [];
  if (operand === undefined || text === undefined)
    throw new CommandError(`${target} is no FILE:LINE; run-async check prints where findings are.`);
  const line = Number(text);
  const [sources] = await sourcesOf([operand], terminal, options);
  const path = realpathSync(resolve(terminal.cwd, operand));
  if (!sources?.paths.includes(path))
    throw new CommandError(`${operand} is a folder; name a file and the line of a finding.`);
  const { project, settings } = sources;
  const here = analyze(project, settings).filter((finding) => finding.path === path);
  const lineOf = ({ start }: Finding): number => project.fileAt(path)?.position(start).line ?? 0;
  const found = here.filter((finding) => lineOf(finding) === line);
  for (const finding of found)
    if (finding.race) return { finding, race: finding.race, line, project, settings };
  const [other] = found;
  if (other)
    throw new CommandError(
      `${target} is a finding of another kind (${other.hazard}); tests are written for lost updates, checks that went stale and store races.`,
    );
  const lines = [...new Set(here.filter(({ race }) => race).map(lineOf))].sort((a, b) => a - b);
  throw new CommandError(
    lines.length === 0
      ? `${target} has no finding, and no race is found in the file.`
      : `${target} has no finding; the file has races on line ${lines.join(", ")}.`,
  );
}
