// Lints a folder in this process with one set of rules and prints one line of JSON: the milliseconds for the whole
// folder, by the clock and of CPU time, and for one file whose text changes (as in an editor), the peak memory in
// megabytes, and how many reports.
import { ESLint } from "eslint";
import { readFileSync } from "node:fs";
import path from "node:path";
import tseslint from "typescript-eslint";
import runAsync from "../../dist/index.js";

const [subject, folder, edited, importXEntry] = process.argv.slice(2);
const EDITS = 9;

const importX = subject === "import-x no-cycle" ? (await import(importXEntry)).default : null;

const SUBJECTS = {
  "no rule": {},
  "require-atomic-updates": { rules: { "require-atomic-updates": "error" } },
  "typed no-floating-promises": {
    plugins: { "@typescript-eslint": tseslint.plugin },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: folder } },
    rules: { "@typescript-eslint/no-floating-promises": "error" },
  },
  "import-x no-cycle": importX && {
    plugins: { "import-x": importX },
    settings: {
      "import-x/parsers": { "@typescript-eslint/parser": [".ts"] },
      "import-x/resolver-next": [
        importX.createNodeResolver({
          extensions: [".ts", ".js"],
          extensionAlias: { ".js": [".ts", ".js"] },
        }),
      ],
    },
    rules: { "import-x/no-cycle": "error" },
  },
  "run-async recommended": runAsync.configs.recommended,
  "run-async strict": runAsync.configs.strict,
};

const eslint = new ESLint({
  cwd: folder,
  overrideConfigFile: true,
  allowInlineConfig: false,
  overrideConfig: [
    { ignores: ["node_modules"] },
    { files: ["**/*.ts"], languageOptions: { parser: tseslint.parser } },
    { files: ["**/*.{js,ts}"], settings: { "run-async": { root: folder } } },
    { files: ["**/*.{js,ts}"], ...SUBJECTS[subject] },
  ],
});

const cpuBefore = process.cpuUsage();
let started = performance.now();
const results = await eslint.lintFiles(["."]);
const whole = performance.now() - started;
const { user, system } = process.cpuUsage(cpuBefore);

const filePath = path.join(folder, edited);
const text = readFileSync(filePath, "utf8");
const edits = [];
for (let edit = 1; edit <= EDITS; edit += 1) {
  started = performance.now();
  await eslint.lintText(`${text}\nexport const edit${edit} = ${edit};\n`, { filePath });
  edits.push(performance.now() - started);
}
const reports = results.reduce(
  (sum, { messages }) => sum + messages.filter(({ ruleId }) => ruleId !== null).length,
  0,
);
console.log(
  JSON.stringify({
    whole,
    cpu: (user + system) / 1000,
    edit: edits.toSorted((a, b) => a - b)[Math.floor(EDITS / 2)],
    memory: process.resourceUsage().maxRSS / 1000,
    reports,
  }),
);
