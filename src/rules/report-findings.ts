import type { Rule, SourceCode } from "eslint";
import type { Finding, HazardName, Repair } from "../analysis/finding.ts";
import { findingsIn } from "../analysis/session.ts";
import { readSettings } from "../analysis/settings.ts";

/** What a rule's options make of a finding: another one, or none. */
export type Adapt = (
  finding: Finding,
  options: Readonly<Record<string, unknown>>,
) => Finding | null;

/** One analysis a file, shared by all rules. */
const findings = new WeakMap<SourceCode, readonly Finding[]>();

export function reportFindings(
  context: Rule.RuleContext,
  hazards: readonly HazardName[],
  adapt: Adapt = (finding) => finding,
): void {
  const { sourceCode } = context;
  const options = (context.options[0] ?? {}) as Readonly<Record<string, unknown>>;
  for (const found of findingsOf(context)) {
    if (!hazards.includes(found.hazard)) continue;
    if (options["certainOnly"] === true && found.confidence === "strict") continue;
    const finding = adapt(found, options);
    if (!finding) continue;
    context.report({
      loc: {
        start: sourceCode.getLocFromIndex(finding.start),
        end: sourceCode.getLocFromIndex(finding.end),
      },
      messageId: "finding",
      data: { message: finding.message },
      ...(finding.repairs
        ? { suggest: finding.repairs.map((repair) => suggestion(repair, finding)) }
        : {}),
    });
  }
}

/** The trace travels with the suggestion, for tools that read JSON. */
function suggestion(repair: Repair, finding: Finding): Rule.SuggestionReportDescriptor {
  return {
    messageId: "repair",
    data: { title: repair.title, trace: JSON.stringify(finding.trace) },
    fix: (fixer) =>
      repair.edits.map(({ start, end, text }) => fixer.replaceTextRange([start, end], text)),
  };
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
