// The page on adding a model, followed: its model is put into the list, and its bot is linted.
import { Linter } from "eslint";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import ts from "typescript";
import tseslint from "typescript-eslint";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FrameworkModel } from "../../src/models/model.ts";
import { programsOf } from "./programs.ts";

const page = path.resolve(import.meta.dirname, "../../docs/adding-a-model.md");
const [, model, bot] = programsOf(readFileSync(page, "utf8")).map(({ code }) => code);

let project: string;
beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), "adding-a-model-"));
});
afterEach(() => {
  rmSync(project, { recursive: true });
  vi.doUnmock("../../src/models/frameworks/index.ts");
  vi.resetModules();
});

async function findings(): Promise<string[]> {
  const { default: plugin } = await import("../../src/index.ts");
  const messages = new Linter({ cwd: project }).verify(
    bot ?? "",
    {
      files: ["**/*.ts"],
      ...plugin.configs.recommended,
      languageOptions: { parser: tseslint.parser },
      settings: { "run-async": { root: project } },
    },
    { filename: path.join(project, "bot.ts") },
  );
  return messages.map(({ ruleId, message }) => `${ruleId ?? ""}: ${message}`);
}

test("the bot on the page is found to race with the model on the page, and only with it", async () => {
  expect(await findings()).toEqual([]);

  const { outputText } = ts.transpileModule(model ?? "", {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  });
  const { tinyBot } = (await import(`data:text/javascript,${encodeURIComponent(outputText)}`)) as {
    tinyBot: FrameworkModel;
  };
  vi.resetModules();
  vi.doMock("../../src/models/frameworks/index.ts", async (original) => {
    const { frameworks } = await original<{ frameworks: readonly FrameworkModel[] }>();
    return { frameworks: [...frameworks, tinyBot] };
  });

  const [finding, ...others] = await findings();
  expect(finding).toMatch(/^run-async\/no-lost-update: /);
  expect(finding).toContain("tiny-bot starts every update as it arrives");
  expect(others).toEqual([]);
});
