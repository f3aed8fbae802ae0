import { readdirSync, statSync } from "node:fs";
import { dirname, extname, isAbsolute, join, resolve, sep } from "node:path";
import type { Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { EXTENSIONS } from "./parser.ts";
import type { PathPrefix } from "./path-parts.ts";
import { prefixesOf } from "./path-prefix.ts";
import type { Project } from "./project.ts";

const MOST_FILES = 200;
/** Where a build puts what stands in the sources' folder. */
const OUTPUT = /(?<=^|\/)(?:\.?dist|\.?build|out|lib)(?=\/|$)/;

/**
 * The modules that an import of a computed path may load: every source file below the folders that the known
 * part of the path names. discord.js bots load their commands and events this way.
 */
export function filesOfFolder(project: Project, specifier: Node, file: SourceFile): string[] {
  const files = prefixesOf(project, specifier, file).flatMap((prefix) =>
    filesAt(prefix, project, file),
  );
  return [...new Set(files)].slice(0, MOST_FILES);
}

function filesAt(prefix: PathPrefix, project: Project, file: SourceFile): string[] {
  const { kind } = prefix;
  const pattern = prefix.text.search(/[*?{[(!]/);
  const isPattern = pattern !== -1;
  const text = isPattern
    ? prefix.text.slice(0, prefix.text.lastIndexOf("/", pattern) + 1)
    : prefix.text;
  if (text === "" || (kind === "whole" && !isPattern)) return [];
  for (const at of candidates(text, project, file)) {
    const folder =
      kind === "entry" || isPattern || text.endsWith("/") || isFolder(at) ? at : dirname(at);
    const isInside = folder.startsWith(project.root + sep) && !folder.includes("node_modules");
    if (isInside && isFolder(folder)) return sourcesBelow(folder, 0).slice(0, MOST_FILES);
  }
  return [];
}

/**
 * A relative path is the module's or the working directory's, whatever that is; one into the build's output
 * means the sources.
 */
function candidates(text: string, project: Project, file: SourceFile): string[] {
  const sources = [text.replace(OUTPUT, "src"), text.replace(OUTPUT, "").replace(/\/{2,}/g, "/")];
  return [text, ...(OUTPUT.test(text) ? sources : [])].flatMap((path) =>
    isAbsolute(path)
      ? [resolve(path)]
      : [
          resolve(dirname(file.path), path),
          resolve(project.root, path),
          resolve(project.root, path.replace(/^(?:\.{1,2}\/)+/, "")),
        ],
  );
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function sourcesBelow(folder: string, depth: number): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return depth < 3 ? sourcesBelow(path, depth + 1) : [];
    return EXTENSIONS.includes(extname(entry.name)) && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}
