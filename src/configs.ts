import type { ESLint, Linter } from "eslint";

/** What every team can adopt: findings that need no belief. */
const RECOMMENDED = ["no-check-then-act", "no-lost-update", "no-nested-pool-wait", "no-store-race"];
const STRICT = RECOMMENDED;

export interface Configs {
  readonly recommended: Linter.Config;
  readonly strict: Linter.Config;
  readonly all: Linter.Config;
}

export function createConfigs(plugin: ESLint.Plugin, allRules: readonly string[]): Configs {
  const config = (name: string, rules: readonly string[]): Linter.Config => ({
    name: `run-async/${name}`,
    plugins: { "run-async": plugin },
    rules: Object.fromEntries(rules.map((rule) => [`run-async/${rule}`, "error"])),
  });
  return {
    recommended: config("recommended", RECOMMENDED),
    strict: config("strict", STRICT),
    all: config("all", allRules),
  };
}
