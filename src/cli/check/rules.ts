import type { Finding, HazardName } from "../../analysis/finding.ts";
import { name, packageFile, version } from "../package.ts";

/** Which of the plugin's rules reports a hazard: both ways of looking give a finding the same name. */
const RULE_OF: Readonly<Partial<Record<HazardName, string>>> = {
  "lost-update": "no-lost-update",
  "check-then-act": "no-check-then-act",
  "store-race": "no-store-race",
  "nested-pool-wait": "no-nested-pool-wait",
  "lock-order": "no-lock-order-inversion",
  "blocking-handler": "no-blocking-handler",
  "listener-in-handler": "no-listener-in-handler",
};

export type ConfigName = "recommended" | "strict";

/** The rule that reports a finding under a config, by its full name; null where the config leaves it out. */
export function ruleFor(finding: Finding, config: ConfigName): string | null {
  if (finding.isUserReply) return null;
  if (config === "recommended" && finding.confidence === "strict") return null;
  const rule = RULE_OF[finding.hazard];
  return rule === undefined ? null : `run-async/${rule}`;
}

export interface RulePage {
  readonly id: string;
  readonly url: string;
  /** One sentence. */
  readonly description: string | null;
  /** The whole page, in Markdown. */
  readonly text: string | null;
}

/** What the documentation says of a rule. The pages are published with the package. */
export function rulePage(id: string): RulePage {
  const path = `docs/rules/${id.slice(id.indexOf("/") + 1)}.md`;
  const text = packageFile(path);
  return {
    id,
    url: `https://www.unpkg.com/${name}@${version}/${path}`,
    description: (text && /^📝 (.+)$/m.exec(text)?.[1]) ?? null,
    text,
  };
}
