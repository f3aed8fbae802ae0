import { realpathSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { activityOf, worldOf } from "./activity.ts";
import { Judgement } from "./analyze.ts";
import type { Finding } from "./finding.ts";
import { groupBy } from "./group-by.ts";
import { KeptFindings } from "./kept-findings.ts";
import { isPackage, packageFolder } from "./project/package-folder.ts";
import { fromAst, isAnalysable, nativeParser } from "./project/parser.ts";
import { Project } from "./project/project.ts";
import type { ProjectWorld } from "./project/world.ts";
import type { RunAsyncSettings } from "./settings.ts";
import type { Program } from "./syntax/ast.ts";

/** A file as the linter has it: an editor's text may be newer than the disk's. */
export interface OpenFile {
  readonly path: string;
  readonly text: string;
  /** The linter's own tree, for where no native parser is installed. */
  readonly ast: Program;
  readonly cwd: string;
}

interface Entry {
  readonly project: Project;
  /** What is known of the project; null when it is to be read from the beginning. */
  world: ProjectWorld | null;
  /** What is to be said of the project as it is now. */
  judgement: Judgement | null;
  /** By file; of files that are not asked for, only where {@link isWhole}. */
  findings: Map<string, readonly Finding[]>;
  isWhole: boolean;
  checkedAt: number;
}

/** How long the disk is taken to be unchanged, in milliseconds: a whole run looks once or twice, an editor each time. */
const TRUST_DISK_FOR = 1_000;
const MOST_PROJECTS = 4;

const projects = new Map<string, Entry>();

/**
 * The findings in one file. The project around it is analysed once; after an edit of an open file only what had
 * looked into that file is found out again. What the edited text newly gives to other files, an argument to a
 * function of theirs or an entry in a table, counts for them when it is saved: then all is read again.
 */
export function findingsIn(file: OpenFile, settings: RunAsyncSettings): readonly Finding[] {
  return ask(file, settings, judged, (judgement, path) => judgement.in(path));
}

/** What the handlers in one file wait for without need, as {@link findingsIn} has the hazards. */
export function adviceIn(file: OpenFile, settings: RunAsyncSettings): readonly Finding[] {
  return ask(file, settings, advised, (judgement, path) => judgement.advice(path));
}

function ask(
  file: OpenFile,
  settings: RunAsyncSettings,
  inProject: (entry: Entry, path: string, settings: RunAsyncSettings) => readonly Finding[],
  alone: (judgement: Judgement, path: string) => readonly Finding[],
): readonly Finding[] {
  if (!isAnalysable(file.text)) return [];
  if (!nativeParser()) return findingsAlone(file, settings, alone);
  const path = real(file.path);
  const entry = entryFor(rootOf(path, file.cwd, settings), settings);
  refresh(entry);
  if (entry.project.update(path, file.text)) {
    entry.world?.forget(path);
    drop(entry);
  }
  try {
    return inProject(entry, path, settings);
  } catch (error) {
    // An analysis that breaks off leaves questions open: what it knows is not used again.
    entry.world = null;
    drop(entry);
    throw error;
  }
}

function judged(entry: Entry, path: string, settings: RunAsyncSettings): readonly Finding[] {
  const known = entry.findings.get(path);
  if (known || entry.isWhole) return known ?? [];
  if (entry.world) entry.findings.set(path, judge(entry, settings).in(path));
  else {
    entry.findings = groupBy(wholeProject(entry, settings), ({ path }) => path);
    entry.isWhole = true;
  }
  return entry.findings.get(path) ?? [];
}

function advised(entry: Entry, path: string, settings: RunAsyncSettings): readonly Finding[] {
  return judge(entry, settings).advice(path);
}

/** What was said of the project may no longer hold. */
function drop(entry: Entry): void {
  entry.judgement = null;
  entry.findings = new Map();
  entry.isWhole = false;
}

function wholeProject(entry: Entry, settings: RunAsyncSettings): readonly Finding[] {
  // What is on disk may have been analysed before, by an earlier run or by another process.
  const kept = entry.project.hasBuffers() ? null : new KeptFindings(entry.project, settings);
  const known = kept?.read();
  if (known) return known;
  const started = performance.now();
  const findings = judge(entry, settings).all();
  kept?.write(findings, performance.now() - started);
  return findings;
}

function judge(entry: Entry, settings: RunAsyncSettings): Judgement {
  entry.world ??= worldOf(entry.project, settings);
  entry.judgement ??= new Judgement(activityOf(entry.project, settings, entry.world));
  return entry.judgement;
}

/** Without a native parser other files cannot be read: the linter's tree is all there is. */
function findingsAlone(
  file: OpenFile,
  settings: RunAsyncSettings,
  ask: (judgement: Judgement, path: string) => readonly Finding[],
): readonly Finding[] {
  const source = fromAst(file.path, file.text, file.ast);
  if (!source) return [];
  const project = new Project(dirname(file.path), { isAlone: true });
  project.open(source);
  return ask(new Judgement(activityOf(project, settings)), file.path);
}

function entryFor(root: string, settings: RunAsyncSettings): Entry {
  const id = `${root}\0${JSON.stringify(settings)}`;
  const known = projects.get(id);
  if (known) {
    projects.delete(id);
    projects.set(id, known);
    return known;
  }
  const entry: Entry = {
    project: new Project(root, { isFlat: settings.root === undefined && !isPackage(root) }),
    world: null,
    judgement: null,
    findings: new Map(),
    isWhole: false,
    checkedAt: performance.now(),
  };
  projects.set(id, entry);
  const [oldest] = projects.keys();
  if (projects.size > MOST_PROJECTS && oldest !== undefined) projects.delete(oldest);
  return entry;
}

function refresh(entry: Entry): void {
  const now = performance.now();
  if (now - entry.checkedAt < TRUST_DISK_FOR) return;
  if (entry.project.revalidate()) {
    entry.world = null;
    drop(entry);
  }
  entry.checkedAt = performance.now();
}

function rootOf(path: string, cwd: string, settings: RunAsyncSettings): string {
  if (settings.root === undefined) return packageFolder(path);
  return real(isAbsolute(settings.root) ? settings.root : resolve(cwd, settings.root));
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
