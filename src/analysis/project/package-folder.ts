import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

export function isPackage(folder: string): boolean {
  return existsSync(join(folder, "package.json"));
}

/** The nearest folder above a file that has a package.json; where there is none, the file's own. */
export function packageFolder(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (isPackage(folder)) return folder;
    if (folder === dirname(folder)) return dirname(path);
  }
}
