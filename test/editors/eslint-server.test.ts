// The ESLint language server of VS Code, as every editor starts it: diagnostics and repairs for unsaved text.
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import {
  ESLINT_CONFIG_TYPESCRIPT,
  HANDLER_OF_ANOTHER_FILE,
  notRegistering,
  coinsBot,
  racingBot,
  REPAIR_OF_COINS,
  REPAIRED_COINS,
  registering,
} from "../package/bot.ts";
import { Sandbox } from "../package/sandbox.ts";
import { type Diagnostic, LanguageClient } from "./language-client.ts";

const describeDiagnostics = (diagnostics: Diagnostic[]): string[] =>
  diagnostics.map(({ code, range }) => `${range.start.line + 1} ${code ?? ""}`);

// What docs/editors.md tells: nothing is needed beyond the defaults of the server's clients. The server asks
// for all of it, so a client without defaults of its own has to answer.
const SERVER_SETTINGS = {
  validate: "on",
  run: "onType",
  useFlatConfig: true,
  experimental: {},
  nodePath: null,
  workingDirectory: { mode: "auto" },
  rulesCustomizations: [],
  options: {},
  onIgnoredFiles: "off",
  format: false,
  quiet: false,
  problems: { shortenToSingleLine: false },
  codeAction: {
    disableRuleComment: { enable: true, location: "separateLine" },
    showDocumentation: { enable: true },
  },
  codeActionOnSave: { enable: false, mode: "all" },
};

describe("the ESLint language server", () => {
  const sandbox = new Sandbox({
    "eslint.config.js": ESLINT_CONFIG_TYPESCRIPT,
    ...racingBot("bot.ts"),
    ...coinsBot("coins.ts"),
  });
  let editor: LanguageClient;

  beforeAll(async () => {
    await sandbox.npmInstall(
      "--save-dev",
      "eslint@10",
      "typescript@~6.0.3",
      "typescript-eslint@8",
      "vscode-langservers-extracted@4.10.0",
      inject("tarball"),
    );
    const server = path.join(sandbox.folder, "node_modules/.bin/vscode-eslint-language-server");
    editor = new LanguageClient(server, ["--stdio"], sandbox.folder, {
      ...SERVER_SETTINGS,
      workspaceFolder: { uri: `file://${sandbox.folder}`, name: "bot" },
    });
    await editor.initialize(sandbox.folder);
  });
  afterAll(async () => {
    await editor.close();
    sandbox.remove();
  });

  test("shows the race in unsaved text, and no more once it is gone", async () => {
    editor.open(path.join(sandbox.folder, "bot.ts"));
    const racing = editor.text;
    const started = performance.now();
    expect(describeDiagnostics(await editor.pull())).toEqual(["7 run-async/no-lost-update"]);
    const opened = performance.now();

    editor.edit(`// one line more\n${racing}`);
    expect(describeDiagnostics(await editor.pull())).toEqual(["8 run-async/no-lost-update"]);
    const edited = performance.now();

    editor.edit(racing.replace(/^ {2}await message.reply.*\n/m, ""));
    expect(describeDiagnostics(await editor.pull())).toEqual([]);

    const [first, next] = [opened - started, edited - opened].map((ms) => ms.toFixed(0));
    console.log(`ESLint language server: first diagnostics ${first} ms, after an edit ${next} ms`);
    editor.edit(racing);
  });

  test("applies a suggestion that makes the finding go away", async () => {
    editor.open(path.join(sandbox.folder, "coins.ts"));
    const [finding, ...others] = await editor.pull();
    if (!finding) throw new Error("no finding to repair");
    expect(describeDiagnostics([finding, ...others])).toEqual(["7 run-async/no-store-race"]);
    const actions = await editor.codeActions(finding);
    const repair = actions.find(({ title }) => title.startsWith(REPAIR_OF_COINS));
    if (!repair)
      throw new Error(`no repair among: ${actions.map(({ title }) => title).join("; ")}`);
    await editor.apply(repair);
    expect(editor.text).toContain(REPAIRED_COINS);
    expect(await editor.pull()).toEqual([]);
  });

  test("links to the documentation of the rule", async () => {
    editor.open(path.join(sandbox.folder, "bot.ts"));
    const [finding] = await editor.pull();
    if (!finding) throw new Error("no finding");
    const titles = (await editor.codeActions(finding)).map(({ title }) => title);
    expect(titles).toContain("Show documentation for run-async/no-lost-update");
  });

  // The other file is saved, the open one is not touched: its finding follows at one of its next lints. The
  // engine may trust the disk for a moment, so that a run over many files looks once.
  test("sees what was saved in another file", async () => {
    const lintUntil = (expected: string[]): Promise<void> =>
      vi.waitFor(
        async () => {
          editor.edit(`${editor.text}\n`);
          expect(describeDiagnostics(await editor.pull())).toEqual(expected);
        },
        { timeout: 10_000, interval: 200 },
      );
    sandbox.write({ "handler.ts": HANDLER_OF_ANOTHER_FILE, "main.ts": registering("handler.ts") });
    editor.open(path.join(sandbox.folder, "handler.ts"));
    await lintUntil(["5 run-async/no-lost-update"]);

    sandbox.write({ "main.ts": notRegistering("handler.ts") });
    await lintUntil([]);

    sandbox.write({ "main.ts": registering("handler.ts") });
    await lintUntil(["5 run-async/no-lost-update"]);
  });
});
