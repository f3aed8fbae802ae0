import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The nearest folder above a file that has a package.json; where there is none, the file's own. */
export function packageFolder(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (folder === dirname(folder)) return dirname(path);
  }
}
