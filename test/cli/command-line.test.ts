import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { PACKAGE, run } from "./run.ts";

const help = (await run(["--help"])).out;
const commands = [...help.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name = ""]) => name);

// The first to load the commands, and with them the whole analysis.
const LOADING = { timeout: 30_000 };

test(
  "--help lists the commands, and each has a help of its own with its exit codes",
  LOADING,
  async () => {
    expect(commands).toContain("check");
    for (const command of commands) {
      const { code, out } = await run([command, "--help"]);
      expect(code).toBe(0);
      expect(out).toContain(`Usage: run-async ${command}`);
      expect(out).toContain("Exit codes: 0");
    }
  },
);

test("docs/cli.md has a section for each command, with every option", async () => {
  const page = readFileSync(path.join(PACKAGE, "docs/cli.md"), "utf8");
  for (const command of commands) {
    expect(page).toContain(`\n## ${command}\n`);
    const { out } = await run([command, "--help"]);
    for (const [option] of out.matchAll(/--[a-z]+/g))
      if (option !== "--help") expect(page, `${command} ${option}`).toContain(option);
  }
});

test("without a command the help is printed and the exit code says that nothing was done", async () => {
  expect(await run([])).toEqual({ code: 2, out: help, err: "" });
});

test("--version prints the package's version", async () => {
  const text = readFileSync(path.join(PACKAGE, "package.json"), "utf8");
  const { version } = JSON.parse(text) as { version: string };
  expect((await run(["--version"])).out).toBe(`${version}\n`);
});

test.each([
  [["chekc"], /^run-async: There is no command "chekc"; there are check.*\.\n$/],
  [["constructor"], /^run-async: There is no command "constructor"/],
  [["check", "--colour"], /^run-async check: Unknown option '--colour'; --help .*\n$/],
  [["check", "--config"], /^run-async check: Option '--config <value>' argument missing; .*\n$/],
  [["check", "--config", "all"], /^run-async check: --config is recommended or strict, not "all"/],
  [["check", "--format", "xml"], /^run-async check: --format is stylish or json or sarif/],
  [["check", "nowhere"], /^run-async check: nowhere does not exist in .*\n$/],
  [["check", "README.md"], /^run-async check: README.md is no JavaScript or TypeScript file .*\n$/],
])("%j is refused in one line on stderr", async (args, line) => {
  const { code, out, err } = await run(args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(line);
  expect(err.split("\n")).toHaveLength(2);
});
