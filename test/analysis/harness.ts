import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { analyze } from "../../src/analysis/analyze.ts";
import type { Finding, HazardName } from "../../src/analysis/finding.ts";
import { printSummary } from "../../src/analysis/flow/print.ts";
import type { Summary } from "../../src/analysis/flow/summary.ts";
import { parseFile } from "../../src/analysis/project/parser.ts";
import { Project } from "../../src/analysis/project/project.ts";
import { ProjectWorld } from "../../src/analysis/project/world.ts";
import type { RunAsyncSettings } from "../../src/analysis/settings.ts";
import { dottedName, isFunction, propertyName, type Node } from "../../src/analysis/syntax/ast.ts";
import type { SourceFile } from "../../src/analysis/syntax/source-file.ts";

/** A program by file name; a text alone is `bot.ts`. */
export type Files = string | Readonly<Record<string, string>>;

/** What the programs of these tests are about; the other rules have tests of their own. */
const HAZARDS: readonly HazardName[] = [
  "lost-update",
  "check-then-act",
  "store-race",
  "listener-in-handler",
];

/** Where the files are on disk, for as long as the test runs; several files need a disk to be resolved on. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "run-async-analysis-")));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export function projectOf(files: Files): Project {
  if (typeof files !== "string") return new Project(folderOf(files));
  const project = new Project("/project", { isAlone: true });
  const file = parseFile("/project/bot.ts", files);
  if (!file) throw new SyntaxError("The program does not parse.");
  project.open(file);
  return project;
}

export function findings(files: Files): readonly Finding[] {
  return analyze(projectOf(files));
}

/**
 * What is reported, in source order: `4 no-lost-update`, with the file in front where there are several, and
 * `(strict)` behind what the recommended config leaves out.
 */
export function reports(files: Files, settings: RunAsyncSettings = {}): string[] {
  const project = projectOf(files);
  return analyze(project, settings)
    .filter(({ hazard }) => HAZARDS.includes(hazard))
    .map((finding) => ({ ...finding, line: lineOf(finding, project) }))
    .sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line)
    .map((finding) => {
      const file = typeof files === "string" ? "" : `${project.relative(finding.path)}:`;
      const level = finding.confidence === "strict" ? " (strict)" : "";
      return `${file}${String(finding.line)} no-${finding.hazard}${level}`;
    });
}

function lineOf({ path, start }: Finding, project: Project): number {
  return project.fileAt(path)?.position(start).line ?? 0;
}

/** The lines that say what is reported on them: `state = 1; // => no-lost-update (strict)`. */
export function expectations(files: Files): string[] {
  const texts = typeof files === "string" ? [["", files] as const] : Object.entries(files).sort();
  return texts.flatMap(([name, text]) =>
    text.split("\n").flatMap((line, index) => {
      const rules = /\/\/ => (.*)$/.exec(line)?.[1]?.split(", ") ?? [];
      const at = `${name === "" ? "" : `${name}:`}${String(index + 1)}`;
      return rules.map((rule) => `${at} ${rule.trim()}`);
    }),
  );
}

/** The summary of the function that is declared, assigned or defined as a method under a name. */
export function summaryOf(files: Files, name: string): Summary {
  const project = projectOf(files);
  const world = new ProjectWorld(project);
  for (const path of project.component()) {
    const file = project.fileAt(path);
    const fn = file?.functions.find((candidate) => nameOf(candidate, file) === name);
    if (file && fn) return world.summaryOf(fn, file);
  }
  throw new ReferenceError(`The program has no function ${name}.`);
}

/** The readable form of a summary, as {@link printSummary} gives it. */
export function printed(files: Files, name: string): string {
  return printSummary(summaryOf(files, name));
}

function nameOf(fn: Node, file: SourceFile): string | null {
  if (fn.type === "FunctionDeclaration" && fn.id) return fn.id.name;
  const parent = file.parentOf(fn);
  switch (parent?.type) {
    case "VariableDeclarator":
      return parent.init === fn && parent.id.type === "Identifier" ? parent.id.name : null;
    case "AssignmentExpression":
      return dottedName(parent.left);
    case "MethodDefinition":
    case "PropertyDefinition":
    case "Property":
      return isFunction(fn) ? propertyName(parent) : null;
    default:
      return null;
  }
}

/** A grammY bot whose runner handles updates at once. */
export const BOT = `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
const bot = new Bot("token");
run(bot);
`;
