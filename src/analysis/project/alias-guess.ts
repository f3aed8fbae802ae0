import { dirname, join, sep } from "node:path";
import { packageFolder } from "./package-folder.ts";

/** `@/x`, `~/x`, `$lib/x`, `#lib/x`; `@scope/x` is a package. */
const ALIAS = /^(?:[@~$]|[$~#](\w[\w-]*))(?:\/(.+))?$/;

/**
 * Where a specifier may lead whose alias is in no file that can be read: a bundler's configuration, or a tsconfig
 * that a framework generates (`$lib` of SvelteKit). Such names stand for a folder below the package, or below its
 * `src`.
 *
 * @param root the project's root: nothing above it is meant
 */
export function aliasedPaths(from: string, specifier: string, root: string): string[] {
  const match = ALIAS.exec(specifier);
  if (!match) return [];
  const [, name = "", rest = ""] = match;
  const paths: string[] = [];
  for (let folder = packageFolder(from); ; folder = packageFolder(folder)) {
    if (folder !== root && !folder.startsWith(root + sep)) break;
    if (name !== "" || rest !== "")
      paths.push(join(folder, "src", name, rest), join(folder, name, rest));
    if (folder === root || folder === dirname(folder)) break;
  }
  return paths;
}
