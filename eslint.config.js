// The project's own lint. The plugin lints its own repository: `npm run lint` builds first.
import js from "@eslint/js";
import eslintPlugin from "eslint-plugin-eslint-plugin";
import runAsync from "eslint-plugin-run-async";
import { defineConfig, globalIgnores } from "eslint/config";
import globals from "globals";
import tseslint from "typescript-eslint";
import { importDirection } from "./tools/import-direction.js";

const TYPESCRIPT = ["src/**/*.{ts,cts}", "test/**/*.ts", "bench/**/*.ts", "vitest.config.ts"];
const JAVASCRIPT = ["*.js", "{tools,demo,bench}/**/*.{js,mjs}"];
const BROWSER = ["src/cli/report/browser/*.js"];
const EXAMPLES = ["examples/**/*.{ts,js}"];

export default defineConfig(
  globalIgnores(["dist/", "coverage/", ".cache/", "test/fixtures/", "test/analysis/fixtures/"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    name: "project/typescript",
    files: TYPESCRIPT,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    name: "project/javascript",
    files: JAVASCRIPT,
    extends: [js.configs.recommended],
    languageOptions: { globals: globals.node },
  },
  {
    name: "project/browser",
    files: BROWSER,
    extends: [js.configs.recommended],
    languageOptions: { globals: globals.browser, sourceType: "script" },
  },
  {
    name: "project/syntax-trees",
    files: ["src/{analysis,cli,rules,models}/**/*.ts", "test/analysis/**/*.ts"],
    rules: {
      // Node types are compared as strings: the enum would be loaded at run time, and oxlint has no enum.
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
    },
  },
  importDirection,
  {
    name: "project/rules",
    files: ["src/rules/*.ts"],
    extends: [eslintPlugin.configs.all],
    rules: {
      // createRule adds the url and the languages: they are the same for every rule.
      "eslint-plugin/require-meta-docs-url": "off",
      "eslint-plugin/require-meta-languages": "off",
    },
  },
  {
    name: "project/rule-tests",
    files: ["test/rules/**/*.ts"],
    extends: [eslintPlugin.configs["tests-recommended"]],
  },
  {
    name: "project/examples",
    files: EXAMPLES,
    languageOptions: { parser: tseslint.parser },
    settings: { "run-async": { root: "examples" } },
  },
  {
    // The findings that the racing examples are there to show are counted in eslint-suppressions.json.
    name: "project/own-rules",
    files: EXAMPLES,
    extends: [runAsync.configs.all],
  },
  {
    // As a user would begin. `strict` reads the pool's queues as state that handlers test and change; the explorer
    // and the random schedules of test/runtime say of each that it holds.
    name: "project/own-code",
    files: [...TYPESCRIPT, ...JAVASCRIPT],
    extends: [runAsync.configs.recommended],
  },
);
