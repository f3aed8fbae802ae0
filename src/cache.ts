import type { Linter } from "eslint";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { Project } from "./analysis/project/project.ts";

/** Where the hash stands in the settings. No rule reads it: it is there to be part of ESLint's cache key. */
const SETTING = "run-async/cross-file-facts";

/**
 * A config that makes `eslint --cache` right for rules that look across files: it puts a hash of what every
 * source file below `root` contributes into the settings, which are part of the key of each cached result.
 *
 * The cost: any change of any of these files relints all. So it is worth it where most runs meet an unchanged
 * project (a gate that runs again, a monorepo's package), and not while one file is edited.
 *
 * Nothing is read unless this process was started with `--cache`, nor in the worker threads of
 * `--concurrency`: only the main thread looks into the cache.
 *
 * @param root folder of the project, absolute; `import.meta.dirname` in most eslint.config files
 * @param isCaching whether results are cached; set it where ESLint's Node.js API caches
 */
export function crossFileFacts(
  root: string,
  isCaching: boolean = process.argv.includes("--cache"),
): Linter.Config {
  const config: Linter.Config = { name: "run-async/cross-file-facts" };
  if (isCaching && isMainThread) config.settings = { [SETTING]: hashOfFacts(root) };
  return config;
}

/** The files that say where an import leads. */
const RESOLUTION_FILE = /^(?:package|[jt]sconfig(?:\..+)?)\.json$/;

function hashOfFacts(root: string): string {
  const resolution = readdirSync(root).filter((name) => RESOLUTION_FILE.test(name));
  const paths = [
    ...new Project(root).paths(),
    ...resolution.sort().map((name) => join(root, name)),
  ];
  const hash = createHash("sha256");
  // The content of a file and not its summary: a finding names lines of other files.
  for (const path of paths) hash.update(`${path}\0${contentOf(path)}\0`);
  return hash.digest("base64url");
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Unreadable to us and to the engine alike.
    return "";
  }
}
