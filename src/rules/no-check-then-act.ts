import { createRule } from "./create-rule.ts";

export default createRule({
  name: "no-check-then-act",
  description:
    "Disallow acting on a check that was made before a suspension and may no longer hold",
  hazards: ["check-then-act"],
  hasSuggestions: true,
  hasLikelyFindings: true,
});
