import type { ESLint } from "eslint";
import { name, version } from "./rules/package.ts";
import { createConfigs, type Configs } from "./configs.ts";
export type * from "./eslint-types.cts";
import { rules } from "./rules/index.ts";

/** The plugin object: what it is called, what it checks, and the configs that turn checks on. */
interface RunAsyncPlugin extends ESLint.Plugin {
  readonly meta: { name: string; version: string; namespace: string };
  readonly rules: typeof rules;
  readonly configs: Configs & Record<string, never>;
}

const base = {
  meta: { name, version, namespace: "run-async" },
  rules,
};

const plugin = base as unknown as RunAsyncPlugin;
Object.assign(plugin, { configs: createConfigs(plugin, Object.keys(rules)) });

export default plugin;
export { plugin as "module.exports" };
