import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname } from "node:path";

/**
 * Makes CommonJS of the text of one module.
 *
 * @param path absolute path of the module
 */
export type Compile = (text: string, path: string) => string;

const MODULE_SYNTAX =
  /^\s*(?:import\s*["'{*\w]|export\s*(?:[{*]|default\b|const\b|let\b|var\b|async\b|function\b|class\b))/m;

/**
 * The text of a module as CommonJS. JavaScript that is CommonJS is taken as it is; everything else is compiled
 * by what the project has: Node 20 can neither strip types nor turn an ES module into a function that can be
 * run once for each schedule.
 *
 * @throws Error when the project has neither typescript nor esbuild
 */
export function commonJsOf(path: string, compile: Compile | undefined): string {
  const text = readFileSync(path, "utf8").replace(/^#!.*/, "");
  const isPlain =
    extname(path) === ".cjs" || (extname(path) === ".js" && !MODULE_SYNTAX.test(text));
  if (isPlain) return text;
  const chosen = compile ?? typescriptOf(path) ?? esbuildOf(path);
  if (!chosen)
    throw new Error(
      `${path} has to be compiled: add typescript or esbuild to the devDependencies, or give isolate a compile function.`,
    );
  return chosen(text, path).replaceAll("import.meta", "__importMeta");
}

interface TypeScript {
  readonly transpileModule?: (
    text: string,
    options: { fileName: string; compilerOptions: object },
  ) => { outputText: string };
  readonly ModuleKind: { readonly CommonJS: number };
  readonly ScriptTarget: { readonly ES2022: number };
  readonly JsxEmit: { readonly ReactJSX: number };
}

function typescriptOf(path: string): Compile | undefined {
  const ts = installed(path, "typescript") as TypeScript | undefined;
  const { transpileModule } = ts ?? {};
  if (!ts || !transpileModule) return undefined;
  const compilerOptions = {
    module: ts.ModuleKind.CommonJS,
    target: ts.ScriptTarget.ES2022,
    jsx: ts.JsxEmit.ReactJSX,
    esModuleInterop: true,
    experimentalDecorators: true,
    allowJs: true,
  };
  return (text, fileName) => transpileModule(text, { fileName, compilerOptions }).outputText;
}

interface Esbuild {
  transformSync(text: string, options: object): { code: string };
}

function esbuildOf(path: string): Compile | undefined {
  const esbuild = installed(path, "esbuild") as Esbuild | undefined;
  if (!esbuild) return undefined;
  return (text, sourcefile) => {
    const loader = /\.[cm]?ts$/.test(sourcefile) ? "ts" : /x$/.test(sourcefile) ? "tsx" : "js";
    const define = { "import.meta": "__importMeta" };
    const options = { loader, sourcefile, define, format: "cjs", target: "es2022" };
    const { code } = esbuild.transformSync(text, options);
    // A copy of a stub's own properties would be empty: the module itself is what the code has to see.
    return code.replace(/\b__toESM\((require\([^()]*\))(?:, 1)?\)/g, "__interop($1)");
  };
}

function installed(path: string, name: string): unknown {
  try {
    return createRequire(path)(name) as unknown;
  } catch {
    return undefined;
  }
}
