import type { RunAsyncSettings } from "../settings.ts";
import type { ActivationRoot } from "./roots.ts";

/** What the settings say of a framework's dispatch stands over what the code shows. */
export function asDeployed(root: ActivationRoot, settings: RunAsyncSettings): ActivationRoot {
  const concurrency = settings.dispatch?.[root.framework];
  if (!concurrency || root.trigger !== "update" || root.concurrency === "exclusive") return root;
  return {
    ...root,
    concurrency,
    reason: `settings["run-async"].dispatch says that ${root.framework} is ${concurrency}`,
  };
}
