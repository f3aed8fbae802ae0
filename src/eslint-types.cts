// Types for the users of `defineConfig`: completion and errors for our rules and settings.
//
// `RulesConfig` and `SettingsConfig` of @eslint/core are interfaces with an index signature, so a property
// declared here narrows what a config may hold. It must be CommonJS: the types of `eslint` resolve
// @eslint/core as CommonJS, and the ESM declaration file is another module to TypeScript. @eslint/core
// is a dependency of this package for the same reason: under pnpm nothing else makes it resolvable here.
// ESLint 9 has no such interfaces and ignores this file.
import type { RunAsyncSettings } from "./analysis/settings.ts" with { "resolution-mode": "import" };

declare module "@eslint/core" {
  interface RulesConfig {
    "run-async/no-check-then-act"?: RuleConfig<[]>;
    "run-async/no-lost-update"?: RuleConfig<[]>;
    "run-async/no-nested-pool-wait"?: RuleConfig<[]>;
    "run-async/no-store-race"?: RuleConfig<[]>;
  }

  interface SettingsConfig {
    "run-async"?: RunAsyncSettings;
  }
}
