import type { Rule } from "eslint";
import { reportFindings, type Adapt } from "./report-findings.ts";
import type { HazardName } from "../analysis/finding.ts";
import { documentationUrl } from "./documentation-url.ts";

/** An option of a rule: its JSON schema, with a description, and what holds where the config says nothing. */
export interface OptionDefinition {
  readonly schema: { readonly description: string; readonly [keyword: string]: unknown };
  readonly default: unknown;
}

export interface RuleDefinition {
  readonly name: string;
  readonly description: string;
  /** The findings that the rule reports. */
  readonly hazards: readonly HazardName[];
  /** `suggestion` for advice; a hazard is a `problem`. */
  readonly type?: "problem" | "suggestion";
  /** Whether the `recommended` config has it. */
  readonly isRecommended?: boolean;
  readonly hasSuggestions?: boolean;
  /** Whether some findings need to be believed: adds the option `certainOnly`. */
  readonly hasLikelyFindings?: boolean;
  readonly options?: Readonly<Record<string, OptionDefinition>>;
  /** Says a finding in the light of the options, or drops it. */
  readonly adapt?: Adapt;
}

const CERTAIN_ONLY: OptionDefinition = {
  schema: {
    type: "boolean",
    description: "Report only findings that need no belief, as the recommended config does.",
  },
  default: false,
};

/** A rule that reports the engine's findings of some hazards. All analysis is shared and lives elsewhere. */
export function createRule(definition: RuleDefinition): Rule.RuleModule {
  const options: Record<string, OptionDefinition> = {
    ...(definition.hasLikelyFindings ? { certainOnly: CERTAIN_ONLY } : {}),
    ...definition.options,
  };
  const names = Object.keys(options);
  const isRecommended = definition.isRecommended ?? true;
  return {
    meta: {
      type: definition.type ?? "problem",
      docs: {
        description: definition.description,
        recommended: isRecommended,
        url: documentationUrl(definition.name),
      },
      ...(definition.hasSuggestions ? { hasSuggestions: true } : {}),
      messages: {
        finding: "{{message}}",
        ...(definition.hasSuggestions ? { repair: "{{title}}" } : {}),
      },
      schema:
        names.length === 0
          ? []
          : [
              {
                type: "object",
                properties: Object.fromEntries(names.map((name) => [name, options[name]?.schema])),
                additionalProperties: false,
              },
            ],
      defaultOptions:
        names.length === 0
          ? []
          : [Object.fromEntries(names.map((name) => [name, options[name]?.default]))],
      languages: ["js/js"],
    } as Rule.RuleMetaData,
    create: (context) => ({
      Program: () => {
        reportFindings(context, definition.hazards, definition.adapt);
      },
    }),
  };
}
