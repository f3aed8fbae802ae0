// Loads modules of examples/, which are TypeScript, into this process: Node.js 20 runs JavaScript only.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

const root = path.resolve(import.meta.dirname, "..");

/** Below the repository, so that `eslint-plugin-run-async/runtime` is found as the examples find it. */
const OUTPUT = path.join(root, ".cache/demo");

const COMPILER = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  rewriteRelativeImportExtensions: true,
  inlineSourceMap: true,
};

// Reports then name lines of the examples, not of what is made from them.
process.setSourceMapsEnabled(true);

/**
 * @param {string} example folder below examples/
 * @param {string} module file in it, without extension
 * @returns {Promise<Record<string, any>>} its exports
 */
export async function loadExample(example, module) {
  const source = path.join(root, "examples", example);
  const output = path.join(OUTPUT, example);
  mkdirSync(output, { recursive: true });
  const compilerOptions = { ...COMPILER, sourceRoot: pathToFileURL(source).href };
  for (const file of readdirSync(source)) {
    if (!file.endsWith(".ts")) continue;
    const text = readFileSync(path.join(source, file), "utf8");
    const { outputText } = ts.transpileModule(text, { compilerOptions, fileName: file });
    writeFileSync(path.join(output, file.replace(/\.ts$/, ".js")), outputText);
  }
  return import(pathToFileURL(path.join(output, `${module}.js`)).href);
}
