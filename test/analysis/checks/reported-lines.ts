import { analyze } from "../../../src/analysis/analyze.ts";
import type { Finding, HazardName } from "../../../src/analysis/finding.ts";
import { parseFile } from "../../../src/analysis/project/parser.ts";
import { Project } from "../../../src/analysis/project/project.ts";

/** The findings of one kind in one file that stands alone. */
export function findingsOf(code: string, hazard: HazardName): readonly Finding[] {
  const project = new Project("/project", { isAlone: true });
  const file = parseFile("/project/bot.ts", code);
  if (!file) throw new SyntaxError("The example does not parse.");
  project.open(file);
  return analyze(project).filter((finding) => finding.hazard === hazard);
}

/** The lines on which findings of one kind are reported, in order. */
export function reportedLines(code: string, hazard: HazardName): number[] {
  const lines = findingsOf(code, hazard).map(
    ({ start }) => code.slice(0, start).split("\n").length,
  );
  return [...new Set(lines)].sort((a, b) => a - b);
}

/** The lines that end with the mark `// !`. */
export function markedLines(code: string): number[] {
  return code.split("\n").flatMap((line, index) => (line.endsWith("// !") ? [index + 1] : []));
}
