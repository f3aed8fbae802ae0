import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const NAMES = ["js", "mjs", "cjs", "ts", "mts", "cts"].map((ending) => `eslint.config.${ending}`);

/** The first major version whose config files are the ones looked for here. */
const OLDEST_ESLINT = 9;

/** What is used of ESLint's Node.js API. */
interface ESLintClass {
  readonly version: string;
  new (options: { cwd: string }): {
    calculateConfigForFile(
      path: string,
    ): Promise<{ readonly settings?: Readonly<Record<string, unknown>> } | undefined>;
  };
}

/** An eslint.config file, which the ESLint that is installed beside it reads. */
export class ESLintConfig {
  readonly path: string;
  #eslint: InstanceType<ESLintClass> | null = null;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * The settings of a file, all plugins' together; null for a file that ESLint would not lint. The config is
   * loaded with the first one, which runs its code.
   *
   * @throws Error of ESLint or of the config when it does not load
   */
  async settingsOf(file: string): Promise<Readonly<Record<string, unknown>> | null> {
    this.#eslint ??= await this.#load();
    const config = await this.#eslint.calculateConfigForFile(file);
    return config ? (config.settings ?? {}) : null;
  }

  /** Whether its text names the plugin: without it there is hardly a setting to miss. */
  namesPlugin(): boolean {
    return readFileSync(this.path, "utf8").includes("run-async");
  }

  async #load(): Promise<InstanceType<ESLintClass>> {
    const entry = createRequire(this.path).resolve("eslint");
    const { ESLint } = (await import(pathToFileURL(entry).href)) as { ESLint: ESLintClass };
    if (Number.parseInt(ESLint.version, 10) < OLDEST_ESLINT)
      throw new RangeError(`ESLint ${ESLint.version} is too old for it`);
    return new ESLint({ cwd: dirname(this.path) });
  }
}

/** The config file that ESLint takes for a folder: the nearest one, in the folder or above. */
export function eslintConfigAbove(folder: string): ESLintConfig | null {
  for (let at = folder; ; at = dirname(at)) {
    for (const name of NAMES) {
      const path = join(at, name);
      if (existsSync(path)) return new ESLintConfig(path);
    }
    if (at === dirname(at)) return null;
  }
}
