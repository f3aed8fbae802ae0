// `npm run docs` writes what documents repeat of the code: the rule table of the README, the heads of the rule
// pages, and the finding that the README shows. With --check it only says what is out of date.
import { ESLint } from "eslint";
import runAsync from "eslint-plugin-run-async";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import tseslint from "typescript-eslint";

const isCheck = process.argv.includes("--check");
const MARKED = /(<!-- begin finding: (\S+) -->\n)(.*?)(<!-- end finding -->)/s;

/** What ESLint prints for a folder, as in a terminal without colours. */
const findingsIn = async (folder) => {
  const eslint = new ESLint({
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ["**/*.ts"],
        languageOptions: { parser: tseslint.parser },
        ...runAsync.configs.recommended,
      },
    ],
  });
  const formatter = await eslint.loadFormatter("stylish");
  const printed = await formatter.format(await eslint.lintFiles([folder]));
  return printed.replaceAll(`${process.cwd()}${path.sep}`, "").trim();
};

const readme = readFileSync("README.md", "utf8");
const [, begin, folder, , end] = MARKED.exec(readme);
const block = `\n\`\`\`text\n${await findingsIn(folder)}\n\`\`\`\n\n`;
const updated = readme.replace(MARKED, () => begin + block + end);
if (!isCheck) writeFileSync("README.md", updated);
else if (updated !== readme)
  console.error(`README.md does not show what ESLint prints for ${folder}`);

const generator = spawnSync(
  "npx",
  ["--no-install", "eslint-doc-generator", ...(isCheck ? ["--check"] : [])],
  {
    stdio: "inherit",
  },
);
process.exitCode = generator.status === 0 && (!isCheck || updated === readme) ? 0 : 1;
