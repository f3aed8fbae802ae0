import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EXTENSIONS, nativeParser } from "../analysis/project/parser.ts";
import { Project } from "../analysis/project/project.ts";
import { CommandError } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** The files of one package that a command was asked about, with the project that explains them. */
export interface Sources {
  readonly project: Project;
  readonly paths: readonly string[];
}

/**
 * The source files that the operands name, by package: a file, or all below a folder. The project around them
 * is the nearest folder with a package.json, or `root`.
 *
 * @throws CommandError when an operand does not exist or is no source, and where no parser is installed
 */
export function sourcesOf(
  operands: readonly string[],
  terminal: Terminal,
  root?: string,
): Sources[] {
  if (!nativeParser())
    throw new CommandError(
      "oxc-parser is not installed: install without --omit=optional, or add oxc-parser to your devDependencies.",
    );
  const given = root === undefined ? null : existing(root, terminal.cwd).path;
  const byRoot = new Map<string, Set<string>>();
  for (const path of operands.flatMap((operand) => sourcePaths(operand, terminal.cwd))) {
    const folder = given ?? packageFolder(path);
    const paths = byRoot.get(folder);
    if (paths) paths.add(path);
    else byRoot.set(folder, new Set([path]));
  }
  return [...byRoot]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, paths]) => ({ project: new Project(folder), paths: [...paths].sort() }));
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

/** The nearest folder above a file that has a package.json, as the ESLint rules take it; else its own. */
function packageFolder(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (folder === dirname(folder)) return dirname(path);
  }
}
