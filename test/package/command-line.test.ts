import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Sandbox } from "./sandbox.ts";

const BOT = `const { run } = require("@grammyjs/runner");
const { Bot } = require("grammy");
const bot = new Bot("");
let visits = 0;
bot.command("visit", async (ctx) => {
  const before = visits;
  await ctx.reply("hello");
  visits = before + 1;
});
run(bot);
`;

describe("the command line of an installed package, without ESLint, TypeScript or the bot's own packages", () => {
  const sandbox = new Sandbox({ "bot.cjs": BOT });

  beforeAll(() => sandbox.npmInstall("--omit=dev", inject("tarball")));
  afterAll(() => {
    sandbox.remove();
  });

  test.each(["run-async", "eslint-plugin-run-async"])(
    "npx %s check finds the race",
    async (bin) => {
      const { status, stdout } = await sandbox.run("npx", "--no-install", bin, "check");
      expect(status).toBe(1);
      expect(stdout).toMatch(/^bot\.cjs\n {2}8:3 {2}error .* run-async\/no-lost-update\n/);
    },
  );

  test("report writes a page with its style and script in it", async () => {
    const { status, stdout } = await sandbox.run("npx", "--no-install", "run-async", "report");
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: "1 finding: run-async-report/index.html\n",
    });
    const page = readFileSync(path.join(sandbox.folder, "run-async-report/index.html"), "utf8");
    expect(page).toMatch(/<style>[^<]*--paper[^<]*<\/style>/);
    expect(page).toMatch(/<script>.*prefers-color-scheme.*<\/script>/s);
  });

  test("explain and the rule pages in SARIF work from the package", async () => {
    const explained = await sandbox.run("npx", "--no-install", "run-async", "explain", "bot.cjs");
    expect(explained.stdout).toMatch(/2, 3 +const before = visits;/);
    const sarif = await sandbox.run("npx", "--no-install", "run-async", "check", "--format=sarif");
    expect(sarif.stdout).toContain('"markdown": "# no-lost-update');
  });
});
