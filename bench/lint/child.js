// Lints a folder in this process with one set of rules and prints the milliseconds as one line of JSON: for the
// whole folder, and for one file whose text changes, as in an editor.
import { ESLint } from "eslint";
import { readFileSync } from "node:fs";
import path from "node:path";
import tseslint from "typescript-eslint";
import runAsync from "../../dist/index.js";

const [subject, folder, edited] = process.argv.slice(2);
const EDITS = 5;

const SUBJECTS = {
  "no rule": {},
  "require-atomic-updates": { rules: { "require-atomic-updates": "error" } },
  "run-async recommended": runAsync.configs.recommended,
  "run-async strict": runAsync.configs.strict,
};

const eslint = new ESLint({
  cwd: folder,
  overrideConfigFile: true,
  allowInlineConfig: false,
  overrideConfig: [
    { files: ["**/*.ts"], languageOptions: { parser: tseslint.parser } },
    { files: ["**/*.{js,ts}"], settings: { "run-async": { root: folder } } },
    { files: ["**/*.{js,ts}"], ...SUBJECTS[subject] },
  ],
});

let started = performance.now();
await eslint.lintFiles(["."]);
const whole = performance.now() - started;

const filePath = path.join(folder, edited);
const text = readFileSync(filePath, "utf8");
started = performance.now();
for (let edit = 1; edit <= EDITS; edit += 1) {
  await eslint.lintText(`${text}\nexport const edit${edit} = ${edit};\n`, { filePath });
}
console.log(JSON.stringify({ whole, edit: (performance.now() - started) / EDITS }));
