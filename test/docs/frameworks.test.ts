// The table of docs/frameworks.md is written from the models: `UPDATE_DOCS=1 npx vitest run test/docs`.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format } from "prettier";
import { expect, test } from "vitest";
import { frameworks } from "../../src/models/frameworks/index.ts";
import type { FrameworkModel } from "../../src/models/model.ts";

const page = path.resolve(import.meta.dirname, "../../docs/frameworks.md");
const GENERATED = /(?<=<!-- begin models -->\n).*(?=<!-- end models -->)/s;

const WORDS = {
  exclusive: "once",
  sequential: "one at a time",
  keyed: "one at a time for each key",
  concurrent: "at once",
} as const;

function rowOf({ packages, dispatchers, concurrency, functions, source }: FrameworkModel): string {
  const modes = dispatchers.map((dispatcher) => dispatcher.concurrency);
  if (concurrency) modes.push(concurrency);
  const handlers: string[] = [...new Set(modes)].map((mode) => WORDS[mode]);
  if (handlers.length === 0) handlers.push(functions ? "beside everything else" : WORDS.concurrent);
  const names = packages.map((name) => (name === "global" ? "globals" : `\`${name}\``));
  return `| ${names.join(", ")} | ${handlers.join("; ")} | ${source.replaceAll("|", "\\|")} |`;
}

test("the page on frameworks lists what the models say", async () => {
  const table = [
    "| Packages | Handlers | Source |",
    "| --- | --- | --- |",
    ...frameworks.map(rowOf),
  ];
  const text = readFileSync(page, "utf8");
  const expected = await format(text.replace(GENERATED, `\n${table.join("\n")}\n\n`), {
    parser: "markdown",
    printWidth: 100,
  });
  if (process.env["UPDATE_DOCS"]) writeFileSync(page, expected);
  expect(readFileSync(page, "utf8")).toBe(expected);
});
