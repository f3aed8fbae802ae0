import type { RunAsyncSettings } from "../settings.ts";
import type { Facts } from "./facts.ts";
import type { ActivationRoot } from "./roots.ts";

/** What the settings say of a framework's or a wrapper's dispatch stands over what the code shows. */
export function asDeployed(
  root: ActivationRoot,
  settings: RunAsyncSettings,
  facts: Facts,
): ActivationRoot {
  for (const { callee } of root.fn.wrappers ?? []) {
    const wrapper = facts.wrapper(callee);
    if (!wrapper?.concurrency) continue;
    const [name = ""] = wrapper.exports;
    return {
      ...root,
      concurrency: wrapper.concurrency,
      dispatcher: `wrapper:${[...wrapper.packages, name].join(" ")}`,
      reason: `settings["run-async"].wrappers says that handlers of ${name} are ${wrapper.concurrency}`,
    };
  }
  const concurrency = settings.dispatch?.[root.framework];
  if (!concurrency || root.trigger !== "update" || root.concurrency === "exclusive") return root;
  return {
    ...root,
    concurrency,
    reason: `settings["run-async"].dispatch says that ${root.framework} is ${concurrency}`,
  };
}
