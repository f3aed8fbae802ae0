import { createRequire } from "node:module";
import type { ScopeManager } from "@typescript-eslint/scope-manager";
import type { Program } from "./ast.ts";

type ScopeAnalysis = typeof import("@typescript-eslint/scope-manager");

const require = createRequire(import.meta.url);

/**
 * Scopes, variables and references of a syntax tree.
 *
 * The package is loaded with the first file and not with the plugin: its tables of TypeScript's library types,
 * which we switch off, would be most of the plugin's load time (`bench/load`).
 */
export function scopesOf(ast: Program, sourceType: "module" | "script" | "commonjs"): ScopeManager {
  const { analyze } = require("@typescript-eslint/scope-manager") as ScopeAnalysis;
  return analyze(ast, {
    sourceType: sourceType === "commonjs" ? "script" : sourceType,
    globalReturn: sourceType === "commonjs",
    lib: [],
  });
}
