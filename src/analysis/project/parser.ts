import { createRequire } from "node:module";
import { extname } from "node:path";
import type { Program } from "../syntax/ast.ts";
import { SourceFile } from "../syntax/source-file.ts";

type OxcParser = typeof import("oxc-parser");

const require = createRequire(import.meta.url);
let oxc: OxcParser | null | undefined;

/** The native parser, or null where the optional dependency is not installed. Loaded on first use. */
export function nativeParser(): OxcParser | null {
  if (oxc === undefined) oxc = optional("oxc-parser") as OxcParser | null;
  return oxc;
}

/** An optional dependency, or null where it is missing or its native binding does not load. */
export function optional(name: string): unknown {
  try {
    return require(name);
  } catch {
    return null;
  }
}

/** Files above this are generated or minified: their shape costs time and their findings help nobody. */
const LARGEST_FILE = 1_000_000;
const LONGEST_AVERAGE_LINE = 300;

export function isAnalysable(text: string): boolean {
  if (text.length > LARGEST_FILE) return false;
  if (text.length < 20_000) return true;
  let lines = 1;
  for (let i = text.indexOf("\n"); i !== -1; i = text.indexOf("\n", i + 1)) lines += 1;
  return text.length / lines < LONGEST_AVERAGE_LINE;
}

const LANGUAGES: Readonly<Record<string, "ts" | "tsx" | "js" | "jsx">> = {
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
  ".js": "jsx",
  ".mjs": "jsx",
  ".cjs": "jsx",
  ".jsx": "jsx",
};

export const EXTENSIONS = Object.keys(LANGUAGES);

/** Parses one file; null where it is too large, has syntax errors, or no parser is installed. */
export function parseFile(path: string, text: string): SourceFile | null {
  const parser = nativeParser();
  if (!parser || !isAnalysable(text)) return null;
  const lang = LANGUAGES[extname(path)];
  const parsed = (options: { readonly sourceType?: "commonjs" }): SourceFile | null => {
    const result = parser.parseSync(path, text, {
      astType: "ts",
      range: true,
      preserveParens: false,
      ...(lang ? { lang } : {}),
      ...options,
    });
    if (result.errors.some((error) => error.severity === "Error")) return null;
    return fromAst(path, text, result.program as unknown as Program);
  };
  try {
    // Only a CommonJS module may `return` outside of a function.
    return parsed({}) ?? (/\breturn\b/.test(text) ? parsed({ sourceType: "commonjs" }) : null);
  } catch {
    return null;
  }
}

/** Wraps a tree that somebody else parsed. A tree that the scope analysis cannot read gives null. */
export function fromAst(path: string, text: string, ast: Program): SourceFile | null {
  const isModule = ast.body.some(
    (statement) => statement.type.startsWith("Import") || statement.type.startsWith("Export"),
  );
  try {
    return new SourceFile(path, text, ast, isModule ? "module" : "commonjs");
  } catch {
    return null;
  }
}
