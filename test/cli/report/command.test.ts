import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { copyOfExamples, emptyPackage, run } from "../run.ts";

const pageIn = (folder: string): string =>
  readFileSync(path.join(folder, "run-async-report/index.html"), "utf8");

test(
  "the page has each finding of check, and exit code 1 says so",
  { timeout: 30_000 },
  async () => {
    const cwd = path.join(copyOfExamples(), "examples");
    const { code, out, err } = await run(["report"], { cwd });
    expect({ code, err }).toEqual({ code: 1, err: "" });
    const checked = await run(["check", "--json"], { cwd });
    const messages = (JSON.parse(checked.out) as { messages: unknown[] }[]).flatMap(
      (file) => file.messages,
    );
    expect(out).toBe(`${String(messages.length)} findings: run-async-report/index.html\n`);
    const page = pageIn(cwd);
    expect(page.split(`data-rule="`)).toHaveLength(messages.length + 1);
    expect(page).toMatch(/Activation B\W+b\W+code>bot\.command\(&quot;visit&quot;\)</);
  },
);

test("--out names the folder, and PATHS what is looked at", async () => {
  const cwd = path.join(copyOfExamples(), "examples");
  const { code, out } = await run(["report", "echo", "--out", "site/report"], { cwd });
  expect({ code, out }).toEqual({ code: 0, out: "0 findings: site/report/index.html\n" });
  const page = readFileSync(path.join(cwd, "site/report/index.html"), "utf8");
  expect(page).toMatch(/Nothing found by the rules of the recommended config in\s+1 file\./);
});

test("a folder that cannot be written is one line", async () => {
  const cwd = emptyPackage();
  writeFileSync(path.join(cwd, "bot.js"), "");
  writeFileSync(path.join(cwd, "taken"), "");
  const { code, err } = await run(["report", "--out", "taken"], { cwd });
  expect(code).toBe(2);
  expect(err).toMatch(/^run-async report: .*taken.* cannot be written \(\w+\); --out .*\n$/);
});

test("a folder without sources is wrong use", async () => {
  const cwd = emptyPackage();
  mkdirSync(path.join(cwd, "empty"));
  expect((await run(["report", "empty"], { cwd })).code).toBe(2);
});
