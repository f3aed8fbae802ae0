// The examples are what a new user copies: they must type-check against the shipped types, and give the
// findings they are there to show, no more and no fewer.
import { ESLint } from "eslint";
import runAsync from "eslint-plugin-run-async";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import tseslint from "typescript-eslint";

const root = path.resolve(import.meta.dirname, "../..");

test("the examples type-check under strict against the shipped types", async () => {
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  const check = promisify(execFile)(process.execPath, [tsc, "-p", "examples"], { cwd: root });
  await expect(check).resolves.toEqual({ stdout: "", stderr: "" });
}, 60_000);

test("each example has the findings that it is there to show", async () => {
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ["**/*.ts"],
        languageOptions: { parser: tseslint.parser },
        settings: { "run-async": { root: "examples" } },
        ...runAsync.configs.all,
      },
    ],
  });
  const results = await eslint.lintFiles(["examples"]);
  const findings = results.flatMap(({ filePath, messages, source = "" }) =>
    messages.map(({ ruleId, line }) => {
      const [statement = ""] = source.split("\n").slice(line - 1);
      const file = path.relative(path.join(root, "examples"), filePath).replaceAll(path.sep, "/");
      return `${file} ${ruleId ?? ""}: ${statement.trim()}`;
    }),
  );
  expect(findings).toEqual([
    "bank/transaction.ts run-async/no-store-race: await bank.writeAccount(source);",
    "bank/transaction.ts run-async/no-store-race: await bank.writeAccount(target);",
    "counter-grammy/bot.ts run-async/no-lost-update: visits.set(ctx.chat.id, count);",
    "music-discord/bot.ts run-async/no-lost-update: queues.set(guildId, queue);",
    "nested-tasks/tasks.ts run-async/no-nested-pool-wait: await grandchild(update, context).result;",
    "nested-tasks/tasks.ts run-async/no-nested-pool-wait: const first = child(update, context);",
    "nested-tasks/tasks.ts run-async/no-nested-pool-wait: const second = child(update, context);",
    "wizard-telegraf/bot.ts run-async/no-check-then-act: reservations.set(seat, ctx.from.id);",
  ]);
}, 60_000);
