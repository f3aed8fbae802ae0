// Types for the users of `defineConfig`: completion and errors for our rules and settings.
//
// `RulesConfig` and `SettingsConfig` of @eslint/core are interfaces with an index signature, so a property
// declared here narrows what a config may hold. It must be CommonJS: the types of `eslint` resolve
// @eslint/core as CommonJS, and the ESM declaration file is another module to TypeScript. @eslint/core
// is a dependency of this package for the same reason: under pnpm nothing else makes it resolvable here.
// ESLint 9 has no such interfaces and ignores this file.
import type {} from "@eslint/core";
import type { RunAsyncSettings } from "./analysis/settings.ts" with { "resolution-mode": "import" };

declare module "@eslint/core" {
  interface RulesConfig {
    // Written by `npm run docs` from the schemas of the rules:
    /** Require the lock that most writers of a state hold at every write of it. */
    "run-async/consistent-lock"?: RuleConfig<[]>;
    /** Disallow synchronous work and long pauses that keep every other update from being handled. */
    "run-async/no-blocking-handler"?: RuleConfig<
      [
        {
          /** Report only findings that need no belief, as the recommended config does. */
          certainOnly?: boolean;
        },
      ]
    >;
    /** Disallow acting on a check that was made before a suspension and may no longer hold. */
    "run-async/no-check-then-act"?: RuleConfig<
      [
        {
          /** Report only findings that need no belief, as the recommended config does. */
          certainOnly?: boolean;
        },
      ]
    >;
    /** Disallow registering a listener on a shared object in code that runs for every update. */
    "run-async/no-listener-in-handler"?: RuleConfig<[]>;
    /** Disallow taking locks in an order in which their holders can wait for each other. */
    "run-async/no-lock-order-inversion"?: RuleConfig<[]>;
    /** Disallow writing back a value that was read before a suspension and may have changed since. */
    "run-async/no-lost-update"?: RuleConfig<
      [
        {
          /** Report only findings that need no belief, as the recommended config does. */
          certainOnly?: boolean;
        },
      ]
    >;
    /** Disallow a task of a bounded pool to wait for another task of the same pool. */
    "run-async/no-nested-pool-wait"?: RuleConfig<
      [
        {
          /** Slots of pools whose size the code does not say, by the name of the pool's variable. */
          sizes?: {
            [name: string]: number;
          };
          /** Report also a task that keeps its slot while it waits for the next message of its own chat or user. */
          userReplies?: boolean;
        },
      ]
    >;
    /** Disallow using the handle that a runAsync call gives as if it were the task's value. */
    "run-async/no-run-async-result"?: RuleConfig<[]>;
    /** Disallow mutable state that outlives the call in runAsync functions. */
    "run-async/no-shared-state"?: RuleConfig<[]>;
    /** Disallow read-compute-write and find-then-create on a store without anything that makes them one step. */
    "run-async/no-store-race"?: RuleConfig<
      [
        {
          /** Report only findings that need no belief, as the recommended config does. */
          certainOnly?: boolean;
        },
      ]
    >;
    /** Disallow promises in handlers, jobs and timers whose rejection nobody sees. */
    "run-async/no-unobserved-rejection"?: RuleConfig<[]>;
    /** Disallow effects whose order people see and nothing keeps. */
    "run-async/no-unordered-effects"?: RuleConfig<
      [
        {
          /** Report only findings that need no belief, as the recommended config does. */
          certainOnly?: boolean;
        },
      ]
    >;
    /** Prefer runAsync for what a sequential handler waits for without need. */
    "run-async/prefer-run-async"?: RuleConfig<[]>;
    /** Require updates of one session to be handled one after the other where each loads its own copy. */
    "run-async/require-sequentialized-session"?: RuleConfig<[]>;
    /** Require comments to the analysis to be understood and to give their reason. */
    "run-async/valid-comment"?: RuleConfig<[]>;
    // End of what `npm run docs` writes.
  }

  interface SettingsConfig {
    "run-async"?: RunAsyncSettings;
  }
}
