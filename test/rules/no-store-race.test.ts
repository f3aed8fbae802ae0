import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import rule from "../../src/rules/no-store-race.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const bot = `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
const bot = new Bot("token");
run(bot);
`;
const paying = `${bot}import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
bot.command("pay", async (ctx) => {
  const user = await prisma.user.findUnique({ where: { id: ctx.from.id } });
  await prisma.user.update({ where: { id: ctx.from.id }, data: { coins: user.coins + 5 } });
});`;
const grading = paying.replace("user.coins + 5", "grade(user.coins)");
const asked = grading.replace(
  "update({ where: { id: ctx.from.id }",
  "updateMany({ where: { id: ctx.from.id, coins: user.coins }",
);
const alone = (code: string): string =>
  code
    .replace(
      "  const user = await prisma",
      "  await prisma.$transaction(async (tx) => {\n    const user = await tx",
    )
    .replace("  await prisma.user.update(", "    await tx.user.update(")
    .replace("\n});", '\n  }, { isolationLevel: "Serializable" });\n});');
const inTransaction = (code: string): { desc: string; output: string } => ({
  desc: "Run the lines from the read to the write in a serializable transaction: the later of two fails, and can be tried again",
  output: alone(code),
});
const repaired = paying.replace("user.coins + 5", "{ increment: 5 }");

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run("no-store-race", rule, {
  valid: [
    { name: "the store computes", code: repaired },
    { name: "the store compares", code: asked },
    { name: "the store isolates", code: alone(grading) },
  ],
  invalid: [
    {
      name: "the bot computes, and the store's own operator is suggested",
      code: paying,
      errors: [
        {
          message: /coins` was read on line 8/,
          line: 9,
          suggestions: [
            { desc: "Let the store compute coins", output: repaired },
            inTransaction(paying),
          ],
        },
      ],
    },
    {
      name: "the bot computes what the store cannot, and the old state in the filter is suggested",
      code: grading,
      errors: [
        {
          message: /coins` was read on line 8/,
          line: 9,
          suggestions: [
            { desc: "Write only where coins is still what was read", output: asked },
            inTransaction(grading),
          ],
        },
      ],
    },
  ],
});
