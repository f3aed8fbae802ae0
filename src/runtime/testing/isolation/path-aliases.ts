import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

interface Config {
  readonly extends?: string | readonly string[];
  readonly compilerOptions?: {
    readonly baseUrl?: string;
    readonly paths?: Readonly<Record<string, readonly string[]>>;
  };
}

/** A pattern with at most one star, and the paths that it stands for, with a star of their own. */
interface Alias {
  readonly before: string;
  /** Null where the pattern has no star: the whole specifier has to match. */
  readonly after: string | null;
  readonly targets: readonly string[];
}

/** The `paths` of the tsconfig.json files (or jsconfig.json) around a project's sources: `@stores`, `~/*`. */
export class PathAliases {
  readonly #byFolder = new Map<string, readonly Alias[]>();

  /** The absolute paths, without an extension it may be, that a specifier stands for; none where it is no alias. */
  candidates(specifier: string, from: string): readonly string[] {
    return this.#around(dirname(from)).flatMap(({ before, after, targets }) => {
      if (after === null) return specifier === before ? targets : [];
      if (!specifier.startsWith(before) || !specifier.endsWith(after)) return [];
      if (specifier.length < before.length + after.length) return [];
      const star = specifier.slice(before.length, specifier.length - after.length);
      return targets.map((target) => target.replace("*", star));
    });
  }

  #around(folder: string): readonly Alias[] {
    let known = this.#byFolder.get(folder);
    if (known) return known;
    const config = ["tsconfig.json", "jsconfig.json"]
      .map((name) => join(folder, name))
      .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
    const parent = dirname(folder);
    known = config ? aliasesIn(config) : parent === folder ? [] : this.#around(parent);
    this.#byFolder.set(folder, known);
    return known;
  }
}

function aliasesIn(path: string): readonly Alias[] {
  const { extends: bases = [], compilerOptions = {} } = read(path);
  const { baseUrl, paths } = compilerOptions;
  if (!paths)
    return [bases]
      .flat()
      .filter((base) => base.startsWith("."))
      .map((base) => resolve(dirname(path), base.endsWith(".json") ? base : `${base}.json`))
      .flatMap(aliasesIn);
  const folder = resolve(dirname(path), baseUrl ?? ".");
  return Object.entries(paths).map(([pattern, targets]) => {
    const [before = "", after = null] = pattern.split("*");
    return { before, after, targets: targets.map((target) => resolve(folder, target)) };
  });
}

/** A config may have comments and commas before a closing bracket; one that cannot be read has nothing to say. */
function read(path: string): Config {
  try {
    const text = readFileSync(path, "utf8")
      .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, "$1")
      .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, "$1");
    return JSON.parse(text) as Config;
  } catch {
    return {};
  }
}
