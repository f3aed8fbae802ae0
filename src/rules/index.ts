import type { Rule } from "eslint";
import noCheckThenAct from "./no-check-then-act.ts";
import noLostUpdate from "./no-lost-update.ts";
import noNestedPoolWait from "./no-nested-pool-wait.ts";
import noStoreRace from "./no-store-race.ts";

export const rules: Record<string, Rule.RuleModule> = {
  "no-check-then-act": noCheckThenAct,
  "no-lost-update": noLostUpdate,
  "no-nested-pool-wait": noNestedPoolWait,
  "no-store-race": noStoreRace,
};
