import { createRule } from "./create-rule.ts";

export default createRule({
  name: "no-store-race",
  description:
    "Disallow read-compute-write and find-then-create on a store without anything that makes them one step",
  hazards: ["store-race"],
  hasSuggestions: true,
  hasLikelyFindings: true,
});
