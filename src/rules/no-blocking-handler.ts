import { createRule } from "./create-rule.ts";

export default createRule({
  name: "no-blocking-handler",
  description:
    "Disallow synchronous work and long pauses that keep every other update from being handled",
  hazards: ["blocking-handler"],
  hasSuggestions: true,
  hasLikelyFindings: true,
});
