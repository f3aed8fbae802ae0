import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import rule from "../../src/rules/no-run-async-result.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const using = (
  expression: string,
): string => `import { runAsync } from "eslint-plugin-run-async/runtime";
const task = runAsync(async (n) => n * 2);
async function go() {
  return ${expression};
}`;

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run(
  "no-run-async-result",
  rule,
  {
    valid: [{ name: "the result is awaited", code: using("1 + (await task(2).result)") }],
    invalid: [
      {
        name: "arithmetic with the handle",
        code: using("1 + task(2)"),
        errors: [
          {
            message: /gives a handle, not the value/,
            line: 4,
            suggestions: [
              { desc: "Await its `.result`", output: using("1 + (await task(2).result)") },
            ],
          },
        ],
      },
      {
        name: "an awaited handle",
        code: using("await task(2)"),
        errors: [
          {
            message: /awaiting a handle waits for nothing/,
            line: 4,
            suggestions: [{ desc: "Use its `.result`", output: using("await task(2).result") }],
          },
        ],
      },
    ],
  },
);
