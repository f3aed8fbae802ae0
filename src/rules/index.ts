import type { Rule } from "eslint";
import noBlockingHandler from "./no-blocking-handler.ts";
import noCheckThenAct from "./no-check-then-act.ts";
import noListenerInHandler from "./no-listener-in-handler.ts";
import noLockOrderInversion from "./no-lock-order-inversion.ts";
import noLostUpdate from "./no-lost-update.ts";
import noNestedPoolWait from "./no-nested-pool-wait.ts";
import noStoreRace from "./no-store-race.ts";
import noUnorderedEffects from "./no-unordered-effects.ts";
import noUnobservedRejection from "./no-unobserved-rejection.ts";
import requireSequentializedSession from "./require-sequentialized-session.ts";

export const rules: Record<string, Rule.RuleModule> = {
  "no-blocking-handler": noBlockingHandler,
  "no-check-then-act": noCheckThenAct,
  "no-listener-in-handler": noListenerInHandler,
  "no-lock-order-inversion": noLockOrderInversion,
  "no-lost-update": noLostUpdate,
  "no-nested-pool-wait": noNestedPoolWait,
  "no-store-race": noStoreRace,
  "no-unobserved-rejection": noUnobservedRejection,
  "no-unordered-effects": noUnorderedEffects,
  "require-sequentialized-session": requireSequentializedSession,
};
