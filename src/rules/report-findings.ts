import type { Rule, SourceCode } from "eslint";
import type { Finding, HazardName } from "../analysis/finding.ts";
import { findingsIn } from "../analysis/session.ts";
import { readSettings } from "../analysis/settings.ts";

/** One analysis a file, shared by all rules. */
const findings = new WeakMap<SourceCode, readonly Finding[]>();

export function reportFindings(context: Rule.RuleContext, hazards: readonly HazardName[]): void {
  const { sourceCode } = context;
  for (const finding of findingsOf(context)) {
    if (!hazards.includes(finding.hazard)) continue;
    context.report({
      loc: {
        start: sourceCode.getLocFromIndex(finding.start),
        end: sourceCode.getLocFromIndex(finding.end),
      },
      messageId: "finding",
      data: { message: finding.message },
    });
  }
}

function findingsOf(context: Rule.RuleContext): readonly Finding[] {
  const { sourceCode } = context;
  let known = findings.get(sourceCode);
  if (!known) {
    const settings = readSettings(context.settings["run-async"]);
    const file = {
      path: context.physicalFilename,
      text: sourceCode.text,
      ast: sourceCode.ast as never,
      cwd: context.cwd,
    };
    findings.set(sourceCode, (known = findingsIn(file, settings)));
  }
  return known;
}
