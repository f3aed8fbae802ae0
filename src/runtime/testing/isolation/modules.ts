import { readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { compileFunction } from "node:vm";
import { commonJsOf, type Compile } from "./compile.ts";
import { PathAliases } from "./path-aliases.ts";

/** What a module sees instead of Node's own. */
export type Globals = Readonly<Record<string, unknown>>;

/** A variable's value, boxed because it may be undefined; null where there is no such variable. */
export type Found = { readonly value: unknown } | null;

/** Reads a variable of a module by its name, also one that is not exported; sets it where a value is given. */
type Read = (name: string, ...value: readonly unknown[]) => Found;
type Factory = (...args: unknown[]) => Read | Promise<Read>;

interface Module {
  exports: unknown;
  read: Read | undefined;
}

function fileAt(base: string): string | null {
  const stem = base.replace(/\.([cm]?)jsx?$/, "");
  const candidates = [
    base,
    ...EXTENSIONS.map((extension) => base + extension),
    ...(stem === base ? [] : EXTENSIONS.map((extension) => stem + extension)),
    ...EXTENSIONS.map((extension) => resolve(base, `index${extension}`)),
  ];
  const found = candidates.find(
    (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
  );
  return found === undefined ? null : realpathSync(found);
}

const EXTENSIONS = [".ts", ".js", ".mts", ".mjs", ".cts", ".cjs", ".tsx", ".jsx", ".json"];

/** Builtin modules without I/O: the code may use them as they are. */
const PURE_BUILTINS = new Set(
  "assert async_hooks buffer crypto events os path querystring string_decoder url util".split(" "),
);

/** Locks and queues that work inside the process, and functions without I/O: a stub would change what the code does. */
const REAL_PACKAGES = [
  ..."async-lock async-mutex async-sema await-lock bottleneck p-limit p-queue".split(" "),
  ..."date-fns dayjs immer lodash luxon ms nanoid uuid zod".split(" "),
];

/** The modules of one project as functions that can be run any number of times. Each is compiled once. */
export class ProjectModules {
  readonly #factories = new Map<string, { factory: Factory; imports: readonly string[] }>();
  readonly #files = new Map<string, string | null>();
  readonly #aliases = new PathAliases();
  readonly #compile: Compile | undefined;
  readonly #real: ReadonlySet<string>;

  constructor(compile: Compile | undefined, real: readonly string[]) {
    this.#compile = compile;
    this.#real = new Set([...REAL_PACKAGES, ...real]);
  }

  /** A new instance of every module that is loaded through it; `stub` gives what is not loaded. */
  instance(stub: (specifier: string) => unknown, globals: Globals): ModuleInstances {
    return new ModuleInstances(this, stub, globals);
  }

  /** The file of the project that a specifier means, or null where it means none. */
  fileOf(specifier: string, from: string): string | null {
    const bases = specifier.startsWith(".")
      ? [resolve(dirname(from), specifier)]
      : isBuiltin(specifier)
        ? []
        : this.#aliases.candidates(specifier, from);
    for (const base of bases) {
      const file = this.#fileAt(base);
      if (file !== null) return file;
    }
    return null;
  }

  #fileAt(base: string): string | null {
    let file = this.#files.get(base);
    if (file === undefined) this.#files.set(base, (file = fileAt(base)));
    return file;
  }

  /** A package or builtin module that runs as it is; undefined for one that is a stub. */
  realModule(specifier: string, from: string): { exports: unknown } | undefined {
    const name = specifier.replace(/^node:/, "");
    if (specifier.startsWith(".")) return undefined;
    const isReal = isBuiltin(specifier) ? PURE_BUILTINS.has(name) : this.#real.has(specifier);
    if (!isReal) return undefined;
    try {
      return { exports: createRequire(from)(specifier) as unknown };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
      throw error;
    }
  }

  compiled(path: string): { factory: Factory; imports: readonly string[] } {
    let known = this.#factories.get(path);
    if (!known) {
      const code = commonJsOf(path, this.#compile);
      const imports = [...code.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)].map(
        ([, specifier]) => specifier ?? "",
      );
      this.#factories.set(path, (known = { factory: factoryOf(code, path), imports }));
    }
    return known;
  }
}

const MODULE_SCOPE = ["exports", "require", "module", "__filename", "__dirname"];
const REPLACED = [
  "process",
  "console",
  "fetch",
  "crypto",
  "Date",
  "Math",
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "setImmediate",
];
// Its own names must not hide the module's: it has none but `arguments`.
const READ = `function () {
  try {
    return { value: eval(arguments.length < 2 ? arguments[0] : arguments[0] + " = arguments[1]") };
  } catch (error) {
    if (error instanceof ReferenceError) return null;
    throw error;
  }
}`;

function factoryOf(code: string, path: string): Factory {
  // The module's own variables stand in a function of their own: they may have the name of a global.
  const scope = MODULE_SCOPE.join(", ");
  const inner = `function (${scope}) {${code}\n;return ${READ};\n}`;
  const parameters = [...MODULE_SCOPE, "__importMeta", "__interop", ...REPLACED];
  const compiled = (fn: string): Factory =>
    compileFunction(`return (${fn})(${scope});`, parameters, { filename: path }) as Factory;
  try {
    return compiled(inner);
  } catch (error) {
    // A top-level await is none in an async function.
    if (/\bawait\b/.test(code)) return compiled(`async ${inner}`);
    throw error;
  }
}

/** The modules of one schedule: state made anew. */
export class ModuleInstances {
  readonly #modules: ProjectModules;
  readonly #stub: (specifier: string) => unknown;
  readonly #globals: Globals;
  readonly #loaded = new Map<string, Module>();

  constructor(modules: ProjectModules, stub: (specifier: string) => unknown, globals: Globals) {
    this.#modules = modules;
    this.#stub = stub;
    this.#globals = globals;
  }

  /**
   * Runs a file and what it imports, unless that has been done.
   *
   * @throws what the file throws while it is loaded
   */
  async load(path: string): Promise<void> {
    if (this.#loaded.has(path) || extname(path) === ".json") return;
    const module = this.#declare(path);
    const { factory, imports } = this.#modules.compiled(path);
    // In order of the imports and before the module itself, because one of them may have a top-level await.
    for (const specifier of imports) {
      const file = this.#modules.fileOf(specifier, path);
      if (file !== null) await this.load(file);
    }
    module.read = await this.#run(factory, module, path);
  }

  /** What a loaded file calls `name`: an export, a variable that is not exported, or `name.member` of one. */
  read(path: string, name: string): Found {
    const module = this.#loaded.get(path);
    const [first = name, ...rest] = name.split(".");
    const found = module ? this.#variable(module, first) : null;
    if (!found || rest.length === 0) return found;
    let value = found.value;
    let receiver: unknown;
    for (const step of rest) {
      receiver = value;
      value = (value as Record<string, unknown> | null | undefined)?.[step];
    }
    const isMethod = typeof value === "function";
    return {
      value: isMethod ? (value as (...args: unknown[]) => unknown).bind(receiver) : value,
    };
  }

  /** Sets a variable of a loaded file; false where there is none. */
  write(path: string, name: string, value: unknown): boolean {
    const module = this.#loaded.get(path);
    if (!module || !this.#variable(module, name)) return false;
    const exported = module.exports as Record<string, unknown>;
    if (Object.hasOwn(exported, name)) exported[name] = value;
    else module.read?.(name, value);
    return true;
  }

  #variable({ exports, read }: Module, name: string): Found {
    // Compilers turn exported variables into properties of `exports`.
    const exported = exports as Record<string, unknown> | null | undefined;
    if (exported && Object.hasOwn(exported, name)) return { value: exported[name] };
    const found = read?.(name) ?? null;
    const globals = [this.#globals[name], (globalThis as Record<string, unknown>)[name]];
    // A global that the name finds is no variable of the module.
    return found?.value !== undefined && globals.includes(found.value) ? null : found;
  }

  #declare(path: string): Module {
    const module: Module = { exports: {}, read: undefined };
    this.#loaded.set(path, module);
    return module;
  }

  #run(factory: Factory, module: Module, path: string): Read | Promise<Read> {
    const require = (specifier: string): unknown => this.#require(specifier, path);
    const meta = { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) };
    const globals = REPLACED.map((name) => this.#globals[name]);
    return factory(module.exports, require, module, path, dirname(path), meta, interop, ...globals);
  }

  #require(specifier: string, from: string): unknown {
    const path = this.#modules.fileOf(specifier, from);
    if (path === null)
      return this.#modules.realModule(specifier, from)?.exports ?? this.#stub(specifier);
    if (extname(path) === ".json") return JSON.parse(readFileSync(path, "utf8")) as unknown;
    const known = this.#loaded.get(path);
    if (known) return known.exports;
    // A `require` that is not at the top of its module.
    const module = this.#declare(path);
    const read = this.#run(this.#modules.compiled(path).factory, module, path);
    if (typeof read === "function") module.read = read;
    return module.exports;
  }
}

/** A CommonJS module as an import sees it. */
function interop(exports: unknown): unknown {
  const isModule = (exports as { __esModule?: unknown } | null)?.__esModule === true;
  return isModule ? exports : { ...(exports as object), default: exports };
}
