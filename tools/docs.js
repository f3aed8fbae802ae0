// `npm run docs` writes what files repeat of the code: the finding and the rule table of the README, the heads
// of the rule pages, the types of the rules' options. With --check it only says which file is out of date.
import { ESLint } from "eslint";
import runAsync from "eslint-plugin-run-async";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import tseslint from "typescript-eslint";
import { ruleTypes } from "./rule-types.js";

const isCheck = process.argv.includes("--check");

/** What ESLint prints for a folder, as in a terminal without colours. */
const findingsIn = async (folder) => {
  const eslint = new ESLint({
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ["**/*.ts"],
        languageOptions: { parser: tseslint.parser },
        settings: { "run-async": { root: folder } },
        ...runAsync.configs.recommended,
      },
    ],
  });
  const formatter = await eslint.loadFormatter("stylish");
  const printed = await formatter.format(await eslint.lintFiles([folder]));
  return printed.replaceAll(`${process.cwd()}${path.sep}`, "").trim();
};

/** Puts `content` between the lines `begin` and `end` of a file. */
const writeBetween = async (file, begin, end, content) => {
  const text = readFileSync(file, "utf8");
  const start = text.indexOf(begin) + begin.length;
  const stop = text.indexOf(end, start);
  if (start < begin.length || stop < 0) throw new Error(`${file} has no lines ${begin} and ${end}`);

  const options = { ...(await resolveConfig(file)), filepath: file };
  const whole = `${text.slice(0, start)}\n${content}\n${text.slice(stop)}`;
  const updated = await format(whole, options);
  if (updated === text) return;
  if (!isCheck) return writeFileSync(file, updated);
  console.error(`${file} is out of date: run \`npm run docs\``);
  process.exitCode = 1;
};

const EXAMPLE = "examples/bank";
await writeBetween(
  "README.md",
  `<!-- begin finding: ${EXAMPLE} -->`,
  "<!-- end finding -->",
  `\n\`\`\`text\n${await findingsIn(EXAMPLE)}\n\`\`\`\n`,
);
// One line a rule: Prettier keeps an object on one line only where it finds it so.
const oxlintRules = Object.entries(runAsync.configs.recommended.rules)
  .map(([name, severity]) => `${JSON.stringify(name)}: ${JSON.stringify(severity)}`)
  .join(",\n");
await writeBetween(
  "README.md",
  "<!-- begin oxlint config -->",
  "<!-- end oxlint config -->",
  `\n\`\`\`json\n{\n"jsPlugins": ["eslint-plugin-run-async"],\n"rules": {\n${oxlintRules}\n}\n}\n\`\`\`\n`,
);
await writeBetween(
  "src/eslint-types.cts",
  "// Written by `npm run docs` from the schemas of the rules:",
  "// End of what `npm run docs` writes.",
  ruleTypes(runAsync.rules),
);
const generator = ["--no-install", "eslint-doc-generator", ...(isCheck ? ["--check"] : [])];
if (spawnSync("npx", generator, { stdio: "inherit" }).status !== 0) process.exitCode = 1;
