import type { Rule, SourceCode } from "eslint";
import type { Finding, HazardName, Repair } from "../analysis/finding.ts";
import { adviceIn, findingsIn, type OpenFile } from "../analysis/session.ts";
import { readSettings, type RunAsyncSettings } from "../analysis/settings.ts";

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
  const isAdvice = hazards.includes("sequential-wait");
  for (const found of isAdvice ? adviceOf(context) : findingsOf(context)) {
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
  if (!known)
    findings.set(sourceCode, (known = findingsIn(openFile(context), settingsOf(context))));
  return known;
}

function adviceOf(context: Rule.RuleContext): readonly Finding[] {
  return adviceIn(openFile(context), settingsOf(context));
}

function settingsOf(context: Rule.RuleContext): RunAsyncSettings {
  return readSettings(context.settings["run-async"]);
}

function openFile({ sourceCode, physicalFilename, cwd }: Rule.RuleContext): OpenFile {
  return { path: physicalFilename, text: sourceCode.text, ast: sourceCode.ast as never, cwd };
}
