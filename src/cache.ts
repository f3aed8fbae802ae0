import type { Linter } from "eslint";
import { isMainThread } from "node:worker_threads";
import { fingerprintOf } from "./analysis/project/fingerprint.ts";
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
  if (isCaching && isMainThread) config.settings = { [SETTING]: fingerprintOf(new Project(root)) };
  return config;
}
