import type { ESLint, Linter } from "eslint";

const CERTAIN = ["error", { certainOnly: true }] as const;

/** What every team can adopt: findings that need no belief. */
const RECOMMENDED: Linter.RulesRecord = {
  "run-async/no-blocking-handler": [...CERTAIN],
  "run-async/no-check-then-act": [...CERTAIN],
  "run-async/no-listener-in-handler": "error",
  "run-async/no-lock-order-inversion": "error",
  "run-async/no-lost-update": [...CERTAIN],
  "run-async/no-nested-pool-wait": "error",
  "run-async/no-run-async-result": "error",
  "run-async/no-store-race": [...CERTAIN],
  "run-async/no-unordered-effects": [...CERTAIN],
  "run-async/require-sequentialized-session": "error",
  "run-async/valid-comment": "error",
};

/** True as well, but more to read: for teams that want every hazard named. */
const STRICT: Linter.RulesRecord = {
  ...RECOMMENDED,
  "run-async/consistent-lock": "error",
  "run-async/no-blocking-handler": "error",
  "run-async/no-check-then-act": "error",
  "run-async/no-lost-update": "error",
  "run-async/no-shared-state": "error",
  "run-async/no-store-race": "error",
  "run-async/no-unobserved-rejection": "error",
  "run-async/no-unordered-effects": "error",
};

export interface Configs {
  readonly recommended: Linter.Config;
  readonly strict: Linter.Config;
  readonly all: Linter.Config;
}

export function createConfigs(plugin: ESLint.Plugin, allRules: readonly string[]): Configs {
  const config = (name: string, rules: Linter.RulesRecord): Linter.Config => ({
    name: `run-async/${name}`,
    plugins: { "run-async": plugin },
    rules,
  });
  return {
    recommended: config("recommended", RECOMMENDED),
    strict: config("strict", STRICT),
    all: config(
      "all",
      Object.fromEntries(allRules.map((rule) => [`run-async/${rule}`, "error" as const])),
    ),
  };
}
