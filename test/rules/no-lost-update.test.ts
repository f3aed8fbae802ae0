import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import rule from "../../src/rules/no-lost-update.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const bot = `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
const bot = new Bot("token");
run(bot);
`;
const adding = `${bot}let total = 0;
bot.command("add", async (ctx) => {
  const old = total;
  total = old + (await price(ctx));
});`;
const likely = `${bot}class Page {
  n = 0;
  async turn() {
    const old = this.n;
    await draw();
    this.n = old + 1;
  }
}
const page = new Page();
bot.command("turn", () => page.turn());`;
const addingLate = `${bot}let total = 0;
bot.command("add", async (ctx) => {
  const result = await price(ctx);
  const old = total;
  total = old + result;
});`;
const addingInSequence = `${bot.replace(
  "const bot",
  'import { sequential } from "eslint-plugin-run-async/runtime";\nconst bot',
)}let total = 0;
bot.command("add", async (ctx) => {
  await sequential("total", async () => {
    const old = total;
    total = old + (await price(ctx));
  });
});`;
const likelyInSequence = likely
  .replace("const bot", 'import { sequential } from "eslint-plugin-run-async/runtime";\nconst bot')
  .replace(
    /const old[^]*?old \+ 1;/,
    'await sequential("n", async () => {\n      const old = this.n;\n      await draw();\n      this.n = old + 1;\n    });',
  );
const likelyLate = likely.replace(
  "const old = this.n;\n    await draw();",
  "await draw();\n    const old = this.n;",
);

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run("no-lost-update", rule, {
  valid: [
    {
      name: "computed in one step",
      code: adding.replace("old +", "total +").replace("(await price(ctx))", "1"),
    },
    {
      name: "read after the wait",
      code: adding
        .replace("const old = total;", "const cost = await price(ctx);")
        .replace("old + (await price(ctx))", "total + cost"),
    },
    { name: "the suggested read after the wait", code: addingLate },
    { name: "the suggested read of a field after the wait", code: likelyLate },
    { name: "the suggested section", code: addingInSequence },
    { name: "the suggested section in a class", code: likelyInSequence },
  ],
  invalid: [
    {
      name: "read before the wait and written back after it",
      code: adding,
      errors: [
        {
          message: /`total` was read on line 7.*That change is lost/,
          line: 8,
          column: 3,
          suggestions: [
            { desc: "Read `total` after the wait", output: addingLate },
            {
              desc: 'Run the lines from the read to the write under `sequential("total", ...)`',
              output: addingInSequence,
            },
          ],
        },
      ],
    },
    {
      name: "a field of a shared instance, also where only what is certain counts",
      code: likely,
      options: [{ certainOnly: true }],
      errors: [
        {
          message: /was read on line 8/,
          line: 10,
          suggestions: [
            { desc: "Read `this.n` after the wait", output: likelyLate },
            {
              desc: 'Run the lines from the read to the write under `sequential("n", ...)`',
              output: likelyInSequence,
            },
          ],
        },
      ],
    },
  ],
});
