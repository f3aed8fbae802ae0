import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import {
  coinsBot,
  OXLINT_CONFIG,
  racingBot,
  REPAIR_OF_COINS,
  REPAIRED_COINS,
} from "../package/bot.ts";
import { Sandbox } from "../package/sandbox.ts";
import { type Diagnostic, LanguageClient } from "./language-client.ts";

const oursIn = (diagnostics: Diagnostic[]): string[] =>
  diagnostics
    .filter(({ code }) => String(code).startsWith("run-async("))
    .map(({ code, range }) => `${range.start.line + 1} ${code ?? ""}`);

describe("oxlint --lsp", () => {
  const sandbox = new Sandbox({
    ".oxlintrc.json": OXLINT_CONFIG,
    ...racingBot("bot.ts"),
    ...coinsBot("coins.ts"),
  });
  let editor: LanguageClient;

  beforeAll(async () => {
    await sandbox.npmInstall("--save-dev", "oxlint@1.94.0", inject("tarball"));
    const oxlint = path.join(sandbox.folder, "node_modules/.bin/oxlint");
    editor = new LanguageClient(oxlint, ["--lsp"], sandbox.folder, { run: "onType" });
    await editor.initialize(sandbox.folder);
  });
  afterAll(async () => {
    await editor.close();
    sandbox.remove();
  });

  test("shows the race in unsaved TypeScript", async () => {
    const started = performance.now();
    const found = await editor.pushAfterOpening(path.join(sandbox.folder, "bot.ts"));
    const opened = performance.now();
    expect(oursIn(found)).toEqual(["7 run-async(no-lost-update)"]);

    const racing = editor.text;
    const moved = await editor.push(() => {
      editor.edit(`// one line more\n${racing}`);
    });
    const edited = performance.now();
    expect(oursIn(moved)).toEqual(["8 run-async(no-lost-update)"]);
    const [first, next] = [opened - started, edited - opened].map((ms) => ms.toFixed(0));
    console.log(`oxlint --lsp: first diagnostics ${first} ms, after an edit ${next} ms`);
  });

  test("applies a suggestion that makes the finding go away", async () => {
    const found = await editor.pushAfterOpening(path.join(sandbox.folder, "coins.ts"));
    expect(oursIn(found)).toEqual(["7 run-async(no-store-race)"]);
    const [finding] = found.filter(({ code }) => String(code).startsWith("run-async("));
    if (!finding) throw new Error("no finding to repair");
    const actions = await editor.codeActions(finding);
    const repair = actions.find(({ title }) => title.startsWith(REPAIR_OF_COINS));
    if (!repair)
      throw new Error(`no repair among: ${actions.map(({ title }) => title).join("; ")}`);
    const repaired = await editor.push(() => {
      void editor.apply(repair);
    });
    expect(editor.text).toContain(REPAIRED_COINS);
    expect(oursIn(repaired)).toEqual([]);
  });
});
