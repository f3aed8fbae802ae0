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
  ],
  invalid: [
    {
      name: "read before the wait and written back after it",
      code: adding,
      errors: [{ message: /`total` was read on line 7.*That change is lost/, line: 8, column: 3 }],
    },
    {
      name: "a field of a shared instance, also where only what is certain counts",
      code: likely,
      options: [{ certainOnly: true }],
      errors: [{ message: /was read on line 8/, line: 10 }],
    },
  ],
});
