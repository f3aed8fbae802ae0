// `eslint --cache` with the helper: findings come and go with a change in another file. Both ways are shown
// against the same run without the helper, which stays wrong: otherwise this test would prove nothing.
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { recipe } from "../gates/recipe.ts";
import { ESLINT_CONFIG, HANDLER_OF_ANOTHER_FILE, notRegistering, registering } from "./bot.ts";
import { Sandbox } from "./sandbox.ts";

const FOUND = ["handler.js:5 run-async/no-lost-update"];

describe("eslint --cache", () => {
  const sandbox = new Sandbox({
    "eslint.config.js": recipe("gates.md", "eslint.config.js"),
    "without.config.js": ESLINT_CONFIG,
    "handler.js": HANDLER_OF_ANOTHER_FILE,
  });

  beforeAll(() => sandbox.npmInstall("--save-dev", "eslint@10", inject("tarball")));
  afterAll(() => {
    sandbox.remove();
  });

  /** Findings of three cached runs: the handler registered, taken out, and registered again. */
  const lintThrice = async (...args: string[]): Promise<string[][]> => {
    const runs: string[][] = [];
    for (const main of [registering, notRegistering, registering]) {
      sandbox.write({ "main.js": main("handler.js") });
      runs.push(await sandbox.eslint("--cache", ...args, "handler.js", "main.js"));
    }
    return runs;
  };

  test.each([[[]], [["--concurrency", "2"]], [["--cache-strategy", "content"]]])(
    "reports and un-reports when another file changed %s",
    async (args) => {
      expect(await lintThrice("--cache-location", `cache-${args.join("")}`, ...args)).toEqual([
        FOUND,
        [],
        FOUND,
      ]);
    },
  );

  test("is wrong without the helper", async () => {
    const args = ["--config", "without.config.js", "--cache-location", "without"];
    expect(await lintThrice(...args)).toEqual([FOUND, FOUND, FOUND]);
  });

  test("answers from the cache while nothing changed", async () => {
    const lint = (): Promise<{ stderr: string }> =>
      sandbox.run("sh", "-c", "DEBUG=eslint:* npx eslint --cache --cache-location kept . || true");
    const isFromCache = /Skipping file since it hasn't changed: .*handler\.js/;
    expect((await lint()).stderr).not.toMatch(isFromCache);
    expect((await lint()).stderr).toMatch(isFromCache);
  });

  test("reads nothing without --cache", async () => {
    const program = `import { crossFileFacts } from "eslint-plugin-run-async/cache";
console.log(JSON.stringify([crossFileFacts("/no/such/folder"), crossFileFacts(".", true)]));`;
    const { stdout } = await sandbox.run("node", "--input-type=module", "--eval", program);
    expect(JSON.parse(stdout)).toEqual([
      { name: "run-async/cross-file-facts" },
      {
        name: "run-async/cross-file-facts",
        settings: { "run-async/cross-file-facts": expect.stringMatching(/^[\w-]{43}$/) as string },
      },
    ]);
  });
});
