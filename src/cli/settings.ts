import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { packageFolder } from "../analysis/project/package-folder.ts";
import { readSettings, type RunAsyncSettings } from "../analysis/settings.ts";
import { CommandError } from "./command.ts";
import { eslintConfigAbove, type ESLintConfig } from "./eslint-config.ts";
import { groupBy } from "../analysis/group-by.ts";
import type { Terminal } from "./terminal.ts";

/** The plugin's key in an ESLint config's settings and in a package.json. */
const KEY = "run-async";

/**
 * The project's settings, as the ESLint plugin would have them for each file: from the file that `--settings`
 * names; else from the eslint.config file around the package, where it loads; else from the key "run-async"
 * of its package.json. A relative `root` is relative to the file that says it.
 *
 * One reader serves one command: each config is loaded once.
 */
export class SettingsReader {
  readonly #terminal: Terminal;
  readonly #given: RunAsyncSettings | null;
  /** What was found for a package: settings of all its files, or the config that says them file by file. */
  readonly #found = new Map<string, RunAsyncSettings | ESLintConfig>();
  readonly #configs = new Map<string, ESLintConfig>();

  /**
   * @param file a JSON file of settings, which stands over what the project says
   * @throws CommandError when that file cannot be read or says something that is no setting
   */
  constructor(terminal: Terminal, file?: string) {
    this.#terminal = terminal;
    this.#given = file === undefined ? null : settingsFile(resolve(terminal.cwd, file));
  }

  /**
   * The settings of some files, each with those that share them. A file that ESLint does not lint goes with
   * the first of its package that it does lint.
   *
   * @param paths absolute paths
   * @throws CommandError for what is no setting, with the nearest name
   */
  async bySettings(
    paths: readonly string[],
  ): Promise<{ settings: RunAsyncSettings; paths: string[] }[]> {
    const groups = new Map<string, { settings: RunAsyncSettings; paths: string[] }>();
    const add = (path: string, settings: RunAsyncSettings): void => {
      const id = JSON.stringify(settings);
      const group = groups.get(id);
      if (group) group.paths.push(path);
      else groups.set(id, { settings, paths: [path] });
    };
    for (const [folder, inPackage] of groupBy(paths, packageFolder)) {
      const unlinted: string[] = [];
      let first: RunAsyncSettings | null = null;
      for (const path of inPackage) {
        const settings = await this.#settingsOf(path, folder);
        if (settings) add(path, settings);
        else unlinted.push(path);
        first ??= settings;
      }
      for (const path of unlinted) add(path, first ?? {});
    }
    return [...groups.values()];
  }

  /** Null where ESLint would not lint the file. */
  async #settingsOf(path: string, folder: string): Promise<RunAsyncSettings | null> {
    if (this.#given) return this.#given;
    let found = this.#found.get(folder);
    if (!found) this.#found.set(folder, (found = await this.#find(path, folder)));
    if (!("settingsOf" in found)) return found;
    const settings = await found.settingsOf(path);
    return settings && checked(settings[KEY], found.path);
  }

  async #find(path: string, folder: string): Promise<RunAsyncSettings | ESLintConfig> {
    const config = eslintConfigAbove(folder);
    if (config) {
      const known = this.#configs.get(config.path);
      if (known) return known;
      try {
        await config.settingsOf(path);
        this.#configs.set(config.path, config);
        return config;
      } catch (error) {
        this.#complain(config, error);
      }
    }
    return packageSettings(folder);
  }

  #complain(config: ESLintConfig, error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === "MODULE_NOT_FOUND" && message.includes("'eslint'");
    if (isMissing && !config.namesPlugin()) return;
    const [line = ""] = message.split("\n");
    const why = isMissing ? "ESLint is not installed there" : line;
    this.#terminal.err.write(
      `run-async: settings of ${config.path} do not count, it does not load (${why}); --settings names others.\n`,
    );
  }
}

function packageSettings(folder: string): RunAsyncSettings {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return {};
  const content = jsonOf(path);
  const isObject = typeof content === "object" && content !== null;
  return checked(isObject ? (content as Record<string, unknown>)[KEY] : undefined, path);
}

function settingsFile(path: string): RunAsyncSettings {
  return checked(jsonOf(path), path);
}

function jsonOf(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new CommandError(`${path} cannot be read.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${path} is no JSON: ${(error as SyntaxError).message}.`);
  }
}

/** Settings that are right, with an absolute root. */
function checked(given: unknown, path: string): RunAsyncSettings {
  try {
    const { root, ...settings } = readSettings(given);
    return root === undefined ? settings : { ...settings, root: resolve(dirname(path), root) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CommandError(`${basename(path)}: ${error.message}`);
  }
}
