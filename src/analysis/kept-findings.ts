import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Finding } from "./finding.ts";
import { fingerprintOf } from "./project/fingerprint.ts";
import type { Project } from "./project/project.ts";
import type { RunAsyncSettings } from "./settings.ts";

/** An analysis that took less than this, in milliseconds, is not worth a file. */
const WORTH_KEEPING = 300;
/** Branches that are gone back and forth between, and configs of several editors. */
const MOST_FILES = 8;

/**
 * Findings of projects that have not changed since, in `node_modules/.cache` beside or above the project; a
 * project without `node_modules` keeps none. The name of a file is a hash of all that its findings depend on, so
 * that nothing in it is ever out of date. Several processes may share the folder: a file appears whole, by a
 * rename, and whoever finds none or a broken one does the analysis.
 */
export class KeptFindings {
  readonly #file: string | null;

  /** For a project as it is on disk now, no matter what an editor has open. */
  constructor(project: Project, settings: RunAsyncSettings) {
    const folder = cacheFolder(project.root);
    this.#file = folder && join(folder, `${idOf(project, settings)}.json`);
  }

  read(): readonly Finding[] | null {
    if (this.#file === null) return null;
    try {
      return JSON.parse(readFileSync(this.#file, "utf8")) as Finding[];
    } catch {
      return null;
    }
  }

  /** @param took milliseconds of the analysis */
  write(findings: readonly Finding[], took: number): void {
    // The evidence of a wait in a pool of unknown size is made of syntax trees.
    if (this.#file === null || took < WORTH_KEEPING || findings.some(({ poolWait }) => poolWait))
      return;
    try {
      const folder = dirname(this.#file);
      mkdirSync(folder, { recursive: true });
      writeWhole(this.#file, JSON.stringify(findings.map(withoutEvidence)));
      removeOldest(folder);
    } catch {
      // A disk that is full or read-only costs the next run its head start, and nothing else.
    }
  }
}

/** No rule reads the race as the analysis has it, and it holds on to the trees of the whole program. */
function withoutEvidence(finding: Finding): Finding {
  return { ...finding, race: undefined };
}

/** Nobody reads half of it: it has another name until it is complete. */
function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.${String(process.pid)}`;
  try {
    writeFileSync(unfinished, text);
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function idOf(project: Project, settings: RunAsyncSettings): string {
  const parts = [engine(), JSON.stringify(settings), fingerprintOf(project)];
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32);
}

function cacheFolder(root: string): string | null {
  for (let folder = root; ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    if (existsSync(modules)) return join(modules, ".cache", "eslint-plugin-run-async");
    if (folder === dirname(folder)) return null;
  }
}

function removeOldest(folder: string): void {
  const files = readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => ({ path, age: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.age - a.age);
  for (const { path } of files.slice(MOST_FILES)) rmSync(path, { force: true });
}

let known: string | null = null;

/**
 * Which build of the engine this is: another one may find something else. The version tells apart what npm
 * installs, the times what a developer builds.
 */
function engine(): string {
  const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };
  known ??= readdirSync(new URL("..", import.meta.url), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs)
    .reduce((newest, changed) => Math.max(newest, changed), 0)
    .toFixed(3);
  return `${version} ${known}`;
}
