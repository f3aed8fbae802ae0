import type { Rule } from "eslint";
import consistentLock from "./consistent-lock.ts";
import noBlockingHandler from "./no-blocking-handler.ts";
import noCheckThenAct from "./no-check-then-act.ts";
import noListenerInHandler from "./no-listener-in-handler.ts";
import noLockOrderInversion from "./no-lock-order-inversion.ts";
import noLostUpdate from "./no-lost-update.ts";
import noNestedPoolWait from "./no-nested-pool-wait.ts";
import noRunAsyncResult from "./no-run-async-result.ts";
import noSharedState from "./no-shared-state.ts";
import noStoreRace from "./no-store-race.ts";
import noUnobservedRejection from "./no-unobserved-rejection.ts";
import noUnorderedEffects from "./no-unordered-effects.ts";
import preferRunAsync from "./prefer-run-async.ts";
import requireSequentializedSession from "./require-sequentialized-session.ts";
import validComment from "./valid-comment.ts";

export const rules: Record<string, Rule.RuleModule> = {
  "consistent-lock": consistentLock,
  "no-blocking-handler": noBlockingHandler,
  "no-check-then-act": noCheckThenAct,
  "no-listener-in-handler": noListenerInHandler,
  "no-lock-order-inversion": noLockOrderInversion,
  "no-lost-update": noLostUpdate,
  "no-nested-pool-wait": noNestedPoolWait,
  "no-run-async-result": noRunAsyncResult,
  "no-shared-state": noSharedState,
  "no-store-race": noStoreRace,
  "no-unobserved-rejection": noUnobservedRejection,
  "no-unordered-effects": noUnorderedEffects,
  "prefer-run-async": preferRunAsync,
  "require-sequentialized-session": requireSequentializedSession,
  "valid-comment": validComment,
};
