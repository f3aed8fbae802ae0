import type { Rule } from "eslint";
import { reportFindings } from "./report-findings.ts";
import type { HazardName } from "../analysis/finding.ts";
import { documentationUrl } from "./documentation-url.ts";

export interface RuleDefinition {
  readonly name: string;
  readonly description: string;
  /** The findings that the rule reports. */
  readonly hazards: readonly HazardName[];
}

/** A rule that reports the engine's findings of some hazards. All analysis is shared and lives elsewhere. */
export function createRule(definition: RuleDefinition): Rule.RuleModule {
  return {
    meta: {
      type: "problem",
      docs: {
        description: definition.description,
        recommended: true,
        url: documentationUrl(definition.name),
      },
      messages: { finding: "{{message}}" },
      schema: [],
      defaultOptions: [],
      languages: ["js/js"],
    } as Rule.RuleMetaData,
    create: (context) => ({
      Program: () => {
        reportFindings(context, definition.hazards);
      },
    }),
  };
}
