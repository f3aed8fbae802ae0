// What the guide on migrating says of the others, asked of the others.
import { Linter } from "eslint";
import { readFileSync } from "node:fs";
import path from "node:path";
import pLimit from "p-limit";
import { expect, test } from "vitest";
import tseslint from "typescript-eslint";
import { BoundedPool } from "../../src/runtime/index.ts";
import { programsOf } from "./programs.ts";

const docs = path.resolve(import.meta.dirname, "../../docs");

test("require-atomic-updates sees four of the eleven races, and reports three correct programs", () => {
  const programs = ["no-lost-update", "no-check-then-act", "no-store-race"].flatMap((rule) =>
    programsOf(readFileSync(path.join(docs, "rules", `${rule}.md`), "utf8")),
  );
  const isReported = ({ code }: { code: string }): boolean =>
    new Linter().verify(
      code,
      {
        files: ["**/*.ts"],
        languageOptions: { parser: tseslint.parser },
        rules: { "require-atomic-updates": "error" },
      },
      { filename: "bot.ts" },
    ).length > 0;

  const races = programs.filter(({ heading }) => heading === "Incorrect");
  const correct = programs.filter(({ heading }) => heading !== "Incorrect");
  expect(races).toHaveLength(11);
  expect(races.filter(isReported)).toHaveLength(4);
  expect(correct.filter(isReported)).toHaveLength(3);
});

test("a pool starts a task at once, and p-limit in a microtask", async () => {
  const order: string[] = [];
  const limit = pLimit(1);
  const pool = new BoundedPool({ workers: 1 });
  const limited = limit(() => order.push("p-limit"));
  const pooled = pool.run(() => order.push("pool"));
  order.push("submitted");
  await Promise.all([limited, pooled]);
  expect(order).toEqual(["pool", "submitted", "p-limit"]);
});
