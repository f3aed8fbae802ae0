import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import rule from "../../src/rules/no-shared-state.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const runtime = `import { CommandHandler, Updater, runAsync } from "eslint-plugin-run-async/runtime";
const updater = new Updater("token");
const start = (fn) => updater.dispatcher.addHandler(new CommandHandler("go", fn));
`;
const counting = `${runtime}let count = 0;
start(runAsync(async () => {
  count += 1;
}));`;

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run("no-shared-state", rule, {
  valid: [
    { name: "a plain handler", code: counting.replace("runAsync(async () => {", "(async () => {") },
    {
      name: "state of its own",
      code: counting
        .replace("let count = 0;\n", "")
        .replace("  count", "  let count = 0;\n  count"),
    },
  ],
  invalid: [
    { name: "a counter of the module", code: counting, errors: [{ message: /`count`/, line: 6 }] },
  ],
});
