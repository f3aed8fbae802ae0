// What our rules add to a lint: whole projects, and one edit in an open file.
import { execFileSync } from "node:child_process";
import path from "node:path";
import { fetchPackage } from "../../tools/fetch-package.js";

const isSmoke = process.argv.includes("--smoke");
const ROUNDS = isSmoke ? 1 : 5;
const child = path.join(import.meta.dirname, "child.js");
const root = path.resolve(import.meta.dirname, "../..");

const SUBJECTS = ["no rule", "require-atomic-updates", "run-async recommended", "run-async strict"];
const PEER = "require-atomic-updates";
const EXAMPLES = {
  name: "the examples of this repository",
  folder: path.join(root, "examples"),
  edited: "bank/transaction.ts",
};
const projects = isSmoke
  ? [EXAMPLES]
  : [
      EXAMPLES,
      {
        name: "monitorss@6.13.19, a Discord bot of 358 files",
        folder: fetchPackage("monitorss@6.13.19"),
        edited: "src/structs/Command.js",
      },
    ];

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const cell = (own, peer) => `${own.toFixed(0)} ms | ${(own / peer).toFixed(2)}`;

console.log(`## Linting

Whole project, and one file again after an edit, in one process per subject; medians of ${ROUNDS} rounds, with the ratio to ESLint's own \`${PEER}\`.`);
for (const { name, folder, edited } of projects) {
  const figures = new Map(SUBJECTS.map((subject) => [subject, { whole: [], edit: [] }]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [subject, { whole, edit }] of figures) {
      const args = [child, subject, folder, edited];
      const once = JSON.parse(execFileSync(process.execPath, args, { timeout: 120_000 }));
      whole.push(once.whole);
      edit.push(once.edit);
    }
  }
  const peer = figures.get(PEER);
  console.log(
    `\n### ${name}\n\n| rules | project | ratio | an edit | ratio |\n| --- | --: | --: | --: | --: |`,
  );
  for (const [subject, { whole, edit }] of figures) {
    const columns = [
      cell(median(whole), median(peer.whole)),
      cell(median(edit), median(peer.edit)),
    ];
    console.log(`| ${subject} | ${columns.join(" | ")} |`);
  }
}
