import { createRule } from "./create-rule.ts";

export default createRule({
  name: "no-lost-update",
  description:
    "Disallow writing back a value that was read before a suspension and may have changed since",
  hazards: ["lost-update"],
  hasSuggestions: true,
  hasLikelyFindings: true,
});
