import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { isPackage, packageFolder } from "../analysis/project/package-folder.ts";
import { EXTENSIONS, nativeParser } from "../analysis/project/parser.ts";
import { Project } from "../analysis/project/project.ts";
import type { RunAsyncSettings } from "../analysis/settings.ts";
import { CommandError } from "./command.ts";
import { SettingsReader } from "./settings.ts";
import type { Terminal } from "./terminal.ts";

/** The files of one project that a command was asked about, with the project that explains them. */
export interface Sources {
  readonly project: Project;
  readonly paths: readonly string[];
  /** What the project says of itself, for `analyze`, `new ProjectWorld` and `asDeployed`. */
  readonly settings: RunAsyncSettings;
}

/** What every command over sources takes, for `readArguments`. */
export const SOURCE_OPTIONS = {
  root: { type: "string" },
  settings: { type: "string" },
} as const;

export interface SourceOptions {
  /** `--root DIR`: one project, whatever package.json files and settings say. */
  readonly root?: string | undefined;
  /** `--settings FILE`: settings that stand over the project's own. */
  readonly settings?: string | undefined;
}

/**
 * The source files that the operands name, by project: a file, or all below a folder. The project around them
 * is `root`, or what the settings say, or the nearest folder with a package.json.
 *
 * @throws CommandError when an operand does not exist or is no source, where no parser is installed, and for
 *   settings that are none
 */
export async function sourcesOf(
  operands: readonly string[],
  terminal: Terminal,
  { root, settings: settingsFile }: SourceOptions = {},
): Promise<Sources[]> {
  if (!nativeParser())
    throw new CommandError(
      "oxc-parser is not installed: install without --omit=optional, or add oxc-parser to your devDependencies.",
    );
  const given = root === undefined ? null : existing(root, terminal.cwd).path;
  const reader = new SettingsReader(terminal, settingsFile);
  const paths = new Set(operands.flatMap((operand) => sourcePaths(operand, terminal.cwd)));
  const sources = new Map<
    string,
    { project: Project; settings: RunAsyncSettings; paths: string[] }
  >();
  for (const group of await reader.bySettings([...paths].sort())) {
    const { settings } = group;
    for (const path of group.paths) {
      const chosen = given ?? realFolder(settings.root);
      const folder = chosen ?? packageFolder(path);
      const id = `${folder}\0${JSON.stringify(settings)}`;
      const known = sources.get(id);
      if (known) known.paths.push(path);
      else
        sources.set(id, {
          project: new Project(folder, { isFlat: chosen === null && !isPackage(folder) }),
          settings,
          paths: [path],
        });
    }
  }
  return [...sources.values()].sort((a, b) => (a.project.root < b.project.root ? -1 : 1));
}

function realFolder(path: string | undefined): string | null {
  if (path === undefined) return null;
  try {
    return realpathSync(path);
  } catch {
    throw new CommandError(`The settings' root ${path} does not exist.`);
  }
}

function sourcePaths(operand: string, cwd: string): readonly string[] {
  const { path, isFolder } = existing(operand, cwd);
  if (isFolder) return new Project(path).paths();
  if (!EXTENSIONS.some((extension) => path.endsWith(extension)))
    throw new CommandError(
      `${operand} is no JavaScript or TypeScript file (${EXTENSIONS.join(", ")}).`,
    );
  return [path];
}

function existing(operand: string, cwd: string): { path: string; isFolder: boolean } {
  try {
    const path = realpathSync(resolve(cwd, operand));
    return { path, isFolder: statSync(path).isDirectory() };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    throw new CommandError(`${operand} does not exist in ${cwd}.`);
  }
}
