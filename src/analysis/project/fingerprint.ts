import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Project } from "./project.ts";

/** What decides beside the code: where an import leads, what a table's keys are. */
const DECIDES = /^(?:package\.json|[jt]sconfig(?:\..+)?\.json|.+\.(?:prisma|sql))$/;
const SKIPPED_FOLDER = /^(?:node_modules|dist|build|coverage|\..*)$/;
const DEEPEST_FOLDER = 5;

/** What a package manager writes when it installs: which versions there are. */
const INSTALLED = [
  "node_modules/.package-lock.json",
  "node_modules/.modules.yaml",
  "node_modules/.yarn-state.yml",
];

/**
 * A hash of everything on disk that the findings of a project depend on. Not the summary of a file but its
 * content: a finding names lines of other files.
 */
export function fingerprintOf(project: Project): string {
  const hash = createHash("sha256");
  for (const path of project.paths()) hash.update(`${path}\0${project.textOf(path) ?? ""}\0`);
  for (const path of deciding(project.root, 0)) hash.update(`${path}\0${textAt(path)}\0`);
  for (const stamp of installations(project.root)) hash.update(`${stamp}\0`);
  return hash.digest("base64url");
}

function deciding(folder: string, depth: number): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return depth < DEEPEST_FOLDER && !SKIPPED_FOLDER.test(entry.name)
          ? deciding(path, depth + 1)
          : [];
      return DECIDES.test(entry.name) ? [path] : [];
    })
    .sort();
}

/** When something was last installed, in the project's folder and in those above it. */
function installations(root: string): string[] {
  const stamps: string[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    for (const name of INSTALLED) {
      const stat = statSync(join(folder, name), { throwIfNoEntry: false });
      if (stat) stamps.push(`${join(folder, name)}:${String(stat.mtimeMs)}`);
    }
    if (folder === dirname(folder)) return stamps;
  }
}

function textAt(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Unreadable to us and to the engine alike.
    return "";
  }
}
