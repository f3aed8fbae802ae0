import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { aliasedPaths } from "./alias-guess.ts";
import { filesOfFolder } from "./folder-import.ts";
import { moduleRecordOf } from "./module-record.ts";
import { EXTENSIONS, optional, parseFile } from "./parser.ts";
import { Provenance } from "./provenance.ts";

/** Where an import leads. */
export type Resolution =
  | { readonly kind: "file"; readonly path: string }
  /** An npm package or Node.js builtin, by package name and subpath (`node:` taken off). */
  | { readonly kind: "package"; readonly name: string }
  /** A local module that does not exist or cannot be read; the id is its would-be path. */
  | { readonly kind: "missing"; readonly id: string };

const SKIPPED_FOLDERS = new Set([
  "node_modules",
  "dist",
  "build",
  "out",
  "coverage",
  "vendor",
  "public",
  "bower_components",
]);
const MOST_FILES = 20_000;
/** Modules of Node that have no name without their prefix: `sqlite` is somebody else's package. */
const WITH_PREFIX = new Set(["node:sqlite", "node:test", "node:sea"]);

interface DiskEntry {
  readonly text: string;
  stamp: string;
  /** Parsed when it is first looked into. */
  file: SourceFile | null | undefined;
}

/**
 * The source files below a root, read from disk on demand and cached by content; the text of an open
 * editor buffer wins over the disk.
 */
export class Project {
  readonly root: string;
  /** Which files the answers about this project hang on. */
  readonly provenance = new Provenance();
  readonly #isAlone: boolean;
  readonly #isFlat: boolean;
  readonly #onDisk = new Map<string, DiskEntry>();
  readonly #buffers = new Map<string, SourceFile>();
  readonly #resolutions = new Map<string, Resolution>();
  #paths: readonly string[] | null = null;
  #importers: Map<string, Set<string>> | null = null;
  #components: Map<string, number> | null = null;
  #program: readonly string[] | null = null;
  #files: readonly SourceFile[] | null = null;
  #resolver: import("oxc-resolver").ResolverFactory | null | undefined;
  #plainResolver: import("oxc-resolver").ResolverFactory | null | undefined;

  /**
   * `isAlone`: only the opened files exist; nothing is read from disk. `isFlat`: of the folders below the root
   * only what is imported from there; a file outside any package may lie beside a whole home folder.
   */
  constructor(
    root: string,
    options: { readonly isAlone?: boolean; readonly isFlat?: boolean } = {},
  ) {
    this.root = root;
    this.#isAlone = options.isAlone ?? false;
    this.#isFlat = options.isFlat ?? false;
  }

  /** Puts a tree that somebody else parsed in place of what is on disk. */
  open(file: SourceFile): void {
    const imports = this.fileAt(file.path) && this.importsOf(file.path);
    this.#buffers.set(file.path, file);
    this.#files = null;
    // Most edits leave the graph of imports as it is.
    if (imports && sameList(imports, this.importsOf(file.path))) return;
    this.#importers = null;
    this.#components = null;
    this.#program = null;
  }

  /** Takes the text that an editor or linter has for a file. Returns whether it is news. */
  update(path: string, text: string): boolean {
    const known = this.#buffers.get(path)?.text ?? this.#entryOf(path)?.text;
    if (known === text) return false;
    const file = parseFile(path, text);
    // A file that does not parse is being edited: what it said before is better than nothing.
    if (!file) return false;
    this.open(file);
    return true;
  }

  /** The file at a path, or null where there is none that parses. Counts for the answer that asks. */
  fileAt(path: string): SourceFile | null {
    this.provenance.note(path);
    const buffer = this.#buffers.get(path);
    if (buffer) return buffer;
    const entry = this.#entryOf(path);
    if (entry?.file === undefined && entry) entry.file = parseFile(path, entry.text);
    return entry?.file ?? null;
  }

  #entryOf(path: string): DiskEntry | null {
    if (this.#isAlone) return null;
    const known = this.#onDisk.get(path);
    if (known) return known;
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch {
      return null;
    }
    const entry: DiskEntry = { text, stamp: stampOf(path), file: undefined };
    this.#onDisk.set(path, entry);
    return entry;
  }

  /** The text of a file as it is on disk, or null where there is none. */
  textOf(path: string): string | null {
    return this.#entryOf(path)?.text ?? null;
  }

  /** Whether some file is open with another text than the disk's. */
  hasBuffers(): boolean {
    return this.#buffers.size > 0;
  }

  /** Reads the disk again: drops what changed there, and finds new files. Returns whether anything did. */
  revalidate(): boolean {
    let changed = false;
    for (const [path, entry] of this.#onDisk) {
      const stamp = stampOf(path);
      if (stamp === entry.stamp) continue;
      if (textAt(path) === entry.text) {
        entry.stamp = stamp;
        continue;
      }
      this.#onDisk.delete(path);
      // Saved meanwhile: the disk is as good as the buffer, and the linter will say if it has newer text.
      this.#buffers.delete(path);
      changed = true;
    }
    const before = this.#paths;
    this.#paths = null;
    if (before && !sameList(before, this.paths())) changed = true;
    if (changed) {
      this.#files = null;
      this.#importers = null;
      this.#components = null;
      this.#program = null;
      this.#resolutions.clear();
      this.#resolver?.clearCache();
    }
    return changed;
  }

  /** Every source file below the root, sorted. */
  paths(): readonly string[] {
    return (this.#paths ??= this.#isAlone ? [] : listSources(this.root, this.#isFlat));
  }

  /** The files that the whole-project passes look at: those on disk and the open ones, tests left out. */
  component(): readonly string[] {
    return (this.#program ??= [...new Set([...this.paths(), ...this.#buffers.keys()])].filter(
      (path) => !isTestPath(this.relative(path)),
    ));
  }

  /** The files of the {@link component} as they are now. A pass over all of them belongs to no single answer. */
  files(): readonly SourceFile[] {
    return (this.#files ??= this.provenance.apart(() =>
      this.component().flatMap((path) => this.fileAt(path) ?? []),
    ));
  }

  resolve(from: string, specifier: string): Resolution {
    const key = `${dirname(from)}\0${specifier}`;
    let resolution = this.#resolutions.get(key);
    if (!resolution) this.#resolutions.set(key, (resolution = this.#resolveFresh(from, specifier)));
    return resolution;
  }

  #resolveFresh(from: string, specifier: string): Resolution {
    if (this.#isAlone && (specifier.startsWith(".") || isAbsolute(specifier)))
      return { kind: "missing", id: resolve(dirname(from), specifier) };
    const isLocal = specifier.startsWith(".") || isAbsolute(specifier) || specifier.startsWith("#");
    if (specifier.startsWith("node:"))
      return { kind: "package", name: WITH_PREFIX.has(specifier) ? specifier : specifier.slice(5) };
    // Our own runtime is known by its model, also in this repository, where the name leads to its sources.
    if (specifier.startsWith("eslint-plugin-run-async/"))
      return { kind: "package", name: specifier };
    const found = this.#locate(from, specifier) ?? this.#guess(from, specifier);
    // The resolver has followed symbolic links: a package of a workspace lies outside of `node_modules`.
    const isSource =
      found !== undefined && EXTENSIONS.includes(extname(found)) && !found.endsWith(".d.ts");
    if (isSource && !found.includes(`${sep}node_modules${sep}`))
      return { kind: "file", path: found };
    if (isLocal) return { kind: "missing", id: resolve(dirname(from), specifier) };
    return { kind: "package", name: specifier };
  }

  /** Through tsconfig's paths; without them where the tsconfig cannot be read (its base is not installed). */
  #locate(from: string, specifier: string): string | undefined {
    this.#resolver ??= createResolver("auto");
    const found = this.#resolver?.resolveFileSync(from, specifier);
    if (found?.path || !found?.error || !/tsconfig/i.test(found.error)) return found?.path;
    this.#plainResolver ??= createResolver();
    return this.#plainResolver?.resolveFileSync(from, specifier).path;
  }

  /** Where an alias leads that no file says. */
  #guess(from: string, specifier: string): string | undefined {
    if (this.#isAlone) return undefined;
    for (const path of aliasedPaths(from, specifier, this.root)) {
      const found = this.#locate(from, path);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Files that import `path`, directly. */
  importersOf(path: string): ReadonlySet<string> {
    this.#importers ??= this.provenance.apart(() => this.#indexImporters());
    return this.#importers.get(path) ?? new Set();
  }

  #indexImporters(): Map<string, Set<string>> {
    const importers = new Map<string, Set<string>>();
    for (const path of new Set([...this.paths(), ...this.#buffers.keys()])) {
      for (const imported of this.importsOf(path)) {
        let set = importers.get(imported);
        if (!set) importers.set(imported, (set = new Set()));
        set.add(path);
      }
    }
    return importers;
  }

  /** Project files that `path` imports, directly. */
  importsOf(path: string): string[] {
    const file = this.fileAt(path);
    if (!file) return [];
    const named = moduleRecordOf(file).specifiers.flatMap((specifier) => {
      const resolution = this.resolve(path, specifier);
      return resolution.kind === "file" ? [resolution.path] : [];
    });
    const computed = computedSpecifiers(file);
    return computed.length === 0
      ? named
      : [...named, ...computed.flatMap((node) => filesOfFolder(this, node, file))];
  }

  /**
   * Numbers the files by connected component of the import graph: two programs that share a folder but no
   * import are two bots, and say nothing about each other.
   */
  componentOf(path: string): number {
    this.#components ??= this.provenance.apart(() => this.#connect());
    return this.#components.get(path) ?? -1;
  }

  #connect(): Map<string, number> {
    const components = new Map<string, number>();
    let next = 0;
    for (const start of this.component()) {
      if (components.has(start)) continue;
      const pending = [start];
      components.set(start, next);
      for (let path = pending.pop(); path !== undefined; path = pending.pop())
        for (const neighbour of [...this.importsOf(path), ...this.importersOf(path)])
          if (!components.has(neighbour)) {
            components.set(neighbour, next);
            pending.push(neighbour);
          }
      next += 1;
    }
    return components;
  }

  relative(path: string): string {
    return relative(this.root, path).split(sep).join("/");
  }
}

function computedSpecifiers(file: SourceFile): Node[] {
  const required = file.calls.flatMap((call) => {
    const [argument] = call.arguments;
    const isRequire = call.callee.type === "Identifier" && call.callee.name === "require";
    return isRequire && argument && argument.type !== "Literal" ? [argument] : [];
  });
  return [...file.computedImports, ...required];
}

function createResolver(tsconfig?: "auto"): import("oxc-resolver").ResolverFactory | null {
  const oxc = optional("oxc-resolver") as typeof import("oxc-resolver") | null;
  if (!oxc) return null;
  return new oxc.ResolverFactory({
    ...(tsconfig ? { tsconfig } : {}),
    extensions: [...EXTENSIONS, ".json"],
    extensionAlias: {
      ".js": [".ts", ".tsx", ".js", ".jsx"],
      ".mjs": [".mts", ".mjs"],
      ".cjs": [".cts", ".cjs"],
      ".jsx": [".tsx", ".jsx"],
    },
    conditionNames: ["node", "import", "require", "default"],
    mainFields: ["module", "main"],
  });
}

function textAt(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function stampOf(path: string): string {
  try {
    const { mtimeMs, size } = statSync(path);
    return `${String(mtimeMs)}:${String(size)}`;
  } catch {
    return "gone";
  }
}

function listSources(root: string, isFlat: boolean): string[] {
  const found: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let entries;
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      continue;
    }
    for (const entry of entries) {
      if (entry.isDirectory()) {
        if (!isFlat && !isSkippedFolder(entry.name)) folders.push(join(folder, entry.name));
      } else if (isSourceName(entry.name)) found.push(join(folder, entry.name));
      if (found.length >= MOST_FILES) return found.sort();
    }
  }
  return found.sort();
}

/** Installed, generated or hidden: `dist-staging` is as generated as `dist`. */
function isSkippedFolder(name: string): boolean {
  return name.startsWith(".") || SKIPPED_FOLDERS.has(name) || /^(?:dist|build|out)[-_.]/.test(name);
}

function isSourceName(name: string): boolean {
  return (
    EXTENSIONS.includes(extname(name)) && !/\.d\.[cm]?ts$/.test(name) && !/[.-]min\.js$/.test(name)
  );
}

/** Test code registers handlers that never run beside the bot's own. */
function isTestPath(path: string): boolean {
  return /(?:^|[\\/])(?:__tests__|__mocks__|tests?|spec|e2e)[\\/]|\.(?:test|spec|e2e)\.[cm]?[jt]sx?$/.test(
    path,
  );
}
