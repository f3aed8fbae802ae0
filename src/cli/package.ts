import { readFileSync } from "node:fs";

/** The package's folder: two above this file, in the sources as in the build. */
const PACKAGE = new URL("../../", import.meta.url);

export const { name, version } = JSON.parse(
  readFileSync(new URL("package.json", PACKAGE), "utf8"),
) as { readonly name: string; readonly version: string };

/** The text of a file of the package, or null where it is not published with it. */
export function packageFile(path: string): string | null {
  try {
    return readFileSync(new URL(path, PACKAGE), "utf8");
  } catch {
    return null;
  }
}
