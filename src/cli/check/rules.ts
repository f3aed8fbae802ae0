import type { Finding, HazardName } from "../../analysis/finding.ts";
import { name, packageFile, version } from "../package.ts";

export type ConfigName = "recommended" | "strict";

interface RuleEntry {
  readonly rule: string;
  /** Only the strict config has the rule; of the others recommended has the findings that need no belief. */
  readonly isStrict?: boolean;
}

/** Which of the plugin's rules reports a hazard: both ways of looking give a finding the same name. */
export const RULES: Readonly<Partial<Record<HazardName, RuleEntry>>> = {
  "lost-update": { rule: "no-lost-update" },
  "check-then-act": { rule: "no-check-then-act" },
  "store-race": { rule: "no-store-race" },
  "nested-pool-wait": { rule: "no-nested-pool-wait" },
  "lock-order": { rule: "no-lock-order-inversion" },
  "unclear-comment": { rule: "valid-comment" },
  "inconsistent-lock": { rule: "consistent-lock", isStrict: true },
  "unordered-effects": { rule: "no-unordered-effects" },
  "blocking-handler": { rule: "no-blocking-handler" },
  "listener-in-handler": { rule: "no-listener-in-handler" },
  "run-async-result": { rule: "no-run-async-result" },
  "unobserved-rejection": { rule: "no-unobserved-rejection", isStrict: true },
  "shared-state": { rule: "no-shared-state", isStrict: true },
  "unsequenced-session": { rule: "require-sequentialized-session" },
};

/** The rule that reports a finding under a config, by its full name; null where the config leaves it out. */
export function ruleFor(finding: Finding, config: ConfigName): string | null {
  if (finding.isUserReply) return null;
  const entry = RULES[finding.hazard];
  if (!entry) return null;
  if (config === "recommended" && (entry.isStrict || finding.confidence === "strict")) return null;
  return `run-async/${entry.rule}`;
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
