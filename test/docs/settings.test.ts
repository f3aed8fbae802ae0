// Every program on the page of settings: what its lines say is found is found, without the setting or with it.
import { Linter } from "eslint";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import tseslint from "typescript-eslint";
import plugin from "../../src/index.ts";
import type { RunAsyncSettings } from "../../src/analysis/settings.ts";

const page = readFileSync(path.resolve(import.meta.dirname, "../../docs/settings.md"), "utf8");
const project = mkdtempSync(path.join(tmpdir(), "settings-examples-"));
afterAll(() => {
  rmSync(project, { recursive: true });
});

const EXAMPLE = /^## ([^\n]+)\n(?:(?!^## ).)*?^```json\n(.*?)^```\n\n^```ts\n(.*?)^```/gms;
const examples = [...page.matchAll(EXAMPLE)].map(([, title = "", json = "", program = ""]) => ({
  title,
  settings: JSON.parse(json) as RunAsyncSettings,
  program,
}));

function linesFound(program: string, settings: RunAsyncSettings): number[] {
  const messages = new Linter({ cwd: project }).verify(
    program,
    {
      files: ["**/*.ts"],
      ...plugin.configs.strict,
      languageOptions: { parser: tseslint.parser },
      settings: { "run-async": { root: project, ...settings } },
    },
    { filename: path.join(project, "bot.ts") },
  );
  return messages.map(({ line }) => line);
}

function linesThatSay(program: string, words: string): number[] {
  return program
    .split("\n")
    .flatMap((text, index) => (text.endsWith(`// found ${words}`) ? [index + 1] : []));
}

test("there is an example of every setting but the root", () => {
  expect(examples.map(({ settings }) => Object.keys(settings)).flat()).toEqual([
    "dispatch",
    "wrappers",
    "locks",
    "stores",
    "harmless",
    "unreached",
  ]);
});

test.each(examples)("$title", ({ program, settings }) => {
  expect(linesFound(program, {})).toEqual(linesThatSay(program, "without the setting"));
  expect(linesFound(program, settings)).toEqual(linesThatSay(program, "with the setting"));
});
